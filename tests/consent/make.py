"""Small worlds for examples: one youth, his parents, everybody who could ask, and one record `r1`."""

from typing import Any

from consent.decide import decide
from consent.decision import Decision, ElementDecision
from consent.world.file import World, world_of

AT = "2026-03-02T10:00:00+01:00"
ORGANISATIONS = {
    "team": "local-team",
    "ggz": "youth-mental-health",
    "zorg": "youth-care",
    "gi": "certified-institution",
    "gi-oost": "certified-institution",
    "raad": "child-protection-board",
    "vt": "safe-at-home",
    "gemeente": "municipality",
    "school": "school",
    "crisis": "crisis-service",
    "huis": "safety-house",
    "pleegzorg": "foster-care",
    "politie": "police",
}
PROFESSIONALS = {
    "anna": ("team", "youth-professional"),
    "bert": ("team", "youth-professional"),
    "toegang": ("gemeente", "access-officer"),
    "clerk": ("gemeente", "billing-clerk"),
    "controleur": ("gemeente", "controller"),
    "chris": ("ggz", "therapist"),
    "psych": ("ggz", "psychiatrist"),
    "zoe": ("zorg", "youth-professional"),
    "jan": ("gi", "family-guardian"),
    "jet": ("gi", "family-guardian"),
    "joost": ("gi-oost", "family-guardian"),
    "rik": ("raad", "board-investigator"),
    "vera": ("vt", "safety-worker"),
    "juf": ("school", "teacher"),
    "kris": ("crisis", "crisis-worker"),
    "hugo": ("huis", "manager"),
    "agent": ("politie", "police-officer"),
}
BORN = {7: "2018-05-04", 11: "2014-05-04", 13: "2012-05-04", 15: "2010-05-04", 16: "2009-05-04", 17: "2008-05-04"}
BORN[19] = "2006-05-04"
JOINT = {
    "id": "i1",
    "kind": "joint-help",
    "about": "sem",
    "organisations": ["team", "ggz"],
    "since": "2026-01-10",
    "client_informed": True,
}


def authority(holder: str, **more: Any) -> dict[str, Any]:
    """A parent's verified authority over `sem` from his birth on."""
    found = {"id": f"a-{holder}", "holder": holder, "over": "sem", "kind": "parental", "since": "2004-01-01"}
    return found | {"verified_on": "2026-02-20"} | more


def consent(given_by: str, **more: Any) -> dict[str, Any]:
    """A yes to `team` for goals of `ggz`."""
    found = {"id": f"c-{given_by}", "about": "sem", "given_by": given_by, "on": "2026-02-01", "holders": ["ggz"]}
    return found | {"recipients": ["team"], "purposes": ["coordinate-plan"], "categories": ["goals"]} | more


def refusal(given_by: str, **more: Any) -> dict[str, Any]:
    """A no to `team`."""
    return {
        "id": f"n-{given_by}",
        "about": "sem",
        "given_by": given_by,
        "on": "2026-02-10",
        "recipients": ["team"],
    } | more


def incapable(person: str = "sem", **more: Any) -> dict[str, Any]:
    """A finding of incapacity that counts on the day of the request."""
    return {"person": person, "capable": False, "on": "2026-02-01", "by": "chris"} | more


def order(**more: Any) -> dict[str, Any]:
    """A verified supervision order in force."""
    found = {"id": "ots", "kind": "supervision-order", "subject": "sem", "executor": "gi", "since": "2026-01-01"}
    return found | {"until": "2027-01-01", "verified_on": "2026-01-05"} | more


def mandate(**more: Any) -> dict[str, Any]:
    """A JIM in force, whose papers are complete."""
    day = "2026-01-15"
    found = {"id": "m1", "mentor": "luus", "youth": "sem", "youth_chose_on": day, "identity_verified_on": day}
    found |= {"confidentiality_statement_on": day, "since": day, "until": "2026-07-01"}
    return found | {"categories": ["goals", "appointments"]} | more


def approval(holder: str = "ggz", by: str = "chris", **more: Any) -> dict[str, Any]:
    """A decision of the holder to tell."""
    return {"holder": holder, "by": by, "on": "2026-03-01", "approved": True, "reason": "noodzakelijk"} | more


def world(  # noqa: PLR0913 - what an example can change, each by name
    *,
    age: int = 13,
    by: dict[str, str] | str = "anna",
    purpose: str = "coordinate-plan",
    record: dict[str, Any] | None = None,
    request: dict[str, Any] | None = None,
    persons: list[dict[str, Any]] | None = None,
    **sections: Any,
) -> dict[str, Any]:
    """Return the JSON of a world with one record of `ggz` about `sem`, asked for by `by`."""
    people = [
        {"id": "sem", "born": BORN[age]},
        {"id": "moeder", "born": "1984-01-01"},
        {"id": "vader", "born": "1983-01-01"},
        {"id": "luus", "born": "1990-01-01"},
        {"id": "zus", "born": "1999-01-01"},
    ]
    replaced = {person["id"]: person for person in persons or []}
    people = [replaced.pop(person["id"], person) for person in people] + list(replaced.values())
    plain = {"id": "r1", "holder": "ggz", "about": ["sem"], "category": "goals", "regime": "jeugdwet"}
    asked = {"at": AT, "requester": {"professional": by} if isinstance(by, str) else by, "about": "sem"}
    return {
        "schakel": "world/1",
        "organisations": [{"id": name, "kind": kind} for name, kind in ORGANISATIONS.items()],
        "professionals": [
            {"id": name, "organisation": home, "role": role} for name, (home, role) in PROFESSIONALS.items()
        ],
        "persons": people,
        "records": [plain | {"created_on": "2026-02-10"} | (record or {})],
        "request": asked | {"purpose": purpose, "categories": ["goals"]} | (request or {}),
    } | sections


def read(value: dict[str, Any]) -> World:
    """Read a world as its file would be."""
    return world_of(value)


def decided(value: dict[str, Any]) -> Decision:
    """Decide the one request of a world."""
    found = read(value)
    [request] = found.requests
    return decide(request, found.facts, request.at)


def element(value: dict[str, Any]) -> ElementDecision:
    """Return what became of `r1`."""
    return decided(value).elements["r1"]


def told(value: dict[str, Any]) -> str:
    """Return what became of `r1` in two words: `release LB-04`, `withhold NO_BASIS`, `review …`."""
    found = element(value)
    return f"{found.result} {found.reason or found.basis}"


def ends(value: dict[str, Any]) -> str | None:
    """Return the day on which the release of `r1` ends, as the contract writes it."""
    return element(value).as_json()["expires_at"]  # type: ignore[no-any-return] # JSON
