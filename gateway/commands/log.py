"""`schakel audit export` and `verify`: the log, for anybody to check."""

import os
from pathlib import Path

from audit.events import Event, EventOutcome, Field, Kind
from audit.export import ExportError, export
from audit.sequence import checkpoint
from audit.verify import verify_folder
from audit.verify_database import verify_database
from consent.store import FactStore
from gateway.commands.operating import UNUSABLE, Said, run_work
from gateway.database import create_engine, write_transaction
from gateway.key_files import read_key_file
from gateway.registry.snapshot import OPERATOR
from gateway.settings_check import SettingsError, load_settings
from gateway.wiring import open_log, read_log_key


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

    return run_work(work(), refusals=(ExportError,))


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
        return run_work(work())
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)
