"""For each reason a small world, and what an officer must find in its explanation: the rule, and the fact."""

from typing import Any

import pytest

from consent.decide import decide
from consent.explanation.explain import explain
from consent.world.file import world_of
from schemas.words import Reason
from tests.consent.make import approval, authority, consent, incapable, mandate, order, refusal, world

PARENTS = [authority("moeder"), authority("vader")]


def officer(value: dict[str, Any], *, require_confirmed_rules: bool = False) -> str:
    found = world_of(value)
    [request] = found.requests
    decision = decide(request, found.facts, request.at, require_confirmed_rules=require_confirmed_rules)
    return explain(request, decision).officer["en"]


# For each reason: a world, the rule that an officer must find, and the fact that decided.
DECIDED: dict[str, tuple[dict[str, Any], str, str]] = {
    "CONSENT_MISSING_YOUTH": (world(age=16, consents=[consent("moeder")]), "CV-14", "sem (born 4 May 2009)"),
    "CONSENT_MISSING_AUTHORITY": (
        world(age=11, consents=[consent("moeder")], authority=PARENTS),
        "CV-01",
        "a-vader (parental authority of vader over sem",
    ),
    "CONSENT_WITHDRAWN": (
        world(age=16, consents=[consent("sem", withdrawn_on="2026-02-20")]),
        "CV-14",
        "at ggz, to team, purpose: to coordinate the plan, on goals, withdrawn 20 February 2026, by law until",
    ),
    "CONSENT_EXPIRED": (world(age=16, consents=[consent("sem", until="2026-03-01")]), "CV-14", "until 1 March 2026"),
    "CONSENT_OUT_OF_SCOPE": (world(age=16, consents=[consent("sem", categories=["risk"])]), "CV-14", "c-sem (yes of"),
    "CONSENT_UNSPECIFIC": (world(age=16, consents=[consent("sem", recipients="any")]), "CV-14", "to anybody"),
    "CONSENT_NOT_FREE": (world(age=16, consents=[consent("sem", free=False)]), "CV-21", "not freely given"),
    "PRIOR_WRITTEN_REFUSAL": (
        world(
            age=17,
            refusals=[refusal("sem", on="2026-01-10", written=True)],
            capacity=[incapable()],
            consents=[],
            authority=PARENTS,
        ),
        "CV-15",
        "n-sem (no of sem about sem, 10 January 2026, to team, in writing)",
    ),
    "YOUTH_OBJECTION": (
        world(age=16, refusals=[refusal("sem")]),
        "CV-14",
        "n-sem (no of sem about sem, 10 February 2026, to team)",
    ),
    "AUTHORITY_UNVERIFIED": (
        world(age=11, consents=[consent("moeder")], authority=[authority("moeder", disputed=True)]),
        "CV-06",
        "a-moeder (parental authority of moeder over sem, since 1 January 2004, verified 20 February 2026, disputed)",
    ),
    "AUTHORITY_INCOMPETENT": (
        world(
            age=11,
            consents=[consent("moeder")],
            authority=[authority("moeder")],
            persons=[{"id": "moeder", "born": "1984-01-01", "under_guardianship": True}],
        ),
        "CV-22",
        "moeder (born 1 January 1984, under guardianship)",
    ),
    "CAPACITY_UNCLEAR": (
        world(age=16, consents=[consent("sem")], capacity=[incapable(capable="unclear")]),
        "CV-16",
        "capacity[0] (sem is unclear whether he can decide this himself, 1 February 2026)",
    ),
    "BEST_INTEREST": (
        world(age=11, by={"person": "sem"}, purpose="own-access"),
        "LB-20",
        "sem (born 4 May 2014)",
    ),
    "ORDER_EXPIRED": (
        world(by="jan", purpose="supervision-order", orders=[order(until="2026-03-01")]),
        "LB-07",
        "ots (supervision order about sem, since 1 January 2026, executed by gi, until 1 March 2026",
    ),
    "ORDER_NOT_YET_VALID": (
        world(by="jan", purpose="supervision-order", orders=[order(since="2026-03-05")]),
        "LB-07",
        "since 5 March 2026",
    ),
    "ORDER_WRONG_GI": (
        world(by="joost", purpose="supervision-order", orders=[order()]),
        "LB-07",
        "executed by gi,",
    ),
    "ORDER_TYPE_NO_BASIS": (
        world(by="jan", purpose="supervision-order", orders=[order(kind="youth-probation")]),
        "LB-07",
        "ots (youth probation about sem",
    ),
    "SUBJECT_NOT_COVERED": (
        world(
            by="jan",
            purpose="supervision-order",
            orders=[order()],
            request={"question": "Wat loopt er?"},
            record={"about": ["sem", "vader"]},
        ),
        "G-07",
        "Not covered by a yes of their own, or by the basis: vader.",
    ),
    "NOT_NECESSARY": (
        world(by="jan", purpose="supervision-order", orders=[order()]),
        "LB-07",
        "Needed, and not so: the request has a question and a list of categories, not the whole file.",
    ),
    "CATEGORY_EXCLUDED": (
        world(record={"category": "working-notes"}, request={"categories": "all"}),
        "G-06",
        "r1 (own working notes at ggz, about sem, under Jeugdwet, made 10 February 2026)",
    ),
    "THIRD_PARTY_PRIVACY": (
        world(age=16, consents=[consent("sem")], record={"about": ["sem", "vader"]}),
        "G-14",
        "Not covered by a yes of their own, or by the basis: vader.",
    ),
    "GOOD_CARE_VETO": (
        world(age=16, consents=[consent("sem")], record={"good_care_veto": True}),
        "G-08",
        "r1 (goals at ggz, about sem, under Jeugdwet, made 10 February 2026, held back by the professional)",
    ),
    "RESTRICTED": (
        world(by={"person": "moeder"}, purpose="exercise-authority", record={"restricted": True}, authority=PARENTS),
        "LB-06",
        "r1 (goals at ggz, about sem, under Jeugdwet, made 10 February 2026, restricted)",
    ),
    "REGIME_UNKNOWN": (
        world(age=16, consents=[consent("sem")], record={"regime": None}),
        "G-01",
        "r1 (goals at ggz, about sem, made 10 February 2026, law unknown)",
    ),
    "HOLDER_DECISION_PENDING": (
        world(by="rik", purpose="child-protection-inquiry"),
        "LB-12",
        "Needed, and not so: the holder approved this kind of data.",
    ),
    "HOLDER_REFUSED": (
        world(
            by="rik",
            purpose="child-protection-inquiry",
            request={"holder_decisions": [approval(approved=False)]},
        ),
        "LB-12",
        "holder_decisions[0] (decision of chris for ggz, 1 March 2026, refused)",
    ),
    "EVIDENCE_INSUFFICIENT": (
        world(age=16, consents=[consent("sem", identity_verified=False)]),
        "CV-14",
        "identity not verified",
    ),
    "JUSTIFICATION_REQUIRED": (
        world(
            purpose="avert-harm",
            record={"category": "risk"},
            request={"initiative": "holder", "categories": ["risk"], "holder_decisions": [approval()]},
        ),
        "LB-23",
        "Needed, and not so: the holder's reason has at least 40 characters.",
    ),
    "JIM_NOT_CHOSEN_BY_YOUTH": (
        world(by={"mentor": "luus"}, purpose="mentor-support", mandates=[mandate(youth_chose_on="2026-04-01")]),
        "LB-27",
        "Needed, and not so: the youth chose this mentor.",
    ),
    "JIM_MANDATE_INVALID": (
        world(
            by={"mentor": "luus"}, purpose="mentor-support", mandates=[mandate(until="2026-03-01")], authority=PARENTS
        ),
        "LB-27",
        "m1 (mentor luus of sem, since 15 January 2026, until 1 March 2026",
    ),
    "SAFETY_SUSPENSION": (
        world(
            by={"mentor": "luus"},
            purpose="mentor-support",
            mandates=[mandate(suspended_on="2026-03-01")],
            authority=PARENTS,
        ),
        "LB-27",
        "suspended 1 March 2026",
    ),
    "BTG_NOT_ALLOWED_ROLE": (
        world(purpose="emergency"),
        "LB-24",
        "anna (youth professional of team); team (local team)",
    ),
    "BTG_CONDITIONS": (
        world(by="kris", purpose="emergency", request={"emergency": {"live_contact": True, "cannot_consent": True}}),
        "LB-24",
        "emergency (declared emergency, holder can be reached, no reason code, no text)",
    ),
    "FEATURE_DISABLED": (world(purpose="research"), "LB-30", "Needed, and not so: this purpose is switched on."),
    "NO_BASIS": (world(), "LB-01", "Decided by: there is no fact now that carries this rule."),
}


@pytest.mark.parametrize("reason", DECIDED)
def test_an_officer_finds_the_rule_and_the_fact_behind_a_reason(reason: str) -> None:
    value, rule, fact = DECIDED[reason]
    told = officer(value)
    [first] = [line for line in told.splitlines() if line.startswith("r1: ")]
    assert f"({reason})" in first
    assert f"{rule} " in told
    assert fact in told


def test_every_reason_of_the_core_is_among_the_examples() -> None:
    elsewhere = {Reason.REQUESTER_UNTRUSTED, Reason.RULE_SET_UNCONFIRMED, Reason.LOG_UNAVAILABLE}
    assert set(DECIDED) == set(Reason) - elsewhere


def test_an_untrusted_requester_is_the_fact_that_decided() -> None:
    value = world()
    value["professionals"][0] |= {"trusted": False}
    assert "Decided by: anna (youth professional of team, not identified well enough)." in officer(value)


def test_a_rule_set_that_is_refused_says_what_would_open_it() -> None:
    told = officer(world(request={"at": "2027-03-02T10:00:00+01:00"}), require_confirmed_rules=True)
    assert "(RULE_SET_UNCONFIRMED)" in told
    assert "Needed, and not so: somebody recorded that these rules are the law." in told
