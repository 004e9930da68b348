"""The rows of law on measures, authorities, harm and the holder's decision, on both sides of each condition."""

from typing import Any

import pytest

from tests.consent.make import approval, order, told, world

QUESTION = {"question": "Welke afspraken lopen er, om het plan te maken?"}
GI: dict[str, Any] = {"by": "jan", "purpose": "supervision-order", "request": QUESTION}
TELLS = {"initiative": "holder", "holder_decisions": [approval()]}
LONG = "Er is direct gevaar voor het kind en zijn zusje thuis."
ENGAGED = {"order": "ots", "provider": "zorg", "since": "2026-01-10"}
PROVIDER: dict[str, Any] = {
    "by": "zoe",
    "purpose": "execute-measure",
    "record": {"holder": "gi"},
    "assignments": [ENGAGED],
    "request": {"holder_decisions": [approval("gi", "jan")]},
}
ACUTE = {
    "reason_code": "acuut",
    "text": LONG,
    "live_contact": True,
    "cannot_consent": True,
    "holder_unreachable": True,
}
CRISIS: dict[str, Any] = {
    "by": "kris",
    "purpose": "emergency",
    "organisations": [
        {"id": "ggz", "kind": "youth-mental-health", "emergency_opt_in": True},
        *({"id": name, "kind": "other"} for name in ("team", "zorg", "gi", "gi-oost", "raad", "vt", "gemeente")),
        *({"id": name, "kind": "other"} for name in ("school", "crisis", "huis", "pleegzorg", "politie")),
    ],
    "record": {"category": "risk"},
}
PROBATION = order(id="jr", kind="youth-probation")


def case(told: str, *parts: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    sections: dict[str, Any] = {}
    for part in (*parts, more):
        sections |= part
    return told, sections


def decides(*decisions: dict[str, Any], **request: Any) -> dict[str, Any]:
    return {"request": {"holder_decisions": list(decisions), **request}}


def emergency(**changes: Any) -> dict[str, Any]:
    return {"request": {"categories": ["risk"], "emergency": ACUTE | changes}}


RAAD: dict[str, Any] = {"by": "rik", "purpose": "child-protection-inquiry"}
THUIS: dict[str, Any] = {"by": "vera", "purpose": "safety-report"}
HARM: dict[str, Any] = {"by": "anna", "purpose": "avert-harm", "record": {"category": "risk"}}
WVGGZ = order(id="zm", kind="compulsory-mental-health", executor="ggz")
WZD = order(id="wzd", kind="compulsory-disability-care", executor="zorg")
CARE: dict[str, Any] = {"by": "psych", "purpose": "compulsory-care", "request": {"holder_decisions": [approval()]}}

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    # LB-07
    "the institution that executes asks": case("release LB-07", GI, orders=[order()]),
    "a provisional order opens too": case("release LB-07", GI, orders=[order(kind="provisional-supervision-order")]),
    "without an order": case("withhold NO_BASIS", GI),
    "an order of another kind": case("withhold ORDER_TYPE_NO_BASIS", GI, orders=[order(kind="secure-care")]),
    "an order of another kind of another institution": case(
        "withhold NO_BASIS", GI, orders=[order(kind="secure-care", executor="gi-oost")]
    ),
    "another institution": case("withhold ORDER_WRONG_GI", GI, by="joost", orders=[order()]),
    "no institution": case("withhold NO_BASIS", GI, by="anna", orders=[order()]),
    "who does not work on it": case("withhold REQUESTER_UNTRUSTED", GI, orders=[order(workers=["jet"])]),
    "who works on it": case("release LB-07", GI, orders=[order(workers=["jan"])]),
    "who replaces who works on it": case(
        "release LB-07",
        GI,
        orders=[order(workers=["jet"])],
        involvements=[
            {"id": "i", "kind": "replacement", "professional": "jan", "replaces": "jet", "since": "2026-03-02"}
        ],
    ),
    "an order of tomorrow": case("withhold ORDER_NOT_YET_VALID", GI, orders=[order(since="2026-03-03")]),
    "an order until today": case("withhold ORDER_EXPIRED", GI, orders=[order(until="2026-03-02")]),
    "an order until tomorrow": case("release LB-07", GI, orders=[order(until="2026-03-03")]),
    "an order that was ended": case("withhold ORDER_EXPIRED", GI, orders=[order(ended_on="2026-03-01")]),
    "an order over an adult": case("withhold ORDER_EXPIRED", GI, age=19, orders=[order()]),
    "an order that nobody saw": case("review EVIDENCE_INSUFFICIENT", GI, orders=[order(verified_on="2026-03-03")]),
    "without a question": case("review NOT_NECESSARY", GI, orders=[order()], request={}),
    "a question of white space": case("review NOT_NECESSARY", GI, orders=[order()], request={"question": "\u00a0"}),
    "the whole file": case("review NOT_NECESSARY", GI, orders=[order()], request=QUESTION | {"categories": "all"}),
    "of two orders the one that gets furthest": case(
        "release LB-07", GI, orders=[order(id="o0", until="2026-02-01"), order()]
    ),
    "the named order alone is read": case(
        "withhold ORDER_EXPIRED",
        GI,
        orders=[order(id="o0", until="2026-02-01"), order()],
        request=QUESTION | {"order": "o0"},
    ),
    # LB-08
    "the holder tells": case("release LB-08", GI, orders=[order()], request=TELLS),
    "the holder wants to tell and has not decided": case(
        "review HOLDER_DECISION_PENDING", GI, orders=[order()], request={"initiative": "holder"}
    ),
    "the holder tells an ended order": case(
        "withhold ORDER_EXPIRED", GI, orders=[order(until="2026-03-01")], request=TELLS
    ),
    # LB-11
    "the institution to its provider": case("release LB-11", PROVIDER, orders=[order(verified_on="2026-03-03")]),
    "to a provider that it did not engage": case("withhold NO_BASIS", PROVIDER, by="anna", orders=[order()]),
    "under an order of tomorrow": case("withhold ORDER_NOT_YET_VALID", PROVIDER, orders=[order(since="2026-03-03")]),
    "under an ended order": case("withhold ORDER_EXPIRED", PROVIDER, orders=[order(until="2026-03-02")]),
    "from another holder": case("withhold NO_BASIS", PROVIDER, orders=[order()], record={"holder": "ggz"}),
    # A holder decision, by way of LB-12
    "the board, and the holder approves": case("release LB-12", RAAD, decides(approval())),
    "the board, and nobody decided": case("review HOLDER_DECISION_PENDING", RAAD),
    "somebody else decided": case("review EVIDENCE_INSUFFICIENT", RAAD, decides(approval(by="moeder"))),
    "a professional of another decided": case("review EVIDENCE_INSUFFICIENT", RAAD, decides(approval(by="anna"))),
    "without a reason": case("review HOLDER_DECISION_PENDING", RAAD, decides(approval(reason=" "))),
    "tomorrow": case("review HOLDER_DECISION_PENDING", RAAD, decides(approval(on="2026-03-03"))),
    "the holder refuses": case("withhold HOLDER_REFUSED", RAAD, decides(approval(approved=False))),
    "the latest counts": case(
        "withhold HOLDER_REFUSED", RAAD, decides(approval(), approval(approved=False, on="2026-03-02"))
    ),
    "at one instant the refusal": case("withhold HOLDER_REFUSED", RAAD, decides(approval(), approval(approved=False))),
    "an approval of other categories": case("withhold CATEGORY_EXCLUDED", RAAD, decides(approval(categories=["risk"]))),
    "a refusal of other categories": case(
        "release LB-12", RAAD, decides(approval(), approval(approved=False, categories=["risk"]))
    ),
    "an approval of everything that was never listed": case(
        "review HOLDER_DECISION_PENDING", RAAD, decides(approval(), categories="all")
    ),
    "an approval that lists": case("release LB-12", RAAD, decides(approval(categories=["goals"]), categories="all")),
    "not the board": case("withhold NO_BASIS", RAAD, decides(approval()), by="anna"),
    # LB-13
    "a report with all steps": case("release LB-13", THUIS, decides(approval(meldcode_steps=[1, 2, 3, 4, 5]))),
    "a report without step four": case(
        "review EVIDENCE_INSUFFICIENT", THUIS, decides(approval(meldcode_steps=[1, 2, 3, 5]))
    ),
    "a report with step three skipped": case(
        "release LB-13", THUIS, decides(approval(meldcode_steps=[1, 2, 4, 5], step3_skipped_because="gevaar"))
    ),
    "an inquiry needs no steps": case("release LB-13", THUIS, decides(approval()), purpose="safety-inquiry"),
    # LB-15, LB-16, LB-17
    "a billing clerk": case(
        "release LB-15",
        by="clerk",
        purpose="billing",
        record={"category": "billing"},
        request={"categories": ["billing"]},
    ),
    "a billing clerk sees no goals": case("withhold CATEGORY_EXCLUDED", by="clerk", purpose="billing"),
    "another of the municipality": case(
        "withhold NO_BASIS",
        by="toegang",
        purpose="billing",
        record={"category": "billing"},
        request={"categories": ["billing"]},
    ),
    "an access officer": case(
        "release LB-16", decides(approval(), **QUESTION), by="toegang", purpose="access-decision"
    ),
    "an access officer without a question": case(
        "review NOT_NECESSARY", decides(approval()), by="toegang", purpose="access-decision"
    ),
    "a controller": case("review HOLDER_DECISION_PENDING", by="controleur", purpose="material-control"),
    "no controller": case("withhold NO_BASIS", by="clerk", purpose="material-control"),
    # LB-23
    "the holder averts harm": case(
        "release LB-23", HARM, decides(approval(reason=LONG), initiative="holder", categories=["risk"])
    ),
    "somebody asks for it": case("review HOLDER_DECISION_PENDING", HARM, decides(approval(), categories=["risk"])),
    "thirty-nine characters": case(
        "withhold JUSTIFICATION_REQUIRED",
        HARM,
        decides(approval(reason="x" * 39), initiative="holder", categories=["risk"]),
    ),
    "forty characters": case(
        "release LB-23", HARM, decides(approval(reason="x" * 40 + " "), initiative="holder", categories=["risk"])
    ),
    "all categories, of which the four": case(
        "release LB-23", HARM, decides(approval(reason=LONG), initiative="holder", categories="all")
    ),
    "a category outside the four": case(
        "withhold CATEGORY_EXCLUDED", HARM, decides(approval(reason=LONG), initiative="holder"), record={}
    ),
    "a category that the holder names": case(
        "release LB-23", HARM, decides(approval(reason=LONG, categories=["goals"]), initiative="holder"), record={}
    ),
    # LB-24
    "an emergency pull": case("release LB-24", CRISIS, emergency()),
    "no crisis worker": case("withhold BTG_NOT_ALLOWED_ROLE", CRISIS, emergency(), by="anna"),
    "who can consent": case("withhold BTG_CONDITIONS", CRISIS, emergency(cannot_consent=False)),
    "a text of thirty-nine": case("withhold JUSTIFICATION_REQUIRED", CRISIS, emergency(text="x" * 39)),
    "a holder that did not opt in": case(
        "withhold NO_BASIS", CRISIS, emergency(), record={"holder": "zorg", "category": "risk"}
    ),
    # LB-28, LB-29
    "a psychiatrist under the Wvggz": case("release LB-28", CARE, orders=[WVGGZ]),
    "a psychiatrist under the Wzd": case("release LB-29", CARE, orders=[WZD]),
    "under both the Wvggz": case("release LB-28", CARE, orders=[WVGGZ, WZD]),
    "the named order says which law": case(
        "release LB-29", CARE, orders=[WVGGZ, WZD], request={"holder_decisions": [approval()], "order": "wzd"}
    ),
    "the other named order too": case(
        "release LB-28", CARE, orders=[WVGGZ, WZD], request={"holder_decisions": [approval()], "order": "zm"}
    ),
    "somebody of the municipality": case("release LB-28", CARE, by="toegang", orders=[WVGGZ]),
    "the executor": case("release LB-28", CARE, by="chris", orders=[WVGGZ]),
    "no task in it": case("withhold NO_BASIS", CARE, by="anna", orders=[WVGGZ]),
    "nothing in force, nothing prepared": case("withhold NO_BASIS", CARE),
    "a preparation": case(
        "review HOLDER_DECISION_PENDING", CARE, request=QUESTION | {"holder_decisions": [approval()]}
    ),
    # LB-32, and what is no basis
    "the safety house": case("release LB-32", decides(approval()), by="hugo", purpose="safety-house"),
    "not the safety house": case("withhold NO_BASIS", decides(approval()), by="anna", purpose="safety-house"),
    "youth probation opens nothing": case(
        "withhold ORDER_TYPE_NO_BASIS", by="jan", purpose="youth-probation", orders=[PROBATION]
    ),
    "nor did it years ago": case(
        "withhold ORDER_TYPE_NO_BASIS",
        by="jan",
        purpose="youth-probation",
        orders=[PROBATION | {"until": "2026-02-01"}],
    ),
    "without it there is no basis": case("withhold NO_BASIS", by="jan", purpose="youth-probation"),
    "the police": case("withhold NO_BASIS", by="agent", purpose="police-inquiry"),
    "research": case("withhold FEATURE_DISABLED", by="anna", purpose="research"),
}


@pytest.mark.parametrize(("expected", "sections"), CASES.values(), ids=CASES.keys())
def test_a_row_answers(expected: str, sections: dict[str, Any]) -> None:
    sections = dict(sections)
    asked = {"categories": [sections.get("record", {}).get("category", "goals")]} | sections.pop("request", {})
    assert told(world(**sections, request=asked)) == expected
