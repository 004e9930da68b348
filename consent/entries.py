"""What facts are made of: frozen values, one class for each kind of entry.

Source: decision contract, section 2 (*Keys*) and 2.1. Names are the contract's keys. Every instant is in UTC (a
date is its 00:00 in Amsterdam), `born` is a calendar day. These classes hold what was said; what it means at a
moment is `consent.situation`; reading them from JSON is `consent.world.entries`; the request is `consent.request`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from consent.entry import EVERYTHING, Capability, Categories, Entry, Ids, Purposes
from schemas.words import (
    AuthorityKind,
    AuthorityScope,
    Category,
    InvolvementKind,
    OrderKind,
    OrganisationKind,
    Purpose,
    RecordSource,
    Regime,
    Relation,
    Role,
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Organisation(Entry):
    """An organisation that asks, holds or helps."""

    id: str
    kind: OrganisationKind
    name: str | None = None
    emergency_opt_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Professional(Entry):
    """Somebody who works for an organisation; `trusted` follows the strength of his login."""

    id: str
    organisation: str
    role: Role
    trusted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Person(Entry):
    """A human being whom records may be about, or who asks."""

    id: str
    born: date
    declared_of_age: bool = False
    under_guardianship: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FamilyFact(Entry):
    """`person` is the `relation` of `of`; says nothing in the other direction."""

    person: str
    of: str
    relation: Relation
    lives_with: bool = False
    cares_for: bool = False
    via: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    contact_denied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Authority(Entry):
    """Gezag or voogdij over a minor, or the representation of an adult."""

    id: str
    holder: str
    over: str
    kind: AuthorityKind
    since: datetime
    until: datetime | None = None
    suspended_on: datetime | None = None
    disputed: bool = False
    verified_on: datetime | None = None
    unreachable_attempts: int = 0
    scope: AuthorityScope | None = None
    matter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CapacityFinding(Entry):
    """A recorded finding whether a person can value his own interests in the matter."""

    person: str
    capable: Capability
    on: datetime
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Order(Entry):
    """A court order or measure; no `workers` means that any professional of the executor may act."""

    id: str
    kind: OrderKind
    subject: str
    since: datetime
    until: datetime
    executor: str | None = None
    workers: frozenset[str] | None = None
    ended_on: datetime | None = None
    verified_on: datetime | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Assignment(Entry):
    """A certified institution engages a provider in a measure."""

    order: str
    provider: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Involvement(Entry):
    """Help, joint help, or the replacement of one professional by another."""

    id: str
    kind: InvolvementKind
    since: datetime
    until: datetime | None = None
    about: str | None = None
    organisations: frozenset[str] = frozenset()
    professional: str | None = None
    replaces: str | None = None
    client_informed: bool = False
    objection_on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Referral(Entry):
    """Who sent a person to which organisation."""

    id: str
    about: str
    by: str
    to: str
    on: datetime
    client_informed: bool = False
    objection_on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParentAgreement(Entry):
    """A holder of authority agrees with a mandate."""

    by: str
    on: datetime
    withdrawn_on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Mandate(Entry):
    """A JIM: the mentor whom a youth chose, and what he may see."""

    id: str
    mentor: str
    youth: str
    since: datetime
    until: datetime
    categories: frozenset[Category]
    youth_chose_on: datetime | None = None
    youth_withdrew_on: datetime | None = None
    identity_verified_on: datetime | None = None
    confidentiality_statement_on: datetime | None = None
    suspended_on: datetime | None = None
    reconfirmed_on: datetime | None = None
    parent_agreements: tuple[ParentAgreement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Consent(Entry):
    """One giver's yes."""

    id: str
    about: str
    given_by: str
    on: datetime
    holders: Ids
    recipients: Ids
    purposes: frozenset[Purpose]
    categories: frozenset[Category]
    until: datetime | None = None
    withdrawn_on: datetime | None = None
    free: bool = True
    express: bool = True
    identity_verified: bool = True
    form: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Refusal(Entry):
    """One giver's no; what it does not name it refuses for all."""

    id: str
    about: str
    given_by: str
    on: datetime
    withdrawn_on: datetime | None = None
    holders: Ids = EVERYTHING
    recipients: Ids = EVERYTHING
    purposes: Purposes = EVERYTHING
    categories: Categories = EVERYTHING
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConsideredWish(Entry):
    """A youth of 12-15 keeps wanting it after reflection (Jw 7.3.4 lid 2)."""

    youth: str
    on: datetime
    recipients: frozenset[str]
    noted_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Record(Entry):
    """What is decided on: whose data, where, of which category, under which law (`None`: unknown)."""

    id: str
    holder: str
    about: frozenset[str]
    category: Category
    regime: Regime | None
    created_on: datetime
    origin: RecordSource = RecordSource.PROFESSIONAL
    """The contract's key `source`; that name is taken by the mapping the entry was read from."""
    told_in_confidence: bool = False
    confidential_from: frozenset[str] = frozenset()
    good_care_veto: bool = False
    restricted: bool = False
