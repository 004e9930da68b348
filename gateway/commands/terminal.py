"""The edges of every command: what was typed must be text, and what it says must come out, or it says why not."""

import io
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

UNUSABLE: Final = 2
FAULT: Final = 70
"""A fault of ours (`EX_SOFTWARE` of sysexits.h). Python would end with 1, which of some commands is a verdict."""
READER_GONE: Final = 141
"""A shell's exit code for a command whose reader went away, such as `head`."""


def at_a_terminal(command: Callable[[], None]) -> None:
    """Run `command`, which ends by `SystemExit`; what it said is out then, or the code says that it is not."""
    _have_streams()
    with _told_where_it_cannot_be_said():
        _require_text()
        try:
            command()
        finally:
            sys.stdout.flush()


def _have_streams() -> None:
    """Have all three streams: who starts us may have closed one, and then there is none to read or write."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - as long as we run
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error has it: a small terminal stops nobody


def _require_text() -> None:
    for number, each in enumerate(sys.argv[1:], 1):
        if any("\ud800" <= letter <= "\udfff" for letter in each):
            _tell(f"argument {number} is not UTF-8; a file that is called so needs another name")
            raise SystemExit(UNUSABLE)


def _tell(line: str) -> None:
    with suppress(OSError):  # where there is no room for this either, the code must do
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


@contextmanager
def _told_where_it_cannot_be_said() -> Iterator[None]:
    try:
        yield
    except SystemExit as ended:
        # typer makes 1 of it, which of some commands is a verdict.
        if isinstance(ended.__context__, BrokenPipeError):
            raise SystemExit(READER_GONE) from None
        raise
    except OSError as error:
        _tell(f"cannot go on: {error.strerror or type(error).__name__}")
        raise SystemExit(UNUSABLE) from None
    except Exception:  # noqa: BLE001 - whatever it is, it is no verdict
        _tell(traceback.format_exc().rstrip())
        raise SystemExit(FAULT) from None
