"""What a running gateway knows of its rule sets: whether the one in force is confirmed, and what officers must hear.

Source: decision contract, section 7.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.store import AuditUnavailableError
from consent.rulesets import RULE_SETS, WARNED_BEFORE, RuleSet, days_left, following, rule_set_at
from gateway.database.engine import create_engine, is_there
from gateway.rules.store import Confirmation, confirmations, is_confirmed
from schemas.calendar import local_day

LONGEST_LOOK: Final = timedelta(seconds=5)
"""How long a warning may wait for the database."""

Said = tuple[Confirmation, ...] | None
"""What officers said of a rule set; None where that cannot be read, which counts as not confirmed."""


@dataclass(frozen=True)
class Rules:
    """The rule sets, with what was said of them in the database. `now` is the clock of decisions."""

    engine: AsyncEngine
    now: Callable[[], datetime]
    required: bool
    _confirmed: set[str] = field(default_factory=set)

    async def are_confirmed(self, rules: RuleSet) -> bool:
        """Return whether a rule set was confirmed. Asks the database until it is: nothing takes that back.

        Raises:
            AuditUnavailableError: the database does not say.
        """
        if rules.name in self._confirmed:
            return True
        try:
            async with self.engine.connect() as connection:
                found = await confirmations(connection, rules)
        except (SQLAlchemyError, OSError) as error:
            raise AuditUnavailableError("the confirmations of rules cannot be read") from error
        if is_confirmed(found):
            self._confirmed.add(rules.name)
        return rules.name in self._confirmed

    async def warnings(self) -> list[str]:
        """Return what officers must know of the rule sets today; empty where all is well."""
        at = self.now()
        return warnings(at, await said_of(self.engine, concerned(at)), required=self.required)


async def unconfirmed_is_refused(
    at: datetime, *, required: bool, confirmed: Callable[[RuleSet], Awaitable[bool]]
) -> bool:
    """Return whether an unconfirmed rule set opens nothing; asks only where the one in force at `at` is one."""
    rules = rule_set_at(at)
    if not required or not rules.needs_confirmation:
        return required
    return not await confirmed(rules)


def concerned(at: datetime) -> list[RuleSet]:
    """Return the rule sets of which officers must know at `at` whether they are confirmed."""
    if at < RULE_SETS[0].since:
        return []
    rules = rule_set_at(at)
    follows = following(rules) if _ends_soon(rules, at) else None
    return [each for each in (rules, follows) if each is not None and each.needs_confirmation]


async def said_of(engine: AsyncEngine, asked: Sequence[RuleSet]) -> dict[str, Said]:
    """Return what officers said of each rule set that is `asked` about, by name; reads nothing where none is."""
    if not asked:
        return {}
    try:
        async with asyncio.timeout(LONGEST_LOOK.total_seconds()), engine.connect() as connection:
            return {rules.name: await confirmations(connection, rules) for rules in asked}
    except (SQLAlchemyError, OSError):
        return dict.fromkeys((rules.name for rules in asked), None)


async def said_at(database_url: str, asked: Sequence[RuleSet]) -> dict[str, Said]:
    """Return what `said_of` does, of a database that may not be there yet: no file is made for looking."""
    if not is_there(database_url):
        return dict.fromkeys((rules.name for rules in asked), None)
    engine = create_engine(database_url, pool_size=1)
    try:
        return await said_of(engine, asked)
    finally:
        await engine.dispose()


def warnings(at: datetime, said: Mapping[str, Said], *, required: bool) -> list[str]:
    """Return a line for a rule set that ends soon, and for one in force that is not confirmed.

    `required` is whether the gateway withholds what an unconfirmed rule set would release.
    """
    if at < RULE_SETS[0].since:
        return ["the clock stands before the first rule set"]
    rules = rule_set_at(at)
    found = []
    if rules.needs_confirmation and not _is_confirmed(rules, said):
        what = "everything is withheld until it is confirmed" if required else "every decision says so"
        found.append(f"rule set {rules.name} is in force, and {_missing(rules, said)}; {what}")
    if _ends_soon(rules, at):
        left = days_left(rules, at)
        ends = f"rule set {rules.name} ends on {local_day(rules.until)}, in {left} day{'' if left == 1 else 's'}"
        found.append(f"{ends}; {_next(rules, said)}")
    return found


def _ends_soon(rules: RuleSet, at: datetime) -> bool:
    left = days_left(rules, at)
    return left is not None and left <= WARNED_BEFORE


def _next(rules: RuleSet, said: Mapping[str, Said]) -> str:
    follows = following(rules)
    if follows is None:
        return "no rule set follows it"
    if not follows.needs_confirmation:
        return f"{follows.name} follows"
    if _is_confirmed(follows, said):
        return f"{follows.name} follows, and is confirmed"
    return f"{follows.name} follows, and {_missing(follows, said)}"


def _missing(rules: RuleSet, said: Mapping[str, Said]) -> str:
    """Return what a rule set lacks, and what to do. Names nobody: `/readyz` says it to whoever asks."""
    found = said.get(rules.name)
    do = f"`schakel rules confirm {rules.name}`"
    if found is None:
        return f"whether it is confirmed cannot be read ({do})"
    return f"a second officer must confirm it ({do})" if found else f"two officers must confirm it ({do})"


def _is_confirmed(rules: RuleSet, said: Mapping[str, Said]) -> bool:
    return is_confirmed(said.get(rules.name) or ())
