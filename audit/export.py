"""Writing the log to a folder that anybody can verify without us.

Source: audit log contract, *Export*.
"""

import os
import shutil
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.entry import Entry
from audit.heads import newest_size, note_for, witnessed_sizes
from audit.read import entries, fetch_and_open
from audit.sealing import Opener
from audit.signing import VerifierKey
from audit.tables import audit_leaf


class ExportError(Exception):
    """Nothing was written; the message says what to do first."""


async def export(
    engine: AsyncEngine,
    out: Path,
    *,
    keys: Sequence[VerifierKey],
    since: int = 0,
    open_with: Opener | None = None,
) -> int:
    """Write the log up to its newest signed head to the new folder `out`, whole or not at all; return that head's size.

    `keys` are the verifier keys that the folder shall name, the log's own first. `since` leaves out earlier entries
    (their hashes stay, or no root could be recomputed). With `open_with` the fields whose key exists are opened: the
    caller has checked the right to do so, and logs it.

    Raises:
        ExportError: `out` exists or cannot be made, no head was signed yet, or `since` is beyond it.
        SealBrokenError: an event's sealed values were changed.
    """
    with _whole_or_nothing(out) as folder:
        async with engine.connect() as connection:
            size = await newest_size(connection)
            if size is None:
                raise ExportError("no checkpoint was signed yet; start the service once, or sign one")
            if not 0 <= since <= size:
                raise ExportError(f"`since` must lie between 0 and {size}")
            await _write_entries(connection, folder, since, size, open_with)
            await _write_heads(connection, folder, size, keys)
    return size


async def _write_entries(
    connection: AsyncConnection, folder: Path, since: int, size: int, open_with: Opener | None
) -> None:
    with _new_file(folder / "hashes") as file:
        async for hashed in _hashes(connection, size):
            file.write(b64encode(hashed) + b"\n")
    with _new_file(folder / "entries.ndjson") as file:
        async for entry in entries(connection, since=since, size=size):
            file.write(await _line(entry, open_with))
    if since:
        _write_text(folder / "since", f"{since}\n")


async def _write_heads(connection: AsyncConnection, folder: Path, size: int, keys: Sequence[VerifierKey]) -> None:
    _write_text(folder / "keys", "".join(f"{key.encoded()}\n" for key in keys))
    _write_text(folder / "checkpoint", await note_for(connection, size, keys))
    for earlier in await witnessed_sizes(connection, keys):
        if earlier < size:
            _write_text(folder / "checkpoints" / str(earlier), await note_for(connection, earlier, keys))


async def _hashes(connection: AsyncConnection, size: int) -> AsyncIterator[bytes]:
    query = select(audit_leaf.c.leaf_hash).where(audit_leaf.c.seq < size).order_by(audit_leaf.c.seq)
    async with connection.stream(query) as rows:
        async for row in rows:
            yield row.leaf_hash


async def _line(entry: Entry, open_with: Opener | None) -> bytes:
    line: dict[str, object] = {"seq": entry.seq, "leaf": orjson.Fragment(entry.leaf)}
    if open_with is not None:
        line["opened"] = await fetch_and_open(open_with, entry)
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


@contextmanager
def _whole_or_nothing(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` that only its owner can read, and give it that name when all is written."""
    try:
        if out.exists():
            raise ExportError(f"{out} exists already; name a new folder")
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise ExportError(f"cannot make {out}: {error.strerror}; name a folder that can be made") from error
    try:
        (folder / "checkpoints").mkdir()
        yield folder
        folder.rename(out)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    with path.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _write_text(path: Path, text: str) -> None:
    with _new_file(path) as file:
        file.write(text.encode())
