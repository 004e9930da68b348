"""What may leave at most, by what was acknowledged: one function for each basis of the law.

Each says only what the contract surely asks (decision contract, section 4): a basis may refuse more, never less.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from tests.gateway.facts.sequences.fostering import waits_for_the_executor
from tests.gateway.facts.sequences.mentors import mandate_holds
from tests.gateway.facts.sequences.said import Fact, day, instant
from tests.gateway.facts.sequences.standing import CHAIN, OF_ADULTS, Standing, kind_of
from tests.gateway.facts.sequences.town import Kept
from tests.gateway.facts.sequences.voices import Wanted, consent_carries, standing_refusal

_SUPERVISION: Final = frozenset({"supervision-order", "provisional-supervision-order"})
_CHECKED_DAYS: Final = 30

Basis = Callable[[Standing, Wanted], bool]


def allows(known: Standing, wanted: Wanted, kept: Kept) -> str | None:
    """Return a basis on which a record may leave, or None where there is none."""
    if not wanted.by.strong or wanted.holder in known.stopped:
        return None
    speaks_for_himself = wanted.by.form in {"person", "mentor"}
    if kept.in_confidence and speaks_for_himself and wanted.by.id not in kept.about:
        return None
    for name in _BASES[wanted.purpose]:
        if name == "LB-26" and kept.regime != "wgbo":
            continue
        if kept.category not in _ONLY.get(name, {kept.category}):
            continue
        if _OF[name](known, wanted) and all(
            _is_covered(known, wanted, name, each) for each in kept.about if each != wanted.subject
        ):
            return "LB-02" if name == "LB-01" and kept.regime == "wgbo" else name
    return None


def _is_covered(known: Standing, wanted: Wanted, basis: str, other: str) -> bool:
    if wanted.by.form in {"person", "mentor"} and wanted.by.id == other:
        return True
    if basis in {"LB-07", "LB-08"} and known.has_a_say(other, wanted.subject, wanted.at):
        return True
    if basis == "LB-12" and any(
        each.body["person"] == other and each.body.get("lives_with") and each.in_force(wanted.at)
        for each in known.of("family", of=wanted.subject)
    ):
        return True
    return consent_carries(known, wanted, other)


def _consent(known: Standing, wanted: Wanted) -> bool:
    return consent_carries(known, wanted, wanted.subject)


def _involved(known: Standing, wanted: Wanted) -> bool:
    if wanted.by.form != "professional":
        return False
    for each in known.help_for(wanted.subject, wanted.at):
        partners = known.partners(each)
        if wanted.by.organisation not in partners:
            continue
        informed = each.body.get("client_informed") is True or bool(each.given("client_informed"))
        together = each.body["kind"] == "joint-help" and wanted.holder in partners and informed
        if (together and not known.objected_before(each)) or wanted.holder == wanted.by.organisation:
            return True
    return False


def _on_authority(known: Standing, wanted: Wanted, holder: str, kinds: frozenset[str]) -> bool:
    subject, at = wanted.subject, wanted.at
    age = known.age(subject, at)
    if age >= 16 and known.finding(subject, at) != "incapable":
        return False
    if 12 <= age < 16 and standing_refusal(known, wanted, subject, subject):
        return False
    return any(
        each.body["holder"] == holder and known.is_sure(each, at) and _is_fresh(known.verified_on(each), at)
        for each in known.authority(subject, at, kinds)
    )


def _is_fresh(verified: datetime | str | None, at: datetime) -> bool:
    if verified is None:
        return False
    on = day(instant(verified) if isinstance(verified, str) else verified)
    return day(at) - on <= timedelta(days=_CHECKED_DAYS)


def _parent(known: Standing, wanted: Wanted) -> bool:
    kinds = frozenset({"parental", "joint-non-parent", "guardianship", "provisional-guardianship"})
    return wanted.by.form == "person" and _on_authority(known, wanted, wanted.by.id, kinds)


def _guardian(known: Standing, wanted: Wanted) -> bool:
    kinds = frozenset({"guardianship", "provisional-guardianship"})
    return _on_authority(known, wanted, str(wanted.by.organisation), kinds)


def _partial(known: Standing, wanted: Wanted) -> bool:
    able = known.age(wanted.subject, wanted.at) >= 12 and known.finding(wanted.subject, wanted.at) != "incapable"
    found = known.authority(wanted.subject, wanted.at, frozenset({"partial"}))
    return (
        not able
        and wanted.category == "health"
        and any(
            each.body["holder"] == wanted.by.organisation
            and each.body.get("scope") == "medical"
            and known.verified_on(each) is not None
            for each in found
        )
    )


def _supervised(known: Standing, wanted: Wanted) -> list[Fact]:
    if known.age(wanted.subject, wanted.at) >= 18:
        return []
    orders = known.of("orders", subject=wanted.subject)
    return [
        each
        for each in orders
        if each.body["kind"] in _SUPERVISION and each.in_force(wanted.at) and known.verified_on(each) is not None
    ]


def _executes(known: Standing, wanted: Wanted) -> bool:
    return kind_of(wanted.by) == "certified-institution" and any(
        each.body.get("executor") == wanted.by.organisation and wanted.by.id in each.body.get("workers", [wanted.by.id])
        for each in _supervised(known, wanted)
    )


def _asks_under_an_order(known: Standing, wanted: Wanted) -> bool:
    return wanted.itemised and _executes(known, wanted)


def _is_told_under_an_order(known: Standing, wanted: Wanted) -> bool:
    return _decided(known, wanted) and _executes(known, wanted)


def _is_engaged(known: Standing, wanted: Wanted) -> bool:
    return _decided(known, wanted) and any(
        each.body["provider"] == wanted.by.organisation
        and each.in_force(wanted.at)
        and (each.by is None or bool(each.given("accepted_on")))
        and any(order.id == each.body["order"] and order.body.get("executor") == wanted.holder for order in orders)
        for orders in [_supervised(known, wanted)]
        for each in known.of("assignments")
    )


def _decided(known: Standing, wanted: Wanted) -> bool:
    by = wanted.by
    asker = (by.form, str(by.organisation) if by.form == "professional" else by.id)
    return known.approves(wanted.holder, asker, wanted.purpose, wanted.subject, wanted.category)


def _board(known: Standing, wanted: Wanted) -> bool:
    return kind_of(wanted.by) == "child-protection-board" and _decided(known, wanted)


def _foster_parent(known: Standing, wanted: Wanted) -> bool:
    return (
        wanted.by.form == "person"
        and known.age(wanted.subject, wanted.at) < 18
        and any(
            each.body["relation"] == "foster-parent"
            and each.body.get("via") == wanted.holder
            and each.in_force(wanted.at)
            and not waits_for_the_executor(known, each, wanted.at)
            for each in known.of("family", of=wanted.subject, person=wanted.by.id)
        )
    )


def _parent_without_authority(known: Standing, wanted: Wanted) -> bool:
    mine = known.family(wanted.at, of=wanted.subject, relations=frozenset({"parent"}))
    mine = [each for each in mine if each.body["person"] == wanted.by.id]
    denied = any(each.closed("contact_denied") or each.body.get("contact_denied") for each in mine)
    return (
        wanted.by.form == "person"
        and bool(mine)
        and not denied
        and known.age(wanted.subject, wanted.at) < 16
        and not known.has_a_say(wanted.by.id, wanted.subject, wanted.at)
        and _decided(known, wanted)
    )


def _himself(known: Standing, wanted: Wanted) -> bool:
    able = known.age(wanted.subject, wanted.at) >= 12 and known.finding(wanted.subject, wanted.at) != "incapable"
    return able and wanted.by.form == "person" and wanted.by.id == wanted.subject


def _represents(known: Standing, wanted: Wanted) -> bool:
    subject, at, by = wanted.subject, wanted.at, wanted.by
    if known.age(subject, at) < 18 or known.finding(subject, at) != "incapable" or by.form == "mentor":
        return False
    family = {each.body["person"] for each in known.family(at, of=subject, relations=CHAIN)}
    named = {each.body["holder"] for each in known.authority(subject, at, OF_ADULTS) if known.is_sure(each, at)}
    return (by.organisation or by.id) in family | named


def _referred(known: Standing, wanted: Wanted) -> bool:
    return any(
        each.by is not None
        and each.by.organisation == wanted.by.organisation
        and each.body["to"] == wanted.holder
        and each.body.get("client_informed") is True
        and each.in_force(wanted.at)
        and not known.objected_before(each)
        for each in known.of("referrals", about=wanted.subject)
    )


def _is_mentor(known: Standing, wanted: Wanted) -> bool:
    mandates = known.of("mandates", youth=wanted.subject, mentor=wanted.by.id)
    return wanted.by.form == "mentor" and any(
        mandate_holds(known, each, wanted.at, wanted.category) for each in mandates
    )


_OF: Final[Mapping[str, Basis]] = {
    "LB-01": _consent,
    "LB-04": _involved,
    "LB-06": _parent,
    "LB-07": _asks_under_an_order,
    "LB-08": _is_told_under_an_order,
    "LB-09": _guardian,
    "LB-10": _partial,
    "LB-11": _is_engaged,
    "LB-12": _board,
    "LB-18": _foster_parent,
    "LB-19": _parent_without_authority,
    "LB-20": _himself,
    "LB-25": _represents,
    "LB-26": _referred,
    "LB-27": _is_mentor,
}
_ONLY: Final = {"LB-10": {"health"}, "LB-11": {"goals", "help-status"}, "LB-26": {"help-status"}, "LB-27": {"goals"}}
"""Of the categories here, which a basis opens; where it is not named, all of them."""

_BASES: Final[Mapping[str, tuple[str, ...]]] = {
    "coordinate-plan": ("LB-04", "LB-01"),
    "referral-feedback": ("LB-26", "LB-01"),
    "supervision-order": ("LB-07", "LB-08", "LB-01"),
    "guardianship": ("LB-09", "LB-01"),
    "partial-authority": ("LB-10", "LB-01"),
    "execute-measure": ("LB-11", "LB-01"),
    "child-protection-inquiry": ("LB-12", "LB-01"),
    "foster-care": ("LB-18", "LB-01"),
    "own-access": ("LB-20", "LB-25"),
    "exercise-authority": ("LB-06", "LB-01"),
    "parent-information": ("LB-19", "LB-01"),
    "mentor-support": ("LB-27",),
}
