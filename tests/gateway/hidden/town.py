"""A family, the organisations round it, and who comes there to learn more than he is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.gateway.openapi.acts import YES as ASSISTED
from tests.gateway.worlds import record

Json = dict[str, Any]
Act = tuple[str, str, Json]
"""Who does something, at which door (`LAST` is the id of what was recorded last), and what he says."""

_KINDS: Final = {
    "team-noord": "local-team", "ggz-west": "youth-mental-health", "school-1": "school", "vreemd": "youth-care",
    "linde": "youth-care", "gi": "certified-institution", "gi-2": "certified-institution", "pleegzorg": "foster-care",
    "raad": "child-protection-board", "politie": "police", "samen": "youth-care", "vroeger": "youth-care",
    "crisis-a": "crisis-service", "crisis-b": "crisis-service",
}  # fmt: skip
_WORKERS: Final = {
    "anna": ("team-noord", "youth-professional"), "chris": ("ggz-west", "therapist"),
    "vera": ("vreemd", "youth-professional"), "lies": ("linde", "youth-professional"),
    "gijs": ("gi", "family-guardian"), "gea": ("gi-2", "family-guardian"), "ruud": ("raad", "board-investigator"),
    "paul": ("pleegzorg", "youth-professional"), "pim": ("samen", "youth-professional"),
    "oud": ("vroeger", "youth-professional"), "wim": ("team-noord", "youth-professional"),
    "wil": ("ggz-west", "therapist"), "kris": ("crisis-a", "crisis-worker"), "kees": ("crisis-b", "crisis-worker"),
}  # fmt: skip
_BORN: Final = {"sem": "2012-05-04", "zus": "2015-02-02"}
YES: Final = {
    "about": "sem", "given_by": "sem", "on": "2026-11-01", "holders": ["ggz-west", "school-1"], "recipients": ["linde"],
    "purposes": ["coordinate-plan"], "categories": ["goals", "appointments", "school"],
}  # fmt: skip
MANDATE: Final = {
    "id": "m1", "mentor": "oom", "youth": "sem", "youth_chose_on": "2026-11-01", "identity_verified_on": "2026-11-01",
    "confidentiality_statement_on": "2026-11-01", "since": "2026-11-01", "until": "2027-04-01", "categories": ["goals"],
    "parent_agreements": [{"by": "moeder", "on": "2026-11-01"}],
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Visitor:
    """Who comes, of which organisation if any, about which child; what everybody does for him first; what he gets done.

    `least` says how often he gets what he tries, or the comparison says little; `sees` the facts that he then sees.
    """

    who: str
    at: str
    child: str
    least: int
    first: tuple[Act, ...] = ()
    sees: frozenset[str] = frozenset()

    @property
    def watches(self) -> bool:
        """Whether he is an officer."""
        return self.who.startswith("officer:")


def _naming(at: str, who: str, child: str) -> tuple[Act, ...]:
    """Return what names his organisation, to nothing that anybody has, and his word that he helps: so he sees it."""
    about = {"about": child, "recipients": [at]}
    order = {"kind": "supervision-order", "subject": child, "executor": at, "workers": ["gijs", who]}
    return (
        ("anna", "consents", {**ASSISTED, **about, "given_by": "moeder", "categories": ["school"]}),
        ("moeder", "refusals", {**about, "categories": ["school"]}),
        ("anna", "referrals", {"about": child, "to": at}),
        ("anna", "considered_wishes", {"youth": child, "recipients": [at]}),
        ("ruud", "orders", {**order, "since": "2026-11-01", "until": "2027-07-01"}),
        (who, "involvements", {"kind": "help", "about": child}),
    )


_NAMED: Final = frozenset({"consents", "refusals", "referrals", "orders", "considered_wishes"})
MENTOR: Final = Visitor("mentor:oom", "", "sem", 5)
GETS: Final = Visitor("lies", "linde", "sem", 6)
"""To whom Sem and his mother agreed to let something go."""
GUARDIAN: Final = Visitor("gea", "gi-2", "zus", 40, _naming("gi-2", "gea", "zus"), _NAMED)
SAYS: Final = Visitor("vera", "vreemd", "sem", 35, _naming("vreemd", "vera", "sem"), _NAMED)
"""Who only says that he helps Sem, and reads the records of his own organisation."""
PARTNER: Final = Visitor("pim", "samen", "sem", 15)
"""With whom the local team helps Sem."""
FORMER: Final = Visitor("oud", "vroeger", "sem", 5)
"""Whose help to Sem was ended."""
BROTHER: Final = Visitor("broer", "", "sem", 1)
"""Who is 17."""
PARENT: Final = Visitor("papa", "", "zus", 1)
"""Who has no authority."""
CRISIS: Final = Visitor("kees", "crisis-b", "sem", 2)
"""To whom a holder opened his crisis set."""
SYSTEM: Final = Visitor("system of linde", "linde", "sem", 2)
"""The record system of an organisation, which reads its notices."""
OFFICER: Final = Visitor("officer:linde", "linde", "sem", 40)
"""Of the side that was let something; he watches what its people did, and so does the next."""
WATCHES: Final = Visitor("officer:vreemd", "vreemd", "sem", 50)
YOUTH: Final = Visitor("sem", "", "sem", 11)
MOTHER: Final = Visitor("moeder", "", "zus", 16)
COME: Final = (MENTOR, GETS, SAYS)
ABROAD: Final = (*COME, OFFICER, WATCHES, CRISIS, SYSTEM)
STAY: Final = (GUARDIAN, SAYS)
AROUND: Final = (PARTNER, FORMER, BROTHER, PARENT)
HOME: Final = (YOUTH, MOTHER)


def relative(person: str, of: str, relation: str, **more: Any) -> Json:
    return {"person": person, "of": of, "relation": relation, **more}


def authority(name: str, holder: str, over: str, **more: Any) -> Json:
    told = {"id": name, "holder": holder, "over": over, "kind": "parental", "since": "2015-02-02"}
    return {**told, "verified_on": "2026-11-10", **more}


def helping(organisation: str, about: str) -> Json:
    told = {"id": f"{organisation}-{about}", "kind": "help", "about": about, "organisations": [organisation]}
    return {**told, "since": "2026-01-01"}


def town() -> Json:
    """Return the world in which nothing is hidden: Sem is 14 and his sister 11, only their mother has authority."""
    return {
        "schakel": "world/1",
        "organisations": [
            {"id": name, "kind": kind, "emergency_opt_in": name == "ggz-west"} for name, kind in _KINDS.items()
        ],
        "professionals": [{"id": name, "organisation": of, "role": role} for name, (of, role) in _WORKERS.items()],
        "persons": [
            *({"id": name, "born": born} for name, born in _BORN.items()),
            *({"id": name, "born": "1984-01-01"} for name in ("moeder", "vader", "papa", "oom", "opa", "tante")),
            {"id": "broer", "born": "2009-03-03"},
        ],
        "family": [
            relative("moeder", "sem", "parent", lives_with=True), relative("moeder", "zus", "parent", lives_with=True),
            relative("zus", "sem", "sibling"), relative("moeder", "broer", "parent"),
            relative("broer", "sem", "sibling"), relative("broer", "zus", "sibling"),
            relative("papa", "sem", "parent"), relative("papa", "zus", "parent"),
        ],
        "authority": [authority("a1", "moeder", "sem"), authority("a2", "moeder", "zus")],
        "involvements": [
            helping("team-noord", "sem"), helping("team-noord", "zus"),
            {**helping("vroeger", "sem"), "until": "2026-10-01"},
            {
                "id": "j2", "kind": "joint-help", "about": "sem", "organisations": ["samen", "team-noord"],
                "since": "2026-01-01", "client_informed": True,
            },
        ],
        "consents": [{"id": "c1", **YES}, {"id": "c2", **YES, "given_by": "moeder"}],
        "mandates": [MANDATE],
        "records": [
            record("r1"), record("r2", holder="school-1", category="school"), record("r3", about=["zus"]),
            record("r4", holder="vreemd"), record("r5", holder="vreemd", category="risk"),
            record("r6", holder="pleegzorg", about=["opa"]), record("r7", holder="samen"),
            record("r8", holder="vroeger"), record("r9", category="risk"),
        ],
        "request": {
            "at": "2026-11-23T10:00:00+01:00", "requester": {"professional": "anna"}, "about": "sem",
            "purpose": "coordinate-plan", "categories": "all",
        },
    }  # fmt: skip


def adding(of: Callable[[str], dict[str, list[Json]]], *children: str) -> Callable[[Json], Json]:
    """Return what puts `of` each child, or these, before what each section of a world has."""

    def change(told: Json) -> Json:
        for child in children or _BORN:
            told = told | {section: [*entries, *told.get(section, ())] for section, entries in of(child).items()}
        return told

    return change


def born_otherwise(told: Json) -> Json:
    """Return a world in which the children are as old, and were born on another day."""
    days = {_BORN["sem"]: "2012-10-09", _BORN["zus"]: "2015-09-07"}
    return told | {"persons": [{**each, "born": days.get(each["born"], each["born"])} for each in told["persons"]]}
