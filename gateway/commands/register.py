"""`schakel register import`: bring in the file of a register, or show what that would do."""

import os
from pathlib import Path

from consent.registers.problems import RegisterError
from gateway.commands.log import account, log_of
from gateway.commands.operating import UNUSABLE, Said, run_work, unusable
from gateway.registers.file import open_file
from gateway.registers.importing import Import, hear
from gateway.registers.port import RegisterKind
from gateway.registers.taking import By
from gateway.registers.telling import told
from gateway.registry.said import ConfirmationError, officer_named
from gateway.settings_check import read_settings


@unusable(RegisterError)
def run_register_import(
    kind: RegisterKind, file: Path, *, operator: str, preview: bool, codes: Path | None = None
) -> Said:
    """Bring in what `file` says, all of it or nothing.

    Exit code 2 where file, name or settings cannot be read, 1 where the file does not fit what is known, else 0.
    """
    try:
        operator = officer_named(operator)
    except ConfirmationError:
        return UNUSABLE, "--as: an operator has a name; say whose word this is"
    settings = read_settings(os.environ)
    register = open_file(file, codes)

    async def work() -> Said:
        try:
            said = await hear(register, kind)
        except RegisterError as error:
            return UNUSABLE, str(error)
        async with log_of(settings) as found:
            by = By(kind, register.source, operator, account())
            lines = await Import(found.engine, found.facts, found.log, found.sealer).run(said, by, preview=preview)
        return 0, told(lines, preview=preview)

    return run_work(work(), refusals=(RegisterError,))
