"""Real exports: a log with events, heads that a witness cosigned, and what is sealed opened."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.checkpoint import cosign, read_note
from audit.events import Event, Field
from audit.export import export
from audit.heads import add_cosignature
from audit.sequence import checkpoint, sequence
from audit.signing import Algorithm, SigningKey
from audit.store import AuditLog
from tests.audit import make

WITNESS_2 = SigningKey.from_seed("witness.example/w2", bytes(range(2, 34)), Algorithm.COSIGNATURE)
WITNESSES = (make.WITNESS, WITNESS_2)
KEYS = [each.verifier for each in (make.LOG_KEY, *WITNESSES)]
HEADS = (4, 7, 10)
"""The sizes at which a head is signed; both witnesses cosign each."""

HARD = {
    "": "an empty name",
    "texts": ['"\\/\b\f\n\r\t\x00\x1f\x7f', "é\u2028\u2029", "😀", "\ufb33"],
    "names": {"😀": 0, "1": 1, "10": 10, "9": 9, "é": 0, "€": 0, "Z": 0, "a": 0, "\ufb33": 0, "\x80": 0},
    "numbers": [0, -1, 9, 2**53 - 1, -(2**53) + 1],
    "others": [None, True, False, [], {}],
}
"""A value with what canonical JSON is hard on."""


async def cosigned(connection: AsyncConnection, log: AuditLog) -> None:
    """Sign the newest head, and have both witnesses cosign it."""
    if connection.dialect.name == "postgresql":
        await sequence(connection, log)
    head, _ = read_note((await checkpoint(connection, log)).encode())
    for witness in WITNESSES:
        line = cosign(head, witness, seconds=1_772_452_800)
        await add_cosignature(connection, size=head.size, line=line, witnesses=[witness.verifier])


async def written(folder: Path, *, since: int = 0, erased: str | None = None) -> Path:
    """Return the opened export of a new log of ten events about three persons."""
    sealer = make.KeyService()
    log = make.log(sealer)
    async with make.engine(f"sqlite+aiosqlite:///{folder / 'schakel.db'}") as engine:
        size = 0
        for head in HEADS:
            await make.keep(engine, log, *(_event(number) for number in range(size, head)))
            async with engine.begin() as connection:
                await cosigned(connection, log)
            size = head
        if erased is not None:
            sealer.erase(erased)
        await export(engine, folder / "export", keys=KEYS, since=since, open_with=sealer)
    return folder / "export"


def _event(number: int) -> Event:
    fields = {
        Field.ACTOR: {"professional": "p1", "role": "youth-professional"},
        Field.PURPOSE: "coordinate-plan",
        Field.CATEGORIES: ["goals", "risk"],
        Field.DETAIL: HARD,
    }
    return make.event(person=f"person-{number % 3}", fields=fields)
