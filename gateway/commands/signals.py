"""`schakel signals`: what the rules see in the log, and which of them are on. Nobody reads it but on record."""

import os
from datetime import date
from pathlib import Path
from typing import Any

from audit.events import Event, Kind
from audit.signals.rows import ROWS
from audit.signals.rule import Language
from audit.signing import SigningKey
from gateway.commands.log import account, act, log_of
from gateway.commands.operating import Said, run_work, unusable
from gateway.database.engine import write_transaction
from gateway.erasing.opening import require_forgotten
from gateway.keys.officers import OfficerError, Opening, officer_of
from gateway.log.officers import GATEWAY
from gateway.registry.said import NEEDED, ConfirmationError, reason_given
from gateway.settings_check import load_settings
from gateway.signals.desk import seen_in
from gateway.signals.known_file import KnownFileError, read_known
from gateway.signals.period import Period, PeriodError
from gateway.signals.pseudonyms import Pseudonyms
from gateway.signals.switching import Switch, SwitchError, switch
from gateway.signals.telling import as_lines
from gateway.wiring import utc_now
from schemas.calendar import ASKED_YEARS, is_askable, midnight, parse_day


@unusable(OfficerError, PeriodError)
def run_signals(
    opening: Opening, *, since: str | None, until: str | None, known: Path | None, language: Language
) -> Said:
    """Tell what was looked at with how many rules, and every signal as a sentence."""
    settings = load_settings(os.environ)
    officer = officer_of(opening, settings)
    period = Period.of_days(_day(since), _day(until), now=utc_now())

    async def work() -> Said:
        async with log_of(settings) as committer:
            await require_forgotten(settings, committer)
            brought = None if known is None else await read_known(known, Pseudonyms(committer.facts.keys))
            sight = await seen_in(committer, period, GATEWAY, brought)
            await committer.keep(_read_event(officer, period, brought=known is not None))
        return 0, "\n".join(as_lines(sight.seen, unreadable=sight.unreadable, behind=sight.behind, language=language))

    return run_work(work(), refusals=(PeriodError, KnownFileError))


@unusable(OfficerError, ConfirmationError)
def run_signals_switch(rule: str, opening: Opening, *, off: bool, because: str) -> Said:
    """Record an officer's word that a rule goes off, which takes two of them, or on again."""
    settings = load_settings(os.environ)
    officer = officer_of(opening, settings)
    said = Switch(rule=rule, off=off, because=reason_given(because), account=account())

    async def work() -> Said:
        async with log_of(settings) as committer, write_transaction(committer.engine) as connection:
            are_off = await switch(connection, committer.log, said, officer)
        if off and rule not in are_off:
            return 0, f"recorded: 1 of {NEEDED} officers says that {rule} goes off; it is on until a second one does"
        return 0, f"{rule} is {'off' if off else 'on'}; {len(ROWS) - len(are_off)} of {len(ROWS)} rules are on"

    return run_work(work(), refusals=(SwitchError,))


def _day(said: str | None) -> date | None:
    if said is None:
        return None
    try:
        day = parse_day(said)
    except ValueError:
        raise PeriodError("expected a day, such as 2026-12-31") from None
    if not is_askable(midnight(day)):
        raise PeriodError(f"expected a day {ASKED_YEARS}")
    return day


def _read_event(officer: SigningKey, period: Period, *, brought: bool) -> Event:
    detail: dict[str, Any] = {
        "read": "signals",
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "names_brought": brought,
    }
    return act(Kind.LOG_READ, detail, officer)
