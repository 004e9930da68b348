"""What the OpenAPI document says of the officer's search."""

from collections.abc import Mapping
from typing import Any, Final

from gateway.log.question import KNOWN

SAID: Final[Mapping[str, str]] = {
    "kind": "The kind of event.",
    "outcome": "How it ended, in the part of it that the officer may see.",
    "organisation": "Who asked or acted: an organisation's id.",
    "counterparty": "The other organisation.",
    "actor": "The account that acted: the id of a professional, person, mentor or officer.",
    "client": "The client (the system) through which it was asked.",
    "purpose": "Why it was asked.",
    "basis": "The number of a rule by which an element was decided, such as LB-07.",
    "emergency": "`yes`: only emergency access.",
    "person": "The id inside Schakel, or `url` of a person in an answer. Needs `reason`. Never a number from outside.",
    "reason": "Why the officer looks for one person.",
    "from": "The first instant or day.",
    "to": "The first instant or day that is not asked any more.",
    "limit": "The most events on a page, 1 to 200; 50 where it is left out.",
    "after": "`next` of the page before.",
}


def parameters(*names: str) -> list[dict[str, Any]]:
    """Return members of a question as parameters of a query."""
    return [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": SAID[name]}
        for name in names
    ]


def success(said: str, media_type: str = "application/json") -> dict[str, Any]:
    """Return the good answer of a route of the log, as `said`; what JSON is says `gateway.api.answers`."""
    return {"description": said, "content": {media_type: {"schema": {"type": "string"}}}}


def body(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    """Return the description of a JSON body."""
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


PERSON: Final = {
    "oneOf": [
        {"type": "string", "description": "The id inside Schakel, or `url` of a person in an answer."},
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["system", "value"],
            "properties": {"system": {"type": "string"}, "value": {"type": "string"}},
        },
    ]
}
_PAGE: Final = (
    "A page of `events`, the newest first; `next` is the place of the next page, `url` asks the same again, "
    "`complete_up_to` says how far in the log the answer goes, `unreadable` how many of the events that belong on this "
    "page somebody changed or removed: these are not in it, or without what they held."
)
SUCCESS: Final = success(_PAGE)
PARAMETERS: Final = parameters(*sorted(KNOWN))
FORM: Final = body(
    {name: PERSON if name == "person" else {"type": "string", "description": SAID[name]} for name in sorted(KNOWN)}
)
