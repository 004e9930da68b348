"""What is logged: the closed lists, and what a caller hands in.

Source: audit log contract, *An event*.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What happened. `handover.*` joins when that pattern is built."""

    EXCHANGE_DISCLOSED = "exchange.disclosed"
    EXCHANGE_DENIED = "exchange.denied"
    EXCHANGE_REVIEWED = "exchange.reviewed"
    EXCHANGE_DELIVERED = "exchange.delivered"
    EXCHANGE_ABORTED = "exchange.aborted"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENT_CONFIRMED = "consent.confirmed"
    FACT_RECORDED = "fact.recorded"
    FACT_CONFIRMED = "fact.confirmed"
    FACT_CLOSED = "fact.closed"
    FACT_REFUSED = "fact.refused"
    AUTHORITY_CHANGED = "authority.changed"
    ORDER_CHANGED = "order.changed"
    CAPACITY_RECORDED = "capacity.recorded"
    MANDATE_CHANGED = "mandate.changed"
    EMERGENCY_OPENED = "emergency.opened"
    EMERGENCY_CLOSED = "emergency.closed"
    REVIEW_OPENED = "review.opened"
    REVIEW_DECIDED = "review.decided"
    HOLDER_DECIDED = "holder.decided"
    OBLIGATION_DONE = "obligation.done"
    LOG_READ = "log.read"
    LOG_EXPORTED = "log.exported"
    LOG_UNMASKED = "log.unmasked"
    SUBJECT_ERASED = "subject.erased"
    TOKEN_ISSUED = "token.issued"  # noqa: S105 - a kind of event, no secret
    TOKEN_REFUSED = "token.refused"  # noqa: S105 - idem
    LOGIN = "login"
    CONFIG_CHANGED = "config.changed"
    KEY_ROTATED = "key.rotated"
    SOURCE_FAILED = "source.failed"
    RULES_CONFIRMED = "rules.confirmed"
    NOTIFICATION_GIVEN = "notification.given"
    NOTIFICATION_FAILED = "notification.failed"
    SIMULATION = "simulation"
    FLOOD = "flood"


class EventOutcome(StrEnum):
    """How it ended: a decision's outcome, or whether the act succeeded."""

    PERMIT = "permit"
    PARTIAL = "partial"
    REVIEW = "review"
    DENY = "deny"
    OK = "ok"
    ERROR = "error"


class Field(StrEnum):
    """What may be committed to, besides the open members of the leaf."""

    ACTOR = "actor"
    SUBJECT = "subject"
    PURPOSE = "purpose"
    CATEGORIES = "categories"
    ELEMENTS = "elements"
    DECISION = "decision"
    FACTS = "facts"
    ANSWER = "answer"
    JUSTIFICATION = "justification"
    NETWORK = "network"
    REQUEST = "request"
    DETAIL = "detail"


_FIELDS: Final = {each.value: each for each in Field}


def field_named(name: str) -> Field:
    """Return the field of this name. An enumeration needs ten times as long to find a member, and every event has ten.

    Raises:
        ValueError: it is on no list.
    """
    found = _FIELDS.get(name)
    return Field(name) if found is None else found


# Who looked must outlive the person's erasure, so these are never sealed under the person's key.
KEPT_AFTER_ERASURE = frozenset({Field.ACTOR, Field.NETWORK, Field.REQUEST})

# Each is made of the facts, so whoever can open one of them, or knows its salt, can try what the facts were.
GO_WITH_FACTS = frozenset({Field.FACTS, Field.DECISION, Field.ANSWER})

ERASED = "erased"
"""Stands, in what is left of a field, in the place of what went with somebody who was erased."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, as the caller knows it; the log adds id, instant, salts and commitments.

    `fields` holds JSON values without fractions, written or not (see `schemas.canonical_json`). Everything in it is
    sealed: the fields of `KEPT_AFTER_ERASURE` under the log's own key, the rest under that of `person`, if any.
    `counterparties` in any order; `organisation` is an organisation's id, `person`, `operator` or `system`.
    `also_about` names the others whom the event concerns: they find it in their own log, but it is not under their key.
    `told_of` names the others of whom `facts` say anything: `GO_WITH_FACTS` are sealed under the key of each of them
    too. `left` says what of these fields may be read by the key of `person` alone, when the others' are gone.
    `request_id` is a random id by which officers find the events of one request; it is stored beside the leaf.

    Raises:
        ValueError: `also_about` or `told_of` without `person`; `left` of another field.
    """

    kind: Kind
    outcome: EventOutcome
    organisation: str
    counterparties: frozenset[str] = frozenset()
    rule_set: str | None = None
    person: str | None = None
    also_about: tuple[str, ...] = ()
    told_of: tuple[str, ...] = ()
    request_id: str | None = None
    fields: Mapping[Field, object] = field(default_factory=dict)
    left: Mapping[Field, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.also_about or self.told_of) and self.person is None:
            raise ValueError("an event about several persons needs `person`, whose key seals it")
        if not self.left.keys() <= GO_WITH_FACTS & self.fields.keys():
            raise ValueError("`left` is of a field that does not go with the facts, or that the event does not have")

    @property
    def counterparty(self) -> str | None:
        """Return the leaf's member: the other organisations, sorted and joined by commas, or None."""
        return ",".join(sorted(self.counterparties)) or None
