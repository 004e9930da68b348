"""Mentors: when a mandate holds, and what the youth keeps for himself. Written from the two contracts.

Whom he took back, and what he switched off, he alone chooses again (facts contract, F3 and *mandate*): a helper who
records it, and one who confirms what another had ready, would open what he closed. So it is with a holder of authority
who suspended a mentor: no helper says that he agrees again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tests.gateway.facts.sequences.said import Closed, Confirmed, Fact, Recorded, Switched, instant
from tests.gateway.facts.sequences.standing import Standing
from tests.gateway.facts.sequences.town import CREATED, Hand

_MANDATE_DAYS: Final = 184
"""No six months are longer."""
_HIMSELF: Final = "the mentor himself"
"""Beside the categories: whether the youth has him as a mentor at all."""


def mandate_holds(known: Standing, mandate: Fact, at: datetime, category: str) -> bool:
    """Return whether a mandate lets its mentor see a category (decision contract, 5.5)."""
    youth = mandate.body["youth"]
    papers = mandate.given("identity_verified_on") and mandate.given("confidentiality_statement_on")
    runs = mandate.in_force(at) and at < mandate.since + timedelta(days=_MANDATE_DAYS)
    grew = any(mandate.since < known.turned(youth, age) <= at for age in (12, 16, 18))
    made_before = instant(str(CREATED)) < mandate.since
    if not papers or not runs or grew or made_before or category not in switched_on(mandate):
        return False
    if known.age(youth, at) >= 16:
        return True
    # Who agreed, agreed to the categories that it had then.
    agreed = {
        each.evidence.get("agreed_by") or each.by.organisation or each.by.id
        for each in mandate.given("parent_agreements")
        if category in switched_on(mandate, until=each)
    }
    parents = known.authority(youth, at)
    return bool(parents) and all(each.body["holder"] in agreed for each in parents)


def switched_on(mandate: Fact, until: Confirmed | Closed | Switched | None = None) -> set[str]:
    """Return the categories that a mandate has, or had just before `until`."""
    on = set(mandate.body["categories"])
    for each in mandate.later:
        if each is until:
            break
        if isinstance(each, Switched):
            for name, wanted in each.categories.items():
                on = on | {name} if wanted else on - {name}
    return on


def chose_himself(mandate: Fact) -> bool:
    """Return whether the youth recorded a mandate with his own login."""
    return mandate.by is not None and (mandate.by.form, mandate.by.id) == ("person", mandate.body["youth"])


def is_kept_for_himself(known: Standing, pair: Mapping[str, Any], categories: Iterable[str]) -> bool:
    """Return whether the youth's last word on this mentor, or on one of these categories for him, is a no."""
    says: dict[str, bool] = {}
    mandates = {each.id: each for each in known.of("mandates", youth=pair["youth"], mentor=pair["mentor"])}
    for act in known.acts:
        match act:
            case Recorded(fact=name) if name in mandates and chose_himself(mandates[name]):
                says |= dict.fromkeys((_HIMSELF, *act.body["categories"]), True)
            case Closed(fact=name, field="youth_withdrew_on") if name in mandates:
                says |= dict.fromkeys((_HIMSELF, *switched_on(mandates[name], until=act)), False)
            case Switched(fact=name) if name in mandates:
                # What was not on he does not close.
                turned = switched_on(mandates[name], until=act)
                says |= {each: on for each, on in act.categories.items() if on or each in turned}
    return any(says.get(each) is False for each in (_HIMSELF, *categories))


def has_suspended(known: Standing, pair: Mapping[str, Any], holder: str) -> bool:
    """Return whether a holder of authority suspended this mentor, and did not agree to him himself since."""
    mandates = {each.id for each in known.of("mandates", youth=pair["youth"], mentor=pair["mentor"])}
    says = False
    for act in known.acts:
        match act:
            case Closed(fact=name, field="suspended_on") if name in mandates and _is_of(act.by, holder):
                says = True
            case Confirmed(fact=name, field="parent_agreements") if name in mandates and _is_of(act.by, holder):
                says = says and "agreed_by" in act.evidence
    return says


def _is_of(hand: Hand, holder: str) -> bool:
    return holder == (hand.organisation or hand.id)
