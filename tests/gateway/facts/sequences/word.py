"""Whose word makes a fact, whose confirms it, whose ends it: the table of the facts contract, written over by hand.

Generous where the contract leaves room: what is refused here, the contract refuses.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from tests.gateway.facts.sequences.fostering import executes
from tests.gateway.facts.sequences.mentors import chose_himself, has_suspended, is_kept_for_himself, switched_on
from tests.gateway.facts.sequences.said import Act, Closed, Confirmed, Decided, Fact, Recorded, Stopped, Switched
from tests.gateway.facts.sequences.standing import Standing, kind_of, organisation_of
from tests.gateway.facts.sequences.town import Hand

Body = Mapping[str, Any]
_TREATING: Final = frozenset({"youth-professional", "therapist", "psychiatrist", "general-practitioner"})
_WEAK_WILL_DO: Final = frozenset({"consents", "refusals"})
_OBJECT: Final = ("involvements", "referrals")
_OWNER: Final = {
    "family": "of",
    "authority": "over",
    "capacity": "person",
    "orders": "subject",
    "mandates": "youth",
    "considered_wishes": "youth",
}


def owner(section: str, body: Body) -> str:
    """Return whom a fact is about."""
    return str(body[_OWNER.get(section, "about")])


# Recording


def may_record(known: Standing, hand: Hand, section: str, body: Body, at: datetime) -> bool:
    """Return whether the contract lets `hand` record this."""
    if not hand.strong and section not in _WEAK_WILL_DO:
        return False
    return _RECORDERS[section](known, hand, body, at)


def _person(known: Standing, hand: Hand, _body: Body, at: datetime) -> bool:
    return known.helps_anybody(hand, at)


def _family(known: Standing, hand: Hand, body: Body, at: datetime) -> bool:
    if body["relation"] == "foster-parent":
        return hand.organisation is not None and hand.organisation == body.get("via")
    return known.helps_anybody(hand, at)


def _authority(known: Standing, hand: Hand, body: Body, at: datetime) -> bool:
    kinds = {"certified-institution", "child-protection-board"}
    return kind_of(hand) in kinds or known.helps(hand, body["over"], at)


def _capacity(known: Standing, hand: Hand, body: Body, at: datetime) -> bool:
    return hand.role in _TREATING and known.helps(hand, body["person"], at)


def _order(_known: Standing, hand: Hand, body: Body, _at: datetime) -> bool:
    kinds = {"municipality", "child-protection-board"}
    return kind_of(hand) in kinds or (hand.organisation is not None and hand.organisation == body.get("executor"))


def _assignment(known: Standing, hand: Hand, body: Body, _at: datetime) -> bool:
    order = known.facts.get(body["order"])
    return order is not None and hand.organisation is not None and hand.organisation == order.body.get("executor")


def _involvement(_known: Standing, hand: Hand, body: Body, _at: datetime) -> bool:
    return hand.form == "professional" and (body["kind"] == "help" or hand.organisation in body["organisations"])


def _referral(_known: Standing, hand: Hand, _body: Body, _at: datetime) -> bool:
    return hand.form == "professional"


def _mandate(known: Standing, hand: Hand, body: Body, at: datetime) -> bool:
    if hand.form == "person" and hand.id == body["youth"]:
        return True
    helps = known.helps(hand, body["youth"], at) and hand.id != body["mentor"]
    return helps and not is_kept_for_himself(known, body, body["categories"])


def _said(known: Standing, hand: Hand, body: Body, at: datetime) -> bool:
    if hand.strong and known.helps(hand, body["about"], at):
        return True
    if "given_by" in body:
        return False
    if hand.form == "professional":
        return known.speaks_for(str(hand.organisation), body["about"], at)
    return hand.form == "person"


def _refused(known: Standing, hand: Hand, body: Body, at: datetime) -> bool:
    # A no protects: a helper may write it down with a weak login too, on whoever's word.
    return known.helps(hand, body["about"], at) or _said(known, _strong(hand), body, at)


def _wish(known: Standing, hand: Hand, body: Body, at: datetime) -> bool:
    return known.helps(hand, body["youth"], at) and not receives(hand, body)


_RECORDERS: Final[Mapping[str, Callable[[Standing, Hand, Body, datetime], bool]]] = {
    "persons": _person,
    "family": _family,
    "authority": _authority,
    "capacity": _capacity,
    "orders": _order,
    "assignments": _assignment,
    "involvements": _involvement,
    "referrals": _referral,
    "mandates": _mandate,
    "consents": _said,
    "refusals": _refused,
    "considered_wishes": _wish,
}


def receives(hand: Hand, body: Body) -> bool:
    """Return whether a consent lets in `hand`, his organisation, or a colleague of his."""
    recipients = set(body.get("recipients", ()))
    homes = {organisation_of(each) for each in recipients} - {None}
    return hand.id in recipients or (hand.organisation is not None and hand.organisation in recipients | homes)


# Confirming


def may_confirm(known: Standing, hand: Hand, fact: Fact, name: str, at: datetime) -> bool:
    """Return whether the contract lets `hand` give the confirmation `name`; nobody confirms his own (F4)."""
    if not hand.strong:
        return False
    if fact.section == "mandates" and _brings_back(known, fact):
        return False
    if (fact.section, name) in _OWN_PART and _OWN_PART[fact.section, name](known, hand, fact, at):
        return True
    if fact.by is not None and _is_one_with(hand, fact.by):
        return False
    confirmer = _CONFIRMERS.get((fact.section, name))
    return confirmer is not None and confirmer(known, hand, fact, at)


def _brings_back(known: Standing, fact: Fact) -> bool:
    # What a helper had ready opens nothing that the youth closed since; what he took back itself nothing brings back.
    ready = not chose_himself(fact) and not fact.closed("youth_withdrew_on")
    return ready and is_kept_for_himself(known, fact.body, switched_on(fact))


def _is_one_with(hand: Hand, other: Hand) -> bool:
    if (hand.form, hand.id) == (other.form, other.id):
        return True
    return hand.form == other.form == "professional" and hand.organisation == other.organisation


def _second(_known: Standing, hand: Hand, _fact: Fact, _at: datetime) -> bool:
    return hand.form == "professional"


def _second_for_family(known: Standing, hand: Hand, fact: Fact, _at: datetime) -> bool:
    if fact.body["relation"] == "foster-parent":
        return executes(known, hand, fact.body["of"])
    return hand.form == "professional"


def _second_for_authority(_known: Standing, hand: Hand, fact: Fact, _at: datetime) -> bool:
    return hand.form == "professional" and hand.organisation != fact.body["holder"]


def _verifies(known: Standing, hand: Hand, fact: Fact, at: datetime) -> bool:
    workers = fact.body.get("workers", ())
    entering = {fact.body.get("executor")} | {organisation_of(each) for each in workers}
    if hand.organisation in entering:
        return False
    if kind_of(hand) == "child-protection-board":
        return True
    engaged = {each.body["provider"] for each in known.of("assignments", order=fact.id)}
    return known.helps(hand, fact.body["subject"], at) and hand.organisation not in engaged


def _partner(_known: Standing, hand: Hand, fact: Fact, _at: datetime) -> bool:
    return hand.organisation is not None and hand.organisation in fact.body.get("organisations", ())


def _helper(known: Standing, hand: Hand, fact: Fact, at: datetime) -> bool:
    return known.helps(hand, owner(fact.section, fact.body), at)


def _helper_not_mentor(known: Standing, hand: Hand, fact: Fact, at: datetime) -> bool:
    return _helper(known, hand, fact, at) and hand.id != fact.body["mentor"]


def _provider(_known: Standing, hand: Hand, fact: Fact, _at: datetime) -> bool:
    return hand.organisation is not None and hand.organisation == fact.body["provider"]


def _mentor(_known: Standing, hand: Hand, fact: Fact, _at: datetime) -> bool:
    return hand.form == "mentor" and hand.id == fact.body["mentor"]


def _parent(known: Standing, hand: Hand, fact: Fact, at: datetime) -> bool:
    name = hand.id if hand.form == "person" else str(hand.organisation)
    return known.has_a_say(name, fact.body["youth"], at, sure=True)


def _knows_the_giver(known: Standing, hand: Hand, fact: Fact, at: datetime) -> bool:
    giver = fact.body.get("given_by") or (fact.by and (fact.by.organisation or fact.by.id))
    if hand.form == "person":
        return hand.id == giver
    if receives(hand, fact.body):
        return False
    return hand.organisation in fact.body["holders"] or _helper(known, hand, fact, at) or hand.organisation == giver


_OWN_PART: Final[Mapping[tuple[str, str], Callable[[Standing, Hand, Fact, datetime], bool]]] = {
    ("assignments", "accepted_on"): _provider,
    ("involvements", "accepted_by"): _partner,
    ("mandates", "confidentiality_statement_on"): _mentor,
    ("mandates", "parent_agreements"): _parent,
}
"""Where somebody adds a part of his own: he accepts, he signs, he agrees."""

_CONFIRMERS: Final[Mapping[tuple[str, str], Callable[[Standing, Hand, Fact, datetime], bool]]] = {
    ("persons", "confirmed_on"): _second,
    ("family", "confirmed_on"): _second_for_family,
    ("authority", "verified_on"): _second_for_authority,
    ("orders", "verified_on"): _verifies,
    ("involvements", "client_informed"): _helper,
    ("mandates", "identity_verified_on"): _helper_not_mentor,
    ("mandates", "parent_agreements"): _helper_not_mentor,
    ("consents", "identity_verified"): _knows_the_giver,
}


# Ending


def may_close(known: Standing, hand: Hand, fact: Fact, name: str, at: datetime) -> bool:
    """Return whether the contract lets `hand` end a fact so."""
    section, body = fact.section, fact.body
    himself = hand.form == "person" and hand.id == owner(section, body) if section != "assignments" else False
    helps = section != "assignments" and known.helps(hand, owner(section, body), at)
    if section == "family":
        if body["relation"] == "foster-parent":
            return hand.organisation == body["via"] or executes(known, hand, body["of"])
        return himself or known.helps_anybody(hand, at)
    if section in {"authority", "orders"}:
        return may_record(known, _strong(hand), section, body, at)
    if section == "assignments":
        return _provider(known, hand, fact, at) or _assignment(known, hand, body, at)
    if name == "objection_on":
        return himself or helps or known.has_a_say(_name(hand), owner(section, body), at)
    if section == "involvements":
        return hand.form == "professional" and hand.organisation in (body.get("organisations") or _home(fact))
    if section == "mandates":
        parent = hand.form == "person" and known.has_a_say(hand.id, body["youth"], at)
        return himself or helps or _mentor(known, hand, fact, at) or (name == "suspended_on" and parent)
    giver = body.get("given_by") or _name_of(fact)
    gives = _name(hand) == giver and hand.form != "mentor"
    if section == "refusals":
        # To take back a no opens: nobody but its giver, and with a strong login.
        return hand.strong and gives
    return gives or helps if section == "consents" else himself


def _strong(hand: Hand) -> Hand:
    return Hand(hand.form, hand.id, hand.organisation, hand.role)


def _name(hand: Hand) -> str:
    return str(hand.organisation) if hand.form == "professional" else hand.id


def _name_of(fact: Fact) -> str | None:
    return None if fact.by is None else _name(fact.by)


def _home(fact: Fact) -> tuple[str | None, ...]:
    return () if fact.by is None else (fact.by.organisation,)


# All of it


def may(known: Standing, act: Act) -> bool:
    """Return whether the contract lets this be done by whom it was, then."""
    match act:
        case Recorded():
            return act.by is not None and may_record(known, act.by, act.section, act.body, act.at)
        case Decided():
            return _may_decide(act)
        case Stopped():
            return True
        case Confirmed() | Closed() | Switched():
            return act.fact in known.facts and _may_change(known, act, known.facts[act.fact])


def _may_change(known: Standing, act: Confirmed | Closed | Switched, fact: Fact) -> bool:
    if isinstance(act, Confirmed):
        suspended = "agreed_by" in act.evidence and has_suspended(known, fact.body, act.evidence["agreed_by"])
        return not suspended and may_confirm(known, act.by, fact, act.field, act.at)
    if isinstance(act, Closed):
        return may_close(known, act.by, fact, act.field, act.at)
    # A switch is the youth's own; on, it opens.
    himself = act.by.form == "person" and act.by.id == fact.body["youth"]
    return himself and (act.by.strong or not any(act.categories.values()))


def _may_decide(act: Decided) -> bool:
    form, asker = act.asker
    himself = asker in {act.by.id, act.by.organisation} or (form == "professional" and act.by.organisation == asker)
    # A no protects, so it may be said to a colleague too.
    return act.by.form == "professional" and (not act.approved or (act.by.strong and not himself))
