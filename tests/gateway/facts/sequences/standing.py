"""How people stand to each other by what was acknowledged: who helps, who has authority, who is found incapable.

Written from the two contracts, and it imports nothing of the product. It needs only be generous: where it says no, the
contract says no.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from tests.gateway.facts.sequences.said import (
    Act,
    Closed,
    Confirmed,
    Decided,
    Fact,
    Recorded,
    Stopped,
    birthday,
    facts_of,
    instant,
    years,
)
from tests.gateway.facts.sequences.taken_back import with_what_goes
from tests.gateway.facts.sequences.town import HOMES, KINDS, Hand

CAN_SAY: Final = frozenset({"parental", "joint-non-parent", "guardianship", "provisional-guardianship"})
OF_ADULTS: Final = frozenset({"curator", "adult-mentor", "written-proxy"})
CHAIN: Final = frozenset({"partner", "parent", "child", "sibling"})
_INCAPABLE_DAYS: Final = 90


@dataclass(frozen=True)
class Standing:
    """What is known after `acts`. `born` by person."""

    acts: Sequence[Act]
    born: Mapping[str, date]
    facts: dict[str, Fact] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", facts_of(with_what_goes(self.acts)))

    def of(self, section: str, **body: object) -> Iterator[Fact]:
        """The facts of a section whose body says so."""
        for fact in self.facts.values():
            if fact.section == section and all(fact.body.get(name) == value for name, value in body.items()):
                yield fact

    def age(self, person: str, at: datetime) -> int:
        return years(self.born[person], at)

    # Help

    def partners(self, help_given: Fact) -> set[str]:
        """The organisations for which a help counts: of a joint help those that accepted it and did not leave."""
        named = set(help_given.body.get("organisations", ()))
        if help_given.body["kind"] == "help":
            return named or {str(help_given.by and help_given.by.organisation)}
        found = named if help_given.by is None else {str(help_given.by.organisation)}
        for each in help_given.later:
            if isinstance(each, Confirmed) and each.field == "accepted_by":
                found = found | {str(each.by.organisation)}
            elif isinstance(each, Closed) and each.field == "left_by":
                found = found - {str(each.by.organisation)}
        return found & named

    def help_for(self, person: str, at: datetime) -> Iterator[Fact]:
        return (each for each in self.of("involvements", about=person) if each.in_force(at))

    def helps(self, hand: Hand, person: str, at: datetime) -> bool:
        return hand.form == "professional" and any(
            hand.organisation in self.partners(each) for each in self.help_for(person, at)
        )

    def helps_anybody(self, hand: Hand, at: datetime) -> bool:
        return any(self.helps(hand, person, at) for person in self.born)

    def objected_before(self, fact: Fact) -> bool:
        """Whether the same, by the same organisations, was objected to before this was recorded."""
        for act in self.acts:
            if isinstance(act, Recorded) and act.fact == fact.id:
                return False
            if isinstance(act, Closed) and act.field == "objection_on" and _is_again(fact, self.facts[act.fact]):
                return True
        return False

    # Authority

    def authority(self, over: str, at: datetime, kinds: frozenset[str] = CAN_SAY) -> list[Fact]:
        """The authority in force over somebody; of the kinds for minors none from 18 on."""
        if kinds is not OF_ADULTS and self.age(over, at) >= 18:
            return []
        found = (each for each in self.of("authority", over=over) if each.body["kind"] in kinds)
        return [each for each in found if each.in_force(at) or self.ended_alone(each, at)]

    def ended_alone(self, one: Fact, at: datetime) -> bool:
        """Whether it is over only on the word of one organisation: then it opens nothing, and its holder is asked."""
        ends = [each for each in one.later if isinstance(each, Closed) and each.field in {"until", "suspended_on"}]
        takes_back = (
            not one.given("verified_on") and one.by and one.by.organisation in {e.by.organisation for e in ends}
        )
        if not ends or takes_back or one.in_force(at) or one.since > at or one.body["kind"] not in CAN_SAY:
            return False
        by = {each.by.organisation: instant(each.on) if each.on else each.at for each in reversed(ends)}
        return len(by) == 1 or sorted(by.values())[1] > at

    @staticmethod
    def verified_on(one: Fact) -> datetime | str | None:
        """When an authority or an order was verified: a day as told, or the instant of the confirmation."""
        if one.by is None and "verified_on" in one.body:
            return str(one.body["verified_on"])
        given = one.given("verified_on")
        return given[0].at if given else None

    def is_sure(self, one: Fact, at: datetime) -> bool:
        return self.verified_on(one) is not None and not one.closed("disputed") and not self.ended_alone(one, at)

    def has_a_say(self, holder: str, over: str, at: datetime, *, sure: bool = False) -> bool:
        return any(
            each.body["holder"] == holder and (self.is_sure(each, at) or not sure) for each in self.authority(over, at)
        )

    def speaks_for(self, organisation: str, over: str, at: datetime) -> bool:
        """Whether an organisation has a sure authority of any kind: then its professionals speak for it."""
        return any(
            each.body["holder"] == organisation and each.in_force(at) and self.is_sure(each, at)
            for each in self.of("authority", over=over)
        )

    # Family

    def family(self, at: datetime, *, of: str, relations: frozenset[str]) -> list[Fact]:
        """The family facts in force that give a voice or a view: told by a register, or confirmed."""
        return [
            each
            for each in self.of("family", of=of)
            if each.body["relation"] in relations
            and each.in_force(at)
            and (each.by is None or each.given("confirmed_on"))
        ]

    # Capacity

    def finding(self, person: str, at: datetime) -> str:
        """`capable`, `incapable` or `unclear`."""
        said: list[tuple[datetime, object]] = []
        for each in self.of("capacity", person=person):
            said.append((each.at, each.body["capable"]))
            said += [(objection.at, "unclear") for objection in each.closed("objection")]
        said = [each for each in said if each[0] <= at]
        if not said or self.age(person, at) < 12:
            return "capable"
        on, found = max(enumerate(said), key=lambda one: (one[1][0], one[0]))[1]
        if found is False:
            return "incapable" if at < on + timedelta(days=_INCAPABLE_DAYS + 1) else "unclear"
        return "capable" if found is True else "unclear"

    def turned(self, person: str, age: int) -> datetime:
        return birthday(self.born[person], age)

    # Holders

    @cached_property
    def stopped(self) -> frozenset[str]:
        found: dict[str, bool] = {}
        for each in self.acts:
            if isinstance(each, Stopped):
                found[each.holder] = each.stops
        return frozenset(holder for holder, stops in found.items() if stops)

    def approves(self, holder: str, asker: tuple[str, str], purpose: str, about: str, category: str) -> bool:
        """Whether the last decision of a holder that covers the category says yes."""
        last = False
        for each in self.acts:
            if (
                isinstance(each, Decided)
                and (each.by.organisation, each.asker, each.purpose, each.about) == (holder, asker, purpose, about)
                and (each.categories is None or category in each.categories)
            ):
                last = each.approved
        return last


def _is_again(fact: Fact, before: Fact) -> bool:
    """Whether a referral or a joint help tells the same organisations about the same person as one from before."""
    if (fact.section, fact.body["about"]) != (before.section, before.body["about"]):
        return False
    if fact.section == "referrals":
        by = {each.by and each.by.organisation for each in (fact, before)}
        return len(by) == 1 and fact.body["to"] == before.body["to"]
    both = set(fact.body.get("organisations", ())) & set(before.body.get("organisations", ()))
    return fact.body["kind"] == "joint-help" and len(both) > 1


def organisation_of(name: str) -> str | None:
    """Return the organisation of a professional."""
    return HOMES[name][0] if name in HOMES else None


def kind_of(hand: Hand) -> str | None:
    """Return the kind of a professional's organisation."""
    return None if hand.organisation is None else KINDS[hand.organisation]
