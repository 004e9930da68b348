"""The schema of the body of each door's success, by method and path; a door that is not here answers no JSON."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from gateway.api.answers import decisions, facts, log, officers
from gateway.api.answers.form import Acknowledged, InLanguages, Out, Receipt
from gateway.api.facts.bodies import CLOSED, CONFIRMED, RECORDED
from gateway.shapes import Wire
from schemas.plan_json import json_schema as plan_schema

Schema = dict[str, Any]

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_LOG: Final = "/api/v1/log"

_MODELS: Final[Mapping[str, type[Out]]] = {
    "get /api/v1/decisions/{request_id}": decisions.DecisionSeen,
    "post /api/v1/decisions/{request_id}/replay": decisions.Replayed,
    "get /api/v1/persons/{person}/facts": facts.FactsShown,
    "get /api/v1/persons/{person}/who-may-see": facts.WhoMaySee,
    "get /api/v1/persons/{person}/forecast": facts.Forecast,
    "get /api/v1/me/access-log": log.OwnLog,
    "get /api/v1/holder/questions": facts.Questions,
    "post /api/v1/holder/questions/{question}/decision": facts.HolderDecided,
    "post /api/v1/holder/decisions": facts.HolderDecided,
    "post /api/v1/facts/organisations/close": facts.RegistrationsEnded,
    "post /api/v1/holder/stop": facts.Stop,
    "post /api/v1/holder/stop/lift": facts.Stop,
    "get /api/v1/emergencies": facts.Emergencies,
    "post /api/v1/emergencies/{emergency}/close": facts.EmergencyClosed,
    "post /api/v1/holder/crisis-set/open": facts.CrisisSet,
    "post /api/v1/holder/crisis-set/close": facts.CrisisSet,
    "get /api/v1/notices": officers.Notices,
    "get /api/v1/notices/webhook": officers.Webhook,
    "get /api/v1/signals": officers.Signals,
    "get /api/v1/signals/explained": officers.Explanations,
    "post /api/v1/signals/explained": officers.ExplanationKept,
    "post /api/v1/signals/explained/{explained}/end": officers.ExplanationEnded,
    "post /api/v1/signals/review": officers.SignalReview,
    f"get {_LOG}": log.Events,
    f"post {_LOG}/search": log.Events,
    f"post {_LOG}/access-report": log.AccessReport,
    f"get {_LOG}/tickets": log.Tickets,
    f"post {_LOG}/tickets": log.TicketKept,
    f"post {_LOG}/tickets/{{ticket}}/approve": log.TicketKept,
    f"post {_LOG}/tickets/{{ticket}}/withdraw": log.TicketKept,
    f"get {_LOG}/{{event_id}}": log.EventWhole,
    f"post {_LOG}/{{event_id}}/content": log.Content,
    "get /api/v1/reviews": officers.Reviews,
    "post /api/v1/reviews/next": officers.ReviewTaken,
    "get /api/v1/reviews/{item}": officers.ReviewWhole,
    "post /api/v1/reviews/{item}/take": officers.ReviewTaken,
    "post /api/v1/reviews/{item}/verdict": officers.ReviewJudged,
    "get /api/v1/obligations": officers.Duties,
    "post /api/v1/obligations/{obligation}/done": officers.DutyDone,
    "get /healthz": officers.Alive,
    "get /readyz": officers.Ready,
}


def answers() -> dict[str, Schema]:
    """Return the schema of each success body, by `METHOD PATH` as the OpenAPI document writes them."""
    decided = _schema(decisions.Decided)
    several = {"anyOf": [decided, {"type": "array", "items": decided}]}
    plan = {"post /api/v1/exchange/plan": _plan(), "post /api/v1/decisions/simulate": several}
    return plan | _facts() | {door: _schema(model) for door, model in _MODELS.items()}


def _schema(model: type[Out]) -> Schema:
    return model.model_json_schema()


def _plan() -> Schema:
    terms = {"basis": _TEXT, "obligations": _TEXTS, "expires_at": {"type": ["string", "null"]}}
    source = {"organisation": _TEXT, "status": _TEXT}
    # Its own schema is closed, for who keeps plans; who reads an answer passes over what he does not know.
    shown = {name: said for name, said in _opened(plan_schema()).items() if name not in {"$schema", "$id"}}
    members = {
        "plan": shown,
        "released": {"type": "object", "additionalProperties": _members(terms)},
        "sources": {"type": "array", "items": _members(source)},
        "message": _schema(InLanguages),
        "request_id": _TEXT,
        "receipt": _schema(Receipt),
    }
    return _members(members)


def _facts() -> dict[str, Schema]:
    path = "/api/v1/facts"
    found = {f"post {path}/{section}": _kept("on", "since", "until") for section in RECORDED}
    found |= {
        f"post {path}/{section}/{{fact_id}}/{act}": _kept(*_named(model), *more)
        for act, models, more in (
            ("confirm", CONFIRMED, ("accepted_by",)), ("close", CLOSED, ("left_by", "objection")),
        )
        for section, model in models.items()
    }  # fmt: skip
    found |= {
        f"post {path}/replacements": _kept("since", "until"),
        f"post {path}/replacements/{{fact_id}}/close": _kept("until"),
        f"post {path}/professionals": _kept("role"),
        f"post {path}/professionals/{{fact_id}}/close": _kept("until"),
    }
    switched = _kept()
    switched["properties"]["categories"] = _TEXTS
    return found | {f"post {path}/mandates/{{fact_id}}/switches": switched}


def _kept(*dates: str) -> Schema:
    """Return what is told of a fact that was kept: what was said as it is now, and the confirmations it `needs`."""
    kept = _schema(Acknowledged)
    told: Schema = {each: {} for each in dates}
    kept["properties"] |= {"id": _TEXT, "needs": _TEXTS, **told}
    kept["required"] = ["id", *kept["required"]]
    return kept


def _named(model: type[Wire]) -> tuple[str, ...]:
    return get_args(model.model_fields["field"].annotation)


def _members(properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _opened(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_opened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _opened(said) for name, said in schema.items() if not (name == "additionalProperties" and said is False)
    }
