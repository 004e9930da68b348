"""Which events of a person's log somebody concerned may read as a line: a closed list, and everything else is withheld.

Three things never become a line: what another member of the family did; what tells where somebody is who must not be
found, or that somebody was reported; and what the law lets people hear later, until its date. Not knowing never opens:
an event of a kind, purpose, basis or fact that nobody classified here is withheld.

Source: `law.md` R7.5, R6.6, R6.8, U-22, U-29; `security.md` threat 19; facts contract, F6.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from audit.events import Field, Kind
from audit.own_log.sight import Sight
from audit.sentences.released import obligations, released
from audit.sentences.who import AFTER_A_RESTORE, OPERATOR
from audit.told import Told
from schemas.calendar import parse_moment
from schemas.words import Purpose


class Why(StrEnum):
    """Why an event is not told."""

    UNREADABLE = "unreadable"
    """It cannot be opened any more, or holds what nobody understands."""
    OTHER_MEMBER = "other-member"
    """Somebody else of the family did it."""
    NOT_ABOUT = "not-about"
    """Nothing of it is about the person, as far as it may be told."""
    SAFETY = "safety"
    """It could endanger somebody."""
    LATER = "later"
    """It is told from a date that has not come."""
    BEHIND = "behind"
    """It belongs to another line, or to the work of those who help: no line of its own."""
    UNCLASSIFIED = "unclassified"
    """Nobody said yet that it may be told."""


PURPOSES: Final = frozenset(Purpose) - {
    Purpose.CHILD_PROTECTION_INQUIRY,
    Purpose.SAFETY_REPORT,
    Purpose.SAFETY_INQUIRY,
    Purpose.AVERT_HARM,
    Purpose.COMPULSORY_CARE,
    Purpose.SAFETY_HOUSE,
    Purpose.POLICE_INQUIRY,
}
"""The purposes of which a line may tell: telling of the others could harm (OB-DELAY), or is for their holder to do."""

BASES: Final = frozenset(
    f"LB-{number:02}" for number in (1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 18, 19, 20, 24, 25, 26, 27, 28, 29, 38)
)
"""The rows of law of which a line may tell."""

DELAY: Final = "OB-DELAY"
TOLD_FROM: Final = "told_from"
"""The key of `detail` that says from when an event may be told: a day, or an instant."""

_SECTIONS: Final[Mapping[str, frozenset[str]]] = {
    "persons": frozenset({"born", "declared_of_age", "under_guardianship", "confirmed_on"}),
    # A relation is told to whose it is, whatever it says of the household: that is his own. The other in it, who may be
    # a parent that must not find him, is told of none; and nobody that contact is denied.
    "family": frozenset(
        {"person", "of", "relation", "lives_with", "cares_for", "via", "since", "until", "confirmed_on"}
    ),
    "capacity": frozenset({"person", "capable", "on", "by", "reason"}),
    "authority": frozenset({"holder", "over", "kind", "since", "until", "verified_on", "scope", "matter"}),
    "orders": frozenset(
        {"kind", "subject", "since", "until", "executor", "workers", "ended_on", "verified_on", "reference"}
    ),
    "assignments": frozenset({"order", "provider", "since", "until", "accepted_on"}),
    "involvements": frozenset(
        {"kind", "since", "until", "about", "organisations", "confirmed_on", "client_informed"}
        | {"accepted_by", "left_by"}
    ),
    "referrals": frozenset({"about", "by", "to", "on", "client_informed"}),
    "mandates": frozenset(
        {"mentor", "youth", "since", "until", "categories", "youth_chose_on", "identity_verified_on", "reconfirmed_on"}
    ),
    "considered_wishes": frozenset({"youth", "on", "recipients", "noted_by"}),
}
"""The facts of which a line may tell, and of each the fields. Others (an objection, a dispute, a parent's agreement, a
mentor's signature, who may not see whom) are what somebody of the family did or said, or could endanger him."""

_TAKEN_BACK: Final = frozenset({"youth_withdrew_on", "objection_on"})
"""The fields of which a line tells who took it back with his own login. A denial of contact could endanger him too."""

_BESIDE: Final = frozenset({"id", "needs", "closed_on"})
_CONFIRMED: Final = "confirmed"
"""Says which field was confirmed, and is told where that field is."""
_ANSWERED: Final = "answered"
"""Earlier versions wrote it where a register only said a thing too. Where a fact was recorded, an answer was kept, and
nothing happened."""

_TO_OTHERS: Final = frozenset({"authority", "orders"})
"""The facts of which whoever does not read about himself is told."""

_GIVEN: Final = frozenset({"consents", "refusals"})
_READ: Final = frozenset({"facts", "who-may-see", "forecast", "access-log"})


def withheld(told: Told, sight: Sight) -> Why | None:
    """Return why `told` is no line to who looks with `sight`, or None where it is one."""
    actor = told.fields.get(Field.ACTOR)
    if not isinstance(actor, Mapping):
        return Why.UNREADABLE
    ruling = _RULINGS.get(told.kind)
    if ruling is None:
        return Why.UNCLASSIFIED
    try:
        return _by_whom(told, actor, sight) or _later(told, sight.at) or ruling(told, actor, sight)
    except (ValueError, KeyError, TypeError, AttributeError):
        # What an event holds that nobody understands may mean anything.
        return Why.UNREADABLE


def _by_whom(told: Told, actor: Mapping[str, Any], sight: Sight) -> Why | None:
    """Return why nothing that this actor did is told."""
    if told.organisation == OPERATOR and actor.get("because") == AFTER_A_RESTORE:
        return None  # whom it is about sees that as any other act
    form, name = actor["form"], actor["id"]
    if form == "person":
        return None if name == sight.hearer.reader else Why.OTHER_MEMBER
    if form == "mentor":
        # He acts because the youth chose him; to anybody else he is another of the family.
        return None if sight.hearer.is_himself else Why.OTHER_MEMBER
    if told.organisation == OPERATOR:
        return None if form in {"officer", "register"} else Why.UNCLASSIFIED
    if form not in {"professional", "client", "officer"}:
        return Why.UNCLASSIFIED
    if told.organisation not in sight.safe:
        return Why.SAFETY
    return Why.SAFETY if sight.beside and told.organisation in sight.hearer.unnamed else None


def _later(told: Told, at: datetime) -> Why | None:
    detail = told.fields.get(Field.DETAIL)
    told_from = detail.get(TOLD_FROM) if isinstance(detail, Mapping) else None
    if told_from is not None:
        return Why.LATER if at < parse_moment(told_from) else None
    return Why.LATER if any(each.startswith(DELAY) for each in obligations(told)) else None


def _tried(told: Told, actor: Mapping[str, Any], sight: Sight) -> Why | None:
    # To who knows that he said yes himself, a refusal tells that somebody else who has a say said no.
    is_own = actor.get("form") == "person"
    return _exchange(told, actor, sight) if is_own or sight.sees_attempts else Why.OTHER_MEMBER


def _exchange(told: Told, _actor: Mapping[str, Any], sight: Sight) -> Why | None:
    if told.fields.get(Field.PURPOSE) not in PURPOSES:
        return Why.SAFETY
    if told.fields[Field.PURPOSE] == Purpose.COUNSELLOR_SUPPORT and not sight.hearer.is_himself:
        return Why.SAFETY  # whom a youth trusts is his own
    return None if told.person == sight.hearer.person else Why.NOT_ABOUT


def _disclosed(told: Told, actor: Mapping[str, Any], sight: Sight) -> Why | None:
    found = released(told, sight.hearer)
    if not found:
        return Why.NOT_ABOUT
    if not {each.basis for each in found} <= BASES:
        return Why.SAFETY
    if told.person == sight.hearer.person:
        return _exchange(told, actor, sight)
    if told.fields.get(Field.PURPOSE) not in PURPOSES:
        return Why.SAFETY
    # Somebody asked about another of the family. Who helps that one, only he may read who said yes to it himself.
    chose = all(each.own_yes_on is not None for each in found) and actor["form"] != "mentor"
    return None if chose else Why.OTHER_MEMBER


def _given(told: Told, _actor: Mapping[str, Any], sight: Sight) -> Why | None:
    detail = told.fields[Field.DETAIL]
    if detail["section"] not in _GIVEN:
        return Why.UNCLASSIFIED
    giver = detail["said"].get("given_by", sight.givers.get(detail["fact"]))
    return None if giver is not None and giver == sight.hearer.reader else Why.OTHER_MEMBER


def _fact(told: Told, actor: Mapping[str, Any], sight: Sight) -> Why | None:
    detail = told.fields[Field.DETAIL]
    section = detail["section"]
    if section in _GIVEN:
        return _given(told, actor, sight)
    if told.person != sight.hearer.person:
        return Why.NOT_ABOUT
    if section not in (_SECTIONS if sight.hearer.is_himself else _TO_OTHERS):
        return Why.UNCLASSIFIED
    said = detail["said"]
    fields = {said[name] if name == _CONFIRMED else name for name in said}
    if told.kind is not Kind.FACT_RECORDED:
        fields -= {_ANSWERED}
    if actor.get("form") == "person":
        fields -= _TAKEN_BACK  # `_by_whom` let nobody through but the reader
    return None if fields <= _SECTIONS[section] | _BESIDE else Why.UNCLASSIFIED


def _looked(told: Told, actor: Mapping[str, Any], sight: Sight) -> Why | None:
    if told.person != sight.hearer.person:
        return Why.NOT_ABOUT
    if actor["form"] == "officer":
        # What an officer looks into may be about who reads for another.
        return None if sight.hearer.is_himself else Why.SAFETY
    return None if told.fields[Field.DETAIL]["read"] in _READ else Why.UNCLASSIFIED


def _not_written(told: Told, actor: Mapping[str, Any], sight: Sight) -> Why | None:
    if told.person != sight.hearer.person or not sight.hearer.is_himself:
        return Why.NOT_ABOUT
    # What was to be written may have been another's yes or no; only what he tried himself is surely his.
    return None if actor["form"] == "person" else Why.UNCLASSIFIED


def _never(why: Why) -> Callable[[Told, Mapping[str, Any], Sight], Why | None]:
    return lambda _told, _actor, _sight: why


_RULINGS: Final[Mapping[Kind, Callable[[Told, Mapping[str, Any], Sight], Why | None]]] = {
    Kind.EXCHANGE_DISCLOSED: _disclosed,
    Kind.EXCHANGE_DENIED: _tried,
    Kind.EXCHANGE_REVIEWED: _tried,
    Kind.EXCHANGE_DELIVERED: _never(Why.BEHIND),
    Kind.EXCHANGE_ABORTED: _never(Why.BEHIND),
    # One for each holder, beside the request that already reads as an emergency: their number is nobody's to count.
    Kind.EMERGENCY_OPENED: _never(Why.BEHIND),
    Kind.EMERGENCY_CLOSED: _never(Why.BEHIND),
    Kind.CONSENT_GIVEN: _given,
    Kind.CONSENT_REFUSED: _given,
    Kind.CONSENT_WITHDRAWN: _given,
    Kind.CONSENT_CONFIRMED: _given,
    Kind.FACT_RECORDED: _fact,
    Kind.FACT_CONFIRMED: _fact,
    Kind.FACT_CLOSED: _fact,
    Kind.FACT_REFUSED: _not_written,
    Kind.AUTHORITY_CHANGED: _fact,
    Kind.ORDER_CHANGED: _fact,
    Kind.CAPACITY_RECORDED: _fact,
    Kind.MANDATE_CHANGED: _fact,
    Kind.LOG_READ: _looked,
    Kind.LOG_EXPORTED: _looked,
    Kind.LOG_UNMASKED: _looked,
    # Who decides for a holder, and who was told that a yes ended, may have to be told later, or tell of another's act.
    Kind.HOLDER_DECIDED: _never(Why.BEHIND),
    Kind.REVIEW_OPENED: _never(Why.BEHIND),
    Kind.REVIEW_DECIDED: _never(Why.BEHIND),
    Kind.OBLIGATION_DONE: _never(Why.BEHIND),
    Kind.NOTIFICATION_GIVEN: _never(Why.BEHIND),
    Kind.NOTIFICATION_FAILED: _never(Why.BEHIND),
}
"""What decides by kind. What is not here, nobody classified."""
