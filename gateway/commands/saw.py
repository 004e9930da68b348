"""`schakel audit saw`: everything that an account saw, in one file, for a named officer."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from audit.events import Kind
from audit.part import WHOLE
from audit.read import SealBrokenError
from gateway.commands.log import act, log_of
from gateway.commands.operating import UNUSABLE, Said, run_work, unusable
from gateway.commands.proof import obstacle_to, write_new
from gateway.erasing.opening import require_forgotten
from gateway.keys.officers import OfficerError, Opening, officer_of
from gateway.log.following import Following
from gateway.log.indexing import Indexing
from gateway.log.question import QuestionError
from gateway.log.reports.breach import Breaches, read_breach
from gateway.log.searching import Searching
from gateway.settings_check import load_settings

NOTHING: Final = (
    "nothing at all is of this account in this period: look whether it is his id here, which is not his login name"
)
"""After a breach, who mistyped an account must not read that it saw nothing."""


@unusable(QuestionError, OfficerError)
def run_audit_saw(members: Mapping[str, str], out: Path, *, opening: Opening) -> Said:
    """Write to the new file `out` what the account saw that `members` name; the event stands before the file does."""
    question = read_breach(members)
    settings = load_settings(os.environ)
    officer = officer_of(opening, settings)
    obstacle = obstacle_to(out)
    if obstacle is not None:
        return UNUSABLE, obstacle

    async def work() -> Said:
        async with log_of(settings) as committer:
            await require_forgotten(settings, committer)
            # The gateway need not run, and what it had no time for is not left out.
            await Following(committer, (Indexing(),)).catch_up()
            report = await Breaches(Searching(committer)).report(WHOLE, question)
            await committer.keep(act(Kind.LOG_EXPORTED, report.told, officer))
        told = f"wrote {report.told['persons']} persons and {report.told['events']} events to {out}"
        if not any(report.told[each] for each in ("events", "erased_events", "events_about_nobody")):
            told += f"\n{NOTHING}"
        return write_new(out, report.content, told=told)

    return run_work(work(), refusals=(SealBrokenError,))
