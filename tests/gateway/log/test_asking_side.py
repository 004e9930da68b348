"""What the asking side's officer learns of what was not given, and of whom: nothing, however he asks."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from audit.events import Event, EventOutcome, Field, Kind
from gateway.database.engine import write_transaction
from gateway.erasing.belongings import destroy
from tests.gateway.log.followers import placed
from tests.gateway.log.office import GOODS, LOG, found, indexed, office, told
from tests.gateway.running import PERSON, Running, running
from tests.gateway.sources import Telling, instead
from tests.gateway.worlds import YES, world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with office(tmp_path_factory.mktemp("gateway")) as one:
        yield one


async def test_no_proof_tells_the_asking_sides_officer_a_denial_from_a_review_or_from_nobody(gateway: Running) -> None:
    assert (await gateway.ask("anna", "zus", "coordinate-plan")).status == 403
    await indexed(gateway)
    rows = (await found(gateway, "officer:team-noord", "?outcome=deny&actor=anna"))["events"]
    shown = [await gateway.call("officer:team-noord", "GET", f"{LOG}/{row['id']}") for row in rows]
    assert len(rows) > 1
    assert {json.loads(each.body)["proof_is"] for each in shown} == {"withheld"}


async def test_nor_does_a_proof_or_a_letter_tell_him_whether_anything_was_withheld(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # "The asking side's officer [sees] what was released" (`design.md` 1.1).
    seen, yes = [], {"id": "c1", **YES, "holders": ["ggz-west"]}
    for kept in ([], GOODS[1:]):
        sources = instead(Telling("ggz-west", [*GOODS[:1], *kept]))
        async with running(world(consents=[yes]), tmp_path_factory.mktemp("kept"), change=sources) as one:
            assert (await one.ask("anna", "sem", "coordinate-plan")).status == 200
            await placed(one)
            await indexed(one)
            [row] = (await found(one, "officer:team-noord", "?basis=LB-01"))["events"]
            shown = json.loads((await one.call("officer:team-noord", "GET", f"{LOG}/{row['id']}")).body)
            asked = await one.call("officer:team-noord", "POST", f"{LOG}/access-report", {"person": "sem"})
            report = json.loads(asked.body)
            lines = [each["text"]["nl"] for day in report["letter"]["days"] for each in day["lines"]]
            why = sorted(each["why"] for each in report["withheld"])
            seen.append((shown["proof_is"], lines, why))
    assert seen[0] == seen[1]
    assert any("las iets over jou" in each for each in seen[0][1])


async def test_an_institution_finds_whom_its_event_tells_of_and_not_whom_it_is_also_about(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    for person in ("sem", "zus"):
        await committer.gather(PERSON, person, also=frozenset())
    fields = {Field.ACTOR: {"id": "anna", "form": "professional"}, Field.SUBJECT: "sem"}
    both = Event(Kind.FACT_RECORDED, EventOutcome.OK, "team-noord", person="sem", also_about=("zus",), fields=fields)
    await committer.keep(both)
    await indexed(gateway)
    # Not the last of all: what became of an answer is kept behind its request.
    event = [each.id for each in await told(gateway) if each.kind is Kind.FACT_RECORDED][-1]
    query = "?reason=signal&kind=fact.recorded&person="
    for who, person, is_found in (
        ("officer:team-noord", "sem", True),
        ("officer:team-noord", "zus", False),
        ("officer", "sem", True),
        ("officer", "zus", True),
    ):
        rows = (await found(gateway, who, f"{query}{person}"))["events"]
        assert (event in {each["id"] for each in rows}) == is_found, (who, person)


async def test_after_erasure_a_denied_request_is_not_the_asking_sides_any_more(gateway: Running) -> None:
    asked = await gateway.ask("anna", "zus", "coordinate-plan")
    assert asked.status == 403
    await indexed(gateway)
    name = json.loads(asked.body)["request_id"]
    [row] = [each for each in await denied(gateway) if each["request_id"] == name]
    async with write_transaction(gateway.gateway.engine) as connection:
        await destroy(connection, "zus")
    await indexed(gateway)
    assert name not in {each["request_id"] for each in await denied(gateway)}
    every = (await found(gateway, "officer:team-noord", "?actor=anna&limit=200"))["events"]
    assert name not in {each["request_id"] for each in every}
    for path in (f"{LOG}/{row['id']}", f"/api/v1/decisions/{name}"):
        assert (await gateway.call("officer:team-noord", "GET", path)).status == 403
    assert (await gateway.call("officer", "GET", f"{LOG}/{row['id']}")).status == 200


async def denied(gateway: Running) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = (await found(gateway, "officer:team-noord", "?outcome=deny&actor=anna"))["events"]
    return rows
