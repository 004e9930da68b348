"""A process that is killed in the middle: `python -m tests.gateway.backup.killed PLACE ARGUMENTS…`."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import gateway.backup.restoring
from gateway.backup.sealed import SealedFile, Sealing
from gateway.cli import main


def _die(*_: object, **__: object) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _all_but_the_end_of_the_first(self: SealedFile) -> Iterator[bytes]:
    first = next(_chunks(self))
    yield first[:-100]  # behind all that makes tables, and within what fills them
    _die()


def _interrupt(*_: object) -> None:
    """Interrupt the process as Ctrl-C does, and do not go on before it has noticed."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(1)


_chunks = SealedFile.chunks


def _before_the_content() -> None:
    vars(gateway.backup.restoring)["SealedFile"].chunks = _all_but_the_end_of_the_first


PLACES: dict[str, Callable[[], object]] = {
    "sealing": lambda: setattr(Sealing, "add", _die),
    "interrupting": lambda: setattr(Sealing, "add", _interrupt),
    "finishing": lambda: setattr(Sealing, "finish", _die),
    "naming": lambda: setattr(os, "fsync", _die),
}


def _within_restore() -> None:
    # The first look through the file is whole; the second, which fills the database, is not.
    true = gateway.backup.restoring.restore

    async def restore(*given: Any) -> None:
        _before_the_content()
        await true(*given)

    import gateway.commands.restore as command  # noqa: PLC0415 - only here

    vars(command)["restore"] = restore


PLACES["filling"] = _within_restore

if __name__ == "__main__":
    # Who is started in the background by a shell is told to ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    PLACES[sys.argv.pop(1)]()
    main()
