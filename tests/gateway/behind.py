"""Changing what is stored behind everybody's back, as who owns the database and the keys can."""

import os
from base64 import b64decode
from typing import Any

import orjson
from sqlalchemy import text, update

from audit.entry import Entry
from audit.events import KEPT_AFTER_ERASURE
from audit.leaf import commit
from audit.part import EXCHANGE
from audit.read import events_of_request, opened
from audit.sealing import Salted, associated, pack
from audit.tables import audit_event, audit_leaf
from audit.tree import leaf_hash
from consent.keys import NONCE_BYTES, KeyClass
from consent.known.rows import FactName
from consent.naming import PERSON_SYSTEM
from gateway.database.engine import write_transaction
from schemas.canonical_json import canonical
from tests.audit.make import settle
from tests.gateway.running import Running


async def unguarded(gateway: Running, table: str) -> None:
    """Take the table's guard away, as who owns the database can."""
    lite = gateway.gateway.engine.dialect.name == "sqlite"
    drop = f"DROP TRIGGER {table}_no_update" if lite else f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change"
    async with write_transaction(gateway.gateway.engine) as connection:
        await connection.execute(text(drop))
        if lite:
            await connection.execute(text(f"DROP TRIGGER {table}_no_delete"))


async def run(gateway: Running, statement: str, **values: Any) -> None:
    async with write_transaction(gateway.gateway.engine) as connection:
        await connection.execute(text(statement), values)


async def resealed(gateway: Running, section: str, **change: Any) -> None:
    """Replace what the first fact of `section` says, with the right key."""
    committer = gateway.gateway.exchange.committer
    gathered = await committer.gather(PERSON_SYSTEM, "sem", also=frozenset())
    async with committer.engine.connect() as connection:
        columns = "person, version, section, id, amends, entry"
        statement = f"SELECT {columns} FROM fact WHERE section = :section ORDER BY seq"  # noqa: S608 - our own names
        row = (await connection.execute(text(statement), {"section": section})).first()
    assert row is not None
    place, key = FactName(*row[:5]).place("entry"), gathered.keys[row.person, KeyClass.CONSENT]
    told = orjson.loads(key.open(bytes(row.entry), at=place)) | change
    sealed = key.seal(canonical(told), at=place, nonce=os.urandom(NONCE_BYTES))
    await unguarded(gateway, "fact")
    await run(
        gateway,
        "UPDATE fact SET entry = :entry WHERE person = :person AND version = :version",
        entry=sealed,
        person=row.person,
        version=row.version,
    )


async def event_of(gateway: Running, request_id: str, person: str = "sem") -> tuple[Entry, dict[str, Any]]:
    """Return the event of a request, with what it holds about `person`."""
    committer = gateway.gateway.exchange.committer
    await committer.gather(PERSON_SYSTEM, person, also=frozenset())
    async with committer.engine.connect() as connection:
        found = await events_of_request(connection, request_id)
    [entry] = [each for each in found if each.leaf_json["kind"] in EXCHANGE]
    return entry, {name: each["value"] for name, each in opened(committer.sealer, entry).items()}


async def rewritten(gateway: Running, request_id: str, *, commits: bool = False, **change: Any) -> None:
    """Replace fields of the event, sealed with the right key; with `commits` as if these had been committed to."""
    committer = gateway.gateway.exchange.committer
    # Who gives it its place meanwhile would write the hash that it had.
    await settle(committer.engine, committer.log)
    entry, _ = await event_of(gateway, request_id)
    sealer = committer.sealer
    salted = [
        Salted(name, b64decode(each["salt"]), canonical(change.get(name, each["value"])))
        for name, each in opened(sealer, entry).items()
        if name not in KEPT_AFTER_ERASURE
    ]
    sealed = sealer.seal(entry.person, pack(salted), associated(entry.event_id, "person"))
    made = {each.name: commit(each.name, each.salt, each.value) for each in salted}
    leaf = entry.leaf_json
    if commits:
        leaf["commitments"] |= made
    await unguarded(gateway, "audit_event")
    await unguarded(gateway, "audit_leaf")
    hashed = leaf_hash(canonical(leaf))
    async with write_transaction(gateway.gateway.engine) as connection:
        changed = {"sealed_person": sealed, "leaf": canonical(leaf), "leaf_hash": hashed}
        own = audit_event.c.event_id == entry.event_id
        await connection.execute(update(audit_event).where(own).values(**changed))
        own = audit_leaf.c.event_id == entry.event_id
        await connection.execute(update(audit_leaf).where(own).values(leaf_hash=hashed))


async def erased(gateway: Running, person: str) -> None:
    """Destroy the keys of `person`."""
    await run(gateway, "DELETE FROM person_key WHERE person = :person", person=person)
