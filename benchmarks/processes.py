"""Servers as child processes, and what the kernel says of their time and memory."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.serve import url_of
from gateway.serving import listen

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_STOP_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, or starts: its socket listens already, so who connects waits for it."""

    url: str
    process: "subprocess.Popen[bytes]"

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self.url.rpartition(":")[2])

    def cpu_seconds(self) -> float:
        """Return the time that the processor spent on it and everything it started."""
        return cpu_seconds(self.process.pid)

    def memory(self) -> int:
        """Return its proportional set size in bytes, of it and everything it started."""
        return sum(_pss(each) for each in tree(self.process.pid))


@contextmanager
def serving(name: str, database_url: str, folder: Path, *, listening: socket.socket | None = None) -> Iterator[Server]:
    """Run one of the servers of `benchmarks.serve`; on a free port, unless `listening` is given."""
    with listening or listen("127.0.0.1", 0) as bound:
        command = [sys.executable, "-m", "benchmarks.serve", name, str(bound.fileno()), database_url, str(folder)]
        root = Path(__file__).parents[1]
        log = (folder / f"{name}.log").open("ab")
        # As it is deployed: compiled once, and not at each start.
        environment = {each: value for each, value in os.environ.items() if each != "PYTHONDONTWRITEBYTECODE"}
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, pass_fds=[bound.fileno()], cwd=root, env=environment, stdout=log, stderr=log
        )
        url = url_of(bound)
    try:
        yield Server(url, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_STOP_SECONDS)
        log.close()


def cpu_seconds(pid: int) -> float:
    """Return the time spent on the process `pid` and everything below it, ended children included."""
    return sum(_cpu_ticks(each) for each in tree(pid)) / _TICKS


def tree(pid: int) -> list[int]:
    """Return `pid` and every process below it that runs."""
    found = [pid]
    for parent in found:
        for thread in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in thread.read_text().split()]
    return found


def _cpu_ticks(pid: int) -> int:
    # The name, second, may hold spaces and brackets; utime, stime, cutime and cstime are fields 14 to 17 (proc(5)).
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(each) for each in fields[11:15])


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("Pss:"))
    return int(kilobytes) * 1024
