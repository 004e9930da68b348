"""A whole gateway whose log is not anchored: nothing is disclosed, a yes can still be withdrawn, and it says why."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.signing import VerifierKey
from consent.world.file import world_of
from gateway.commands.log import log_of
from gateway.failpoints import Step
from gateway.health.anchor import STOP_FROM, WARN_FROM, Anchor
from gateway.keys.first import read_log_key
from gateway.sandbox.running import Options, prepare, sandbox_settings
from gateway.serving import listen
from gateway.settings import Settings
from gateway.settings_check import check
from gateway.wiring import known_keys, open_gateway
from gateway.witness.watching import RestoredBackupError
from tests.audit.make import event
from tests.gateway.facts.desk import YES
from tests.gateway.running import Running, at_step, running
from tests.gateway.sources import spies
from tests.gateway.witness.make import LOG_KEY, Clock, witness_key
from tests.gateway.worlds import world

HOUSE = Path(__file__).resolve().parents[3]
SCHAKEL = str(Path(sys.executable).with_name("schakel"))


@asynccontextmanager
async def anchored(tmp_path: Path) -> AsyncIterator[tuple[Running, Clock, dict[str, Any]]]:
    """Run a gateway whose anchor is as old as the clock says, and what its sources heard."""
    clock, heard = Clock(), dict[str, Any]()

    def change(told: Any) -> Any:
        changed, all_heard = spies(told)
        heard.update(all_heard)
        return changed

    async with running(world(), tmp_path, change=change) as gateway:
        anchor = Anchor(clock, confirmed=True)
        anchor.saw(1, timedelta(0))
        gateway.gateway.exchange.committer.health.anchor = anchor
        yield gateway, clock, heard


async def ready(gateway: Running) -> tuple[int, dict[str, Any]]:
    async with gateway.session.get(f"{gateway.url}/readyz") as answer:
        return answer.status, json.loads(await answer.read())


async def test_with_a_fresh_anchor_everything_goes_on(tmp_path: Path) -> None:
    async with anchored(tmp_path) as (gateway, clock, _):
        clock.pass_(STOP_FROM - timedelta(minutes=1))
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        status, said = await ready(gateway)
        assert (status, said["status"], said["checks"]["anchor"]) == (200, "ready", True)
        assert "no witness watches the log" not in said["warnings"]


async def test_after_4_hours_nothing_is_disclosed_and_no_source_is_asked(tmp_path: Path) -> None:
    async with anchored(tmp_path) as (gateway, clock, heard):
        clock.pass_(STOP_FROM)
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
        assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:schakel:problem:log-unavailable")
        assert all(not each.permits for each in heard.values())
        for who, path in (
            ("sem", "/api/v1/persons/sem/who-may-see"),
            ("sem", "/api/v1/persons/sem/forecast"),
            ("chris", "/api/v1/holder/questions"),
        ):
            assert (await gateway.call(who, "GET", path)).status == 503, path


async def test_a_yes_can_be_given_seen_and_withdrawn_while_nothing_is_disclosed(tmp_path: Path) -> None:
    async with anchored(tmp_path) as (gateway, clock, _):
        clock.pass_(STOP_FROM)
        given = await gateway.call("sem", "POST", "/api/v1/facts/consents", YES)
        assert given.status == 201, given.body
        seen = await gateway.call("sem", "GET", "/api/v1/persons/sem/facts")
        assert seen.status == 200
        fact = json.loads(given.body)["id"]
        assert (await gateway.call("sem", "POST", f"/api/v1/facts/consents/{fact}/close", {})).status == 201


async def test_what_is_decided_when_the_anchor_grows_too_old_does_not_leave(tmp_path: Path) -> None:
    async with anchored(tmp_path) as (gateway, clock, _):

        async def act() -> None:
            clock.pass_(STOP_FROM)

        gateway.change(at_step(Step.ASSEMBLED, act))
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 503


async def test_it_starts_again_by_itself(tmp_path: Path) -> None:
    async with anchored(tmp_path) as (gateway, clock, _):
        clock.pass_(STOP_FROM)
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 503
        anchor = gateway.gateway.exchange.committer.health.anchor
        assert anchor is not None
        anchor.saw(None, timedelta(0))
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200


async def test_readyz_warns_from_15_minutes_and_says_why_nothing_is_disclosed(tmp_path: Path) -> None:
    async with anchored(tmp_path) as (gateway, clock, _):
        clock.pass_(WARN_FROM)
        status, said = await ready(gateway)
        assert (status, said["checks"]["anchor"]) == (200, True)
        assert "no checkpoint was anchored for 15 minutes; in 225 nothing is disclosed any more" in said["warnings"]
        clock.pass_(STOP_FROM)
        status, said = await ready(gateway)
        # Ready nevertheless: a balancer that left it out would keep a withdrawal from it.
        assert (status, said["checks"]["anchor"]) == (200, False)
        assert any(each.startswith("nothing is disclosed: no checkpoint was anchored") for each in said["warnings"])


async def test_a_log_that_is_not_watched_says_so(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        _, said = await ready(gateway)
        assert "no witness watches the log" in said["warnings"]
        assert "anchor" not in said["checks"]


@contextmanager
def witness(folder: Path, log: VerifierKey) -> Iterator[tuple[str, str]]:
    """Run the real program on a new folder; give its verifier key and its address."""
    if not folder.exists():
        made = subprocess.run(
            [SCHAKEL, "witness", "init", str(folder), "--name", "w1.example"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert VerifierKey.read(made.stdout.strip()).name == "w1.example"
        with (folder / "logs").open("a") as file:
            file.write(f"{log.encoded()}\n")
    key = subprocess.run([SCHAKEL, "witness", "key", str(folder)], capture_output=True, text=True, check=True)
    program = subprocess.Popen(
        [SCHAKEL, "witness", "serve", str(folder), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with program:
        assert program.stdout is not None
        said = program.stdout.readline()
        assert said.startswith("ready http://127.0.0.1:"), said
        try:
            yield key.stdout.strip(), said.split()[1]
        finally:
            program.send_signal(signal.SIGTERM)
            assert program.wait(10) == 0


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    with listen("127.0.0.1", 0) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    made = sandbox_settings(tmp_path, url, Options())
    await prepare(world_of(world()), made)
    return made


@pytest.mark.server
async def test_a_gateway_and_the_real_program_from_init_to_a_restored_backup(
    settings: Settings, tmp_path: Path
) -> None:
    log = read_log_key(settings).verifier
    database, backup, policy = tmp_path / "schakel.db", tmp_path / "backup.db", tmp_path / "policy"
    watched = settings.model_copy(update={"witness_policy": policy})
    with witness(tmp_path / "w1", log) as (key, url):
        policy.write_text(f"log {log.encoded()}\nwitness w1 {key} {url}\nquorum w1\n")
        assert check(watched) == []
        async with open_gateway(watched) as gateway:
            anchor = gateway.exchange.committer.health.anchor
            assert anchor is not None
            assert anchor.obstacle() is None
        await asyncio.to_thread(_copy, database, backup)
        async with open_gateway(watched) as gateway:
            await gateway.exchange.committer.keep(event(person=None, request_id=None))
            await asyncio.sleep(0.5)
        async with open_gateway(watched):
            pass  # what came after the backup is cosigned at the start
        async with log_of(watched) as committer:
            assert known_keys(watched, committer.log) == [log, VerifierKey.read(key)]
        database.replace(tmp_path / "newest.db")
        await asyncio.to_thread(_copy, backup, database)
        with pytest.raises(RestoredBackupError, match="it is an old backup"):
            async with open_gateway(watched):
                pass
        served = await asyncio.to_thread(_serve, watched)
        assert (served.returncode, "put back the newest database" in served.stderr) == (1, True)
        await asyncio.to_thread(_copy, tmp_path / "newest.db", database)
        async with open_gateway(watched) as gateway:
            anchor = gateway.exchange.committer.health.anchor
            assert anchor is not None
            assert anchor.obstacle() is None


def _copy(source: Path, target: Path) -> None:
    for each in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        each.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _serve(settings: Settings) -> subprocess.CompletedProcess[str]:
    names = (
        "environment",
        "public_url",
        "database_url",
        "key_file",
        "log_key_file",
        "token_key_file",
        "witness_policy",
    )
    env = {f"SCHAKEL_{name.upper()}": str(getattr(settings, name)) for name in names}
    env |= {"SCHAKEL_REQUIRE_CONFIRMED_RULES": "false", "SCHAKEL_PORT": "0"}
    env["SCHAKEL_INSECURE_BUILTIN_IDENTITY_PROVIDER"] = "true"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCHAKEL_")}
    return subprocess.run([SCHAKEL, "serve"], env=kept | env, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("quorum none\n", "asks for no witness"),
        ("witness w1 KEY\nquorum w1\n", "witness `w1` has no address"),
        ("witness w1 KEY ftp://w1.example\nquorum w1\n", "witness `w1` has no address"),
        ("witness w1 KEY https://w1.example\n", "there is no `quorum` line"),
        ("log LOG\nwitness w1 KEY https://w1.example\nquorum w1\n", "no `log` line is about"),
        ("# a\nwitness w1 nonsense\n", "line 2: expected a verifier key"),
    ],
)
def test_a_policy_that_cannot_be_used_is_a_wrong_setting(tmp_path: Path, text: str, said: str) -> None:
    policy = tmp_path / "policy"
    policy.write_text(text.replace("KEY", witness_key(1).verifier.encoded()).replace("LOG", LOG_KEY.encoded()))
    settings = sandbox_settings(tmp_path, "http://127.0.0.1:1", Options()).model_copy(update={"witness_policy": policy})
    problems = [each for each in check(settings) if each.startswith("SCHAKEL_WITNESS_POLICY: ")]
    assert len(problems) == 1
    assert said in problems[0]
    assert str(policy) in problems[0]


def test_a_policy_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    settings = sandbox_settings(tmp_path, "http://127.0.0.1:1", Options())
    [problem] = [
        each for each in check(settings.model_copy(update={"witness_policy": tmp_path / "none"})) if "POLICY" in each
    ]
    assert "cannot read" in problem
