"""`schakel register import`: bring in the file of a register, or show what that would do."""

import os
from pathlib import Path

from consent.registers.problems import RegisterError
from consent.store.fact_store import FactStore
from gateway.commands.operating import UNUSABLE, Said, run_work
from gateway.commands.rules import account
from gateway.database.engine import create_engine
from gateway.keys.files import read_key_file
from gateway.keys.sealing import AuditSealer
from gateway.registers.file import open_file
from gateway.registers.importing import Import, hear
from gateway.registers.port import RegisterKind
from gateway.registers.taking import By
from gateway.registers.telling import told
from gateway.rules.said import ConfirmationError, officer_named
from gateway.settings_check import SettingsError, read_settings
from gateway.wiring import open_log


def run_register_import(
    kind: RegisterKind, file: Path, *, operator: str, preview: bool, codes: Path | None = None
) -> Said:
    """Bring in what `file` says, all of it or nothing.

    Exit code 2 where file, name or settings cannot be read, 1 where the file does not fit what is known, else 0.
    """
    try:
        operator = officer_named(operator)
        settings = read_settings(os.environ)
        register = open_file(file, codes)
    except ConfirmationError:
        return UNUSABLE, "--as: an operator has a name; say whose word this is"
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)
    except RegisterError as error:
        return UNUSABLE, str(error)

    async def work() -> Said:
        try:
            said = await hear(register, kind)
        except RegisterError as error:
            return UNUSABLE, str(error)
        engine = create_engine(settings.database_url)
        facts = FactStore(read_key_file(settings.key_file))
        try:
            async with open_log(settings, engine, facts) as log:
                sealer = log.sealer
                assert isinstance(sealer, AuditSealer)  # noqa: S101 - `open_log` made it
                by = By(kind, register.source, operator, account())
                lines = await Import(engine, facts, log, sealer).run(said, by, preview=preview)
        finally:
            await engine.dispose()
        return 0, told(lines, preview=preview)

    return run_work(work(), refusals=(RegisterError,))
