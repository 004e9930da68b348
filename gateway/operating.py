"""What the commands of the command line do. Each returns its exit code and what to say."""

import asyncio
import os
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

import uvloop
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.configure import ConfigurationError
from audit.durability import UnsafeDatabaseError
from audit.events import Event, EventOutcome, Field, Kind
from audit.export import ExportError, export
from audit.grow import BrokenTreeError
from audit.sequence import checkpoint
from audit.store import AuditUnavailableError
from audit.verify import verify_folder
from audit.verify_database import verify_database
from consent.contradictions import ContradictionError
from consent.family import StoreBrokenError
from consent.keys import KeyUnavailableError, SealBrokenError
from consent.shape import WorldError
from consent.store import FactStore
from consent.world import read_world
from gateway.database import create_engine, write_transaction
from gateway.failpoints import Step
from gateway.identity.keys import KeyFileError as TokenKeyFileError
from gateway.key_files import KeyFileError, read_key_file
from gateway.logs import configure_logs, logger
from gateway.migrate import migrate
from gateway.registry import OPERATOR, RegistryError
from gateway.registry_file import Organisation, RegistryFileError, read_registry_file
from gateway.registry_store import record
from gateway.sandbox import Options, SandboxError, run_sandbox
from gateway.serving import listen, serve
from gateway.settings_check import SettingsError, load_settings, read_settings
from gateway.wiring import make_first_keys, open_log, read_log_key

Said = tuple[int, str]

WRONG: Final = 1
UNUSABLE: Final = 2

FAILPOINT: Final = "SCHAKEL_INSECURE_FAILPOINT"
"""The one setting that a sandbox takes from the environment, for tests of faults."""

_REFUSALS: Final = (
    UnsafeDatabaseError,
    KeyFileError,
    TokenKeyFileError,
    KeyUnavailableError,
    RegistryError,
    ContradictionError,
    AuditUnavailableError,
    ExportError,
    BrokenTreeError,
    StoreBrokenError,
    SealBrokenError,
    SandboxError,
)


def _run(work: Coroutine[Any, Any, Said]) -> Said:
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except _REFUSALS as error:
        return WRONG, str(error)
    except ConfigurationError as error:
        return WRONG, "\n".join(error.problems)
    except SQLAlchemyError as error:
        # Its text holds the statement and its values.
        return WRONG, f"the database cannot be used ({type(error).__name__}); did you run `schakel migrate`?"
    except OSError as error:
        return WRONG, f"cannot go on: {error.strerror or type(error).__name__}"
    except KeyboardInterrupt:
        return 0, ""


def run_serve() -> Said:
    """Serve with the settings of the environment."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)
    configure_logs()
    logger().info("gateway.starting", environment=settings.environment, host=settings.host, port=settings.port)

    async def work() -> Said:
        with listen(settings.host, settings.port) as listening:
            await serve(settings, listening, ready=lambda: None)
        return 0, ""

    return _run(work())


def run_migrate() -> Said:
    """Bring the database up to date."""
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)

    async def work() -> Said:
        await migrate(settings.database_url)
        return 0, "the database is up to date"

    return _run(work())


def run_check_settings() -> Said:
    """Name every wrong setting."""
    try:
        load_settings(os.environ)
    except SettingsError as error:
        return WRONG, "\n".join(error.problems)
    return 0, "the settings are right"


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

    return _run(work())


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


def run_sandbox_file(world: Path, *, request: int, port: int, credentials: Path | None) -> Said:
    """Serve a world file until stopped."""
    try:
        file = read_world(world.read_bytes())
    except OSError as error:
        return UNUSABLE, f"{world}: {error.strerror}"
    except WorldError as error:
        return UNUSABLE, "\n".join(f"{world}: {problem}" for problem in error.problems)
    failpoint = os.environ.get(FAILPOINT)
    if failpoint is not None and failpoint not in {str(each) for each in Step}:
        return UNUSABLE, f"{FAILPOINT}: expected one of {', '.join(Step)}"
    configure_logs()

    async def work() -> Said:
        options = Options(request=request, port=port, credentials=credentials, failpoint=failpoint)
        await run_sandbox(file, options, say=lambda line: print(line, flush=True))  # noqa: T201 - a command's output
        return 0, ""

    return _run(work())


def run_audit_export(out: Path, *, since: int) -> Said:
    """Export the log of the database in the settings."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)

    async def work() -> Said:
        engine = create_engine(settings.database_url)
        facts = FactStore(read_key_file(settings.key_file))
        try:
            async with open_log(settings, engine, facts) as log:
                async with write_transaction(engine) as connection:
                    await log.append(connection, _exported(since))
                async with write_transaction(engine) as connection:
                    await checkpoint(connection, log)
                size = await export(engine, out, keys=[log.key.verifier], since=since)
        finally:
            await engine.dispose()
        return 0, f"exported {size} events to {out}"

    return _run(work())


def _exported(since: int) -> Event:
    return Event(
        kind=Kind.LOG_EXPORTED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        fields={Field.ACTOR: {"operator": OPERATOR}, Field.DETAIL: {"since": since, "opened": False}},
    )


def run_audit_verify(folder: Path | None, *, checkpoint: Path | None, database: str | None) -> Said:
    """Verify an export, or the live database."""
    if (folder is None) == (database is None):
        return UNUSABLE, "name one of FOLDER and --database URL"
    if folder is not None:
        verdict = verify_folder(folder, older=checkpoint)
        return verdict.exit_status, verdict.line

    async def work() -> Said:
        settings = load_settings(os.environ)
        engine = create_engine(database or settings.database_url)
        try:
            verdict = await verify_database(engine, keys=[read_log_key(settings).verifier])
        finally:
            await engine.dispose()
        return verdict.exit_status, verdict.line

    try:
        return _run(work())
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)
