"""For each basis of the law one world in which it releases `r1`; properties start from it and change the rest."""

import copy
from collections.abc import Mapping
from typing import Any, Final

from tests.consent.make import approval, authority, consent, incapable, mandate, order, world

Json = dict[str, Any]
HELP: Final = {
    "id": "i1",
    "kind": "joint-help",
    "about": "sem",
    "organisations": ["team", "ggz"],
    "since": "2026-01-10",
}
INFORMED: Final = HELP | {"client_informed": True}
DEPUTY: Final = {"id": "i2", "kind": "replacement", "professional": "zoe", "replaces": "anna", "since": "2026-02-01"}
OPTED_IN: Final = {"reason_code": "acuut", "text": "x" * 40, "live_contact": True, "cannot_consent": True}
APPROVED: Final[Json] = {"holder_decisions": [approval(reason="x" * 40, meldcode_steps=[1, 2, 3, 4, 5])]}
QUESTION: Final[Json] = {"question": "Wat loopt er?"}
MOTHER: Final = {"person": "moeder"}
WGBO: Final = {"regime": "wgbo", "category": "help-status"}
STATUS: Final = {"categories": ["help-status"]}
REFERRED: Final = {"id": "v1", "about": "sem", "by": "anna", "to": "ggz", "on": "2026-01-10", "client_informed": True}
ALONE: Final = [authority("moeder")]
ENGAGED: Final[Json] = {"order": "ots", "provider": "zorg", "since": "2026-01-10"}
FATHER: Final[Json] = {"person": "vader", "of": "sem", "relation": "parent"}
FOSTER: Final[Json] = {"person": "luus", "of": "sem", "relation": "foster-parent", "via": "ggz"}
RISK: Final[Json] = {"category": "risk"}

WORLDS: Final[Mapping[str, Json]] = {
    "LB-01": {"authority": ALONE, "consents": [consent("sem"), consent("moeder")]},
    "LB-02": {
        "age": 16,
        "record": WGBO,
        "request": STATUS,
        "consents": [consent("sem", categories=["help-status"])],
    },
    "LB-04": {"involvements": [INFORMED]},
    "LB-05": {"by": "zoe", "involvements": [INFORMED, DEPUTY]},
    "LB-06": {"by": MOTHER, "purpose": "exercise-authority", "authority": ALONE},
    "LB-07": {"by": "jan", "purpose": "supervision-order", "request": QUESTION, "orders": [order()]},
    "LB-08": {
        "by": "jan",
        "purpose": "supervision-order",
        "request": APPROVED | {"initiative": "holder"},
        "orders": [order()],
    },
    "LB-09": {"by": "jan", "purpose": "guardianship", "authority": [authority("gi", kind="guardianship")]},
    "LB-10": {
        "age": 7,
        "by": "jan",
        "purpose": "partial-authority",
        "authority": [authority("gi", kind="partial", scope="medical")],
        "record": {"category": "health"},
        "request": {"categories": ["health"]},
    },
    "LB-11": {
        "by": "zoe",
        "purpose": "execute-measure",
        "orders": [order()],
        "assignments": [ENGAGED],
        "record": {"holder": "gi"},
        "request": {"holder_decisions": [approval("gi", "jan")]},
    },
    "LB-12": {"by": "rik", "purpose": "child-protection-inquiry", "request": APPROVED},
    "LB-13": {"by": "vera", "purpose": "safety-report", "request": APPROVED},
    "LB-15": {
        "by": "clerk",
        "purpose": "billing",
        "record": {"category": "billing"},
        "request": {"categories": ["billing"]},
    },
    "LB-16": {"by": "toegang", "purpose": "access-decision", "request": QUESTION | APPROVED},
    "LB-18": {"by": {"person": "luus"}, "purpose": "foster-care", "family": [FOSTER]},
    "LB-19": {"by": {"person": "vader"}, "purpose": "parent-information", "family": [FATHER], "request": APPROVED},
    "LB-20": {"by": {"person": "sem"}, "purpose": "own-access"},
    "LB-23": {
        "purpose": "avert-harm",
        "request": APPROVED | {"initiative": "holder", "categories": ["risk"]},
        "record": RISK,
    },
    "LB-24": {
        "by": "kris",
        "purpose": "emergency",
        "record": RISK,
        "request": {"categories": ["risk"], "emergency": OPTED_IN | {"holder_unreachable": True}},
    },
    "LB-25": {
        "age": 19,
        "by": {"person": "vader"},
        "purpose": "own-access",
        "family": [FATHER],
        "capacity": [incapable()],
    },
    "LB-26": {"purpose": "referral-feedback", "referrals": [REFERRED], "record": WGBO, "request": STATUS},
    "LB-27": {"age": 16, "by": {"mentor": "luus"}, "purpose": "mentor-support", "mandates": [mandate()]},
    "LB-28": {
        "by": "psych",
        "purpose": "compulsory-care",
        "orders": [order(kind="compulsory-mental-health")],
        "request": APPROVED,
    },
    "LB-29": {
        "by": "jan",
        "purpose": "compulsory-care",
        "orders": [order(kind="compulsory-disability-care")],
        "request": APPROVED,
    },
    "LB-32": {"by": "hugo", "purpose": "safety-house", "request": APPROVED},
    "LB-38": {
        "by": {"person": "luus"},
        "purpose": "exercise-authority",
        "authority": [authority("luus", kind="special-representative", matter="erfenis")],
        "request": {"matter": "erfenis"},
    },
}


def world_of_basis(basis: str, **more: Any) -> Json:
    """Return the JSON of the world in which `basis` releases `r1`, with these sections instead."""
    found = copy.deepcopy(world(**(dict(WORLDS[basis]) | more)))
    for organisation in found["organisations"]:
        organisation["emergency_opt_in"] = True
    return found
