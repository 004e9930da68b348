"""`schakel org add`: register the organisations of a file."""

import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from consent.contradictions import ContradictionError
from consent.store.fact_store import FactStore
from gateway.commands.operating import UNUSABLE, Said, run_work
from gateway.database.engine import create_engine, write_transaction
from gateway.keys.files import read_key_file
from gateway.keys.first import make_first_keys
from gateway.registry.file import Organisation, RegistryFileError, read_registry_file
from gateway.registry.snapshot import OPERATOR
from gateway.registry.store import record
from gateway.settings_check import SettingsError, read_settings
from gateway.wiring import open_log


def run_org_add(file: Path) -> Said:
    """Register what a registry file says, and make the first keys where there are none."""
    try:
        settings = read_settings(os.environ)
        told = read_registry_file(file, invented_people_only=settings.invented_people_only)
    except (SettingsError, RegistryFileError) as error:
        return UNUSABLE, "\n".join(error.problems)

    async def work() -> Said:
        made = make_first_keys(settings)
        engine = create_engine(settings.database_url)
        facts = FactStore(read_key_file(settings.key_file))
        try:
            async with open_log(settings, engine, facts) as log, write_transaction(engine) as connection:
                changed = await _register(connection, facts, told.organisations)
                for each in changed:
                    await log.append(connection, _registered(each))
                new = await record(connection, told.entries, log=log, recorded_by=OPERATOR)
        finally:
            await engine.dispose()
        lines = [f"made key file {path}" for path in made]
        lines += [f"registered organisation {each.id}" for each in changed]
        lines += [f"registered {each.kind} {each.key} of {each.organisation}" for each in new]
        return 0, "\n".join(lines or ["everything in the file was registered already"])

    return run_work(work(), refusals=(ContradictionError,))


async def _register(
    connection: AsyncConnection, facts: FactStore, organisations: Sequence[Organisation]
) -> list[Organisation]:
    """Record the organisations that are new or changed, and return those.

    The opt-in for emergencies is its administrators' to record (facts contract, *Who*), never a file's.
    """
    known = await facts.registry(connection)
    entries = {each.id: {"id": each.id, "name": each.name, "kind": str(each.kind)} for each in organisations}
    changed = [
        each
        for each in organisations
        if not entries[each.id].items() <= (known.source("organisations", each.id) or {}).items()
    ]
    if changed:
        await facts.register(connection, [("organisations", entries[each.id]) for each in changed])
    return changed


def _registered(organisation: Organisation) -> Event:
    return Event(
        kind=Kind.CONFIG_CHANGED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        counterparties=frozenset({organisation.id}),
        fields={
            Field.ACTOR: {"operator": OPERATOR},
            Field.DETAIL: {"organisation": {"id": organisation.id, "kind": str(organisation.kind)}},
        },
    )
