"""Consent of minors: the nine lines of 5.3 and the reasons of 5.4, on both sides of each boundary."""

from typing import Any

import pytest

from tests.consent.make import authority, consent, incapable, refusal, told, world

BOTH = [authority("moeder"), authority("vader")]
PARENTS = [consent("moeder"), consent("vader")]
ALL_THREE = [consent("sem"), *PARENTS]
OPEN = [authority("moeder"), authority("vader", verified_on="2026-03-03")]


def case(told: str, age: int, **sections: Any) -> tuple[str, dict[str, Any]]:
    return told, {"age": age, "authority": BOTH, **sections}


CASES = {
    # Who must say yes (5.2)
    "an eleven-year-old's parents say yes": case("release LB-01", 11, consents=PARENTS),
    "one parent of an eleven-year-old says nothing": case(
        "withhold CONSENT_MISSING_AUTHORITY", 11, consents=[consent("moeder")]
    ),
    "at thirteen the youth says nothing": case("withhold CONSENT_MISSING_YOUTH", 13, consents=PARENTS),
    "at thirteen all three say yes": case("release LB-01", 13, consents=ALL_THREE),
    "at thirteen an incapable youth need not say yes": case(
        "release LB-01", 13, consents=PARENTS, capacity=[incapable()]
    ),
    "at sixteen the youth alone": case("release LB-01", 16, consents=[consent("sem")]),
    "at sixteen a parent's no counts for nothing": case(
        "release LB-01", 16, consents=[consent("sem")], refusals=[refusal("vader")]
    ),
    "at sixteen and incapable the parents": case("release LB-01", 16, consents=PARENTS, capacity=[incapable()]),
    "an adult alone": case("release LB-01", 19, consents=[consent("sem")], authority=[]),
    # Line 1
    "nobody ever said anything": case("withhold NO_BASIS", 13),
    # Line 2
    "the youth says no after his yes": case(
        "withhold YOUTH_OBJECTION", 13, consents=ALL_THREE, refusals=[refusal("sem")]
    ),
    "the youth says yes after his no": case(
        "release LB-01",
        13,
        consents=[consent("sem", on="2026-02-11"), *PARENTS],
        refusals=[refusal("sem")],
    ),
    "yes and no of one instant are a no": case(
        "withhold YOUTH_OBJECTION",
        13,
        consents=[consent("sem", on="2026-02-10"), *PARENTS],
        refusals=[refusal("sem")],
    ),
    "a withdrawn no is none": case(
        "release LB-01", 13, consents=ALL_THREE, refusals=[refusal("sem", withdrawn_on="2026-03-02")]
    ),
    "a no that is withdrawn tomorrow stands": case(
        "withhold YOUTH_OBJECTION", 13, consents=ALL_THREE, refusals=[refusal("sem", withdrawn_on="2026-03-03")]
    ),
    "a no about something else": case(
        "release LB-01", 13, consents=ALL_THREE, refusals=[refusal("sem", categories=["health"])]
    ),
    "what he said at eleven counts as nothing said": case(
        "release LB-01", 13, consents=ALL_THREE, refusals=[refusal("sem", on="2024-05-03")]
    ),
    "what he said on his twelfth birthday counts": case(
        "withhold YOUTH_OBJECTION",
        13,
        consents=[consent("sem", on="2024-05-03"), *PARENTS],
        refusals=[refusal("sem", on="2024-05-04")],
    ),
    "an incapable youth resists": case(
        "review YOUTH_OBJECTION", 13, consents=PARENTS, refusals=[refusal("sem")], capacity=[incapable()]
    ),
    "an earlier written no prevails at seventeen": case(
        "withhold PRIOR_WRITTEN_REFUSAL",
        17,
        consents=PARENTS,
        refusals=[refusal("sem", written=True, on="2026-01-20")],
        capacity=[incapable()],
    ),
    "a written no of the time when he was incapable is resistance": case(
        "review YOUTH_OBJECTION",
        17,
        consents=PARENTS,
        refusals=[refusal("sem", written=True)],
        capacity=[incapable()],
    ),
    "an earlier written no at fifteen is resistance": case(
        "review YOUTH_OBJECTION",
        15,
        consents=PARENTS,
        refusals=[refusal("sem", written=True, on="2026-01-20")],
        capacity=[incapable()],
    ),
    "whose capacity is unclear says no": case(
        "review CAPACITY_UNCLEAR",
        13,
        consents=ALL_THREE,
        refusals=[refusal("sem")],
        capacity=[incapable(capable="unclear")],
    ),
    # Line 3
    "a parent says no": case("withhold CONSENT_MISSING_AUTHORITY", 13, consents=ALL_THREE, refusals=[refusal("vader")]),
    "a considered wish against a parent's no": case(
        "review CONSENT_MISSING_AUTHORITY",
        13,
        consents=ALL_THREE,
        refusals=[refusal("vader")],
        considered_wishes=[{"youth": "sem", "on": "2026-02-10", "recipients": ["team"]}],
    ),
    "a wish of before the no": case(
        "withhold CONSENT_MISSING_AUTHORITY",
        13,
        consents=ALL_THREE,
        refusals=[refusal("vader")],
        considered_wishes=[{"youth": "sem", "on": "2026-02-09", "recipients": ["team"]}],
    ),
    "a wish that names somebody else": case(
        "withhold CONSENT_MISSING_AUTHORITY",
        13,
        consents=ALL_THREE,
        refusals=[refusal("vader")],
        considered_wishes=[{"youth": "sem", "on": "2026-02-11", "recipients": ["zorg"]}],
    ),
    "a wish of somebody else": case(
        "withhold CONSENT_MISSING_AUTHORITY",
        13,
        consents=ALL_THREE,
        refusals=[refusal("vader")],
        considered_wishes=[{"youth": "zus", "on": "2026-02-11", "recipients": ["team"]}],
    ),
    "a wish without his own yes": case(
        "withhold CONSENT_MISSING_AUTHORITY",
        13,
        consents=PARENTS,
        refusals=[refusal("vader")],
        considered_wishes=[{"youth": "sem", "on": "2026-02-11", "recipients": ["team"]}],
    ),
    # Line 4
    "no consent names the requester": case(
        "withhold CONSENT_OUT_OF_SCOPE", 13, consents=[consent("sem", recipients=["zorg"])], authority=[]
    ),
    "a refusal alone is no consent": case(
        "withhold NO_BASIS", 13, refusals=[refusal("luus", recipients=["zorg"])], authority=[]
    ),
    "an ended consent names him too": case(
        "withhold CONSENT_EXPIRED", 13, consents=[consent("sem", until="2026-03-01")], authority=[]
    ),
    # Line 5 and 5.4
    "a parent withdrew": case(
        "withhold CONSENT_WITHDRAWN",
        11,
        consents=[consent("moeder", withdrawn_on="2026-03-02"), consent("vader")],
    ),
    "a parent withdraws tomorrow": case(
        "release LB-01", 11, consents=[consent("moeder", withdrawn_on="2026-03-03"), consent("vader")]
    ),
    "at thirteen a parent's withdrawal asks for review": case(
        "review CONSENT_WITHDRAWN",
        13,
        consents=[consent("sem"), consent("moeder", withdrawn_on="2026-03-01"), consent("vader")],
    ),
    "withdrawn and ended is no exception": case(
        "withhold CONSENT_WITHDRAWN",
        13,
        consents=[
            consent("sem"),
            consent("moeder", withdrawn_on="2026-03-01", until="2026-03-02"),
            consent("vader"),
        ],
    ),
    "a parent whom nobody could reach three times": case(
        "review CONSENT_MISSING_AUTHORITY",
        11,
        consents=[consent("moeder")],
        authority=[authority("moeder"), authority("vader", unreachable_attempts=3)],
    ),
    "twice is not enough": case(
        "withhold CONSENT_MISSING_AUTHORITY",
        11,
        consents=[consent("moeder")],
        authority=[authority("moeder"), authority("vader", unreachable_attempts=2)],
    ),
    "who said anything was reached": case(
        "withhold CONSENT_OUT_OF_SCOPE",
        11,
        consents=[consent("moeder"), consent("vader", categories=["health"])],
        authority=[authority("moeder"), authority("vader", unreachable_attempts=3)],
    ),
    "a consent of a year ago today has ended": case(
        "withhold CONSENT_EXPIRED", 16, consents=[consent("sem", on="2025-03-02")]
    ),
    "a consent of a year ago tomorrow has not": case("release LB-01", 16, consents=[consent("sem", on="2025-03-03")]),
    "a consent for any recipient": case("withhold CONSENT_UNSPECIFIC", 16, consents=[consent("sem", recipients="any")]),
    "a consent for any holder": case("release LB-01", 16, consents=[consent("sem", holders="any")]),
    "another category": case("withhold CONSENT_OUT_OF_SCOPE", 16, consents=[consent("sem", categories=["risk"])]),
    "another holder": case("withhold CONSENT_OUT_OF_SCOPE", 16, consents=[consent("sem", holders=["zorg"])]),
    "another purpose": case("withhold CONSENT_OUT_OF_SCOPE", 16, consents=[consent("sem", purposes=["history"])]),
    "a consent that names the professional himself": case(
        "release LB-01", 16, consents=[consent("sem", recipients=["anna"])]
    ),
    "a consent that names his colleague": case(
        "withhold CONSENT_OUT_OF_SCOPE", 16, consents=[consent("sem", recipients=["bert"])]
    ),
    "a yes of tomorrow is not read": case("withhold NO_BASIS", 16, consents=[consent("sem", on="2026-03-03")]),
    "a guardian organisation speaks through its professional": case(
        "release LB-01",
        11,
        authority=[authority("gi", kind="guardianship")],
        consents=[consent("jet")],
    ),
    "its no through another sets the yes aside": case(
        "withhold CONSENT_MISSING_AUTHORITY",
        11,
        authority=[authority("gi", kind="guardianship")],
        consents=[consent("jet")],
        refusals=[refusal("jan")],
    ),
    # Line 6
    "nobody holds authority": case("review AUTHORITY_UNVERIFIED", 11, consents=PARENTS, authority=[]),
    "authority that was never verified": case("review AUTHORITY_UNVERIFIED", 11, consents=PARENTS, authority=OPEN),
    "authority in dispute": case(
        "review AUTHORITY_UNVERIFIED",
        11,
        consents=PARENTS,
        authority=[authority("moeder"), authority("vader", disputed=True)],
    ),
    "authority that ended yesterday asks nobody": case(
        "release LB-01",
        11,
        consents=[consent("moeder")],
        authority=[authority("moeder"), authority("vader", until="2026-03-02")],
    ),
    "the only holder is under guardianship": case(
        "withhold AUTHORITY_INCOMPETENT",
        11,
        consents=PARENTS,
        authority=[authority("moeder")],
        persons=[{"id": "moeder", "born": "1984-01-01", "under_guardianship": True}],
    ),
    "a holder of seventeen": case(
        "withhold AUTHORITY_INCOMPETENT",
        7,
        consents=PARENTS,
        authority=[authority("moeder")],
        persons=[{"id": "moeder", "born": "2008-03-03"}],
    ),
    "a holder of seventeen who was declared of age": case(
        "release LB-01",
        7,
        consents=PARENTS,
        authority=[authority("moeder")],
        persons=[{"id": "moeder", "born": "2008-03-03", "declared_of_age": True}],
    ),
    # Line 7
    "a yes under pressure": case("review CONSENT_NOT_FREE", 16, consents=[consent("sem", free=False)]),
    "a yes of an unknown hand": case(
        "review EVIDENCE_INSUFFICIENT", 16, consents=[consent("sem", identity_verified=False)]
    ),
    "one sound yes is enough": case(
        "release LB-01", 16, consents=[consent("sem", free=False, id="c2"), consent("sem")]
    ),
    "the latest of two unsound ones": case(
        "review EVIDENCE_INSUFFICIENT",
        16,
        consents=[
            consent("sem", free=False, id="c2"),
            consent("sem", on="2026-02-02", identity_verified=False),
        ],
    ),
    "of one instant the pressure": case(
        "review CONSENT_NOT_FREE",
        16,
        consents=[consent("sem", identity_verified=False), consent("sem", free=False, id="c2")],
    ),
    # Line 8 and capacity
    "capacity is unclear": case(
        "review CAPACITY_UNCLEAR", 16, consents=[consent("sem")], capacity=[incapable(capable="unclear")]
    ),
    "the ninetieth day of a finding": case(
        "release LB-01", 16, consents=PARENTS, capacity=[incapable(on="2025-12-02")]
    ),
    "the day after": case(
        "review CAPACITY_UNCLEAR", 16, consents=[consent("sem")], capacity=[incapable(on="2025-12-01")]
    ),
    "the last finding of one day, whatever the hour": case(
        "release LB-01",
        16,
        consents=[consent("sem")],
        capacity=[incapable(on="2026-02-01T18:00:00+01:00"), incapable(capable=True, on="2026-02-01")],
    ),
    "under twelve no finding is read": case(
        "release LB-01", 11, consents=PARENTS, capacity=[incapable(capable="unclear")]
    ),
}


@pytest.mark.parametrize(("expected", "sections"), CASES.values(), ids=CASES.keys())
def test_consent_answers(expected: str, sections: dict[str, Any]) -> None:
    assert told(world(**sections)) == expected
