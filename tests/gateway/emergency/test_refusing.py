"""What is refused in an emergency: each condition by itself, what the try leaves on record, and what it tells."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.gateway.emergency.house import DECLARED, WHY, House, elements, house_at

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One gateway for all of them: they open nothing, or look only at what they did themselves."""
    async with house_at(tmp_path_factory.mktemp("refusing")) as one:
        yield one


NOT_OPENED: dict[str, tuple[dict[str, Any], str]] = {
    "another role": ({"by": "anna"}, "BTG_NOT_ALLOWED_ROLE"),
    "a login that is too weak": ({"by": "slap"}, "REQUESTER_UNTRUSTED"),
    "no contact": ({"declared": {"live_contact": False}}, "BTG_CONDITIONS"),
    "somebody who can say yes": ({"declared": {"cannot_consent": False}}, "BTG_CONDITIONS"),
    "a holder within reach": ({"declared": {"holder_unreachable": False}}, "BTG_CONDITIONS"),
    "a condition that is left out": ({"declared": {"holder_unreachable": None}}, "BTG_CONDITIONS"),
    "no code": ({"declared": {"reason_code": None}}, "JUSTIFICATION_REQUIRED"),
    "a text of 39 characters": ({"declared": {"text": " " + "x" * 39 + " "}}, "JUSTIFICATION_REQUIRED"),
    "no holder who opened it": ({"records": ["not-opened"]}, "NO_BASIS"),
    "what is not in the crisis set": ({"categories": ["goals"]}, "CATEGORY_EXCLUDED"),
}


async def test_what_lacks_a_condition_is_refused_and_the_try_is_on_record(house: House) -> None:
    for name, (more, why) in NOT_OPENED.items():
        answer = await house.pull(**more)
        assert (answer.status, json.loads(answer.body)["type"]) == (403, "urn:schakel:problem:not-available"), name
        leaf, said = (await house.events("exchange.denied"))[-1]
        assert said["purpose"] == "emergency", name
        reasons = {each["reason"] for each in (*said["elements"], *said["detail"]["not_asked"])}
        assert why in reasons or why == "NO_BASIS", (name, reasons)
        assert leaf["outcome"] == "deny", name
    assert await house.events("emergency.opened") == []
    assert await house.notices("ggz-west") == []


async def test_a_refused_try_keeps_what_was_declared(house: House) -> None:
    await house.pull(declared={"live_contact": False})
    _, said = (await house.events("exchange.denied"))[-1]
    assert said["facts"]["request"]["emergency"] == {**DECLARED, "live_contact": False}
    assert said["justification"] == WHY


async def test_who_is_refused_hears_only_what_follows_from_his_own_words(house: House) -> None:
    short: dict[str, Any] = {"declared": {"text": "Gevaar.", "live_contact": False}}
    others: list[dict[str, Any]] = [{}, {"by": "anna"}, {"person": "nobody"}, {"records": ["not-opened"]}]
    answers = [json.loads((await house.pull(**more, **short)).body) for more in others]
    for each in answers:
        each.pop("request_id")
    assert answers[1:] == answers[:-1]
    assert [each["path"] for each in answers[0]["errors"]] == ["emergency.text", "emergency.live_contact"]
    whole = json.loads((await house.pull(by="anna")).body)
    assert "errors" not in whole
    bare = json.loads((await house.gateway.ask("kris", "sem", "emergency")).body)
    assert [each["path"] for each in bare["errors"]] == ["emergency"]


async def test_of_another_purpose_nothing_is_said_to_be_lacking(house: House) -> None:
    answer = await house.gateway.ask("piet", "sem", "coordinate-plan")
    assert answer.status == 403
    assert "errors" not in json.loads(answer.body)


async def test_another_purpose_opens_no_emergency_whatever_is_declared(house: House) -> None:
    answer = await house.gateway.ask("sem", "sem", "own-access", categories=["risk"], emergency=DECLARED)
    assert answer.status == 200
    assert await house.events("emergency.opened") == []
    assert await house.notices("ggz-west") == []


async def test_a_text_of_40_characters_opens(house: House) -> None:
    assert elements(await house.pull(declared={"text": "x" * 40}))
