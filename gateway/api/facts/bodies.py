"""What a client may say when he records, confirms or ends a fact. Who says it, and when, he never says himself (F1).

Shapes only: a member that is not named here is refused with its path, `given_by` of an own consent and every
`verified_on` among them. Whether anybody may say it is `consent.whose`, whether it fits is
`consent.known.contradictions`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, create_model

from consent.whose.allowed import ROWS
from consent.world.fields import calendar_day, moment
from gateway.facts.ending import LATER
from gateway.shapes import Listed, Wire
from schemas.words import (
    ANY,
    AuthorityKind,
    AuthorityScope,
    OrderKind,
    Purpose,
    Relation,
)


def _any_or_list(value: object) -> object:
    # One error for a wrong value, not one for each of two forms.
    if value == ANY or type(value) is list:
        return value
    raise ValueError(f"expected a list of organisations, or `{ANY}`")


def _day(value: str) -> str:
    calendar_day(value)
    return value


def _moment(value: str) -> str:
    moment(value)
    return value


Id = Annotated[str, Field(min_length=1, max_length=64)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=100)]
Day = Annotated[str, AfterValidator(_day)]
Moment = Annotated[str, AfterValidator(_moment)]
"""A day, which is its 00:00 in Amsterdam, or an instant with an offset."""
_Text = Annotated[str, Field(min_length=1, max_length=2000)]
_Purposes = Annotated[list[Purpose], Field(min_length=1, max_length=len(Purpose))]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Identity = Literal["identity-document", "known-in-person", "not-seen"]
"""How it was seen that somebody is who he says he is."""
_How = Literal["in-person", "on-paper", "by-phone", "by-video"]


class PersonIn(Wire):
    """Somebody who is new in a family that is known; `family_of` is anybody in it. A number comes from a register."""

    family_of: Id
    born: Day
    declared_of_age: StrictBool | None = None
    under_guardianship: StrictBool | None = None


class FamilyIn(Wire):
    """`person` is the `relation` of `of`."""

    person: Id
    of: Id
    relation: Relation
    lives_with: StrictBool | None = None
    cares_for: StrictBool | None = None
    via: Id | None = None
    since: Moment | None = None
    until: Moment | None = None
    contact_denied: StrictBool | None = None


class AuthorityIn(Wire):
    """Who has a say over whom; nobody has seen the extract yet."""

    holder: Id
    over: Id
    kind: AuthorityKind
    since: Moment
    until: Moment | None = None
    scope: AuthorityScope | None = None
    matter: _Text | None = None


def _capable(value: object) -> object:
    if value is True or value is False or value == "unclear":
        return value
    raise ValueError("expected true, false or `unclear`")


class CapacityIn(Wire):
    """Whether somebody can value his interests, and on what that rests."""

    person: Id
    capable: Annotated[Literal["unclear"] | bool, BeforeValidator(_capable)]
    on: Moment | None = None
    reason: _Text | None = None


class OrderIn(Wire):
    """An order of a court; nobody has confirmed it yet."""

    kind: OrderKind
    subject: Id
    since: Moment
    until: Moment
    executor: Id | None = None
    workers: Ids | None = None
    reference: Annotated[str, Field(max_length=200)] | None = None


class AssignmentIn(Wire):
    """Whom an executor engages under an order."""

    order: Id
    provider: Id
    since: Moment | None = None
    until: Moment | None = None


class InvolvementIn(Wire):
    """Help of the recorder's own organisation (without `organisations`), or joint help, which names all."""

    kind: Literal["help", "joint-help"]
    about: Id
    organisations: Ids | None = None
    since: Moment | None = None
    until: Moment | None = None


class ReferralIn(Wire):
    """A referral by the recorder himself."""

    about: Id
    to: Id
    on: Moment | None = None
    client_informed: StrictBool | None = None


class MandateIn(Wire):
    """Whom a youth chose as his mentor, now."""

    mentor: Id
    youth: Id
    since: Moment
    until: Moment
    categories: Annotated[
        list[Literal["goals", "appointments", "professionals", "safety-plan"]], Field(min_length=1, max_length=4)
    ]


class ConsentIn(Wire):
    """A yes. Recipients are always named (CV-09).

    The caller's own; or assisted, and then `given_by` says whose it is, `form` how he gave it, `identity` how it was
    seen that it was he, and `text_sha256` is the SHA-256 of the text that he was shown.
    """

    about: Id
    holders: Annotated[Literal["any"] | Ids, BeforeValidator(_any_or_list)]
    recipients: Ids
    purposes: _Purposes
    categories: Listed
    until: Day | None = None
    given_by: Id | None = None
    form: _How | None = None
    identity: _Identity | None = None
    text_sha256: _Sha256 | None = None


class RefusalIn(Wire):
    """A no. What it does not name it refuses for all. `given_by` names whose it is where a helper writes it down."""

    about: Id
    holders: Ids | None = None
    recipients: Ids | None = None
    purposes: _Purposes | None = None
    categories: Listed | None = None
    given_by: Id | None = None
    written: StrictBool | None = None


class ConsideredWishIn(Wire):
    """What a youth keeps wanting after reflection."""

    youth: Id
    recipients: Ids


class SwitchesIn(Wire):
    """Which categories a mentor may see from now on, and which not; what is not named stays as it is."""

    categories: Annotated[
        dict[Literal["goals", "appointments", "professionals", "safety-plan"], StrictBool], Field(min_length=1)
    ]


RECORDED: Final[Mapping[str, type[Wire]]] = {
    "persons": PersonIn,
    "family": FamilyIn,
    "authority": AuthorityIn,
    "capacity": CapacityIn,
    "orders": OrderIn,
    "assignments": AssignmentIn,
    "involvements": InvolvementIn,
    "referrals": ReferralIn,
    "mandates": MandateIn,
    "consents": ConsentIn,
    "refusals": RefusalIn,
    "considered_wishes": ConsideredWishIn,
}
"""What is said of a new fact, by section; organisations, professionals and replacements are administrators' to keep
(`gateway.api.facts.administering`)."""


class EvidenceIn(Wire):
    """What who confirms has seen or done: `on` and `how` of telling a client, `agreed_by` of a parent's agreement."""

    document_sha256: _Sha256 | None = None
    identity: Literal["identity-document", "known-in-person"] | None = None
    on: Moment | None = None
    how: _How | None = None
    agreed_by: Id | None = None


def _model(name: str, doc: str, fields: tuple[str, ...], **more: Any) -> type[Wire]:
    named: Any = Literal[fields]
    # One field needs no name.
    told: Any = (named, fields[0]) if len(fields) == 1 else (named, ...)
    return create_model(name, __base__=Wire, __doc__=doc, field=told, **more)


def _named(section: str, kind: Literal["confirmations", "closings"]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in ROWS:
        if row.section == section:
            of_row = row.confirmations if kind == "confirmations" else row.closings
            found |= dict.fromkeys(_field_of(each) for each in of_row)
    return tuple(found)


def _field_of(each: Any) -> str:
    return str(getattr(each, "name", None) or each.field)


CONFIRMED: Final[Mapping[str, type[Wire]]] = {
    section: _model(
        f"{section.title().replace('_', '')}ConfirmationIn",
        "Which part of a fact is confirmed, and on what.",
        fields,
        evidence=(EvidenceIn | None, None),
    )
    for section in RECORDED
    if (fields := _named(section, "confirmations"))
}
"""What is said of a confirmation, for each section that has one."""

CLOSED: Final[Mapping[str, type[Wire]]] = {
    section: _model(
        f"{section.title().replace('_', '')}ClosingIn",
        "How a fact ends; at once, or later where `on` says so.",
        fields,
        **({"on": (Moment | None, None)} if LATER & set(fields) else {}),
    )
    for section in RECORDED
    if (fields := _named(section, "closings"))
}
"""What is said of an end, for each section that has one."""
