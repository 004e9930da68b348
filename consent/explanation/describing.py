"""A fact in a few words, for a privacy officer: what it is, since when, and what about it may have decided."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from consent.entries import Involvement, ParentAgreement, Record, Refusal
from consent.entry import Capability, Entry, Everything
from consent.explanation.catalogue import Texts
from consent.outlook.dates_of_facts import own_term
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

_LONG_LIST: Final = 6
_UNTOLD: Final = frozenset({"source", "reason", "text", "step3_skipped_because", "matter", "reference", "form", "name"})
"""What a fact is not told with: how it was read, and free texts, in which anything can stand."""

_ABOUT: Final = ("holders", "recipients", "purposes", "categories")
_PAPERS: Final = ("youth_chose_on", "identity_verified_on", "confidentiality_statement_on")
_DONE: Final = frozenset({*_PAPERS, "verified_on", "reconfirmed_on"})
"""The dates that say that something was done, if they have come."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of a kind of fact beside its first words.

    `details` where they are given, `telling` flags where they are true, `denying` ones where they are false, and
    `needed` where they are absent.
    """

    details: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    denying: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


TOLD: Final[Mapping[str, Telling]] = {
    "Consent": Telling((*_ABOUT, "until", "withdrawn_on"), denying=("free", "express", "identity_verified")),
    "Refusal": Telling((*_ABOUT, "withdrawn_on"), ("written",)),
    "Authority": Telling(
        ("scope", "until", "suspended_on", "verified_on", "unreachable_attempts"),
        ("disputed",),
        needed=("verified_on",),
    ),
    "CapacityFinding": Telling(),
    "FamilyFact": Telling(("via", "until"), ("lives_with", "contact_denied")),
    "Order": Telling(("executor", "workers", "until", "ended_on", "verified_on"), needed=("verified_on",)),
    "Assignment": Telling(("until",)),
    "Involvement": Telling(("organisations", "professional", "replaces", "until", "objection_on")),
    "Referral": Telling(("objection_on",), denying=("client_informed",)),
    "Mandate": Telling(
        ("until", *_PAPERS, "youth_withdrew_on", "suspended_on", "reconfirmed_on", "parent_agreements", "categories"),
        needed=_PAPERS,
    ),
    "HolderDecision": Telling(("categories", "meldcode_steps", "step3_skipped_because"), denying=("approved",)),
    "Record": Telling(
        ("regime", "created_on", "confidential_from"),
        ("told_in_confidence", "good_care_veto", "restricted"),
        needed=("regime",),
    ),
    "Emergency": Telling(
        denying=("live_contact", "cannot_consent", "holder_unreachable"), needed=("reason_code", "text")
    ),
    "Organisation": Telling(telling=("emergency_opt_in",)),
    "Professional": Telling(denying=("trusted",)),
    "Person": Telling(telling=("under_guardianship",)),
}
"""By the name of the class of the fact."""

_WORDS: Final[Mapping[type[StrEnum], str]] = {
    AuthorityKind: "authority-kind",
    AuthorityScope: "scope",
    Capability: "capability",
    Category: "category",
    Purpose: "purpose",
    Regime: "regime",
    Role: "role",
    OrganisationKind: "organisation-kind",
    InvolvementKind: "involvement-kind",
    OrderKind: "order-kind",
    Relation: "relation",
}


def described(texts: Texts, name: str, entry: Entry, at: datetime) -> str:
    """Return a fact as it was at `at`: `c1 (yes of sem, 1 November 2026, withdrawn 3 November 2026)`."""
    kind = type(entry).__name__
    values = {key: _value(texts, getattr(entry, key)) for key in entry.__slots__ if key not in _UNTOLD}
    for key in _DONE & values.keys():
        if (done := getattr(entry, key)) is not None and done > at:
            values[key] = texts("not-yet", value=values[key])
    first = texts(f"fact.{kind}", **values)
    return f"{name} ({', '.join([first, *_more(texts, TOLD[kind], entry, values), *_term(texts, entry)])})"


def _term(texts: Texts, entry: Entry) -> Iterator[str]:
    term = own_term(entry)
    said: datetime | None = getattr(entry, "until", None)
    if term is not None and (said is None or term.at < said):
        yield texts("detail.term", value=texts.day(term.at))


def _more(texts: Texts, told: Telling, entry: Entry, values: Mapping[str, str]) -> Iterator[str]:
    for key in told.details:
        value = getattr(entry, key)
        # A refusal that names nothing is against everything: it says so by saying nothing.
        if value and not (isinstance(value, Everything) and isinstance(entry, Refusal)):
            yield texts(f"detail.{key}", value=values.get(key, ""))
    yield from (texts(f"flag.{key}") for key in told.telling if getattr(entry, key))
    yield from (texts(f"flag.{key}") for key in told.denying if not getattr(entry, key))
    yield from (texts(f"absent.{key}") for key in told.needed if getattr(entry, key) is None)
    if isinstance(entry, Record) and entry.origin is RecordSource.THIRD_PARTY:
        yield texts("detail.origin")
    if isinstance(entry, Involvement) and entry.kind is InvolvementKind.JOINT_HELP and not entry.client_informed:
        yield texts("flag.client_informed")


def _value(texts: Texts, value: Any) -> str:
    if isinstance(value, date):
        return texts.day(value)
    if isinstance(value, Everything):
        return texts("anybody")
    if isinstance(value, frozenset | tuple):
        return _many(texts, sorted(value) if isinstance(value, frozenset) else value)
    if isinstance(value, ParentAgreement):
        withdrawn = value.withdrawn_on and texts("detail.withdrawn_on", value=texts.day(value.withdrawn_on))
        return f"{value.by} {texts.day(value.on)}{f' ({withdrawn})' if withdrawn else ''}"
    kind = _WORDS.get(type(value))
    return str(value) if kind is None else texts(f"{kind}.{value}")


def _many(texts: Texts, values: Sequence[Any]) -> str:
    if len(values) > _LONG_LIST and isinstance(values[0], Category):
        return texts("kinds", count=len(values))
    return texts.listed([_value(texts, one) for one in values])
