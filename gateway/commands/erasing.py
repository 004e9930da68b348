"""`schakel erase`, `tombstones` and `retention`: an officer forgets a person, and what may not come back does not."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from audit.events import Event, EventOutcome, Kind
from audit.signing import SigningKey
from consent.store.reading import read_what_opens
from gateway.commands.log import act, actor, log_of
from gateway.commands.opening import KeyBringer
from gateway.commands.operating import UNFINISHED, UNUSABLE, WRONG, Said, run_work, unusable
from gateway.committing.commit import Committer
from gateway.erasing.belongings import by_class, count
from gateway.erasing.erasing import (
    UNKNOWN,
    Erasing,
    MayNotEraseError,
    UnknownPersonError,
    require_no_journal_needed,
)
from gateway.erasing.keeping import MustBeKeptError, kept_until
from gateway.erasing.opening import erasing_in, journal_of, marked, newest_epoch
from gateway.erasing.reading import is_known
from gateway.erasing.releasing import require_free
from gateway.erasing.scrubbing import scrub
from gateway.erasing.tombstone import JournalError
from gateway.holders.opening import QuestionOpener
from gateway.keys.officers import OfficerError, Opening, officer_of
from gateway.log.following import Following
from gateway.settings_check import load_settings
from gateway.wiring import utc_now
from schemas.calendar import AMSTERDAM, parse_day, utc_milliseconds


@dataclass(frozen=True, slots=True)
class Wish:
    """What an officer asks: to erase, because the term ended or on the person's request of a day, or to look only."""

    person: str
    officer: Opening
    on_request: str | None = None
    dry_run: bool = False
    key_broken: bool = False
    """The officer says that a key of the person does not open, and answers for what cannot be seen therefore."""


@unusable(OfficerError)
def run_erase(wish: Wish) -> Said:
    """Erase a person, or say what would go."""
    settings = load_settings(os.environ)
    officer = officer_of(wish.officer, settings)
    try:
        asked = None if wish.on_request is None else parse_day(wish.on_request)
    except ValueError:
        return UNUSABLE, "--on-request: expected the day of the request, as in 2026-11-26"

    async def work() -> Said:
        async with log_of(settings) as committer:
            try:
                async with erasing_in(settings, committer) as erasing:
                    await erasing.resume()
                    return await _wished(erasing, officer, wish, asked)
            except (JournalError, MayNotEraseError, UnknownPersonError) as error:
                is_unknown = isinstance(error, UnknownPersonError)
                await committer.keep(_tried(officer, None, "unknown" if is_unknown else "cannot be erased here"))
                raise

    return run_work(work(), refusals=(UnknownPersonError,))


async def _wished(erasing: Erasing, officer: SigningKey, wish: Wish, asked: date | None) -> Said:
    committer = erasing.committer
    if not await is_known(committer.engine, wish.person):
        raise UnknownPersonError(UNKNOWN)
    if wish.dry_run:
        return await _looked(erasing, officer, wish.person)
    try:
        return await _erased(erasing, officer, wish, asked)
    except MustBeKeptError as error:
        about = await _about(committer, wish.person)
        await committer.keep(_tried(officer, about, "must be kept"))
        return WRONG, f"not erased: {error}"


async def _about(committer: Committer, person: str) -> str | None:
    """Return `person`, with his key at hand; None where one of his family's does not open.

    The event is kept then without whom it is about.
    """
    committer.health.require_anchored()
    async with committer.engine.connect() as connection:
        _, broken = await read_what_opens(connection, committer.facts.keys, person)
    if broken:
        return None
    await KeyBringer(committer).bring(person)
    return person


async def _erased(erasing: Erasing, officer: SigningKey, wish: Wish, asked: date | None) -> Said:
    why = {
        "because": "term" if asked is None else "request",
        **({} if asked is None else {"asked": asked.isoformat()}),
        **({"key_broken": True} if wish.key_broken else {}),
    }
    free = partial(
        require_free,
        keys=erasing.committer.facts.keys,
        person=wish.person,
        asked=asked,
        now=utc_now(),
        key_broken=wish.key_broken,
    )
    if asked is not None:
        # The gateway need not run, and what it had no time for may be a question that holds him.
        await Following(erasing.committer, (QuestionOpener(),)).catch_up()
    gone = await erasing.erase(
        wish.person,
        acts=lambda detail: actor(officer, Kind.SUBJECT_ERASED, detail),
        why=why,
        free=free,
    )
    left = await scrub(erasing.engine)
    told = [f"erased: {_summed(gone)}", *([] if left is None else [f"still to do: {left}"]), _NEXT]
    return 0 if left is None else UNFINISHED, "\n".join(told)


async def _looked(erasing: Erasing, officer: SigningKey, person: str) -> Said:
    committer = erasing.committer
    about = await _about(committer, person)
    read = act(Kind.LOG_READ, {"read": "what would be erased"}, officer, person=about)
    async with committer.engine.connect() as connection:
        rows, until = await count(connection, person), await kept_until(connection, person)
    await committer.keep(read)
    return 0, f"would erase: {_summed(rows)}\n{_until(until)}; nothing was erased"


def _until(until: datetime | None) -> str:
    if until is None:
        return "nothing was ever recorded about the person"
    return f"kept until {until.astimezone(AMSTERDAM).date().isoformat()}"


def _summed(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{told} {number}" for told, number in sorted(by_class(rows).items()))


def _tried(officer: SigningKey, person: str | None, why: str) -> Event:
    return act(Kind.SUBJECT_ERASED, {"why": why}, officer, outcome=EventOutcome.DENY, person=person)


_NEXT: Final = """\
next:
  1. copy the tombstone journal (SCHAKEL_TOMBSTONES) to where nothing can be changed
  2. a gateway that runs has forgotten within a minute what it remembered
  3. older backups open him until the keys of their epoch are destroyed: `schakel keys`"""


@unusable()
def run_tombstones_begin() -> Said:
    """Make the journal of an installation that has none."""
    settings = load_settings(os.environ)

    async def work() -> Said:
        async with log_of(settings) as committer:
            journal = journal_of(settings, committer)
            if not journal.path.exists():
                await require_no_journal_needed(committer.engine, marked(settings.key_file))
            at = utc_milliseconds(utc_now())
            await committer.keep(act(Kind.CONFIG_CHANGED, {"tombstones": "begin"}))
            journal.begin(at=at, epoch=newest_epoch(committer.facts.keys))
        async with log_of(settings) as committer, erasing_in(settings, committer) as erasing:
            await erasing.resume()
        return 0, f"the tombstone journal begins in {settings.tombstones}; keep it out of the database's backups"

    return run_work(work())


@unusable()
def run_tombstones_replay() -> Said:
    """Erase again whom a restored backup brought back, and look that the journal is whole."""
    settings = load_settings(os.environ)

    async def work() -> Said:
        async with log_of(settings) as committer, erasing_in(settings, committer) as erasing:
            carried = await erasing.resume()
            # Each time: who carried it out may have been killed before he could.
            left = await scrub(erasing.engine)
            lines = len(erasing.journal.read())
        told = f"the journal is whole: {lines} lines, {carried} of them carried out now"
        return (0, told) if left is None else (UNFINISHED, f"{told}\nstill to do: {left}")

    return run_work(work())
