"""`schakel register import`: bring in the file of a register, or show what that would do."""

import os
from pathlib import Path

from audit.events import Event, EventOutcome, Field, Kind
from consent.registers.problems import RegisterError
from consent.registers.seen import How
from gateway.commands.log import account, log_of
from gateway.commands.operating import UNUSABLE, Said, run_work, unusable
from gateway.registers.file import open_file
from gateway.registers.importing import Import, hear
from gateway.registers.port import RegisterKind
from gateway.registers.taking import By
from gateway.registers.telling import told
from gateway.registry.said import ConfirmationError, officer_named
from gateway.registry.snapshot import OPERATOR
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
            try:
                lines = await Import(found.engine, found.facts, found.log, found.sealer).run(said, by, preview=preview)
            except RegisterError:
                await found.keep(_looked(by, len(said), "refused"))
                raise
            nothing = [each.how is How.NOTHING for each in lines]
            if preview or any(nothing):
                became = "preview" if preview else "nothing" if all(nothing) else "a part"
                await found.keep(_looked(by, len(said), became))
        return 0, told(lines, preview=preview)

    return run_work(work(), refusals=(RegisterError,))


def _looked(by: By, places: int, became: str) -> Event:
    # INVARIANT: what is told says who is known here, and of whom what; of whom it stores nothing no other event does.
    detail = {"read": "register", "register": str(by.kind), "places": places, "became": became}
    return Event(
        kind=Kind.LOG_READ,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        fields={Field.ACTOR: by.as_json(), Field.DETAIL: detail},
    )
