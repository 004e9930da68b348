"""The log that is tampered with: made once for each kind of database, by the product's own code.

size    7   16        21   27        33
signed  log log + w1  log  log + w1  log   and two events more, which no head covers yet
                               + w2
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.checkpoint import cosign, read_note
from audit.events import Event, Field, Kind
from audit.heads import add_cosignature, note_of
from audit.receipt import Receipt
from audit.signing import Algorithm, SigningKey, VerifierKey
from audit.store import AuditLog
from gateway.database.engine import create_engine, write_transaction
from gateway.migrations.migrate import migrate
from tests.audit import make

W1 = SigningKey.from_seed("witness.example/w1", bytes([1] * 32), Algorithm.COSIGNATURE)
W2 = SigningKey.from_seed("witness.example/w2", bytes([2] * 32), Algorithm.COSIGNATURE)
KEYS: Sequence[VerifierKey] = (make.LOG_KEY.verifier, W1.verifier, W2.verifier)
"""What a verifier trusts."""

SIGNED = {7: (), 16: (W1,), 21: (), 27: (W1, W2), 33: ()}
"""The signed heads, and who cosigned each."""
COSIGNED = 27
"""The newest head that witnesses signed; its note is held outside."""
NEWEST = 33
EVENTS = 35

ERASED = "person-9"
ERASURE = 9
"""Here the person of events 2 and 4 is erased."""
_SECONDS = 1_772_452_800


@dataclass
class Original:
    """The log, and what others hold of it outside: the cosigned checkpoint, and a receipt of each event."""

    url: str
    keys: make.KeyService = field(default_factory=make.KeyService)
    checkpoint: str = ""
    receipts: list[Receipt] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    """Whom the erased events were about, as a backup from before the erasure would still say: person and event."""

    def log(self) -> AuditLog:
        """Return the log under its own keys, as the gateway has it, and whoever took its machine."""
        return make.log(self.keys)


async def build(url: str, keys: make.KeyService | None = None, *, witnessed: bool = True) -> Original:
    """Fill the database at `url`."""
    await migrate(url)
    original, engine = Original(url, keys or make.KeyService()), create_engine(url)
    try:
        await grow(engine, original, 0, witnessed=witnessed)
        async with engine.connect() as connection:
            original.checkpoint = await note_of(connection, COSIGNED)
    finally:
        await engine.dispose()
    return original


async def grow(engine: AsyncEngine, original: Original, start: int, *, witnessed: bool = True) -> None:
    """Let the log grow from `start` to its end, and its witnesses sign; without them it signs its heads alone."""
    log = original.log()
    for before, size in pairwise((0, *SIGNED)):
        if size <= start:
            continue
        await _keep(engine, original, log, range(max(before, start), size))
        await make.settle(engine, log)
        await _cosigned(engine, size, SIGNED[size] if witnessed else ())
    await _keep(engine, original, log, range(NEWEST, EVENTS))


async def _keep(engine: AsyncEngine, original: Original, log: AuditLog, numbers: Iterable[int]) -> None:
    for number in numbers:
        if number == ERASURE:
            await _erase(engine, original)
        original.receipts += await make.keep(engine, log, event(number))
        if number == ERASURE:
            # What was under way then is long done: an event that names nobody from now on was made to.
            assert isinstance(log.now, make.Clock)
            log.now.instant += timedelta(minutes=5)


async def _erase(engine: AsyncEngine, original: Original) -> None:
    original.keys.erase(ERASED)
    async with write_transaction(engine) as connection:
        rows = await connection.execute(
            text("SELECT person, event_id FROM audit_subject WHERE person = :person"), {"person": ERASED}
        )
        original.gone = [(row.person, str(row.event_id)) for row in rows]
        await connection.execute(text("DELETE FROM audit_subject WHERE person = :person"), {"person": ERASED})


async def _cosigned(engine: AsyncEngine, size: int, witnesses: Iterable[SigningKey]) -> None:
    async with write_transaction(engine) as connection:
        for witness in witnesses:
            await cosign_head(connection, size, witness)


async def cosign_head(connection: AsyncConnection, size: int, witness: SigningKey) -> None:
    """Let `witness` sign the stored head of `size`."""
    head, _ = read_note((await note_of(connection, size)).encode())
    line = cosign(head, witness, seconds=_SECONDS)
    await add_cosignature(connection, size=size, line=line, witnesses=[witness.verifier])


def event(number: int) -> Event:
    """Return the event that becomes leaf `number`."""
    kind, person, also = _about(number)
    request = None if kind in {Kind.CONFIG_CHANGED, Kind.SUBJECT_ERASED} else f"request-{number}"
    fields: dict[Field, object] = {Field.ACTOR: {"id": f"professional-{number}"}, Field.DETAIL: {"number": number}}
    if kind is Kind.SUBJECT_ERASED:
        fields[Field.DETAIL] = {"sealed": 2}
    if request is not None:
        fields[Field.REQUEST] = {"id": request}
    return make.event(kind, person=person, also_about=also, request_id=request, fields=fields)


def _about(number: int) -> tuple[Kind, str | None, tuple[str, ...]]:
    match number:
        case 0:
            return Kind.CONFIG_CHANGED, None, ()
        case 2 | 4:
            return Kind.EXCHANGE_DISCLOSED, ERASED, ()
        case 9:
            return Kind.SUBJECT_ERASED, None, ()
    if number % 6 == 0:
        return Kind.SOURCE_FAILED, None, ()
    if number % 5 == 3:
        return Kind.FACT_RECORDED, "person-1", ("person-2",)
    return Kind.EXCHANGE_DISCLOSED, f"person-{1 + number % 2}", ()


def name_of(url: str) -> str:
    """Return the database's name, or its file's path."""
    return str(make_url(url).database)
