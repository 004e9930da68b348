"""Explanations in the database: what an officer accepted, for whom, until when; kept with its event or not at all.

Each row seals what it says under the log's key, so a row that somebody else put into the table silences nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.sealing import Opens
from audit.signals.acts import Act
from audit.signals.rows import EMERGENCIES, OUTSIDE_HOURS, REFUSALS, ROWS, VOLUME
from audit.signals.rule import Rule
from consent.keys import place
from gateway.committing.commit import Committer
from gateway.signals.tables import signal_explained
from schemas.calendar import local_day

LONGEST: Final = timedelta(days=366)
"""No explanation of a pair holds longer: whoever still has it then can say so again."""
LONGEST_WITHOUT_A_PERSON: Final = timedelta(days=31)
"""One that leaves out everybody whom an account looked at, or a whole team, ends soon: it silences far more."""
OFFICERS_FOR_A_TEAM: Final = 2
"""So many officers explain a team's emergencies: of a team nobody can tell whether he is in it himself."""

_OF_AN_ACCOUNT: Final = frozenset({VOLUME.number, REFUSALS.number, OUTSIDE_HOURS.number})
"""The rules that are about what an account did, not with whom."""
_ENDED: Final = date(1970, 1, 1)
"""`until` of a row that ends an explanation."""


class ExplanationError(ValueError):
    """This explanation cannot be accepted; `field` of what was said is wrong, and the message says what to do."""

    def __init__(self, path: str, why: str) -> None:
        """Take the member that is wrong."""
        super().__init__(why)
        self.path = path


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """For whom and how long a rule stays silent. `account` and `person` are pseudonyms; no account means the team.

    `by` is the officer who said so, and `id` what it is called by once it is kept.
    """

    rule: str
    organisation: str
    account: str | None
    person: str | None
    until: date
    because: str = field(default="", repr=False)
    by: str = ""
    id: str = ""

    @property
    def about(self) -> tuple[str | None, ...]:
        """What it silences."""
        return self.rule, self.organisation, self.account, self.person

    def check(self, now: datetime) -> None:
        """Let pass what can be accepted.

        Raises:
            ExplanationError: it cannot.
        """
        if self.rule not in {rule.number for rule in ROWS}:
            raise ExplanationError("rule", "no such rule")
        of_a_team = self.rule == EMERGENCIES.number
        if of_a_team != (self.account is None):
            raise ExplanationError("account", "is required: only a team's emergencies are explained, without one")
        # Whom a refusal was about is nothing that an institution's officer may learn, so nobody explains it by person.
        if self.person is not None and (of_a_team or self.rule == REFUSALS.number):
            raise ExplanationError("person", "this rule is explained without one")
        if self.person is None and not of_a_team and self.rule not in _OF_AN_ACCOUNT:
            raise ExplanationError("person", "is required: explain what this account did with one person")
        longest = LONGEST if self.person is not None else LONGEST_WITHOUT_A_PERSON
        today = local_day(now)
        if not today <= self.until <= today + longest:
            raise ExplanationError("until", f"expected a day from today on, {longest.days} days ahead at most")

    def covers(self, rule: Rule, act: Act) -> bool:
        """Say whether this explains `act` to `rule`: up to and with its last day in Amsterdam."""
        return (
            (self.rule, self.organisation) == (rule.number, act.organisation)
            and self.account in {None, act.account}
            and self.person in {None, act.person}
            and local_day(act.at) <= self.until
        )

    def ended(self, *, by: str) -> "Explanation":
        """Return the word that ends it."""
        return replace(self, until=_ENDED, because="", by=by, id="")


@dataclass(frozen=True, slots=True)
class Standing:
    """What was said of one thing since it last ended: by each officer his newest word, oldest first."""

    said: tuple[Explanation, ...]

    @property
    def newest(self) -> Explanation:
        """The newest word."""
        return self.said[-1]

    def holds(self, name: str) -> bool:
        """Say whether one of these words has this id."""
        return name in {each.id for each in self.said}

    @property
    def in_force(self) -> Explanation | None:
        """The explanation that counts; None where a second officer must still say so. Of a team's the shorter."""
        if self.newest.rule != EMERGENCIES.number:
            return self.newest
        longest = sorted(self.said, key=lambda each: each.until, reverse=True)
        return longest[OFFICERS_FOR_A_TEAM - 1] if len(longest) >= OFFICERS_FOR_A_TEAM else None

    def as_json(self) -> dict[str, Any]:
        """Return who is silenced, by whom, and until when."""
        newest, counts = self.newest, self.in_force
        return {
            "id": newest.id,
            "rule": newest.rule,
            "organisation": newest.organisation,
            "account": newest.account,
            "person": newest.person,
            "until": str((counts or newest).until),
            "officers": [each.by for each in self.said],
            "counts": counts is not None,
        }


async def keep(connection: AsyncConnection, committer: Committer, said: Explanation, event: str) -> None:
    """Keep `said` beside its `event`, in the transaction of `connection`."""
    sealed = committer.sealer.seal(None, orjson.dumps(_sealed(said)), _place(event))
    row = {"rule": said.rule, "organisation": said.organisation, "account": said.account, "person": said.person}
    await connection.execute(insert(signal_explained).values(**row, until=said.until, sealed=sealed, event_id=event))


async def explanations(connection: AsyncConnection, sealer: Opens, organisation: str | None) -> list[Explanation]:
    """Return what was said for `organisation` (None: for every one), oldest first, what is over or ended too.

    A row that is not what an officer said, or stands there a second time, is left out.
    """
    found = select(signal_explained).order_by(signal_explained.c.seq)
    if organisation is not None:
        found = found.where(signal_explained.c.organisation == organisation)
    said: dict[str, Explanation] = {}
    for row in await connection.execute(found):
        each = _read(row, sealer)
        if each is not None:
            said.setdefault(each.id, each)
    return list(said.values())


def standing(said: Sequence[Explanation]) -> list[Standing]:
    """Return what stands of everything that was `said`, in its order: what nobody ended."""
    by_what: dict[tuple[str | None, ...], dict[str, Explanation]] = {}
    for each in said:
        if each.until == _ENDED:
            by_what.pop(each.about, None)
            continue
        words = by_what.setdefault(each.about, {})
        words.pop(each.by, None)
        words[each.by] = each
    return [Standing(tuple(words.values())) for words in by_what.values()]


def explained_by(said: Sequence[Explanation]) -> Callable[[Rule, Act], bool]:
    """Return whether an act is explained to a rule by what stands of everything that was `said`."""
    by_rule: dict[str, list[Explanation]] = {}
    for each in standing(said):
        if (counts := each.in_force) is not None:
            by_rule.setdefault(counts.rule, []).append(counts)
    return lambda rule, act: any(each.covers(rule, act) for each in by_rule.get(rule.number, ()))


def _sealed(said: Explanation) -> dict[str, Any]:
    return {"because": said.because, "by": said.by, "about": list(said.about), "until": str(said.until)}


def _read(row: Any, sealer: Opens) -> Explanation | None:
    try:
        told = orjson.loads(sealer.open(None, row.sealed, _place(row.event_id)))
        given = {"rule": row.rule, "organisation": row.organisation, "account": row.account, "person": row.person}
        said = Explanation(**given, until=row.until, because=told["because"], by=told["by"], id=row.event_id)
    except (ValueError, TypeError, KeyError):
        return None
    return said if _sealed(said) == told else None


def _place(event_id: str) -> bytes:
    return place("signal_explained", event_id)
