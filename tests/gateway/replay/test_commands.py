"""`schakel replay`, and the demonstration's story made again."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from audit.tables import audit_subject
from gateway.commands import replay as cli_replay
from gateway.commands.operating import Said
from gateway.database.engine import write_transaction
from gateway.demo import family
from gateway.demo.institutions import running as institutions_running
from gateway.demo.playing import play
from gateway.demo.stage import open_stage
from tests.gateway.behind import erased, event_of, resealed, rewritten
from tests.gateway.demo.showing import TODAY
from tests.gateway.rules.world import leaves, set_environment
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    async with running(world(), tmp_path, database_url=database_url) as one:
        set_environment(monkeypatch, one.gateway.settings)
        yield one


async def asked(gateway: Running, person: str = "sem") -> str:
    request_id: str = json.loads((await gateway.ask("anna", person, "coordinate-plan")).body)["request_id"]
    return request_id


async def replay(request_id: str | None = None, *, every: bool = False) -> tuple[Said, list[str]]:
    """Run the command, which has a loop of its own, beside the gateway."""
    said: list[str] = []
    result = await asyncio.to_thread(cli_replay.run_replay, request_id, every=every, say=said.append)
    return result, said


async def test_the_same_is_said_and_exit_is_0(gateway: Running) -> None:
    request_id = await asked(gateway)
    assert await replay(request_id) == ((0, ""), [f"{request_id}: same"])


async def test_a_changed_fact_is_named_and_exit_is_1(gateway: Running) -> None:
    request_id = await asked(gateway)
    await resealed(gateway, "consents", purposes=["history"])
    result, [line] = await replay(request_id)
    assert result == (1, "")
    assert line.startswith(f"{request_id}: different: from the store the decision in elements, ")
    assert line.endswith("; from the store consents c1 (changed)")


async def test_a_changed_event_is_said_and_exit_is_1(gateway: Running) -> None:
    request_id = await asked(gateway)
    _, held = await event_of(gateway, request_id)
    await rewritten(gateway, request_id, facts={**held["facts"], "consents": []})
    result, [line] = await replay(request_id)
    assert result == (1, "")
    fault = "from its event the opened field `facts` does not give its commitment"
    assert line.startswith(f"{request_id}: different: {fault}; ")


@pytest.mark.parametrize("request_id", [NOBODY, "x", "\x1b[2J", ""])
async def test_what_is_no_exchange_is_exit_2(gateway: Running, request_id: str) -> None:
    await asked(gateway)
    (code, message), said = await replay(request_id)
    assert (code, said) == (2, [])
    assert message.startswith("there is no decision on a request ")
    assert message.isprintable()


async def test_all_are_counted_and_what_is_no_exchange_is_passed_over(gateway: Running) -> None:
    ids = [await asked(gateway), await asked(gateway, "nobody")]
    assert (await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})).status == 201
    ids.append(await asked(gateway))
    result, said = await replay(every=True)
    assert result == (0, "")
    assert said[:-1] == [f"{each}: same" for each in ids]
    assert said[-1] == "3 same, 0 different, 0 erased, 0 by a rule set that this version does not have"


async def test_one_that_differs_among_all_is_exit_1(gateway: Running) -> None:
    await asked(gateway, "nobody")
    changed = await asked(gateway)
    await resealed(gateway, "consents", purposes=["history"])
    result, said = await replay(every=True)
    assert result == (1, "")
    assert next(each for each in said if not each.endswith(": same")).startswith(f"{changed}: different: ")


async def test_an_unknown_rule_set_is_exit_2(gateway: Running) -> None:
    request_id = await asked(gateway)
    _, held = await event_of(gateway, request_id)
    await rewritten(gateway, request_id, commits=True, decision={**held["decision"], "rule_set": "2031-01"})
    line = f"{request_id}: by a rule set that this version does not have"
    assert await replay(request_id) == ((2, ""), [line])
    assert (await replay(every=True))[0] == (2, "")


async def test_an_erased_person_is_exit_2_alone_and_0_among_all(gateway: Running) -> None:
    request_id = await asked(gateway)
    await erased(gateway, "sem")
    assert await replay(request_id) == ((2, ""), [f"{request_id}: erased"])
    assert (await replay(every=True))[0] == (0, "")


async def test_a_person_whose_index_is_gone_is_erased_too(gateway: Running) -> None:
    request_id = await asked(gateway)
    async with write_transaction(gateway.gateway.engine) as connection:
        await connection.execute(delete(audit_subject))
    assert (await replay(request_id))[1] == [f"{request_id}: erased"]


async def test_that_somebody_looked_is_on_record(gateway: Running) -> None:
    await replay(await asked(gateway))
    await replay(NOBODY)
    await replay(every=True)
    found = await leaves(gateway.gateway, "log.read")
    assert [(each["organisation"], each["outcome"]) for each in found] == [
        ("operator", "ok"),
        ("operator", "deny"),
        ("operator", "ok"),
    ]


@pytest.mark.parametrize(("request_id", "every"), [(None, False), (NOBODY, True)])
def test_one_or_all_must_be_named(request_id: str | None, *, every: bool) -> None:
    result = cli_replay.run_replay(request_id, every=every, say=pytest.fail)
    assert result == (2, "name one of REQUEST_ID and --all")


def test_wrong_settings_are_exit_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHAKEL_DATABASE_URL", "nothing")
    assert cli_replay.run_replay(NOBODY, every=False, say=pytest.fail)[0] == 2


@pytest.mark.server
async def test_every_decision_of_the_demonstration_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story, facts = family.story(today=TODAY), family.facts(today=TODAY)
    (tmp_path / "institutions").mkdir()
    with institutions_running(tmp_path / "institutions", today=TODAY) as found:
        async with open_stage(tmp_path, found, facts, story[0].request) as stage:
            for step in story:
                played = await play(stage, step)
                path = f"/api/v1/decisions/{played.answer.body['request_id']}/replay"
                told = (await stage.call("officer", "POST", path)).body
                assert (told["event"]["result"], told["store"]["result"]) == ("same", "same"), step.id
            set_environment(monkeypatch, stage.gateway.settings)
            result, said = await replay(every=True)
    assert result == (0, "")
    assert said[-1].startswith(f"{len(story)} same, 0 different, ")


async def test_the_command_prints_on_standard_output_and_leaves_with_the_code(gateway: Running) -> None:
    request_id = await asked(gateway)
    schakel = str(Path(sys.executable).with_name("schakel"))
    good = await asyncio.to_thread(subprocess.run, [schakel, "replay", request_id], capture_output=True, text=True)
    assert (good.returncode, good.stdout, good.stderr) == (0, f"{request_id}: same\n", "")
    await resealed(gateway, "consents", purposes=["history"])
    bad = await asyncio.to_thread(subprocess.run, [schakel, "replay", "--all"], capture_output=True, text=True)
    assert (bad.returncode, bad.stderr) == (1, "")
    assert "consents c1 (changed)" in bad.stdout
    wrong = await asyncio.to_thread(subprocess.run, [schakel, "replay"], capture_output=True, text=True)
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (2, "", "name one of REQUEST_ID and --all\n")
