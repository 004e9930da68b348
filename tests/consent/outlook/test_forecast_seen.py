"""Each kind of entry of a forecast, and what `decide` answers a second before it and at it."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from consent.outlook.forecast import Effect
from schemas.calendar import parse_moment
from tests.consent.make import AT, authority, consent, incapable, mandate, order, refusal, world
from tests.consent.outlook.foretold import BOTH, OLD, SECOND, ahead, became, yes

AGREED = [{"by": name, "on": "2026-01-16"} for name in ("moeder", "vader")]
HELP: dict[str, Any] = {"id": "h1", "kind": "joint-help", "about": "sem", "organisations": ["team", "ggz"]}
HELP |= {"since": "2026-01-01", "client_informed": True}


@dataclass
class Example:
    """A world, the entry that must stand in its forecast, and what became of `r1` just before and at it."""

    told: str
    value: dict[str, Any]
    at: str
    before: str
    then: str
    effect: Effect = Effect.ENDS
    more: dict[str, Any] = field(default_factory=dict)


def asked_by(person: str, purpose: str, **more: Any) -> dict[str, Any]:
    return world(by={"person": person}, purpose=purpose, **more)


SUPERVISED: dict[str, Any] = {"by": "jan", "purpose": "supervision-order", "request": {"question": "waarom"}}
MENTOR: dict[str, Any] = {"by": {"mentor": "luus"}, "purpose": "mentor-support", "authority": BOTH}
MENTOR_MADE: dict[str, Any] = MENTOR | {"record": {"created_on": "2026-02-20"}}
SEEN = [
    Example("consents c-sem until", yes(until="2026-06-01"), "2026-06-01", "release LB-01", "withhold CONSENT_EXPIRED"),
    Example("consents c-sem 12 months", yes(), "2027-02-01", "release LB-01", "withhold CONSENT_EXPIRED"),
    Example(
        "consents c-sem 12 months",
        yes(on="2024-02-29", record=OLD),
        "2025-02-28",
        "release LB-01",
        "withhold CONSENT_EXPIRED",
        more={"at": "2024-03-01T10:00:00+01:00"},
    ),
    Example(
        "consents c-sem withdrawn_on",
        yes(withdrawn_on="2026-04-01T12:00:00+02:00"),
        "2026-04-01T12:00:00+02:00",
        "release LB-01",
        "withhold CONSENT_WITHDRAWN",
    ),
    Example(
        "consents c-sem on", yes(on="2026-04-01"), "2026-04-01", "withhold NO_BASIS", "release LB-01", Effect.BEGINS
    ),
    Example(
        "refusals n-sem withdrawn_on",
        world(age=16, consents=[consent("sem")], refusals=[refusal("sem", withdrawn_on="2026-04-01")]),
        "2026-04-01",
        "withhold YOUTH_OBJECTION",
        "release LB-01",
    ),
    Example(
        "authority a-moeder until",
        asked_by("moeder", "exercise-authority", authority=[authority("moeder", until="2026-03-20")]),
        "2026-03-20",
        "release LB-06",
        "withhold NO_BASIS",
    ),
    Example(
        "authority a-moeder 18th birthday",
        asked_by(
            "moeder",
            "exercise-authority",
            age=17,
            capacity=[incapable()],
            authority=[authority("moeder", verified_on="2026-04-20")],
        ),
        "2026-05-04",
        "withhold CONSENT_MISSING_YOUTH",
        "withhold NO_BASIS",
    ),
    Example(
        "authority a-moeder 30 days",
        asked_by("moeder", "exercise-authority", age=7, authority=[authority("moeder")]),
        "2026-03-23",
        "release LB-06",
        "review AUTHORITY_UNVERIFIED",
        Effect.CHECK,
    ),
    Example(
        "capacity capacity[0] 90 days",
        world(age=16, capacity=[incapable()], authority=BOTH, consents=[consent("moeder"), consent("vader")]),
        "2026-05-03",
        "release LB-01",
        "withhold CONSENT_MISSING_YOUTH",
    ),
    Example(
        "orders ots until",
        world(orders=[order()], **SUPERVISED),
        "2027-01-01",
        "release LB-07",
        "withhold ORDER_EXPIRED",
    ),
    Example(
        "orders ots ended_on",
        world(orders=[order(ended_on="2026-04-01")], **SUPERVISED),
        "2026-04-01",
        "release LB-07",
        "withhold ORDER_EXPIRED",
    ),
    Example(
        "orders ots 18th birthday",
        world(age=17, orders=[order()], **SUPERVISED),
        "2026-05-04",
        "release LB-07",
        "withhold ORDER_EXPIRED",
    ),
    Example(
        "orders ots since",
        world(orders=[order(since="2026-04-01")], **SUPERVISED),
        "2026-04-01",
        "withhold ORDER_NOT_YET_VALID",
        "release LB-07",
        Effect.BEGINS,
    ),
    Example(
        "involvements h1 until",
        world(involvements=[HELP | {"until": "2026-04-01"}]),
        "2026-04-01",
        "release LB-04",
        "withhold NO_BASIS",
    ),
    Example(
        "involvements h1 objection_on",
        world(involvements=[HELP | {"objection_on": "2026-04-01"}]),
        "2026-04-01",
        "release LB-04",
        "review YOUTH_OBJECTION",
    ),
    Example(
        "mandates m1 until",
        world(mandates=[mandate(parent_agreements=AGREED, until="2026-04-01")], **MENTOR_MADE),
        "2026-04-01",
        "release LB-27",
        "withhold JIM_MANDATE_INVALID",
    ),
    Example(
        "mandates m1 6 months",
        world(mandates=[mandate(parent_agreements=AGREED, until="2027-01-01")], **MENTOR_MADE),
        "2026-07-15",
        "release LB-27",
        "withhold JIM_MANDATE_INVALID",
    ),
    Example(
        "mandates m1 parent_agreements.withdrawn_on",
        world(
            mandates=[mandate(parent_agreements=[AGREED[0] | {"withdrawn_on": "2026-04-01"}, AGREED[1]])], **MENTOR_MADE
        ),
        "2026-04-01",
        "release LB-27",
        "review JIM_MANDATE_INVALID",
        Effect.CHANGES,
    ),
    Example(
        "family family[0] until",
        world(
            by={"person": "luus"},
            purpose="foster-care",
            family=[{"person": "luus", "of": "sem", "relation": "foster-parent", "via": "ggz", "until": "2026-04-01"}],
        ),
        "2026-04-01",
        "release LB-18",
        "withhold NO_BASIS",
    ),
    Example(
        "persons sem 12",
        world(age=11, authority=BOTH, consents=[consent("moeder"), consent("vader")]),
        "2026-05-04",
        "release LB-01",
        "withhold CONSENT_MISSING_YOUTH",
        Effect.BIRTHDAY,
    ),
    Example(
        "persons sem 16",
        world(age=15, authority=BOTH, consents=[consent("sem")]),
        "2026-05-04",
        "withhold CONSENT_MISSING_AUTHORITY",
        "release LB-01",
        Effect.BIRTHDAY,
    ),
    Example(
        "persons sem 18",
        world(
            age=17,
            by={"person": "luus"},
            purpose="foster-care",
            family=[{"person": "luus", "of": "sem", "relation": "foster-parent", "via": "ggz"}],
        ),
        "2026-05-04",
        "release LB-18",
        "withhold NO_BASIS",
        Effect.BIRTHDAY,
    ),
    Example(
        "persons sem 12",
        world(
            persons=[{"id": "sem", "born": "2012-02-29"}],
            authority=[one | {"verified_on": "2024-01-10"} for one in BOTH],
            consents=[consent("moeder", on="2024-02-01"), consent("vader", on="2024-02-01")],
            record=OLD,
        ),
        "2024-02-29",
        "release LB-01",
        "withhold CONSENT_MISSING_YOUTH",
        Effect.BIRTHDAY,
        more={"at": "2024-02-10T10:00:00+01:00"},
    ),
    Example(
        "persons sem 16",
        world(
            persons=[{"id": "sem", "born": "2012-02-29"}, {"id": "moeder", "born": "1984-01-01"}],
            authority=BOTH,
            consents=[consent("sem", on="2027-06-01")],
            record=OLD,
        ),
        "2028-02-29",
        "withhold CONSENT_MISSING_AUTHORITY",
        "release LB-01",
        Effect.BIRTHDAY,
        more={"at": "2027-12-10T10:00:00+01:00"},
    ),
]
"""Every kind of entry that `decide` sees."""


@pytest.mark.parametrize("one", SEEN, ids=lambda one: f"{one.told} at {one.at}")
def test_what_is_foretold_is_seen_at_its_instant_and_not_a_second_before(one: Example) -> None:
    instant = parse_moment(one.at)
    found = ahead(one.value, at=one.more.get("at", AT))
    assert (one.told, one.effect) in {
        (f"{each.section} {each.fact} {each.why}", each.effect) for each in found if each.at == instant
    }
    assert (became(one.value, instant - SECOND), became(one.value, instant)) == (one.before, one.then)
