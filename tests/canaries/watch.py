"""The watch over a whole run: what the product logs, raises, measures, asks for and says in other processes.

Source: `reference/security.md` 4.4.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any, Final

import structlog

from tests.canaries.looking import canaries_in

HOUSE: Final = Path(__file__).resolve().parents[2]
PRODUCT: Final = ("adapters", "audit", "consent", "gateway", "schemas")
IN_CHILDREN: Final = Path(__file__).parent / "in_children"
_SAYS: Final = (
    "msg",
    "log",
    "debug",
    "info",
    "warn",
    "warning",
    "error",
    "critical",
    "fatal",
    "failure",
    "err",
    "exception",
)


class Watch:
    """Looks at what comes past, and remembers where a canary sang."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.folder = Path(tempfile.mkdtemp(prefix="canaries-"))
        self.folder.chmod(0o777)  # a test's process may run under another account
        self._read: dict[str, int] = {}
        self._guarded: set[type] = set()

    def look(self, sink: str, text: str, *, at: Callable[[], str] = lambda: "") -> None:
        """Look at `text`, which came past in `sink`; `at` says where it came from, once something was found."""
        for kind in canaries_in(text):
            self.found.append(" ".join(filter(None, (kind, "in", sink, at()))))

    def listen_to_children(self) -> None:
        """Look at what other processes said on standard error since the last time."""
        for entry in os.scandir(self.folder):
            ended = not Path("/proc", entry.name).exists()  # asked before it is read, for it may say something yet
            known, size = self._read.get(entry.name, 0), entry.stat().st_size
            if size > known:
                with Path(entry.path).open("rb") as file:
                    file.seek(max(0, known - _OVERLAP))
                    self.look("standard error of a process", file.read().decode(errors="replace"))
                self._read[entry.name] = size
            if ended:
                Path(entry.path).unlink()
                self._read.pop(entry.name, None)

    def leave(self) -> None:
        """Take away what was kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def guard_exceptions(self) -> None:
        """Look at the text of each exception of the product's own classes, from when it is made."""
        for each in list(_below(Exception)):
            if each not in self._guarded and each.__module__.partition(".")[0] in PRODUCT:
                self._guarded.add(each)
                if "__init__" in vars(each) or not self._guarded & set(each.__bases__):
                    self._guard(each)

    def _guard(self, kind: type[Exception]) -> None:
        def around(made: Any) -> Any:
            def watched(error: Exception, *args: Any, **more: Any) -> None:
                made(error, *args, **more)
                self.look("the text of an exception", str(error), at=lambda: f"{type(error).__name__} {_place()}")

            return watched

        _put(around, kind, "__init__")

    def watch_the_running_log(self) -> None:
        """Look at each line that the running log writes, on whichever stream."""

        def around(said: Any) -> Any:
            def watched(log: Any, message: str) -> Any:
                self.look("the running log", message, at=_place)
                return said(log, message)

            return watched

        for name in _SAYS:
            _put(around, structlog.PrintLogger, name)

    def watch_metrics(self) -> None:
        """Look at each text of metrics. Comes before anything else imports what writes it."""
        from gateway.metrics import text  # noqa: PLC0415 - the product is loaded when a run begins, not before

        def around(written: Any) -> Any:
            def watched(measured: Any) -> str:
                said: str = written(measured)
                self.look("the metrics", said)
                return said

            return watched

        _put(around, text, "written")

    def watch_urls(self) -> None:
        """Look at each address that the product asks for. What a test asks for is the test's own."""
        import aiohttp  # noqa: PLC0415 - as above

        def around(requested: Any) -> Any:
            async def watched(session: Any, method: str, url: Any, **more: Any) -> Any:
                caller = _caller()
                if caller is not None and _is_of_the_product(caller):
                    self.look("a URL", f"{url} {more.get('params')}", at=lambda: _named(caller))
                return await requested(session, method, url, **more)

            return watched

        _put(around, aiohttp.ClientSession, "_request")

    def watch_commands(self) -> None:
        """Look at what commands say on standard error."""
        testing = sys.modules.get("typer.testing")

        def around(invoke: Any) -> Any:
            def watched(*args: Any, **more: Any) -> Any:
                result = invoke(*args, **more)
                self.look("standard error of a command", result.stderr)
                return result

            return watched

        if testing is not None:
            _put(around, testing.CliRunner, "invoke")

    def watch_children(self) -> None:
        """Have every Python process that a test starts keep what it says, whatever environment it is given."""

        def around(began: Any) -> Any:
            def watched(process: Any, *args: Any, **more: Any) -> None:
                if more.get("env") is not None:
                    more["env"] = {**more["env"], **self._with_ours(more["env"])}
                began(process, *args, **more)

            return watched

        os.environ.update(self._with_ours(os.environ))
        _put(around, subprocess.Popen, "__init__")

    def _with_ours(self, environment: Any) -> dict[str, str]:
        there = [each for each in environment.get("PYTHONPATH", "").split(os.pathsep) if each]
        path = os.pathsep.join(dict.fromkeys([str(IN_CHILDREN), *there]))
        return {"PYTHONPATH": path, "CANARY_FOLDER": str(self.folder)}


_OVERLAP: Final = 4096
WATCH: Final = Watch()


def told(found: list[str]) -> str:
    """Return where canaries sang, each place once."""
    return "\n".join(["a canary sang, so somebody's data can be read there:", *dict.fromkeys(found)])


def _put(around: Callable[[Any], Any], owner: Any, name: str) -> None:
    """Put `around` what `owner` has under `name`."""
    there = getattr(owner, name)
    setattr(owner, name, wraps(there)(around(there)))


def _below(kind: type[Exception]) -> Iterator[type[Exception]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _caller() -> FrameType | None:
    """Return the nearest frame of the house, which is not the watch's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(str(HOUSE)) and path != __file__ and "/.venv/" not in path:
            return frame
        frame = frame.f_back
    return None


def _is_of_the_product(frame: FrameType) -> bool:
    return Path(frame.f_code.co_filename).relative_to(HOUSE).parts[0] in PRODUCT


def _place() -> str:
    caller = _caller()
    return "" if caller is None else _named(caller)


def _named(frame: FrameType) -> str:
    return f"at {Path(frame.f_code.co_filename).relative_to(HOUSE)}:{frame.f_lineno}"
