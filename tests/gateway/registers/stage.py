"""A gateway's database with two organisations and nobody in it, and files of a register that are brought in."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.read import events_of_request, opened
from audit.signing import SigningKey
from audit.store import AuditLog
from consent.known.family import Family, Gathered
from consent.known.rows import Known
from consent.known.word import Word
from consent.registers.problems import RegisterError
from consent.registers.said import NUMBER_SYSTEM
from consent.store.appending import log_key
from consent.store.fact_store import FactStore
from consent.store.recording import amend, record, register
from gateway.database.engine import create_engine, write_transaction
from gateway.keys.sealing import AuditSealer
from gateway.registers.file import FileRegister
from gateway.registers.importing import Import, hear
from gateway.registers.port import RegisterKind
from gateway.registers.taking import By
from tests.consent.store import make
from tests.laid import lay

LOG = SigningKey.from_seed("log.schakel.example/test", bytes(range(32)))
SEM, MOTHER, FATHER, AUNT, SISTER, STRANGER = (
    "999900006",
    "999900018",
    "999900031",
    "999900043",
    "999900055",
    "999900079",
)
NAMES = {SEM: "sem", MOTHER: "mother", FATHER: "father", AUNT: "aunt", SISTER: "sister"}
FIRST, SECOND, THIRD = "2026-11-02T09:00:00+01:00", "2026-11-09T09:00:00+01:00", "2026-11-16T09:00:00+01:00"
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
HELPER = {"form": "professional", "id": "anna", "organisation": "team-noord"}

PERSONS = "bsn,born,answered_on,parent_1,parent_2,partner"
FAMILY = [
    f"{SEM},2018-05-04,{FIRST},{MOTHER},{FATHER},",
    f"{MOTHER},1984-01-01,{FIRST},,,",
    f"{FATHER},1982-01-01,{FIRST},,,",
    f"{AUNT},1980-01-01,{FIRST},,,{FATHER}",
]
AUTHORITY = "bsn,authority,answered_on,parent_1,parent_2,third_1,third_2,under_investigation"
ORDERS = "bsn,register,answered_on,reference,kind,executor,since,until,ended_on"


def csv(header: str, *lines: str) -> bytes:
    return "\r\n".join([header, *lines, ""]).encode()


@dataclass
class Town:
    """The store and its log, and what was brought in last."""

    engine: AsyncEngine
    facts: FactStore
    log: AuditLog
    sealer: AuditSealer

    async def bring(self, kind: str, content: bytes, *, preview: bool = False) -> list[str]:
        """Bring in a file, and return what is told of it."""
        register = FileRegister(content)
        by = By(RegisterKind(kind), register.source, "o. perator", "account")
        parts = Import(self.engine, self.facts, self.log, self.sealer, lambda _: NOW)
        lines = await parts.run(await hear(register, by.kind), by, preview=preview)
        return [str(each) for each in lines]

    async def wrong(self, kind: str, content: bytes) -> list[str]:
        """Bring in a file that must be refused, and return why; nothing is stored."""
        before = await self.rows()
        try:
            await self.bring(kind, content)
        except RegisterError as error:
            assert await self.rows() == before
            return list(error.lines)
        raise AssertionError("it was taken")

    async def with_family(self) -> None:
        await self.bring("persons", csv(PERSONS, *FAMILY))

    async def authority(self, code: str, on: str, **columns: str) -> list[str]:
        """Bring in an answer about authority over Sem."""
        parents = {"parent_1": MOTHER, "parent_2": FATHER} | columns
        told = {"bsn": SEM, "authority": code, "answered_on": on, **parents}
        return await self.bring("authority", csv(AUTHORITY, row(AUTHORITY, told)))

    async def gathered(self, number: str = SEM) -> Gathered:
        async with self.engine.connect() as connection:
            return await self.facts.gather(connection, NUMBER_SYSTEM, number)

    async def id_of(self, number: str) -> str:
        found = (await self.gathered(number)).person
        assert found is not None
        return found

    async def family(self, number: str = SEM) -> Family:
        async with write_transaction(self.engine) as connection:
            return await self.facts.held(connection, await self.id_of(number))

    async def facts_of(self, section: str, number: str = SEM) -> list[dict[str, Any]]:
        """Return the facts of a section, ids and numbers of persons by their names, without what ends them late."""
        family = await self.family(number)
        names = {name: NAMES[each] for name, each in family.identifiers[NUMBER_SYSTEM].items()}
        return [
            {key: names.get(value, value) if isinstance(value, str) else value for key, value in told(each).items()}
            for each in family.known.values()
            if each.section == section
        ]

    async def standing(self) -> dict[str, str]:
        """Return who has authority over Sem now, with `disputed`, `unverified` or nothing behind it."""
        return {
            f"{one['holder']} {one['kind']}": "disputed"
            if one.get("disputed")
            else ("verified" if "verified_on" in one else "unverified")
            for one in await self.facts_of("authority")
            if "until" not in one
        }

    async def by_hand(self, section: str, fields: Mapping[str, Any]) -> str:
        """Record a fact as a helper would have, confirmations aside; a number stands for who has it."""
        resolved = {key: await self.id_of(value) if value in NAMES else value for key, value in fields.items()}
        async with write_transaction(self.engine) as connection:
            family = await self.facts.held(connection, await self._id_in(connection))
            recorded = await record(connection, self.facts, family, section, resolved, recorded_by=HELPER)
        return recorded.id

    async def change(self, section: str, fact: str, fields: Mapping[str, Any], *, word: Word | None = None) -> None:
        """Change a fact as a helper would."""
        async with write_transaction(self.engine) as connection:
            family = await self.facts.held(connection, await self._id_in(connection))
            await amend(
                connection, self.facts, family, family.known[section, fact], fields, recorded_by=HELPER, word=word
            )

    async def _id_in(self, connection: Any) -> str:
        found = (await self.facts.gather(connection, NUMBER_SYSTEM, SEM)).person
        assert found is not None
        return found

    async def fact(self, section: str, **fields: str) -> str:
        """Return the id of the last fact with these fields."""
        found = [
            each
            for each in (await self.family()).known.values()
            if each.section == section and all(each.source.get(name) == value for name, value in fields.items())
        ]
        return found[-1].id

    async def rows(self) -> tuple[int, ...]:
        """Return how much is stored, in facts, persons and events."""
        async with self.engine.connect() as connection:
            return tuple(
                [
                    (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
                    for table in ("fact", "person", "person_key", "person_identifier", "audit_event")
                ]
            )

    async def events(self) -> list[dict[str, Any]]:
        """Return every event of an import, oldest first, with what is sealed in it."""
        await self.family()
        async with self.engine.connect() as connection:
            rows = await connection.exec_driver_sql("SELECT request_id FROM audit_event GROUP BY request_id")
            ids = [each[0] for each in rows if each[0] is not None]
            found = [one for each in ids for one in await events_of_request(connection, each)]
        return [
            {"kind": one.leaf_json["kind"]} | {n: t["value"] for n, t in opened(self.sealer, one).items()}
            for one in found
        ]


def told(known: Known) -> dict[str, Any]:
    return {key: value for key, value in known.source.items() if key != "id"}


def row(header: str, values: Mapping[str, str]) -> str:
    return ",".join(values.get(name, "") for name in header.split(","))


@asynccontextmanager
async def town_at(url: str, organisations: Sequence[str] = ("gi-west", "gi-oost")) -> AsyncIterator[Town]:
    engine, facts = create_engine(url), FactStore(make.key_service())
    try:
        await lay(url)
        async with write_transaction(engine) as connection:
            registered = [("organisations", {"id": each, "kind": "certified-institution"}) for each in organisations]
            await register(connection, facts, registered)
            sealer = AuditSealer(await log_key(connection, facts.keys))
        yield Town(engine, facts, AuditLog(key=LOG, sealer=sealer, now=lambda: datetime.now(UTC)), sealer)
    finally:
        await engine.dispose()
