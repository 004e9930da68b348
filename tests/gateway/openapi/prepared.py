"""A world in which most doors have something to answer, and what there is in it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from gateway.sandbox.call import Answer
from tests.gateway.openapi.acts import EXPLAINED, FACTS, GUARDIAN, LOG, ORDER, SIGNALS, stands_in
from tests.gateway.openapi.sweeping import Known
from tests.gateway.reviews.stage import Stage, found
from tests.gateway.running import PLAN, Running, question
from tests.gateway.worlds import YES, record, world

_KINDS: Final = {
    "gi": "certified-institution", "raad": "child-protection-board", "linde": "youth-care",
    "crisis-a": "crisis-service",
}  # fmt: skip
_WORKERS: Final = {
    "gijs": ("gi", "family-guardian"), "bo": ("raad", "board-investigator"), "lies": ("linde", "youth-professional"),
    "kris": ("crisis-a", "crisis-worker"),
}  # fmt: skip
_YES: Final = {each: said for each, said in YES.items() if each not in {"given_by", "on"}}


def family() -> dict[str, Any]:
    """Return the small world with all who may say something of Sem, a weak login, and a sister who is a mentor."""
    told = world()
    told["organisations"] += [{"id": name, "kind": kind} for name, kind in _KINDS.items()]
    told["organisations"][1]["emergency_opt_in"] = True
    told["professionals"] += [{"id": name, "organisation": of, "role": role} for name, (of, role) in _WORKERS.items()]
    weak = {"id": "wim", "organisation": "team-noord", "role": "youth-professional", "trusted": False}
    told["professionals"].append(weak)
    told["persons"] += [{"id": name, "born": "1980-01-01"} for name in ("tante", "oom")]
    told["involvements"] = [
        {"id": f"{name}-{about}", "kind": "help", "about": about, "organisations": [name], "since": "2026-01-01"}
        for name, about in (("team-noord", "sem"), ("ggz-west", "sem"), ("ggz-west", "oom"))
    ]
    told["records"].append(record("r4", category="risk"))
    told["request"]["requester"] = {"mentor": "zus"}
    return told


async def prepare(gateway: Running) -> Known:
    """Ask, have a review opened, and return what there is then."""
    asked = _read(await gateway.ask("professional:anna", "sem", "coordinate-plan"))
    event = asked["receipt"]["event"]
    ticket = {"reason": "complaint", "scope": {"event": event}}
    opened = _read(await gateway.call("officer", "POST", f"{LOG}/tickets", ticket))["id"]
    explained = _read(await gateway.call("officer", "POST", f"{SIGNALS}/explained", EXPLAINED))["id"]
    stage = Stage(gateway)
    released = await stage.released()
    await stage.follow()
    [item], owed = await stage.items(released), await stage.owed(released)
    seen = _read(await gateway.call("person:sem", "GET", "/api/v1/persons/sem/facts"))["facts"]
    parts = {
        **{f"{each['section']}/fact_id": each["id"] for each in reversed(seen)},
        "request_id": asked["request_id"], "event_id": event, "ticket": opened, "explained": explained,
        "item": str(item.id), "obligation": str(owed[0].id), "person": "sem",
    }  # fmt: skip
    return Known(parts, {f"post {path}": body for path, body in _bodies(ticket, opened).items()})


def _read(answer: Answer) -> Mapping[str, Any]:
    assert answer.status in {200, 201}, answer
    told: Mapping[str, Any] = json.loads(answer.body)
    return told


def _bodies(ticket: Mapping[str, Any], opened: str) -> dict[str, Mapping[str, Any]]:
    withdrawn, until = {"field": "withdrawn_on"}, {"field": "until"}
    return {
        PLAN: question("sem", "coordinate-plan"),
        "/api/v1/decisions/simulate": world(),
        f"{LOG}/search": {"limit": "5"},
        f"{LOG}/breach": {"account": "anna"},
        f"{LOG}/access-report": {"person": "sem"},
        f"{LOG}/tickets": ticket,
        f"{LOG}/{{event_id}}/content": {"ticket": opened},
        "/api/v1/reviews/{item}/verdict": found(),
        "/api/v1/obligations/{obligation}/done": {"how": "Wij hebben de moeder gebeld."},
        f"{SIGNALS}/explained": EXPLAINED,
        f"{FACTS}/consents": _YES,
        f"{FACTS}/consents/{{fact_id}}/close": withdrawn,
        f"{FACTS}/authority": GUARDIAN,
        f"{FACTS}/orders": ORDER,
        f"{FACTS}/refusals": {"about": "sem", "recipients": ["politie"]},
        f"{FACTS}/considered_wishes": {"youth": "sem", "recipients": ["team-noord"]},
        f"{FACTS}/involvements": {"kind": "help", "about": "sem"},
        f"{FACTS}/persons": {"family_of": "sem", "born": "2018-03-04"},
        f"{FACTS}/family": {"person": "moeder", "of": "sem", "relation": "parent"},
        f"{FACTS}/mandates": {
            "mentor": "zus", "youth": "sem", "since": "2026-11-26", "until": "2027-02-01", "categories": ["goals"],
        },
        f"{FACTS}/family/{{fact_id}}/close": until,
        f"{FACTS}/replacements": stands_in(),
        "/api/v1/holder/decisions": {
            "about": "sem", "asker": {"organisation": "team-noord"}, "purpose": "coordinate-plan", "approved": False,
            "reason": "Sem heeft ons gevraagd dit niet te delen.",
        },
    }  # fmt: skip
