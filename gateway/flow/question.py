"""What a requester may say himself, and nothing else (facts contract, *Who*), and the request made of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from consent.entry import EVERYTHING
from consent.request import Emergency, HolderDecision, Request, Requester
from consent.world.fields import identifier, text
from gateway.api.wire import Wire, read_body
from schemas.calendar import AMSTERDAM
from schemas.words import ALL, Category, Purpose

NOBODY: Final = "(unknown)"
"""Whom a request is about when the identifier names nobody that we know: no fact is about him."""

_LONGEST: Final = 4000
_LONGEST_ID: Final = 200


def trimmed(value: object) -> object:
    """Return a text without the white space around it, which is absent where nothing is left; else `value`."""
    return text(value) if type(value) is str else value


def _all_or_list(value: object) -> object:
    # One error for a wrong value, not one for each of two forms.
    if value == ALL or type(value) is list:
        return value
    raise ValueError(f"expected a list of categories, or `{ALL}`")


Identifier: TypeAlias = Annotated[str, Field(min_length=1, max_length=_LONGEST_ID), AfterValidator(identifier)]
FreeText: TypeAlias = Annotated[Annotated[str, Field(max_length=_LONGEST)] | None, BeforeValidator(trimmed)]
Listed: TypeAlias = Annotated[list[Category], Field(min_length=1, max_length=len(Category))]


class PersonName(Wire):
    """A person, by an identifier and the system that it belongs to."""

    system: Identifier
    value: Annotated[str, Field(min_length=1, max_length=_LONGEST_ID, repr=False)]


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


def read_question(body: Mapping[str, Any]) -> Question:
    """Return the question that a JSON object asks.

    Raises:
        Problem: `invalid-request`, with the path of every wrong member and never its value.
    """
    return read_body(Question, body)


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
