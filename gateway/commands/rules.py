"""What `schakel rules …` does. Each command returns its exit code and what to say."""

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from consent.rulesets import RULE_SETS, UnknownRuleSetError, rule_set_named
from gateway.commands.log import account, log_of
from gateway.commands.operating import Said, run_work, unusable
from gateway.database.engine import write_transaction
from gateway.registry.said import NEEDED, ConfirmationError, officer_named, reason_given, require_officer
from gateway.rules.confirmed import Said as Confirmed
from gateway.rules.confirmed import said_at
from gateway.rules.store import confirm
from gateway.rules.told import (
    UnknownRuleError,
    period,
    show_differences,
    show_rule,
    show_rule_set,
    told_of,
)
from gateway.settings import PREFIX
from gateway.settings_check import SettingsError, read_settings
from gateway.wiring import utc_now

_INDENT: Final = " " * 12


def run_list(*, now: Callable[[], datetime] = utc_now) -> Said:
    """List the rule sets: which is in force, and who confirmed which."""
    at = now()
    said = _confirmed()
    lines = []
    for rules in RULE_SETS:
        first, *others = told_of(rules, said)
        in_force = "in force now, " if rules.since <= at < rules.until else ""
        lines.append(f"{rules.name:<{len(_INDENT)}}{period(rules):<30}{in_force}{first}")
        lines += [f"{_INDENT}{each}" for each in others]
    return 0, "\n".join(lines)


@unusable(UnknownRuleError)
def run_show(name: str) -> Said:
    """Show a rule by its number, or a rule set by its name."""
    if name in {rules.name for rules in RULE_SETS}:
        return 0, "\n".join(show_rule_set(rule_set_named(name), _confirmed()))
    return 0, "\n".join(show_rule(name))


@unusable(UnknownRuleSetError)
def run_diff(one: str, other: str) -> Said:
    """Show in what two rule sets differ."""
    return 0, "\n".join(show_differences(rule_set_named(one), rule_set_named(other)))


@unusable(UnknownRuleSetError, ConfirmationError)
def run_confirm(name: str, *, officer: str, because: str) -> Said:
    """Record that an officer says that a rule set is right; the second officer's word confirms it."""
    rules = rule_set_named(name)
    officer, because = officer_named(officer), reason_given(because)
    settings = read_settings(os.environ)
    if settings.officers is not None:
        require_officer(officer, settings.officers)

    async def work() -> Said:
        async with log_of(settings) as committer, write_transaction(committer.engine) as connection:
            found = await confirm(
                connection, rules, officer=officer, because=because, account=account(), log=committer.log
            )
        return 0, _recorded(name, [each.officer for each in found])

    return run_work(work(), refusals=(ConfirmationError,))


def _recorded(name: str, officers: list[str]) -> str:
    if len(officers) >= NEEDED:
        return f"rule set {name} is confirmed, by {' and '.join(officers)}; running gateways go by it at once"
    return f"recorded: {officers[-1]} proposes rule set {name}; a second officer must confirm it"


def _confirmed() -> Mapping[str, Confirmed]:
    """Return what officers said of each rule set; nothing where there are no settings, or no database, to read."""
    if not any(name.startswith(PREFIX) for name in os.environ):
        return {}
    try:
        settings = read_settings(os.environ)
    except SettingsError:
        return {}
    asked = [rules for rules in RULE_SETS if rules.needs_confirmation]
    return asyncio.run(said_at(settings.database_url, asked))
