"""Events as their keys open them, made by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from audit.events import EventOutcome, Field, Kind
from audit.told import Told

FRIDAY = datetime.fromisoformat("2026-11-27T10:00:00+01:00")
ANNA = {"form": "professional", "id": "anna", "organisation": "team-noord"}


def event(kind: Kind, fields: Mapping[Field, Any], *, at: datetime = FRIDAY, **more: Any) -> Told:
    given = {
        "seq": 1,
        "id": "e1",
        "outcome": EventOutcome.PERMIT,
        "organisation": "team-noord",
        "counterparties": (),
        "rule_set": "2026-11",
        "request_id": "q1",
        "person": "sem",
    }
    return Told(at=at, kind=kind, fields=fields, **{**given, **more})


def disclosed(*elements: tuple[str, str, str], decided: tuple[str, ...] = (), **more: Any) -> Told:
    """Return a release of elements: of which holder, on which basis, with which obligations (divided by spaces)."""
    found = [{"id": f"r{n}", "holder": holder, "result": "release"} for n, (holder, _, _) in enumerate(elements)]
    told = {f"r{n}": {"basis": basis, "obligations": codes.split()} for n, (_, basis, codes) in enumerate(elements)}
    codes = sorted({*decided, *(code for each in told.values() for code in each["obligations"])})
    fields = {
        Field.ACTOR: ANNA,
        Field.SUBJECT: "sem",
        Field.ELEMENTS: found,
        Field.DECISION: {"elements": told, "obligations": codes},
    }
    return event(Kind.EXCHANGE_DISCLOSED, fields, **more)


def assisted(**said: Any) -> Told:
    """Return a yes that Anna's team recorded for Sem."""
    told = {"given_by": "sem", "recipients": ["team-noord"], "form": "in-person", **said}
    fields = {Field.ACTOR: ANNA, Field.SUBJECT: "sem", Field.DETAIL: {"section": "consents", "said": told}}
    return event(Kind.CONSENT_GIVEN, fields, outcome=EventOutcome.OK)
