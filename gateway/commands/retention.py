"""`schakel retention`: what is kept longer than its term, by class; and, as an officer, its end."""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from audit.events import Kind
from audit.signing import SigningKey
from gateway.commands.log import act, actor, log_of
from gateway.commands.operating import UNFINISHED, Said, run_work, unusable
from gateway.committing.commit import Committer
from gateway.erasing.erasing import Erasing, UnknownPersonError
from gateway.erasing.keeping import Kept, MustBeKeptError, due
from gateway.erasing.opening import erasing_in
from gateway.erasing.releasing import require_free
from gateway.erasing.scrubbing import scrub
from gateway.erasing.stale_answers import forget_answers, stale_answers
from gateway.erasing.terms import ANSWERED, TERMS
from gateway.keys.officers import OfficerError, Opening, officer_of
from gateway.settings_check import load_settings
from gateway.wiring import utc_now
from schemas.calendar import AMSTERDAM

_WHY_KEPT: Final = "`schakel erase` says of each why; they are tried again the next time"
_NOTHING: Final = "nothing is kept longer than its term"


@dataclass(frozen=True, slots=True)
class Found:
    """What is due: persons with the end of their term, and answers that are too old."""

    persons: list[Kept]
    answers: int

    def told(self) -> str:
        """Say it by class, count and year; nobody is named."""
        years = Counter(each.until.astimezone(AMSTERDAM).year for each in self.persons if each.until is not None)
        lines = [f"persons whose term ended in {year}: {number}" for year, number in sorted(years.items())]
        if self.answers:
            lines.append(
                f"answers to repeated requests of more than {ANSWERED.total_seconds() / 3600:g} hours: {self.answers}"
            )
        return "\n".join(lines) or _NOTHING


@unusable(OfficerError)
def run_retention(*, applied_by: Opening | None = None) -> Said:
    """Say what is due; with an officer who applies it, end it."""
    settings = load_settings(os.environ)
    officer = None if applied_by is None else officer_of(applied_by, settings)

    async def work() -> Said:
        now = utc_now()
        async with log_of(settings) as committer:
            if officer is None:
                return 0, f"{_terms()}\n\n{(await _found(committer, now)).told()}; nothing was erased"
            async with erasing_in(settings, committer) as erasing:
                await erasing.resume()
                return await _applied(erasing, officer, await _found(committer, now), now)

    return run_work(work())


async def _found(committer: Committer, now: datetime) -> Found:
    async with committer.engine.connect() as connection:
        return Found(await due(connection, now), await stale_answers(connection, now))


async def _applied(erasing: Erasing, officer: SigningKey, found: Found, now: datetime) -> Said:
    committer = erasing.committer
    detail = {"retention": {"persons": len(found.persons), "answers": found.answers}}
    await committer.keep(act(Kind.CONFIG_CHANGED, detail, officer))
    waiting, erased = [each.person for each in found.persons], 0
    while before := len(waiting):
        # Once a child is gone its parent may go.
        gone_now, waiting = await _pass(erasing, officer, waiting, now)
        erased += gone_now
        if len(waiting) == before:
            break
    gone = await forget_answers(erasing.engine, now)
    left = await scrub(erasing.engine)
    told = [f"erased: {erased} persons, {gone} answers"]
    told += [f"{len(waiting)} must be kept still: {_WHY_KEPT}"] if waiting else []
    if left is None:
        return 0, "\n".join(told)
    return UNFINISHED, "\n".join([*told, f"still to do: {left}"])


async def _pass(erasing: Erasing, officer: SigningKey, persons: list[str], now: datetime) -> tuple[int, list[str]]:
    """Erase whom of `persons` nothing keeps; return how many were, and who must be kept."""
    erased, kept = 0, []
    for person in persons:
        # Looked at again for each: since the list was made a line may have been written about him.
        free = partial(require_free, keys=erasing.committer.facts.keys, person=person, asked=None, now=now)
        acts = partial(actor, officer, Kind.SUBJECT_ERASED)
        try:
            await erasing.erase(person, acts=acts, why={"because": "term"}, free=free)
        except MustBeKeptError:
            kept.append(person)
        except UnknownPersonError:
            continue  # somebody else was first
        else:
            erased += 1
    return erased, kept


def _terms() -> str:
    return "\n".join(f"{each.told}: {each.what}" for each in TERMS)
