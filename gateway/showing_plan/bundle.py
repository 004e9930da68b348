"""A Bundle as the exchange answers it, or another's FHIR, as the plan's own JSON: one way of showing is enough.

What another's file holds and the plan has no place for is named, never left out silently.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from gateway.fhir.outcomes import RECEIPT
from gateway.fhir.plan_bundle import SOURCE
from gateway.flow.release import MESSAGE
from schemas.fhir import Origin, Read, read_bundle, read_json
from schemas.plan import Handling, Plan
from schemas.plan_json import plan_json

_SAID: Final = "OperationOutcome"
"""The resource of an answer that holds what every answer says, and which sources answered."""
_PAGED: Final = "Bundle: entry*.search.mode:"
"""How a search of ours says which resource was searched for: the plan itself."""
_SHOWN_ONLY: Final = Origin(
    organisation="",
    system="",
    # Neither is shown, and nothing is decided on what is read here.
    retrieved_at=datetime(1970, 1, 1, tzinfo=UTC),
    handling=Handling(created_on=""),
)


def answer_of_bundle(document: bytes) -> dict[str, Any]:
    """Return what a Bundle, or one resource, says as an answer of the native door.

    `left` is what had no place, `foreign` says that it is no plan as a gateway answers it.

    Raises:
        ValueError: it is not FHIR that can be read.
    """
    try:
        told = read_json(document)
        read = read_bundle(told, _SHOWN_ONLY)
        plan = read.plan or _of_strangers(read)
        said = [each for each in _resources(told) if each.get("resourceType") == _SAID]
        answer: dict[str, Any] = orjson.loads(
            orjson.dumps(
                {
                    "plan": plan_json(plan),
                    "released": {name: asdict(each) for name, each in read.released.items()},
                    "sources": [source for each in said for source in _sources(each)],
                    "message": MESSAGE if any(text == MESSAGE["en"] for each in said for text in _texts(each)) else {},
                    "receipt": {"at": _at(told)},
                    "foreign": read.plan is None,
                    "left": [f"{each.resource}: {each.path}: {each.why}" for each in read.leftovers],
                }
            )
        )
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError("it is not FHIR R4 in JSON") from error
    said_elsewhere = (_SAID,) if read.plan is None else (_SAID, _PAGED)
    answer["left"] = [each for each in answer["left"] if not each.startswith(said_elsewhere)]
    return answer


def _of_strangers(read: Read) -> Plan:
    """Return the elements of who makes no plan of ours; what follows from a decision is not told of them."""
    family = sorted({person for each in read.elements for person in each.about})
    return Plan(tuple(family), (), (), tuple(read.elements))


def _resources(told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in told.get("entry", ()):
        yield each.get("resource", {})


def _sources(said: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for each in said.get("extension", ()):
        if each.get("url") == SOURCE:
            yield {part["url"]: part.get("valueString") or part.get("valueCode") for part in each["extension"]}


def _texts(said: Mapping[str, Any]) -> Iterator[str]:
    for issue in said.get("issue", ()):
        yield issue.get("details", {}).get("text", "")


def _at(told: Mapping[str, Any]) -> str | None:
    for each in told.get("meta", {}).get("extension", ()):
        if each.get("url") == RECEIPT:
            at: str | None = json.loads(each["valueString"]).get("at")
            return at
    return None
