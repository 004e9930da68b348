"""Every closing that the facts contract knows, each in a world in which what it closes alone lets something out."""

from typing import Any, Final

import pytest

from tests.consent.make import authority, consent, mandate, order, refusal
from tests.faults.closings.closing import Closing, ended, said, switched_off
from tests.gateway.facts.attacks.attacking import helps
from tests.properties.every_basis import FATHER, FOSTER, INFORMED

Json = dict[str, Any]
WHY: Final = "het is niet meer nodig"
UNFIT: Final[Json] = {"person": "sem", "capable": False, "on": "2026-02-01", "reason": "onderzoek"}
TEAM: Final[Json] = {"involvements": helps("team")}
GGZ: Final[Json] = {"involvements": helps("ggz")}
MOTHER: Final[Json] = {"authority": [authority("moeder")]}
TOGETHER: Final[Json] = {"person": "zus", "of": "sem", "relation": "sibling", "lives_with": True}
JOINED: Final[Json] = {"involvements": [INFORMED]}
AGREED: Final[Json] = {
    "age": 13,
    "authority": [authority("moeder")],
    "mandates": [mandate(parent_agreements=[{"by": "moeder", "on": "2026-01-15"}])],
}
NO: Final[Json] = {"about": "sem", "recipients": ["team"]}
NO_MORE: Final[Json] = {"about": "sem", "approved": False, "reason": WHY}
TO_THE_BOARD: Final[Json] = {"asker": {"organisation": "raad"}, "purpose": "child-protection-inquiry"}
TO_THE_TEAM: Final[Json] = {"asker": {"organisation": "team"}, "purpose": "avert-harm"}
DENIED: Final[Json] = FATHER | {"contact_denied": True}
OBJECTION: Final = "an objection"
END: Final = "an end"


def _ends(row: str, section: str, field: str, basis: str, *by: str, word: str = END, **world: Any) -> list[Closing]:
    return [Closing(row, ended(section, field), each, basis, world, word) for each in by]


_REGISTRATION = [
    Closing("emergency_opt_in", said("closed", "holder/crisis-set/close", {}), "administrator-of-ggz", "LB-24"),
]
_FAMILY = [
    *_ends("other_family_facts", "family", "until", "LB-19", "sem"),
    *_ends("other_family_facts", "family", "until", "LB-19", "anna", **TEAM),
    *_ends("other_family_facts", "family", "contact_denied", "LB-19", "sem", word="`contact_denied`"),
    Closing("other_family_facts", said("denied", "facts/family", DENIED), "anna", "LB-19", TEAM, "`contact_denied`"),
    *_ends(
        "lives_with", "family", "until", "LB-12", "chris", record={"about": ["sem", "zus"]}, family=[TOGETHER], **GGZ
    ),
    *_ends("foster_parent", "family", "until", "LB-18", "chris"),
    *_ends("foster_parent", "family", "until", "LB-18", "jan", family=[FOSTER], orders=[order()]),
]
_SAY = [
    *_ends("authority", "authority", "disputed", "LB-06", "jan", word="a dispute"),
    *_ends("authority", "authority", "suspended_on", "LB-06", "jan", word="a suspension"),
    *_ends("authority", "authority", "until", "LB-06", "jan", "rik"),
    *_ends("capacity", "capacity", "objection", "LB-25", "sem", word=OBJECTION, capacity=[UNFIT]),
    Closing(
        "capacity",
        said("later-finding", "facts/capacity", {"person": "sem", "capable": True, "reason": WHY}),
        "chris",
        "LB-25",
        GGZ,
    ),
]
_ORDERS = [
    *_ends("order", "orders", "ended_on", "LB-07", "jan", "rik", "toegang"),
    *_ends("assignment", "assignments", "until", "LB-11", "jan", "zoe"),
]
_HELP = [
    *_ends("help", "involvements", "until", "LB-04", "chris", by="chris", **GGZ),
    *_ends("joint_help", "involvements", "left_by", "LB-04", "anna", "chris"),
    *_ends("joint_help", "involvements", "objection_on", "LB-04", "sem", "chris", word=OBJECTION),
    *_ends("joint_help", "involvements", "objection_on", "LB-04", "moeder", word=OBJECTION, **JOINED, **MOTHER),
    Closing(
        "replacement", said("until", "facts/replacements/i2/close", {}), "administrator-of-zorg", "LB-05", None, END
    ),
    Closing(
        "replacement", said("until", "facts/replacements/i2/close", {}), "administrator-of-team", "LB-05", None, END
    ),
    *_ends("referral", "referrals", "objection_on", "LB-26", "sem", word=OBJECTION),
    *_ends("referral", "referrals", "objection_on", "LB-26", "moeder", word=OBJECTION, **MOTHER),
    *_ends("referral", "referrals", "objection_on", "LB-26", "chris", word=OBJECTION, **GGZ),
]
_MENTOR = [
    *_ends("mandate", "mandates", "youth_withdrew_on", "LB-27", "sem", word="a withdrawal"),
    *_ends("mandate", "mandates", "until", "LB-27", "mentor:luus"),
    *_ends("mandate", "mandates", "until", "LB-27", "anna", **TEAM),
    *_ends("mandate", "mandates", "suspended_on", "LB-27", "anna", word="a suspension", **TEAM),
    *_ends("mandate", "mandates", "suspended_on", "LB-27", "moeder", word="a suspension", **AGREED),
    Closing("mandate", switched_off("goals"), "sem", "LB-27"),
    Closing("mandate", switched_off("goals", "appointments"), "sem", "LB-27"),
]
_SAID = [
    *_ends("withdrawal", "consents", "withdrawn_on", "LB-02", "sem", word="a withdrawal"),
    *_ends("withdrawal", "consents", "withdrawn_on", "LB-02", "anna", word="a withdrawal", **TEAM),
    Closing("refusal", said("new", "facts/refusals", NO), "sem", "LB-02", None, "a refusal"),
    Closing("refusal", said("new", "facts/refusals", NO | {"given_by": "sem"}), "anna", "LB-02", TEAM, "a refusal"),
]
_HOLDER = [
    Closing("holder_decision", said("later-no", "holder/decisions", NO_MORE | TO_THE_BOARD), "chris", "LB-12"),
    Closing("initiative_holder", said("later-no", "holder/decisions", NO_MORE | TO_THE_TEAM), "psych", "LB-23"),
    Closing("record", said("stop", "holder/stop", {}), "officer:ggz", "LB-20", None, "an emergency stop"),
]
_INDIRECTLY = [
    # Not the asker's own right, but the yes that rests on it.
    *_ends(
        "consent",
        "authority",
        "disputed",
        "LB-01",
        "anna",
        word="a dispute",
        consents=[consent("sem"), consent("moeder")],
        **MOTHER,
        **TEAM,
    ),
]

WISH: Final = Closing(
    "considered_wish",
    ended("considered_wishes", "closed_on"),
    "sem",
    "LB-01",
    {
        "consents": [consent("sem"), consent("moeder")],
        "refusals": [refusal("moeder")],
        "considered_wishes": [{"youth": "sem", "on": "2026-02-20", "recipients": ["team"]}],
        **MOTHER,
    },
)
"""Opens nothing: it turns a no into a review, and who asks hears the same of both."""

CLOSINGS: Final = [
    *_REGISTRATION,
    *_FAMILY,
    *_SAY,
    *_ORDERS,
    *_HELP,
    *_MENTOR,
    *_SAID,
    *_HOLDER,
    *_INDIRECTLY,
]
ALL: Final = pytest.mark.parametrize("closing", CLOSINGS, ids=lambda one: one.name)
