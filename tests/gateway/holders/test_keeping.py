"""What a holder decided is kept once, with its event, and counts from the moment that it is kept."""

import asyncio
import json
from pathlib import Path

from audit.events import Field, Kind
from audit.review.opening import acted
from consent.decided import SECTION
from consent.naming import PERSON_SYSTEM
from gateway.failpoints import Step
from gateway.keys.renewal import Renewed, renew_keys
from tests.audit.gone import facts_gone
from tests.gateway.holders.world import QUESTIONS, WHY, Stage, stage_at, waiting
from tests.gateway.log.office import told
from tests.gateway.running import at_step


async def test_a_decision_between_judging_and_commit_is_seen(tmp_path: Path, database_url: str) -> None:
    refused: list[int] = []

    async def refuse() -> None:
        refused.append((await one.tell(approved=False)).status)

    async with stage_at(tmp_path, database_url) as one:
        assert (await one.tell(categories=["goals"])).status == 201
        assert (await one.ask()).status == 200
        one.gateway.change(at_step(Step.ASSEMBLED, refuse))
        assert (await one.ask()).status == 403
    assert refused == [201]


async def test_two_who_decide_at_once_leave_two_decisions_and_no_question(stage: Stage) -> None:
    question = await waiting(stage)
    decided = await asyncio.gather(stage.decide(question), stage.decide(question, by="cora", approved=False))
    assert [each.status for each in decided] == [201, 201]
    assert await stage.inbox("chris") == []
    gathered = await stage.gateway.gateway.exchange.committer.gather(PERSON_SYSTEM, "sem", also=frozenset())
    assert sorted(each.approved for each in gathered.decided) == [False, True]
    assert not hasattr(gathered.facts, SECTION)


async def test_a_question_that_was_asked_under_an_earlier_key_is_read_and_decided(stage: Stage) -> None:
    question = await waiting(stage)
    before = await stage.inbox("chris")
    committer = stage.gateway.gateway.exchange.committer
    assert await renew_keys(committer.engine, committer.facts, ["sem"]) == Renewed(persons=1, keys=2, broken=0)
    assert await stage.inbox("chris") == before
    assert (await stage.decide(question)).status == 201
    assert await stage.inbox("chris") == []


async def test_who_asks_the_same_again_waits_in_the_same_place(stage: Stage) -> None:
    await stage.ask(justification="eerst")
    await stage.ask(justification="nog eens")
    await stage.ask(by="bas")
    assert len(await stage.inbox("chris")) == 1
    await stage.ask("health")
    assert len(await stage.inbox("chris")) == 2


async def test_a_repeated_decision_is_recorded_once(stage: Stage) -> None:
    question = await waiting(stage)
    path, body = f"{QUESTIONS}/{question}/decision", json.dumps({"approved": False, "reason": WHY}).encode()
    answers = []
    for _ in range(2):
        headers = await stage.gateway.headers("chris", "POST", path)
        headers |= {"Content-Type": "application/json", "Idempotency-Key": "een"}
        async with stage.gateway.session.post(f"{stage.gateway.url}{path}", headers=headers, data=body) as answer:
            answers.append((answer.status, await answer.read()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 201


async def test_what_rested_on_a_decision_replays_the_same_after_a_later_one(small: Stage) -> None:
    question = await waiting(small)
    await small.decide(question)
    request_id = json.loads((await small.ask()).body)["request_id"]
    await small.decide(question, approved=False)
    answer = await small.gateway.call("officer", "POST", f"/api/v1/decisions/{request_id}/replay")
    assert answer.status == 200, answer.body
    told = json.loads(answer.body)
    assert (told["event"]["result"], told["store"]["result"]) == ("same", "same"), told


async def test_the_deciders_stand_in_the_event_beside_its_facts_which_may_go(small: Stage) -> None:
    await small.decide(await waiting(small))
    await small.ask()
    [event] = [each for each in await told(small.gateway) if each.kind is Kind.EXCHANGE_DISCLOSED]
    assert event.fields[Field.DETAIL]["deciders"] == ["chris"]
    assert acted(event) == {"bo", "chris"} == acted(facts_gone(event))


LONG = "Hij zei dat hij zijn zus deze week iets aandoet; een collega is geraadpleegd."
