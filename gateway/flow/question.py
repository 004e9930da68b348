"""What a requester may say himself, and nothing else (facts contract, *Who*), and the request made of it."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from consent.entry import EVERYTHING
from consent.request import Emergency, HolderDecision, Request, Requester
from consent.world.fields import text
from gateway.shapes import LONGEST_ID, FreeText, Identifier, Listed, Wire
from schemas.calendar import AMSTERDAM
from schemas.words import ALL, Purpose

NOBODY: Final = "(unknown)"
"""Whom a request is about when the identifier names nobody that we know: no fact is about him."""


def _all_or_list(value: object) -> object:
    # One error for a wrong value, not one for each of two forms.
    if value == ALL or type(value) is list:
        return value
    raise ValueError(f"expected a list of categories, or `{ALL}`")


class PersonName(Wire):
    """A person, by an identifier and the system that it belongs to."""

    system: Identifier
    value: Annotated[str, Field(min_length=1, max_length=LONGEST_ID, repr=False)]


class DeclaredEmergency(Wire):
    """What a crisis worker declares (LB-24)."""

    reason_code: Identifier | None = None
    text: FreeText = None
    live_contact: bool = Field(default=False, strict=True)
    cannot_consent: bool = Field(default=False, strict=True)
    holder_unreachable: bool = Field(default=False, strict=True)


class Question(Wire):
    """The body of `POST /api/v1/exchange/plan`."""

    person: PersonName
    purpose: Purpose
    categories: Annotated[Literal["all"] | Listed, BeforeValidator(_all_or_list)]
    records: Annotated[list[Identifier], Field(min_length=1, max_length=1000)] | None = None
    order: Identifier | None = None
    referral: Identifier | None = None
    question: FreeText = None
    justification: FreeText = None
    matter: FreeText = None
    emergency: DeclaredEmergency | None = None


def request_of(question: Question, requester: Requester, person: str | None, *, at: datetime) -> Request:
    """Return what is asked, in the words of the decision contract. `requester` and `at` are never the body's."""
    told: dict[str, Any] = {
        "at": at.astimezone(AMSTERDAM).isoformat(),
        "requester": {requester.form: requester.id},
        "about": person or NOBODY,
    } | question.model_dump(mode="json", exclude={"person"}, exclude_none=True)
    return Request(
        source=told,
        at=at,
        requester=requester,
        about=told["about"],
        purpose=question.purpose,
        categories=EVERYTHING if isinstance(question.categories, str) else frozenset(question.categories),
        records=EVERYTHING if question.records is None else frozenset(question.records),
        order=question.order,
        referral=question.referral,
        question=question.question,
        justification=question.justification,
        matter=question.matter,
        emergency=None if question.emergency is None else _emergency(question.emergency),
    )


def answered_by_holders(
    request: Request, decisions: tuple[HolderDecision, ...], initiative: Literal["holder"] | None
) -> Request:
    """Return `request` with what holders decided about it; of who is not known, nobody decided anything."""
    if request.about == NOBODY or not decisions:
        return request
    told: dict[str, Any] = {**request.source}
    if initiative is not None:
        told["initiative"] = initiative
    told["holder_decisions"] = [dict(each.source) for each in decisions]
    return replace(request, source=told, initiative=initiative, holder_decisions=decisions)


def _emergency(declared: DeclaredEmergency) -> Emergency:
    return Emergency(
        reason_code=text(declared.reason_code or ""),
        text=declared.text,
        live_contact=declared.live_contact,
        cannot_consent=declared.cannot_consent,
        holder_unreachable=declared.holder_unreachable,
    )
