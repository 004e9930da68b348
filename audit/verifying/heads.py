"""The signed heads of the live store, each with its cosignatures, read for the verifier."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import LargeBinary, Row, Select, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.checkpoint import NoteError, read_signature
from audit.signing import VerifierKey
from audit.tables import audit_checkpoint, audit_cosignature
from audit.verifying.checks import Head, read_head

# SQLite keeps anything in any column: there text is read as the bytes that it is, and what is no text is found.
_RAW: Final = Text().with_variant(LargeBinary(), "sqlite")
_HEADS: Final[Select[Any]] = select(
    audit_checkpoint.c.size,
    cast(audit_checkpoint.c.root, LargeBinary).label("root"),
    cast(audit_checkpoint.c.note, _RAW).label("note"),
)
_LINES: Final[Select[Any]] = select(
    audit_cosignature.c.size,
    cast(audit_cosignature.c.witness, _RAW).label("witness"),
    cast(audit_cosignature.c.line, _RAW).label("line"),
)
_UNBOUNDED: Final = 2**62


class Line(NamedTuple):
    """A stored cosignature: under which witness's label, and the line."""

    witness: str
    line: str


async def heads_between(
    connection: AsyncConnection, keys: Sequence[VerifierKey], *, after: int, upto: int | None
) -> list[Head]:
    """Return the stored heads of more than `after` leaves and not more than `upto`, the smallest first.

    A head that a witness signed and that is not stored any more is among them, as one that states nothing.
    """
    heads, lines = audit_checkpoint.c.size, audit_cosignature.c.size
    last = _UNBOUNDED if upto is None else upto
    stored: dict[int, list[Row[Any]]] = {}
    for row in await connection.execute(_HEADS.where(heads > after, heads <= last)):
        stored.setdefault(row.size, []).append(row)
    cosigned: dict[int, list[Line]] = {}
    ordered = _LINES.where(lines > after, lines <= last).order_by(lines, audit_cosignature.c.witness)
    for row in await connection.execute(ordered):
        cosigned.setdefault(row.size, []).append(Line(_text(row.witness), _text(row.line)))
    return [_head(size, stored.get(size, []), cosigned.get(size, []), keys) for size in sorted({*stored, *cosigned})]


def _head(size: int, rows: Sequence[Row[Any]], lines: Sequence[Line], keys: Sequence[VerifierKey]) -> Head:
    place = f"checkpoint {size}"
    why = _misstored(place, rows, lines)
    if why:
        return Head(place, size, None, why)
    [row] = rows
    known = {key.label for key in keys}
    note = "".join((_text(row.note), *(each.line for each in lines if each.witness in known)))
    head = read_head(place, note.encode(), keys, expected_size=size)
    if head.verified is not None and head.verified.checkpoint.root != row.root:
        return Head(place, size, None, f"the root stored beside `{place}` is another")
    # Where the note speaks of another size, its row's size is where to look.
    return (
        head if head.size == size else Head(place, size, None, f"`{place}` does not speak of the size that it is under")
    )


def _misstored(place: str, rows: Sequence[Row[Any]], lines: Sequence[Line]) -> str:
    if not rows:
        return f"`{place}` is not stored, though a witness signed it"
    if len(rows) > 1:
        return f"`{place}` is stored twice"
    if not all(_is_under_its_own_name(each) for each in lines):
        return f"a cosignature of `{place}` is not stored under the name that it bears"
    return f"a cosignature of `{place}` is stored twice" if len({each.witness for each in lines}) < len(lines) else ""


def _text(raw: str | bytes | None) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw or ""


def _is_under_its_own_name(each: Line) -> bool:
    try:
        signature = read_signature(each.line.removesuffix("\n"))
    except NoteError:
        return False
    return each.witness == f"{signature.name}+{signature.key_id.hex()}" and each.line.count("\n") == 1


async def lost_of(connection: AsyncConnection, older: Head) -> Head:
    """Return the head `older`, held outside, as one that states nothing where the store lacks it or its cosignatures.

    What was signed left only after it was stored, so either is gone because somebody took it away.
    """
    if older.verified is None:
        return older
    size = audit_checkpoint.c.size
    if (await connection.execute(select(size).where(size == older.size))).first() is None:
        return Head(older.place, older.size, None, f"`{older.place}` was signed, but the store does not hold it")
    labels = select(audit_cosignature.c.witness).where(audit_cosignature.c.size == older.size)
    stored = set((await connection.execute(labels)).scalars())
    lost = [key.label for key in older.verified.cosigners if key.label not in stored]
    if not lost:
        return older
    return Head(older.place, older.size, None, f"the store does not hold the cosignature of `{lost[0]}`")
