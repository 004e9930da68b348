"""The list of closings is held against the facts contract's own text, and against the table in the code."""

import re
from pathlib import Path
from typing import Final

from consent.whose.allowed import ROWS
from gateway.api.facts.bodies import RECORDED
from tests.faults.closings.every_closing import CLOSINGS
from tests.gateway.facts.attacks.the_table import CONTRACT, rows_of

CELLS: Final = {
    "organisation": "any operator, the organisation's administrator",
    "professional_and_role": "the same, at the next request",
    "person": "a helper, the person",
    "foster_parent": "the same; the executor of an order about the youth",
    "authority": "any recorder (`disputed`, `suspended_on`, `until`)",
    "capacity": "a later finding; the person's objection makes it `unclear`",
    "order": "any recorder (`ended_on`)",
    "assignment": "either",
    "help": "the same",
    "joint_help": "any partner for itself; `objection_on`: the person, a holder of authority, a helper",
    "replacement": "the same",
    "referral": "`objection_on` as above",
    "mandate": "the youth, the mentor, a helper; under 16 a holder of authority (`suspended_on`)",
    "consent": "see next",
    "refusal": "–",  # noqa: RUF001 - as the contract writes that there is none
    "considered_wish": "the youth",
    "holder_decision": "a later decision of the same holder",
    "record": "the holder",
}
"""The contract's column *closed at once by*, as it stood when the list was made: where it changes, so must the list."""

ELSEWHERE: Final = {
    "professional_and_role": "at the next request (test_next_request.py)",
    "considered_wish": "it turns a no into a review, and both are one answer (WISH)",
}
_PROTECTS: Final = re.compile(r"What protects \((.+?)\)")
NOT_A_FACT: Final = {"secret whereabouts": "a category of records, for which nobody records a fact"}


def test_every_row_of_the_contract_has_its_closings(shared: Path) -> None:
    rows = rows_of(shared)
    assert {row.facts[0]: row.closed_by for row in rows} == CELLS
    closed = {one.row for one in CLOSINGS} | ELSEWHERE.keys()
    assert [row.facts for row in rows if closed.isdisjoint(row.facts)] == []
    assert closed <= {fact for row in rows for fact in row.facts}


def test_all_that_protects_stands_among_them(shared: Path) -> None:
    text = (shared / CONTRACT).read_text(encoding="utf-8")
    [protecting] = _PROTECTS.findall(text)
    assert set(protecting.split(", ")) - NOT_A_FACT.keys() == {one.word for one in CLOSINGS if one.word}


def test_every_end_of_the_table_in_the_code_stands_among_them() -> None:
    of_code = {(row.section, each.field) for row in ROWS if row.section in RECORDED for each in row.closings}
    opens_or_reviews = {("refusals", "withdrawn_on"), ("considered_wishes", "closed_on")}
    assert {one.act.ends for one in CLOSINGS if one.act.ends} == of_code - opens_or_reviews
