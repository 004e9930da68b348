"""A request that is repeated with the same key gets the first answer, and does nothing again."""

import asyncio
import json
from collections.abc import Mapping

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.store import AuditUnavailableError
from gateway.committing.idempotency import Idempotency, Kept
from gateway.database.engine import write_transaction
from gateway.keys.renewal import renew_keys
from tests.consent.store import make
from tests.gateway.facts.desk import YES, Desk, desk_at
from tests.gateway.facts.household import Household
from tests.gateway.facts.test_rows_of_family import ASSISTED, FINDING
from tests.gateway.facts.test_rows_of_family import YES as ASSENT
from tests.gateway.facts.test_rows_of_help import joint

KEY = "5f0c-retry"


async def test_the_same_request_with_the_same_key_is_done_once(desk: Desk) -> None:
    first = await desk.post("consents", YES, key=KEY)
    again = await desk.post("consents", YES, key=KEY)
    assert (first.status, first.raw) == (again.status, again.raw)
    assert len((await desk.gathered()).facts.consents) == 1
    assert await desk.events_about("sem") == ["consent.given"]


async def test_two_at_once_with_one_key_are_done_once(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.post("consents", YES, key=KEY) for _ in range(4)))
    assert {each.status for each in answers} == {201}
    assert len({each.raw for each in answers}) == 1
    assert len((await desk.gathered()).facts.consents) == 1


async def test_without_a_key_each_request_counts(desk: Desk) -> None:
    for _ in range(2):
        await desk.post("consents", YES)
    assert len((await desk.gathered()).facts.consents) == 2


@pytest.mark.parametrize(
    ("path", "body"), [("consents", YES | {"categories": ["school"]}), ("refusals", {"about": "sem"})]
)
async def test_the_same_key_for_something_else_is_a_conflict(desk: Desk, path: str, body: Mapping[str, object]) -> None:
    await desk.post("consents", YES, key=KEY)
    before = await desk.gathered()
    answer = await desk.post(path, body, key=KEY)
    assert (answer.status, answer.body["type"]) == (409, "urn:schakel:problem:idempotency-conflict")
    assert (await desk.gathered()).versions == before.versions


async def test_a_key_is_its_owners(desk: Desk) -> None:
    await desk.post("consents", YES, key=KEY)
    answer = await desk.post("consents", YES, key=KEY, by="person:moeder")
    assert answer.status == 201
    assert {each.given_by for each in (await desk.gathered()).facts.consents} == {"sem", "moeder"}


async def test_a_refused_attempt_leaves_its_key_free(desk: Desk) -> None:
    body = {"about": "buurman"}
    for _ in range(2):
        assert (await desk.post("refusals", body, key=KEY)).status == 403
    assert (await desk.post("refusals", {"about": "sem"}, key=KEY)).status == 201


async def test_a_log_that_does_not_keep_leaves_its_key_free(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise AuditUnavailableError("no disk")

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.committer.log), "insert", broken)
        answer = await desk.post("consents", YES, key=KEY)
    assert (answer.status, answer.body["type"]) == (503, "urn:schakel:problem:log-unavailable")
    assert (await desk.gathered()).facts.consents == ()
    assert (await desk.post("consents", YES, key=KEY)).status == 201


@pytest.mark.parametrize("key", ["", "with space", "é", "x" * 256])
async def test_a_key_is_short_and_visible(small: Desk, key: str) -> None:
    answer = await small.post("consents", YES, key=key)
    assert (answer.status, answer.body["errors"][0]["path"]) == (422, "Idempotency-Key")


async def test_nothing_that_a_client_sent_stands_beside_its_key(small: Desk) -> None:
    await small.post("consents", YES, key="person-moeder-1984")
    async with small.engine.connect() as connection:
        rows = str((await connection.execute(text("SELECT * FROM idempotent_request"))).all())
    assert not [secret for secret in ("1984", "ggz-west", "sem", "person:") if secret in rows]


async def test_what_was_answered_lies_sealed_and_opens_only_where_it_was_laid(desk: Desk) -> None:
    first = await desk.post("consents", YES, key=KEY)
    await desk.post("consents", YES, key="another")
    assert await changed(desk, "UPDATE idempotent_request SET answer = 'open' WHERE answer IS NOT NULL") == 0
    told = first.raw.partition(b',"receipt":')[0]
    async with desk.engine.connect() as connection:
        [one, other] = (await connection.execute(text("SELECT sealed FROM idempotent_request"))).scalars().all()
    assert told not in bytes(one) + bytes(other)
    exchange = "UPDATE idempotent_request SET sealed = (SELECT sealed FROM idempotent_request ORDER BY 1 LIMIT 1)"
    assert await changed(desk, exchange) == 2
    answers = [await desk.post("consents", YES, key=each) for each in (KEY, "another")]
    assert sorted(each.status for each in answers) == [201, 503]
    assert len((await desk.gathered()).facts.consents) == 2


async def test_what_was_answered_before_his_key_was_renewed_is_answered_again(desk: Desk) -> None:
    first = await desk.post("consents", YES, key=KEY)
    assert (await renew_keys(desk.engine, desk.committer.facts, ["sem"])).keys == 2
    assert (await desk.post("consents", YES, key=KEY)).raw == first.raw
    await desk.post("refusals", {"about": "sem"}, key="another")
    async with desk.engine.connect() as connection:
        query = text("SELECT key_version FROM fact WHERE person = 'sem' ORDER BY seq DESC LIMIT 2")
        assert (await connection.execute(query)).scalars().all() == [2, 1]


async def test_whose_key_is_gone_is_not_answered_again_and_nothing_is_done_again(desk: Desk) -> None:
    await desk.post("consents", YES, key=KEY)
    desk.committer.sealer.know([("sem", 0)], {})
    await changed(desk, "DELETE FROM person_key WHERE person = 'sem' AND key_class = 'audit'")
    answer = await desk.post("consents", YES, key=KEY)
    assert answer.status == 503
    async with desk.engine.connect() as connection:
        assert len((await connection.execute(text("SELECT 1 FROM fact WHERE section = 'consents'"))).all()) == 1


async def test_whose_answer_goes_while_he_asks_again_is_answered_as_by_a_first_time(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_at(postgres_url) as desk:
        await desk.post("consents", YES, key=KEY)
        before = Idempotency._answered

        async def late(self: Idempotency, connection: AsyncConnection, key: bytes, request: bytes) -> Kept | None:
            # As when its term ends, or somebody whom it is about is erased.
            await changed(desk, "DELETE FROM idempotent_request")
            return await before(self, connection, key, request)

        with monkeypatch.context() as patched:
            patched.setattr(Idempotency, "_answered", late)
            anew = await desk.post("consents", YES, key=KEY)
        assert anew.status == 201
        assert (await desk.post("consents", YES, key=KEY)).raw == anew.raw
        assert len((await desk.gathered()).facts.consents) == 2


async def test_what_the_version_before_kept_open_is_answered_as_it_was(desk: Desk) -> None:
    first = await desk.post("consents", YES, key=KEY)
    told = first.raw.partition(b',"receipt":')[0].decode() + "}"
    assert json.loads(told)["id"] == first.body["id"]
    query = "UPDATE idempotent_request SET sealed = NULL, answer = :told"
    assert await changed(desk, query, told=told) == 1
    assert (await desk.post("consents", YES, key=KEY)).raw == first.raw


async def changed(desk: Desk, statement: str, **said: str) -> int:
    """Do `statement` as who owns the database; return how many rows it touched."""
    async with write_transaction(desk.engine) as connection:
        return (await connection.execute(text(statement), said)).rowcount


NO = {"about": "sem"}


async def test_a_no_said_again_with_its_key_is_said_anew_once_it_was_taken_back(desk: Desk) -> None:
    said = await desk.post("refusals", NO, key=KEY)
    assert (await desk.post("refusals", NO, key=KEY)).raw == said.raw
    assert (await desk.post(f"refusals/{said.body['id']}/close", {})).status == 201
    anew = await desk.post("refusals", NO, key=KEY)
    assert (anew.status, anew.body["id"] == said.body["id"]) == (201, False)
    refusals = (await desk.gathered()).facts.refusals
    assert [each.withdrawn_on is None for each in refusals] == [False, True]
    # It stands now, so it is not said once more by each who repeats himself.
    await desk.post("refusals", NO, key=KEY)
    assert len((await desk.gathered()).facts.refusals) == 2
    assert (await desk.post(f"refusals/{anew.body['id']}/close", {})).status == 201
    await desk.post("refusals", NO, key=KEY)
    assert len((await desk.gathered()).facts.refusals) == 3


async def test_a_no_said_again_with_its_key_comes_behind_the_yes_that_came_between(desk: Desk) -> None:
    await desk.post("refusals", NO, key=KEY)
    await desk.post("consents", YES)
    for _ in range(3):
        await desk.post("refusals", NO, key=KEY)
    facts = (await desk.gathered()).facts
    assert max(each.on for each in facts.refusals) >= max(each.on for each in facts.consents)
    assert len(facts.refusals) == 2


@pytest.mark.parametrize(("giver", "anew"), [("oom", False), ("mara", True), ("sem", True)])
async def test_a_no_said_again_for_another_tells_of_no_yes_but_his_own_and_the_persons(
    house: Household, giver: str, *, anew: bool
) -> None:
    no = {"about": "sem", "given_by": "mara"}
    await house.told("stranger", "involvements", {"kind": "help", "about": "sem"})
    said = await house.say("stranger", "refusals", no, key=KEY)
    await house.told("helper", "consents", {**ASSENT, **ASSISTED, "given_by": giver})
    assert ((await house.say("stranger", "refusals", no, key=KEY)).raw != said.raw) is anew


async def test_a_switch_turned_off_again_with_its_key_is_off_once_it_was_turned_on(desk: Desk) -> None:
    mandate = (await make.record(desk.engine, desk.committer.facts, "mandates", make.MANDATE)).id
    path, both = f"mandates/{mandate}/switches", {"categories": {"goals": False, "safety-plan": True}}
    said = await desk.post(path, both, key=KEY)
    assert (await desk.post(path, both, key=KEY)).raw == said.raw
    await desk.post(path, {"categories": {"goals": True, "safety-plan": False}})
    anew = await desk.post(path, both, key=KEY)
    # What it turned on before stays off: who repeats himself opens nothing.
    assert (anew.status, anew.body["categories"]) == (201, ["appointments"])


async def test_an_objection_said_again_with_its_key_is_said_anew_once_he_was_found_incapable_again(
    house: Household,
) -> None:
    finding = await house.told("second helper", "capacity", FINDING)
    path = f"capacity/{finding}/close"
    said = await house.say("youth", path, {}, key=KEY)
    assert (await house.say("youth", path, {}, key=KEY)).raw == said.raw
    await house.told("second helper", "capacity", FINDING)
    anew = await house.say("youth", path, {}, key=KEY)
    assert (anew.status, anew.body["id"] == said.body["id"]) == (201, False)
    assert [str(one.capable) for one in await house.handed("capacity")] == ["incapable", "unclear"] * 2
    # It stands, also where somebody finds something else of an earlier day: he says it no third time.
    await house.told("second helper", "capacity", FINDING | {"on": "2026-11-01"})
    await house.say("youth", path, {}, key=KEY)
    assert len(await house.handed("capacity")) == 5


async def test_a_partner_who_leaves_again_with_his_key_has_left_once_he_accepted_again(house: Household) -> None:
    fact = await joint(house)
    path, left = f"involvements/{fact}/close", {"field": "left_by"}
    said = await house.say("partner", path, left, key=KEY)
    assert (await house.say("partner", path, left, key=KEY)).raw == said.raw
    await house.told("partner", f"involvements/{fact}/confirm", {"field": "accepted_by"})
    anew = await house.say("partner", path, left, key=KEY)
    assert (anew.status, anew.raw == said.raw) == (201, False)
    assert [one.organisations for one in await house.handed("involvements", id=fact)] == [frozenset({"team"})]
