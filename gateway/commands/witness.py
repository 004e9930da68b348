"""`schakel witness init`, `key` and `serve`: the program of an institution that keeps watch over somebody's log.

It stands apart from the other commands, because a witness has no database and none of the gateway's settings.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway.logs import configure_logs
from gateway.witness.folder import WitnessFolderError, make_folder, read_witness_key
from gateway.witness.serving import serve_witness

Said = tuple[int, str]
_UNUSABLE: Final = 2


def run_witness_init(folder: Path, name: str) -> Said:
    """Make a witness's folder, and print its verifier key."""
    return _told(lambda: make_folder(folder, name).encoded())


def run_witness_key(folder: Path) -> Said:
    """Print a witness's verifier key."""
    return _told(lambda: f"{read_witness_key(folder).verifier.encoded()}")


def run_witness_serve(folder: Path, host: str, port: int, *, say: Callable[[str], None]) -> Said:
    """Serve the witness of a folder."""
    configure_logs()

    def work() -> str:
        asyncio.run(serve_witness(folder, host, port, say=say))
        return ""

    return _told(work)


def _told(work: Callable[[], str]) -> Said:
    try:
        return 0, work()
    except WitnessFolderError as error:
        return _UNUSABLE, str(error)
    except OSError as error:
        return _UNUSABLE, f"cannot go on: {error.strerror or type(error).__name__}"
