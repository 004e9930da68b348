"""A family and the organisations round it, and what of both those who ask there may not learn."""

from dataclasses import dataclass
from typing import Any, Final

from tests.gateway.worlds import record

Json = dict[str, Any]

SAYS: Final = "professional:vera"
"""Who only says that he helps Sem, and reads the records of his own organisation."""
GETS: Final = "professional:lies"
"""To whom Sem and his mother agreed to let something go."""
MENTOR: Final = "mentor:oom"
EVERYBODY: Final = (MENTOR, GETS, SAYS)

_KINDS: Final = {
    "team-noord": "local-team", "ggz-west": "youth-mental-health", "school-1": "school", "vreemd": "youth-care",
    "linde": "youth-care", "gi": "certified-institution", "pleegzorg": "foster-care",
}  # fmt: skip
_WORKERS: Final = {
    "anna": ("team-noord", "youth-professional"), "chris": ("ggz-west", "therapist"),
    "vera": ("vreemd", "youth-professional"), "lies": ("linde", "youth-professional"),
    "gijs": ("gi", "family-guardian"),
}  # fmt: skip
YES: Final = {
    "about": "sem", "given_by": "sem", "on": "2026-11-01", "holders": ["ggz-west", "school-1"], "recipients": ["linde"],
    "purposes": ["coordinate-plan"], "categories": ["goals", "appointments", "school"],
}  # fmt: skip
_MANDATE: Final = {
    "id": "m1", "mentor": "oom", "youth": "sem", "youth_chose_on": "2026-11-01", "identity_verified_on": "2026-11-01",
    "confidentiality_statement_on": "2026-11-01", "since": "2026-11-01", "until": "2027-04-01", "categories": ["goals"],
    "parent_agreements": [{"by": "moeder", "on": "2026-11-01"}],
}  # fmt: skip


def authority(name: str, holder: str, **more: Any) -> Json:
    told = {"id": name, "holder": holder, "over": "sem", "kind": "parental", "since": "2012-05-04"}
    return {**told, "verified_on": "2026-11-10", **more}


def helping(organisation: str, about: str = "sem", **more: Any) -> Json:
    told = {"id": f"{organisation}-{about}", "kind": "help", "about": about, "organisations": [organisation]}
    return {**told, "since": "2026-01-01", **more}


def order(name: str, kind: str, **more: Any) -> Json:
    told = {"id": name, "kind": kind, "subject": "sem", "executor": "gi", "since": "2026-01-01", "until": "2027-01-01"}
    return {**told, "verified_on": "2026-01-05", **more}


def no(name: str, giver: str, **more: Any) -> Json:
    return {"id": name, "about": "sem", "given_by": giver, "on": "2026-11-05", **more}


def relative(person: str, relation: str, **more: Any) -> Json:
    return {"person": person, "of": "sem", "relation": relation, **more}


def town(more: dict[str, list[Json]]) -> Json:
    """Return the world, with `more` before what each section has: Sem is 14, only his mother has authority."""
    told: Json = {
        "schakel": "world/1",
        "organisations": [{"id": name, "kind": kind} for name, kind in _KINDS.items()],
        "professionals": [{"id": name, "organisation": of, "role": role} for name, (of, role) in _WORKERS.items()],
        "persons": [
            {"id": "sem", "born": "2012-05-04"},
            {"id": "zus", "born": "2015-02-02"},
            *({"id": name, "born": "1984-01-01"} for name in ("moeder", "vader", "oom", "opa")),
        ],
        "family": [relative("moeder", "parent", lives_with=True), relative("zus", "sibling")],
        "authority": [authority("a1", "moeder"), authority("a2", "moeder", over="zus")],
        "involvements": [helping("team-noord")],
        "consents": [{"id": "c1", **YES}, {"id": "c2", **YES, "given_by": "moeder"}],
        "mandates": [_MANDATE],
        "records": [
            record("r1"), record("r2", holder="school-1", category="school"), record("r4", holder="vreemd"),
            record("r5", holder="vreemd", category="risk"), record("r6", holder="pleegzorg", about=["opa"]),
        ],
        "request": {
            "at": "2026-11-23T10:00:00+01:00", "requester": {"professional": "anna"}, "about": "sem",
            "purpose": "coordinate-plan", "categories": "all",
        },
    }  # fmt: skip
    return told | {section: [*entries, *told.get(section, ())] for section, entries in more.items()}


@dataclass(frozen=True)
class Hidden:
    """What may not be learned, and by whom: `told` by a register, or `said` at the desk, by whom, where and what."""

    told: dict[str, list[Json]]
    by: tuple[str, ...] = EVERYBODY
    said: tuple[tuple[str, str, Json], ...] = ()


_NEW: Final = {"kind": "guardianship", "holder": "vader", "over": "sem", "since": "2026-01-01"}
_TOGETHER: Final = {"kind": "joint-help", "about": "sem", "organisations": ["team-noord", "ggz-west"]}
_UNSURE: Final = {"form": "in-person", "identity": "not-seen", "text_sha256": "0f" * 32}
_OTS: Final = {"kind": "supervision-order", "subject": "sem", "since": "2026-11-01", "until": "2027-11-01"}
_SEEN: Final = {"field": "verified_on", "evidence": {"document_sha256": "ab" * 32}}

HIDDEN: Final = {
    "who belongs to the family": Hidden(
        {
            "family": [
                relative("vader", "parent", contact_denied=True), relative("opa", "grandparent"),
                relative("opa", "foster-parent", via="pleegzorg", since="2026-01-01", until="2026-10-01"),
                relative("vader", "partner", of="moeder"), relative("zus", "sibling", lives_with=True),
            ],
            "persons": [{"id": "broer", "born": "2020-01-01"}],
        }
    ),
    "what a court decided": Hidden(
        {
            "orders": [
                order("o1", "supervision-order"), order("o2", "youth-probation"),
                order("o3", "crisis-measure", ended_on="2026-06-01"),
            ],
            "assignments": [{"order": "o1", "provider": "pleegzorg", "since": "2026-01-10"}],
            "authority": [authority("a3", "vader", until="2026-06-01")],
        }
    ),
    "what others said": Hidden(
        {
            "refusals": [no("n1", "vader"), no("n2", "sem", recipients=["gi"]), no("n3", "moeder", recipients=["gi"])],
            "consents": [{"id": "c3", **YES, "recipients": ["gi"]}],
            "considered_wishes": [{"youth": "sem", "on": "2026-11-05", "recipients": ["gi"], "noted_by": "anna"}],
            "mandates": [_MANDATE | {"id": "m2", "mentor": "opa", "youth_withdrew_on": "2026-11-10"}],
        }
    ),
    "who helps, and who was referred": Hidden(
        {
            "involvements": [
                helping("ggz-west"), helping("ggz-west", "zus"),
                {**_TOGETHER, "id": "j1", "since": "2026-01-01", "client_informed": True, "objection_on": "2026-11-01"},
            ],
            "referrals": [{"id": "f1", "about": "sem", "by": "team-noord", "to": "ggz-west", "on": "2026-11-01"}],
        }
    ),
    "what others hold": Hidden(
        {
            "records": [
                record("h1", good_care_veto=True), record("h2", holder="vreemd", good_care_veto=True),
                record("h3", about=["moeder"]), record("h4", about=["moeder", "sem"]),
                record("h5", category="whereabouts"), record("h6", holder="vreemd", category="whereabouts"),
                record("h7", holder="pleegzorg", category="placement"),
                record("h8", about=["zus"], holder="vreemd"), record("h9", regime=None),
            ]
        }
    ),
    "that he was found capable": Hidden(
        {"capacity": [{"person": "sem", "capable": True, "on": "2026-11-01", "by": "chris", "reason": "Gesproken."}]}
    ),
    "who has a say": Hidden(
        {
            "authority": [authority("a3", "vader", disputed=True), authority("a4", "opa", until="2027-06-01")],
            "capacity": [{"person": "sem", "capable": False, "on": "2026-11-01", "by": "chris", "reason": "Gezien."}],
            "consents": [{"id": "c3", **YES, "given_by": "vader", "withdrawn_on": "2026-11-10"}],
        },
        by=(SAYS,),
    ),
    "what is said at the desk": Hidden(
        {},
        by=(SAYS,),
        said=(
            ("anna", "persons", {"family_of": "sem", "born": "2020-01-01"}),
            ("anna", "family", relative("vader", "parent")),
            ("anna", "authority", _NEW),
            ("gijs", "authority/LAST/confirm", _SEEN),
            ("anna", "authority/LAST/close", {"field": "until"}),
            ("gijs", "orders", {**_OTS, "executor": "gi"}),
            ("anna", "orders/LAST/confirm", {"field": "verified_on"}),
            ("anna", "involvements", _TOGETHER),
            ("chris", "involvements/LAST/confirm", {"field": "accepted_by"}),
            ("sem", "involvements/LAST/close", {"field": "objection_on"}),
            ("anna", "consents", {**{k: v for k, v in YES.items() if k != "on"}, "given_by": "vader", **_UNSURE}),
            ("sem", "refusals", {"about": "sem", "recipients": ["gi"]}),
            ("anna", "capacity", {"person": "sem", "capable": "unclear", "reason": "Gezien."}),
            ("sem", "mandates/m1/close", {"field": "youth_withdrew_on"}),
        ),
    ),
}  # fmt: skip
