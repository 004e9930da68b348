"""`schakel audit export` and `verify`: the log, for anybody to check."""

import os
import pwd
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from audit.events import Event, EventOutcome, Field, Kind
from audit.export import ExportError, export
from audit.officer import signed_act
from audit.read import SealBrokenError
from audit.sequence import checkpoint
from audit.signing import SigningKey
from audit.verifying.receipts import Held, verify_database_with, verify_folder_with
from gateway.commands.opening import KeyBringer
from gateway.commands.operating import BROKEN_OFF, UNUSABLE, Said, run_work, unusable
from gateway.committing.commit import Committer
from gateway.database.engine import create_engine, is_there, write_transaction
from gateway.database.growing import growing
from gateway.erasing.opening import require_forgotten
from gateway.keys.officers import OfficerError, Opening, officer_of
from gateway.registry.snapshot import OPERATOR
from gateway.settings import Settings
from gateway.settings_check import load_settings
from gateway.wiring import known_keys, open_log, utc_now
from schemas.calendar import utc_milliseconds
from schemas.whole_file import whole


@asynccontextmanager
async def log_of(settings: Settings) -> AsyncIterator[Committer]:
    """Open the log of the settings."""
    engine = create_engine(settings.database_url)
    try:
        yield await open_log(settings, engine)
    finally:
        await engine.dispose()


def account() -> str:
    """Return whose account of the machine this is: what the command line can know of who types."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def actor(officer: SigningKey | None, kind: Kind, detail: Mapping[str, object]) -> dict[str, object]:
    """Return who acts on the command line, as an event commits to it: the operator's account, and who signed."""
    told: dict[str, object] = {"operator": OPERATOR, "account": account()}
    if officer is not None:
        told |= signed_act(officer, kind=kind, at=utc_milliseconds(utc_now()), detail=detail)
    return told


def act(
    kind: Kind,
    detail: Mapping[str, object],
    officer: SigningKey | None = None,
    *,
    outcome: EventOutcome = EventOutcome.OK,
    person: str | None = None,
) -> Event:
    """Return the event of an act on the command line: what `detail` says, by who types and the `officer` who signs."""
    return Event(
        kind=kind,
        outcome=outcome,
        organisation=OPERATOR,
        person=person,
        fields={Field.ACTOR: actor(officer, kind, detail), Field.DETAIL: dict(detail)},
    )


@unusable(OfficerError)
def run_audit_export(out: Path, *, since: int, opening: Opening | None = None) -> Said:
    """Export the log of the database in the settings; with an `opening` by an officer, what is sealed is opened."""
    settings = load_settings(os.environ)
    officer = None if opening is None else officer_of(opening, settings)

    async def work() -> Said:
        async with log_of(settings) as committer:
            if officer is not None:
                await require_forgotten(settings, committer)
            detail = {"since": since, "opened": officer is not None}
            await committer.keep(act(Kind.LOG_EXPORTED, detail, officer))
            async with growing(settings, committer.engine) as tree, write_transaction(tree) as connection:
                await checkpoint(connection, committer.log)
            size = await export(
                committer.engine,
                out,
                keys=known_keys(settings, committer.log),
                since=since,
                open_with=None if officer is None else KeyBringer(committer),
            )
        return 0, f"exported {size} events to {out}"

    return run_work(work(), refusals=(ExportError, SealBrokenError))


@unusable()
def run_audit_verify(
    folder: Path | None, *, checkpoint: Path | None, database: str | None, receipts: Sequence[Path] = ()
) -> Said:
    """Verify an export, or the live database; either must hold the older `checkpoint` and what `receipts` promise."""
    if (folder is None) == (database is None):
        return UNUSABLE, "name one of FOLDER and --database URL"
    try:
        # Once, for it may be a pipe: of an export the verifier reads it.
        older = None if checkpoint is None or database is None else whole(checkpoint)
        held = [Held(str(path), whole(path)) for path in receipts]
    except OSError as error:
        return UNUSABLE, f"unreadable: `{error.filename}`: {error.strerror}"
    if folder is not None:
        verdict = verify_folder_with(folder, held, older=checkpoint)
        return verdict.exit_status, verdict.line
    settings = load_settings({**os.environ, "SCHAKEL_DATABASE_URL": database or ""})
    if not is_there(settings.database_url):
        return UNUSABLE, "unreadable: there is no database at that place; did you run `schakel migrate`?"
    # No verdict unless it is said: what cannot be read is neither good nor bad.
    code = UNUSABLE

    async def work() -> Said:
        nonlocal code
        async with log_of(settings) as committer:
            verdict = await verify_database_with(
                committer.engine,
                held,
                keys=known_keys(settings, committer.log),
                older=older,
                open_with=KeyBringer(committer),
            )
        code = verdict.exit_status
        return code, verdict.line

    ended, said = run_work(work())
    return (BROKEN_OFF, "broken off: there is no verdict") if ended == BROKEN_OFF else (code, said)
