"""Events of every kind, opened, as the gateway writes them."""

from datetime import UTC, datetime
from typing import Any, Final

from audit.events import EventOutcome, Field, Kind
from audit.part import WHOLE, Part, part
from audit.renderings.elements import Node
from audit.renderings.fhir import audit_events
from audit.told import Told

NODE: Final = Node("https://schakel.example", {"consents": "yes-", "refusals": "no-"}, {"sem": "A1B2C3D4"}.__getitem__)
AT: Final = datetime(2026, 11, 26, 9, 0, 0, 123000, tzinfo=UTC)
REQUEST: Final = "0e5c1c0e-0000-4000-8000-000000000001"
TEXT: Final = "Sem is weggelopen en belt niet terug"
"""What somebody wrote: it stands in events, and must stand in nothing that is made of them."""

ANNA: Final = {
    "form": "professional",
    "id": "anna",
    "organisation": "team-noord",
    "role": "youth-professional",
    "client": "team-noord-system",
    "authentication": "substantial",
}
OFFICER: Final = ANNA | {"form": "officer", "id": "officer-of-team", "role": None}
SEM: Final = ANNA | {
    "form": "person",
    "id": "sem",
    "organisation": "person",
    "role": None,
    "client": "person-system",
}


def told(kind: Kind, outcome: str = "ok", **more: Any) -> Told:
    """Return an event; `fields` takes words for the fields."""
    fields = {Field(name): value for name, value in more.pop("fields", {}).items()}
    basis: dict[str, Any] = {
        "seq": 7,
        "id": "0199f0c4-0000-7000-8000-000000000007",
        "at": AT,
        "organisation": "team-noord",
        "counterparties": (),
        "rule_set": None,
        "request_id": REQUEST,
        "person": None,
    }
    return Told(**(basis | more), kind=kind, outcome=EventOutcome(outcome), fields=fields)


def element(name: str, holder: str, category: str, result: str = "release", **more: Any) -> dict[str, Any]:
    basis = "LB-01" if result == "release" else None
    return {"id": name, "holder": holder, "category": category, "result": result, "basis": basis, "reason": None} | more


ELEMENTS: Final = (
    element("e-1", "ggz-west", "goals"),
    element("e-2", "ggz-west", "goals"),
    element("e-3", "school-1", "school", basis="LB-02"),
    element("e-4", "school-1", "health", "withhold", reason="THIRD_PARTY_PRIVACY"),
)


def decided(outcome: str = "partial", elements: tuple[dict[str, Any], ...] = ELEMENTS, **more: Any) -> Told:
    """Return the event of a request."""
    kind = {"review": Kind.EXCHANGE_REVIEWED, "deny": Kind.EXCHANGE_DENIED}.get(outcome, Kind.EXCHANGE_DISCLOSED)
    evidence = ["gezag-moeder", "ja-moeder", "nee-sem"]
    fields = {
        "actor": ANNA,
        "subject": "sem",
        "purpose": "coordinate-plan",
        "categories": "all",
        "elements": list(elements),
        "decision": {
            "outcome": outcome,
            "elements": {each["id"]: {"result": each["result"], "evidence": evidence} for each in elements},
            **({"reason": "NO_BASIS"} if outcome == "deny" else {}),
        },
        "facts": {
            "consents": [{"id": "ja-moeder", "about": "sem"}, {"id": "ja-ander", "about": "mila"}],
            "refusals": [{"id": "nee-sem", "about": "sem"}],
        },
        "request": {"id": REQUEST},
        "detail": {"not_asked": [], "waiting": [], "silent": {}},
        "answer": "c2hhMjU2",
        "justification": TEXT,
    }
    return told(
        kind,
        outcome,
        **(
            {"person": "sem", "rule_set": "2026-11", "counterparties": ("ggz-west", "school-1")}
            | more
            | {"fields": fields | more.get("fields", {})}
        ),
    )


def acted(kind: Kind, outcome: str = "ok", *, detail: Any = None, **more: Any) -> Told:
    """Return the event of any other act about Sem."""
    fields = {
        "actor": ANNA,
        "subject": "sem",
        "request": {"id": REQUEST},
        "detail": {"said": {"note": TEXT}} if detail is None else detail,
    }
    return told(kind, outcome, **({"person": "sem"} | more | {"fields": fields | more.get("fields", {})}))


def consent(kind: Kind, **more: Any) -> Told:
    detail = {"section": "consents", "fact": "ja-sem", "version": 3, "said": {"note": TEXT}}
    return acted(kind, detail=detail, organisation="person", fields={"actor": SEM}, **more)


def read(what: str, outcome: str = "ok", **more: Any) -> Told:
    return acted(Kind.LOG_READ, outcome, detail={"read": what}, **more)


EVERY: Final = (
    decided(),
    decided("permit", ELEMENTS[:3]),
    decided("deny", ()),
    decided("deny", (element("e-4", "school-1", "health", "withhold", reason="CONSENT_REFUSED"),)),
    decided("review", (element("e-5", "ggz-west", "risk", "review", reason="HOLDER_DECISION_PENDING"),)),
    acted(Kind.EXCHANGE_DELIVERED),
    acted(Kind.EXCHANGE_ABORTED, "error", detail={"why": "client-gone"}, person=None),
    *(consent(each) for each in Kind if each.startswith("consent.")),
    *(
        acted(each, detail={"section": "orders", "fact": "ots-1", "said": {"note": TEXT}})
        for each in Kind
        if each.startswith("fact.")
        or each in {Kind.AUTHORITY_CHANGED, Kind.ORDER_CHANGED, Kind.CAPACITY_RECORDED, Kind.MANDATE_CHANGED}
    ),
    acted(Kind.FACT_REFUSED, "deny", detail={"path": "/api/v1/facts/consents"}),
    acted(
        Kind.EMERGENCY_OPENED,
        counterparties=("ggz-west",),
        rule_set="2026-11",
        detail={"reason_code": "runaway"},
        fields={"purpose": "emergency", "justification": TEXT},
    ),
    acted(Kind.EMERGENCY_CLOSED, counterparties=("ggz-west",)),
    acted(Kind.REVIEW_OPENED),
    acted(Kind.REVIEW_DECIDED),
    acted(Kind.HOLDER_DECIDED),
    acted(Kind.OBLIGATION_DONE),
    read("facts"),
    read("facts", person=None),
    read("facts", "deny"),
    read("forecast", organisation="person", fields={"actor": SEM}),
    read("decision", person=None, fields={"actor": OFFICER}),
    acted(Kind.LOG_EXPORTED, person=None, organisation="operator", fields={"actor": {"officer": "fg-1"}}),
    acted(Kind.LOG_UNMASKED, organisation="operator", fields={"actor": {"operator": "operator", "account": "root"}}),
    acted(Kind.SUBJECT_ERASED, person=None),
    told(Kind.TOKEN_ISSUED, fields={"actor": ANNA, "detail": {"token": TEXT}}),
    told(Kind.TOKEN_REFUSED, "deny", organisation="system", fields={"detail": {"why": TEXT}}),
    told(Kind.LOGIN, fields={"actor": ANNA}),
    told(
        Kind.CONFIG_CHANGED, organisation="operator", fields={"actor": {"operator": "operator"}, "detail": {"a": TEXT}}
    ),
    told(Kind.KEY_ROTATED, organisation="operator"),
    told(
        Kind.SOURCE_FAILED,
        "error",
        organisation="system",
        counterparties=("ggz-west",),
        fields={"detail": {"system": "ggz-west/epd", "why": "timeout"}},
    ),
    told(Kind.RULES_CONFIRMED, organisation="operator", fields={"actor": {"officer": "fg-1"}}),
    acted(Kind.NOTIFICATION_GIVEN, organisation="system", counterparties=("ggz-west",), fields={"actor": {}}),
    acted(Kind.NOTIFICATION_FAILED, "error", organisation="system", counterparties=("ggz-west",)),
    acted(Kind.SIMULATION),
    told(Kind.FLOOD, "deny", organisation="system", fields={"detail": {"count": 9}}),
)
"""One event of each kind and outcome, or more."""

VIEWERS: Final = (WHOLE, "team-noord", "ggz-west", "school-1")


def seen(event: Told, viewer: str = WHOLE) -> Part:
    """Return what `viewer` may see of an event of which he may see something."""
    found = part(event, viewer)
    assert found is not None
    return found


def everything() -> list[Part]:
    """Return every event as each viewer may see it."""
    found = [part(event, viewer) for event in EVERY for viewer in VIEWERS]
    return [each for each in found if each is not None]


def rendered(event: Told, viewer: str = WHOLE) -> list[dict[str, Any]]:
    return audit_events(seen(event, viewer), NODE)
