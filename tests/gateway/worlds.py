"""A small family for tests of the exchange: Sem (17) said yes to his local team, for two holders."""

from typing import Any

YES = {
    "about": "sem",
    "given_by": "sem",
    "on": "2026-11-01",
    "holders": ["ggz-west", "school-1"],
    "recipients": ["team-noord"],
    "purposes": ["coordinate-plan"],
    "categories": ["goals", "appointments", "school"],
}


def world(**changes: Any) -> dict[str, Any]:
    """Return the world, with whole sections replaced by `changes`."""
    return {
        "schakel": "world/1",
        "organisations": [
            {"id": "team-noord", "kind": "local-team"},
            {"id": "ggz-west", "kind": "youth-mental-health"},
            {"id": "school-1", "kind": "school"},
            {"id": "politie", "kind": "police"},
        ],
        "professionals": [
            {"id": "anna", "organisation": "team-noord", "role": "youth-professional"},
            {"id": "chris", "organisation": "ggz-west", "role": "therapist"},
            {"id": "piet", "organisation": "politie", "role": "police-officer"},
        ],
        "persons": [
            {"id": "sem", "born": "2009-05-04"},
            {"id": "moeder", "born": "1984-01-01"},
            {"id": "zus", "born": "2015-02-02"},
        ],
        "family": [
            {"person": "moeder", "of": "sem", "relation": "parent"},
            {"person": "zus", "of": "sem", "relation": "sibling"},
        ],
        "authority": [
            {
                "id": "a1",
                "holder": "moeder",
                "over": "sem",
                "kind": "parental",
                "since": "2009-05-04",
                "verified_on": "2026-11-10",
            },
            {
                "id": "a2",
                "holder": "moeder",
                "over": "zus",
                "kind": "parental",
                "since": "2015-02-02",
                "verified_on": "2026-11-10",
            },
        ],
        "consents": [{"id": "c1", **YES}],
        "records": [
            record("r1", holder="ggz-west", category="goals"),
            record("r2", holder="school-1", category="school"),
            record("r3", holder="ggz-west", category="health"),
        ],
        "request": {
            "at": "2026-11-23T10:00:00+01:00",
            "requester": {"professional": "anna"},
            "about": "sem",
            "purpose": "coordinate-plan",
            "categories": "all",
        },
    } | changes


def record(name: str, **more: Any) -> dict[str, Any]:
    """Return a record about Sem of November, with what `more` says otherwise."""
    return {
        "id": name,
        "holder": "ggz-west",
        "about": ["sem"],
        "category": "goals",
        "regime": "jeugdwet",
        "created_on": "2026-11-10",
    } | more
