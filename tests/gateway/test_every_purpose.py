"""Every purpose of the contract is live: a request for each, with nothing in it but what a requester may say himself.

Nobody's decision is on record in these gateways, so where a holder must decide, the request waits for him.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from consent.request import Request
from consent.world.file import World, read_world, world_of
from gateway.live.asking import DECISIONS, PLAN, body_of
from schemas.words import Purpose
from tests.gateway.running import running
from tests.gateway.worlds import YES, world

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"

ON_CONSENT = (
    Purpose.COORDINATE_PLAN,
    Purpose.GIVE_HELP,
    Purpose.REFERRAL,
    Purpose.HISTORY,
    Purpose.YOUTH_PROBATION,
    Purpose.COUNSELLOR_SUPPORT,
    Purpose.SCHOOL_SUPPORT,
    Purpose.POLICE_INQUIRY,
)
"""Purposes that are asked for here on somebody's yes."""

ON_MORE = {
    Purpose.REFERRAL_FEEDBACK: ("lb-26", 0, "permit", "LB-26"),
    Purpose.SUPERVISION_ORDER: ("lb-07", 0, "permit", "LB-07"),
    Purpose.GUARDIANSHIP: ("lb-09", 0, "permit", "LB-09"),
    Purpose.PARTIAL_AUTHORITY: ("lb-10", 0, "permit", "LB-10"),
    Purpose.EXECUTE_MEASURE: ("lb-11", 0, "review", "HOLDER_DECISION_PENDING"),
    Purpose.CHILD_PROTECTION_INQUIRY: ("lb-12", 0, "review", "HOLDER_DECISION_PENDING"),
    Purpose.SAFETY_REPORT: ("lb-13", 0, "review", "HOLDER_DECISION_PENDING"),
    Purpose.SAFETY_INQUIRY: ("lb-13", 3, "review", "HOLDER_DECISION_PENDING"),
    Purpose.FOSTER_CARE: ("lb-18", 0, "permit", "LB-18"),
    Purpose.OWN_ACCESS: ("lb-20", 0, "permit", "LB-20"),
    Purpose.EXERCISE_AUTHORITY: ("lb-06", 0, "permit", "LB-06"),
    Purpose.PARENT_INFORMATION: ("lb-19", 0, "review", "HOLDER_DECISION_PENDING"),
    Purpose.MENTOR_SUPPORT: ("lb-27", 0, "permit", "LB-27"),
    Purpose.BILLING: ("lb-15", 0, "permit", "LB-15"),
    Purpose.ACCESS_DECISION: ("lb-16", 0, "review", "HOLDER_DECISION_PENDING"),
    Purpose.MATERIAL_CONTROL: ("lb-17", 0, "review", "HOLDER_DECISION_PENDING"),
    Purpose.EMERGENCY: ("lb-24", 0, "permit", "LB-24"),
    Purpose.AVERT_HARM: ("lb-23", 3, "review", "HOLDER_DECISION_PENDING"),
    Purpose.COMPULSORY_CARE: ("lb-28", 0, "review", "HOLDER_DECISION_PENDING"),
    Purpose.SAFETY_HOUSE: ("lb-32", 0, "review", "HOLDER_DECISION_PENDING"),
    Purpose.RESEARCH: ("research", 0, "deny", "FEATURE_DISABLED"),
}
"""An example and its request, what a gateway answers where nobody decided anything, and on which basis or why not."""


def test_no_purpose_is_forgotten() -> None:
    assert {*ON_CONSENT, *ON_MORE} == set(Purpose)


@pytest.mark.parametrize("purpose", ON_CONSENT)
async def test_a_yes_for_a_purpose_opens_it_and_none_does_not(purpose: Purpose, tmp_path: Path) -> None:
    yes = {"id": "c1", **YES, "purposes": [str(purpose)]}
    told = world(consents=[yes])
    told["request"] = {**told["request"], "purpose": str(purpose)}
    outcome, words = await asked(world_of(told), 0, tmp_path)
    assert outcome == "permit"
    assert "LB-01" in words
    (tmp_path / "no").mkdir()
    outcome, words = await asked(world_of({**told, "consents": []}), 0, tmp_path / "no")
    assert outcome == "deny"
    assert words == {"NO_BASIS", "CATEGORY_EXCLUDED"}


@pytest.mark.parametrize("purpose", ON_MORE)
async def test_every_other_purpose_is_decided_and_refused_by_nothing_but_the_decision(
    purpose: Purpose, tmp_path: Path
) -> None:
    name, position, wanted, word = ON_MORE[purpose]
    file = read_world((EXAMPLES / f"{name}.yaml").read_bytes())
    assert file.requests[position].purpose is purpose
    outcome, words = await asked(file, position, tmp_path)
    assert outcome == wanted
    assert word in words


async def test_nobody_opens_a_purpose_for_himself_with_a_yes_of_his_own(tmp_path: Path) -> None:
    told = world(consents=[])
    told["persons"] = [*told["persons"], {"id": "stiefvader", "born": "1982-01-01"}]
    told["family"] = [*told["family"], {"person": "stiefvader", "of": "sem", "relation": "step-parent"}]
    yes = {"about": "sem", "holders": "any", "recipients": ["stiefvader"], "purposes": sorted(Purpose)}
    yes |= {"categories": ["goals", "school"]}
    async with running(told, tmp_path) as gateway:
        await gateway.call("stiefvader", "POST", "/api/v1/facts/consents", yes)
        answers = {purpose: await gateway.ask("stiefvader", "sem", purpose) for purpose in Purpose}
        assert {answer.status for answer in answers.values()} == {403}
        # It is the giver that was wrong, not the yes: Sem, who is 17, opens it with the same words.
        assert (await gateway.call("sem", "POST", "/api/v1/facts/consents", yes)).status == 201
        assert (await gateway.ask("stiefvader", "sem", Purpose.EXERCISE_AUTHORITY)).status == 200


async def asked(file: World, position: int, folder: Path) -> tuple[str, set[str]]:
    """Return the outcome, and the bases and reasons that the officer sees."""
    request: Request = file.requests[position]
    async with running(
        file, folder, request=position, exchange=lambda exchange: replace(exchange, recorded_decisions=())
    ) as gateway:
        answer = await gateway.call(request.requester.id, "POST", PLAN, body_of(request))
        request_id = json.loads(answer.body)["request_id"]
        view: dict[str, Any] = json.loads((await gateway.call("officer", "GET", f"{DECISIONS}/{request_id}")).body)
    assert answer.status == (200 if view["outcome"] in {"permit", "partial"} else 403)
    told = [each["reason"] or each["basis"] for each in view["elements"]]
    return view["outcome"], {*told, *(each["reason"] for each in view["not_asked"])}
