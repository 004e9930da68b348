"""`schakel audit saw`: everything that an account saw, in one file, for a named officer."""

import os
from collections.abc import Mapping
from pathlib import Path

from audit.events import Event, EventOutcome, Field, Kind
from audit.part import WHOLE
from audit.read import SealBrokenError
from audit.signing import SigningKey
from gateway.commands.log import actor, log_of
from gateway.commands.operating import UNUSABLE, Said, run_work
from gateway.identity.keys import write_secret
from gateway.keys.officers import OfficerError, Opening, officer_of
from gateway.log.following import Following
from gateway.log.indexing import Indexing
from gateway.log.question import QuestionError
from gateway.log.reports.breach import Breaches, read_breach
from gateway.log.searching import Searching
from gateway.registry.snapshot import OPERATOR
from gateway.settings_check import SettingsError, load_settings


def run_audit_saw(members: Mapping[str, str], out: Path, *, opening: Opening) -> Said:
    """Write to the new file `out` what the account saw that `members` name; the event stands before the file does."""
    try:
        question = read_breach(members)
        settings = load_settings(os.environ)
        officer = officer_of(opening, settings)
    except QuestionError as error:
        return UNUSABLE, str(error)
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)
    except OfficerError as error:
        return UNUSABLE, str(error)

    async def work() -> Said:
        async with log_of(settings) as committer:
            # The gateway need not run, and what it had no time for is not left out.
            await Following(committer, (Indexing(),)).catch_up()
            report = await Breaches(Searching(committer)).report(WHOLE, question)
            await committer.keep(_exported(report.told, officer))
        return _written(out, report.content, report.told)

    return run_work(work(), refusals=(SealBrokenError,))


def _exported(told: Mapping[str, object], officer: SigningKey) -> Event:
    return Event(
        kind=Kind.LOG_EXPORTED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        fields={Field.ACTOR: actor(officer, Kind.LOG_EXPORTED, told), Field.DETAIL: dict(told)},
    )


def _written(out: Path, content: bytes, told: Mapping[str, object]) -> Said:
    try:
        write_secret(out, content)
    except FileExistsError:
        return UNUSABLE, f"{out} exists already; name a new file"
    except OSError as error:
        return UNUSABLE, f"cannot write {out}: {error.strerror}; name a new file in a folder that you may write in"
    return 0, f"wrote {told['persons']} persons and {told['events']} events to {out}"
