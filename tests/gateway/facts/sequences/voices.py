"""What consent opens at most, by what was acknowledged (decision contract, section 5). Generous, never the reverse."""

from dataclasses import dataclass
from datetime import datetime

from tests.gateway.facts.sequences.said import Fact, giver_of
from tests.gateway.facts.sequences.standing import CHAIN, OF_ADULTS, Standing, organisation_of
from tests.gateway.facts.sequences.taken_back import is_said_for_him_again, twelve_months
from tests.gateway.facts.sequences.town import Hand
from tests.gateway.facts.sequences.word import receives

_SAYS = ("holders", "recipients", "purposes", "categories")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One record that is asked for, by whom, for what, at an instant. `itemised`: with a question and a list."""

    by: Hand
    subject: str
    purpose: str
    holder: str
    category: str
    at: datetime
    itemised: bool = True

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.by.id, *([self.by.organisation] if self.by.organisation else [])})


def consent_carries(known: Standing, wanted: Wanted, about: str) -> bool:
    """Return whether everybody whose yes is needed about `about` may have said it, and nobody who counts said no."""
    at, age, finding = wanted.at, known.age(about, wanted.at), known.finding(about, wanted.at)
    if age >= 12 and (finding == "unclear" or standing_refusal(known, wanted, about, about)):
        return False
    if age >= 18:
        return (
            _somebody_in_the_chain(known, wanted, about) if finding == "incapable" else _says_yes(known, wanted, about)
        )
    himself = age >= 12 and finding != "incapable"
    if himself and not _says_yes(known, wanted, about):
        return False
    if himself and age >= 16:
        return True
    authority = known.authority(about, at)
    return bool(authority) and all(
        known.is_sure(each, at) and _says_yes(known, wanted, about, giver=str(each.body["holder"]))
        for each in authority
    )


def standing_refusal(known: Standing, wanted: Wanted, about: str, giver: str) -> bool:
    """Return whether `giver` said no to this, and did not say yes since."""
    return any(
        not any(each.since > refusal.since for each in _matching(known, wanted, about, giver))
        for refusal in _refusals(known, wanted, about, giver)
    )


def _says_yes(known: Standing, wanted: Wanted, about: str, *, giver: str | None = None) -> bool:
    speaker = giver or about
    found = _matching(known, wanted, about, speaker)
    return bool(found) and not standing_refusal(known, wanted, about, speaker)


def _somebody_in_the_chain(known: Standing, wanted: Wanted, about: str) -> bool:
    family = {each.body["person"] for each in known.family(wanted.at, of=about, relations=CHAIN)}
    named = {
        each.body["holder"] for each in known.authority(about, wanted.at, OF_ADULTS) if known.is_sure(each, wanted.at)
    }
    return any(_says_yes(known, wanted, about, giver=str(each)) for each in family | named)


def _matching(known: Standing, wanted: Wanted, about: str, giver: str) -> list[Fact]:
    return [
        each
        for each in known.of("consents", about=about)
        if giver_of(each) == giver
        and _counts(known, each, about, giver)
        and each.in_force(wanted.at)
        and wanted.at < twelve_months(each.since)
        and _covers(each, wanted, all_of_it=True)
        and _is_sound(known, each)
    ]


def _refusals(known: Standing, wanted: Wanted, about: str, giver: str) -> list[Fact]:
    return [
        each
        for each in known.of("refusals", about=about)
        if giver_of(each) == giver
        and _counts(known, each, about, giver)
        and each.in_force(wanted.at)
        and _covers(each, wanted, all_of_it=False)
    ]


def _counts(known: Standing, fact: Fact, about: str, giver: str) -> bool:
    # What a child said himself before the day he turned 12 counts as nothing said.
    return giver != about or fact.since >= known.turned(about, 12)


def _covers(fact: Fact, wanted: Wanted, *, all_of_it: bool) -> bool:
    asked = {
        "holders": {wanted.holder},
        "recipients": wanted.names,
        "purposes": {wanted.purpose},
        "categories": {wanted.category},
    }
    for name in _SAYS:
        told = fact.body.get(name)
        if told is None and all_of_it:
            return False
        if told is not None and told != "any" and asked[name].isdisjoint(told):
            return False
    return True


def _is_sound(known: Standing, fact: Fact) -> bool:
    """Whether it is sure whose yes it is: his own strong login, a writer who gets nothing, or somebody else's word.

    What its giver took back himself is not sure on one writer's word.
    """
    if fact.by is None or fact.given("identity_verified"):
        return True
    if "given_by" not in fact.body:
        return fact.by.strong
    if is_said_for_him_again(known.facts.values(), fact):
        return False
    return not receives(fact.by, fact.body) and fact.body["identity"] != "not-seen"


def speaker(name: str) -> str:
    """Return for whom a name speaks: a professional for his organisation."""
    return organisation_of(name) or name
