"""Who may not record hears one no, whatever is wrong with what he says; who may, hears what is wrong (F7)."""

from typing import Any

import pytest

from tests.gateway.facts.household import Household
from tests.gateway.facts.test_rows_of_family import ASSISTED, FINDING, GUARDIAN, YES
from tests.gateway.facts.test_rows_of_help import JOINT, MANDATE, ORDER

UNSAID = {name: told for name, told in ASSISTED.items() if name != "form"}
BADLY: dict[str, tuple[str, dict[str, Any], list[str], str, str]] = {
    "born tomorrow": ("persons", {"family_of": "sem", "born": "2030-01-01"}, ["born"], "helper", "stranger"),
    "found tomorrow": ("capacity", {**FINDING, "on": "2030-01-01"}, ["on"], "second helper", "teacher who helps"),
    "found for no reason": (
        "capacity",
        {"person": "sem", "capable": False, "on": "2030-01-01"},
        ["reason"],
        "second helper",
        "stranger",
    ),
    "assisted in no form": ("consents", {**YES, **UNSAID}, ["form"], "helper", "stranger"),
    "in a form of nobody's": ("consents", {**YES, "form": "on-paper"}, ["form"], "mother", "helper"),
    "in one's own name": ("consents", {**YES, **ASSISTED, "given_by": "vreemd"}, ["given_by"], "mother", "stranger"),
    "a yes of yesterday": ("consents", {**YES, **ASSISTED, "until": "2026-11-01"}, ["until"], "helper", "stranger"),
    "a yes for ever": ("consents", {**YES, **ASSISTED, "until": "2030-01-01"}, ["until"], "helper", "stranger"),
    "a no in one's own name": ("refusals", {"about": "sem", "given_by": "mara"}, ["given_by"], "mother", "stranger"),
    "ended before it began": ("authority", {**GUARDIAN, "until": "2025-01-01"}, ["until"], "helper", "stranger"),
    "with a matter of another kind": ("authority", {**GUARDIAN, "matter": "erfenis"}, ["matter"], "board", "uncle"),
    "for nobody who can be named": ("authority", {**GUARDIAN, "holder": "o\nm"}, ["holder"], "helper", "mother"),
    "an order that ended first": ("orders", {**ORDER, "until": "2026-10-01"}, ["until"], "executor", "stranger"),
    "a relative of no name": (
        "family",
        {"person": "o\nm", "of": "sem", "relation": "uncle", "since": "2026-01-02", "until": "2026-01-01"},
        ["person", "until"],
        "helper",
        "stranger",
    ),
    "joint help of one": ("involvements", {"kind": "joint-help", "about": "sem"}, ["organisations"], "helper", "youth"),
    "help of another": (
        "involvements",
        {"kind": "help", "about": "sem", "organisations": ["team"]},
        ["organisations"],
        "stranger",
        "youth",
    ),
    "joint help that ended first": ("involvements", {**JOINT, "until": "2020-01-01"}, ["until"], "partner", "stranger"),
    "referred tomorrow": ("referrals", {"about": "sem", "to": "ggz", "on": "2030-01-01"}, ["on"], "stranger", "mother"),
    "a mandate that ended first": ("mandates", {**MANDATE, "until": "2020-01-01"}, ["until"], "youth", "uncle"),
    "engaged before": (
        "assignments",
        {"order": "ots", "provider": "linde", "since": "2026-11-01", "until": "2026-10-01"},
        ["until"],
        "executor",
        "board",
    ),
}


@pytest.mark.parametrize("told", BADLY.values(), ids=BADLY)
async def test_who_may_not_hears_one_no_and_who_may_hears_what_is_wrong(
    house: Household, told: tuple[str, dict[str, Any], list[str], str, str]
) -> None:
    section, body, paths, who_may, who_may_not = told
    await house.refused(who_may_not, section, body)
    assert await house.wrong(who_may, section, body) == paths


@pytest.mark.parametrize("by", ["person:nobody", "officer:o", "client:c", "professional:x@nowhere/other"])
async def test_nobody_of_the_family_hears_one_no_of_what_is_wrong(house: Household, by: str) -> None:
    for section, body, *_ in BADLY.values():
        answer = await house.desk.post(section, body, by=by)
        assert answer.status == 403, (section, answer.body)
        [(entry, _)] = await house.desk.events(answer.body["request_id"])
        assert entry.leaf_json["kind"] == "fact.refused"


async def test_whom_it_is_about_cannot_be_read_so_nobody_may(house: Household) -> None:
    for section, body in (("authority", {**GUARDIAN, "over": "s\nm"}), ("orders", {**ORDER, "subject": "s\nm"})):
        await house.refused("board", section, body)


async def test_who_logged_in_too_weakly_hears_no_more(house: Household) -> None:
    await house.refused("helper", "authority", {**GUARDIAN, "until": "2025-01-01"}, weak=True)


@pytest.mark.parametrize("section", ["consents", "refusals"])
async def test_an_organisation_without_authority_says_nothing_of_its_own(house: Household, section: str) -> None:
    body = YES if section == "consents" else {"about": "sem"}
    for name in ("helper", "second helper", "executor", "stranger"):
        await house.refused(name, section, body)
    for own in ("team", "anna", "arie"):
        await house.refused("helper", section, {**body, **(ASSISTED if section == "consents" else {}), "given_by": own})
