"""B6: a plan as FHIR, against orjson alone on the way out and against fhir.resources on the way in.

Runs in this process, without a database: `python -m benchmarks.fhir` prints its line alone. Out: the bytes of a bundle
of some fifty resources, to those of the same dict by bare orjson; what it costs to make the dict of a plan stands
beside it. In: a bundle read, checked and told apart into elements, to what fhir.resources takes to validate it.
"""

import sys
from datetime import date
from statistics import median
from typing import Any, Final

import orjson

from benchmarks.alternating import costs, microseconds, ratios
from benchmarks.mapping import answers
from benchmarks.report import printed
from gateway.flow.assembling import assemble
from schemas.fhir import Origin, Read, bundle_of, json_bytes, read_bundle, read_json
from schemas.plan import Element, Plan

ROUNDS: Final = 9
FLOOR: Final = 3.0
"""Of B6 less is better, so its floors and its goal are the most that there may be."""
GOAL: Final = 2.0
INBOUND_FLOOR: Final = 0.2
_BATCH: Final = 4
_BASE: Final = "https://schakel.example/fhir"


def measured(rounds: int = ROUNDS) -> dict[str, Any]:
    """Return the line of B6."""
    # Imported here: it builds its models for a quarter of a second, and the gateway never does.
    from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415

    elements = [each for source, permit, records in answers() for each in source.map(records, permit).elements]
    plan = assemble(elements, date.today())  # noqa: DTZ011 - the local day will do
    bundle = bundle_of(plan, base=_BASE)
    body = json_bytes(bundle)
    plain = orjson.loads(body)
    written, bare, whole = costs(
        rounds, lambda: json_bytes(bundle), lambda: orjson.dumps(plain), lambda: _written(plan), batch=_BATCH
    )
    read, validated = costs(
        rounds, lambda: _read(body, elements[0]), lambda: Bundle.model_validate_json(body), batch=_BATCH
    )
    found = ratios(written, bare)
    ratio, inbound = round(median(found), 2), round(median(ratios(read, validated)), 3)
    return {
        "benchmark": "B6",
        "ratio": ratio,
        "floor": FLOOR,
        "goal": GOAL,
        "ok": ratio <= FLOOR and inbound <= INBOUND_FLOOR,
        "resources": len(plain["entry"]),
        "bytes": len(body),
        "cpu_us": microseconds(written),
        "from_plan_cpu_us": microseconds(whole),
        "inbound_ratio": inbound,
        "inbound_floor": INBOUND_FLOOR,
        "read_cpu_us": microseconds(read),
        "fhir_resources_cpu_us": microseconds(validated),
        "rounds": [round(each, 2) for each in found],
    }


def _written(plan: Plan) -> bytes:
    return json_bytes(bundle_of(plan, base=_BASE))


def _read(body: bytes, element: Element) -> Read:
    source = element.source
    origin = Origin(source.organisation, source.system, source.retrieved_at, element.handling)
    return read_bundle(read_json(body), origin)


if __name__ == "__main__":
    sys.exit(printed(measured()))
