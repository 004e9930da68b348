"""Which rules of `law.md` an answer of the consent basis names: the row of table B, and what else was applied."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.consent.make import authority, consent, element, incapable, refusal, world

Json = dict[str, Any]
BOTH: Final = [authority("moeder"), authority("vader")]
SAID: Final = [consent("sem"), consent("moeder"), consent("vader")]
UNCLEAR: Final = [{"person": "sem", "capable": "unclear", "on": "2026-01-05"}]
BROTHER: Final = {"person": "vader", "of": "sem", "relation": "parent"}
WISH: Final = {"youth": "sem", "on": "2026-02-20", "recipients": ["team"]}
YOUNG_MOTHER: Final = [{"id": "moeder", "born": "2009-01-01"}]


def told(age: int, **more: Any) -> Json:
    return {"age": age, "authority": BOTH, "consents": SAID} | more


CASES: Final[Mapping[str, tuple[str, str, Json]]] = {
    "two parents": ("release LB-01", "CV-01 G-06", told(7)),
    "one parent": ("release LB-01", "CV-02 G-06", told(7, authority=BOTH[:1])),
    "one parent twice": ("release LB-01", "CV-02 G-06", told(7, authority=[BOTH[0], authority("moeder", id="x")])),
    "a parent and another": (
        "release LB-01",
        "CV-03 G-06",
        told(7, authority=[BOTH[0], authority("vader", kind="joint-non-parent")]),
    ),
    "a guardian": ("release LB-01", "CV-04 G-06", told(7, authority=[authority("vader", kind="guardianship")])),
    "a provisional guardian": (
        "release LB-01",
        "CV-04 G-06",
        told(7, authority=[BOTH[0], authority("vader", kind="provisional-guardianship")]),
    ),
    "nobody": ("review AUTHORITY_UNVERIFIED", "CV-06 G-04", told(7, authority=[])),
    "a dispute": ("review AUTHORITY_UNVERIFIED", "CV-06 G-04", told(7, authority=[authority("moeder", disputed=True)])),
    "an incompetent mother": (
        "withhold AUTHORITY_INCOMPETENT",
        "CV-22 G-04",
        told(7, authority=BOTH[:1], persons=YOUNG_MOTHER),
    ),
    "a no of a parent": (
        "withhold CONSENT_MISSING_AUTHORITY",
        "CV-01 CV-07",
        told(7, refusals=[refusal("vader")]),
    ),
    "a parent whom nobody reaches": (
        "review CONSENT_MISSING_AUTHORITY",
        "CV-08",
        told(7, authority=[BOTH[0], authority("vader", unreachable_attempts=3)], consents=SAID[:2]),
    ),
    "a missing parent": ("withhold CONSENT_MISSING_AUTHORITY", "CV-01", told(7, consents=SAID[:2])),
    "a youth and his parents": ("release LB-01", "CV-09 G-06", told(13)),
    "a missing youth": ("withhold CONSENT_MISSING_YOUTH", "CV-09", told(13, consents=SAID[1:])),
    "a no of a youth": ("withhold YOUTH_OBJECTION", "CV-09", told(13, refusals=[refusal("sem")])),
    "a no of an unclear youth": (
        "review CAPACITY_UNCLEAR",
        "CV-13",
        told(13, refusals=[refusal("sem")], capacity=UNCLEAR),
    ),
    "a no of an incapable youth": (
        "review YOUTH_OBJECTION",
        "CV-12",
        told(13, refusals=[refusal("sem")], capacity=[incapable()]),
    ),
    "a no that was foreseen": (
        "withhold PRIOR_WRITTEN_REFUSAL",
        "CV-15",
        told(16, refusals=[refusal("sem", written=True, on="2026-01-01")], consents=SAID[1:], capacity=[incapable()]),
    ),
    "a considered wish": (
        "review CONSENT_MISSING_AUTHORITY",
        "CV-10",
        told(13, refusals=[refusal("vader")], considered_wishes=[WISH]),
    ),
    "a parent who takes it back": (
        "review CONSENT_WITHDRAWN",
        "CV-09",
        told(13, consents=[*SAID[:2], consent("vader", withdrawn_on="2026-02-20")]),
    ),
    "an incapable youth": ("release LB-01", "CV-12 G-06", told(13, capacity=[incapable()])),
    "an unclear youth": ("review CAPACITY_UNCLEAR", "CV-13 G-03", told(13, capacity=UNCLEAR)),
    "a youth of sixteen": ("release LB-01", "CV-14 G-06", told(16)),
    "an incapable youth of sixteen": ("release LB-01", "CV-15 G-06", told(16, capacity=[incapable()])),
    "an unclear youth of sixteen": ("review CAPACITY_UNCLEAR", "CV-16 G-03", told(16, capacity=UNCLEAR)),
    "a consent under pressure": (
        "review CONSENT_NOT_FREE",
        "CV-21",
        told(16, consents=[consent("sem", free=False)]),
    ),
    "a consent of nobody known": (
        "review EVIDENCE_INSUFFICIENT",
        "CV-14",
        told(16, consents=[consent("sem", identity_verified=False)]),
    ),
    "a consent to others": (
        "withhold CONSENT_OUT_OF_SCOPE",
        "CV-14",
        told(16, consents=[consent("sem", recipients=["zorg"])]),
    ),
    "an adult": ("release LB-01", "CV-17 G-06", told(19)),
    "an adult of whom it is unclear": ("review CAPACITY_UNCLEAR", "CV-17 G-03", told(19, capacity=UNCLEAR)),
    "a curator": (
        "release LB-01",
        "CV-18 G-06",
        told(19, capacity=[incapable()], authority=[authority("moeder", kind="curator")]),
    ),
    "a curator beside a father": (
        "release LB-01",
        "CV-18 G-06",
        told(19, capacity=[incapable()], authority=[authority("moeder", kind="curator")], family=[BROTHER]),
    ),
    "a proxy": (
        "release LB-01",
        "CV-19 G-06",
        told(19, capacity=[incapable()], authority=[authority("moeder", kind="written-proxy")]),
    ),
    "a father": ("release LB-01", "CV-19 G-06", told(19, capacity=[incapable()], family=[BROTHER])),
    "nobody for an adult": ("review AUTHORITY_UNVERIFIED", "CV-19", told(19, capacity=[incapable()])),
    "a father who says nothing": (
        "withhold CONSENT_MISSING_AUTHORITY",
        "CV-19",
        told(19, capacity=[incapable()], family=[BROTHER], consents=SAID[:1]),
    ),
    "a proxy who says nothing beside a father": (
        "review AUTHORITY_UNVERIFIED",
        "CV-19",
        told(
            19,
            capacity=[incapable()],
            family=[BROTHER],
            authority=[authority("luus", kind="written-proxy")],
        ),
    ),
    "working notes": (
        "withhold CATEGORY_EXCLUDED",
        "G-06",
        told(16, record={"category": "working-notes"}, request={"categories": "all"}),
    ),
    "an unknown law": ("review REGIME_UNKNOWN", "G-01", told(16, record={"regime": None})),
    "a number": (
        "withhold CATEGORY_EXCLUDED",
        "G-06",
        told(
            16,
            by="juf",
            record={"category": "bsn"},
            request={"categories": ["bsn"]},
            consents=[consent("sem", recipients=["school"], categories=["bsn"])],
        ),
    ),
    "justice": (
        "withhold CATEGORY_EXCLUDED",
        "G-06",
        told(
            16,
            record={"category": "justice"},
            request={"categories": ["justice"]},
            consents=[consent("sem", categories=["justice"])],
        ),
    ),
    "an informant": ("withhold THIRD_PARTY_PRIVACY", "G-07", told(16, record={"source": "third-party"})),
    "a veto": ("withhold GOOD_CARE_VETO", "G-08", told(16, record={"good_care_veto": True})),
    "somebody else": ("withhold THIRD_PARTY_PRIVACY", "G-07 G-14", told(16, record={"about": ["sem", "zus"]})),
    "somebody else who says yes": (
        "release LB-01",
        "CV-14 G-06 G-07 G-14",
        told(16, record={"about": ["sem", "zus"]}, consents=[*SAID, consent("zus", about="zus")]),
    ),
    "a confidence": (
        "withhold YOUTH_OBJECTION",
        "G-08",
        told(13, by={"person": "moeder"}, purpose="exercise-authority", record={"told_in_confidence": True}),
    ),
    "a confidence of a child": (
        "review BEST_INTEREST",
        "G-08",
        told(7, by={"person": "moeder"}, purpose="exercise-authority", record={"told_in_confidence": True}),
    ),
    "research": ("withhold FEATURE_DISABLED", "LB-30", told(16, purpose="research")),
    "a category that a basis leaves out": (
        "withhold CATEGORY_EXCLUDED",
        "G-06 LB-20",
        told(
            16,
            by={"person": "sem"},
            purpose="own-access",
            record={"category": "safety-report"},
            request={"categories": ["safety-report"]},
        ),
    ),
    "a restriction that a basis does not open": (
        "withhold RESTRICTED",
        "LB-06",
        told(13, by={"person": "moeder"}, purpose="exercise-authority", record={"restricted": True}, consents=[]),
    ),
}


@pytest.mark.parametrize(("answer", "rules", "sections"), CASES.values(), ids=CASES.keys())
def test_an_answer_names_its_rules(answer: str, rules: str, sections: Json) -> None:
    found = element(world(**sections))
    assert f"{found.result} {found.reason or found.basis}" == answer
    assert " ".join(found.rules) == rules
