"""The whole gateway works under the rights of the writer, its tree under those of the sequencer, a reader verifies."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from audit.events import Kind
from consent.rulesets import rule_set_named
from gateway.backup.postgres import dump, load
from gateway.backup.snapshot import snapshot
from gateway.commands.keys import run_keys_rotate
from gateway.commands.log import run_audit_export, run_audit_verify
from gateway.commands.operating import run_migrate
from gateway.commands.proof import run_audit_prove
from gateway.database.engine import create_engine, write_transaction
from gateway.erasing.erasing import Erasing, MayNotEraseError
from gateway.erasing.journal import Journal
from gateway.erasing.reading import is_known
from gateway.erasing.scrubbing import scrub
from gateway.migrations.migrate import migrate
from gateway.roles.rights import Role
from gateway.rules.store import confirm
from gateway.sandbox.running import Options, sandbox_settings
from gateway.settings import Settings
from tests import postgres
from tests.gateway.administering.house import house_at as administrators_at
from tests.gateway.administering.house import told as administered
from tests.gateway.emergency.house import house_at
from tests.gateway.erasing import make as erasing
from tests.gateway.facts.desk import YES
from tests.gateway.holders.world import STOP, stage_at
from tests.gateway.notices.receiving import receiver
from tests.gateway.notices.told import Told, told
from tests.gateway.roles.house import House, built
from tests.gateway.rules.world import set_environment
from tests.gateway.running import Running
from tests.gateway.sources import Telling, element, instead

pytestmark = pytest.mark.server

CONSENTS = "/api/v1/facts/consents"


@pytest.fixture
def writer(house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    """The writer's address; every gateway that runs on it has the sequencer's beside it."""

    def with_sequencer(folder: Path, url: str, options: Options) -> Settings:
        settings = sandbox_settings(folder, url, options)
        return settings.model_copy(update={"sequencer_database_url": house.url(Role.SEQUENCER)})

    monkeypatch.setattr("tests.gateway.running.sandbox_settings", with_sequencer)
    return house.url(Role.WRITER)


async def placed(house: House, *, within: float = 5) -> None:
    """Wait until every event has its place in a signed tree."""
    engine = create_engine(house.superuser, pool_size=1)
    waits = text("SELECT (SELECT count(*) FROM audit_event) > (SELECT coalesce(max(size), 0) FROM audit_checkpoint)")
    try:
        async with asyncio.timeout(within):
            while True:
                async with engine.connect() as connection:
                    if not (await connection.execute(waits)).scalar_one():
                        return
                await asyncio.sleep(0.05)
    finally:
        await engine.dispose()


async def told_once(gateway: Running, key: str) -> tuple[int, Any]:
    headers = await gateway.headers("sem", "POST", CONSENTS)
    sent = {**headers, "Idempotency-Key": key}
    async with gateway.session.post(f"{gateway.url}{CONSENTS}", json=YES, headers=sent) as answer:
        return answer.status, (await answer.json())["id"]


async def confirm_rules(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    for officer in ("anna", "bert"):
        async with write_transaction(committer.engine) as connection:
            said = rule_set_named("2027-01")
            await confirm(connection, said, officer=officer, because="read", account="schakel", log=committer.log)


async def withdrawn_and_told(house: Told) -> None:
    async with receiver() as there:
        await house.register("team-noord", there.url)
        asked = await house.ask("anna")
        assert asked is not None
        assert (await house.withdraw()).status == 201
        await house.look()
        assert await house.requests("team-noord") == [[asked]]
        await house.send()
        assert len(there.got) == 1


async def test_facts_exchanges_notices_and_rules_need_no_more_than_the_writer_has(
    tmp_path: Path, writer: str, house: House
) -> None:
    async with told(tmp_path, writer) as one:
        await withdrawn_and_told(one)
        first = await told_once(one.gateway, "k1")
        assert first[0] == 201
        assert await told_once(one.gateway, "k1") == first
        assert (await one.gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        await confirm_rules(one.gateway)
        await placed(house)
        assert not one.gateway.gateway.exchange.committer.health.broken


async def test_a_holders_questions_decisions_and_stop_need_no_more_than_the_writer_has(
    tmp_path: Path, writer: str, house: House
) -> None:
    sources = instead(Telling("ggz-west", [element("e1")]))
    async with stage_at(tmp_path, writer, change=sources) as stage:
        await stage.ask()
        [waiting] = await stage.inbox("chris")
        assert (await stage.decide(waiting["id"])).status in {200, 201}
        assert (await stage.ask()).status == 200
        for path in (STOP, f"{STOP}/lift"):
            assert (await stage.gateway.call("officer:ggz-west", "POST", path)).status == 200
        await placed(house)


async def test_emergencies_need_no_more_than_the_writer_has(tmp_path: Path, writer: str, house: House) -> None:
    async with house_at(tmp_path, writer) as one:
        opened = await one.opened()
        assert (await one.close(opened, "officer:ggz-west")).status == 200
        assert len((await one.listed("officer"))["emergencies"]) == 2
        assert len(await one.notices("school-1")) == 1
        for act in ("open", "close"):
            assert (await one.crisis_set(act)).status == 200
        await placed(house)


async def test_who_is_no_sequencer_places_nothing(tmp_path: Path, house: House) -> None:
    async with told(tmp_path, house.url(Role.WRITER)) as one:
        assert await one.ask("anna") is not None
        with pytest.raises(TimeoutError):
            await placed(house, within=1)


async def test_one_login_for_both_is_a_choice_that_is_undone_by_the_next_run(tmp_path: Path, house: House) -> None:
    assert house.grant(one_login="true").returncode == 0
    try:
        async with told(tmp_path, house.url(Role.WRITER)) as one:
            assert await one.ask("anna") is not None
            await placed(house)
    finally:
        assert house.grant().returncode == 0
    engine = create_engine(house.url(Role.WRITER), pool_size=1)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO audit_node VALUES (1, 1000, 'x')"))
    await engine.dispose()


async def test_the_commands_of_the_log_work_each_under_its_own_login(
    tmp_path: Path, writer: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with told(tmp_path, writer) as one:
        assert await one.ask("anna") is not None
        settings = one.gateway.gateway.settings
        engine = one.gateway.gateway.engine
        async with engine.connect() as connection:
            event = (await connection.execute(text("SELECT event_id::text FROM audit_event LIMIT 1"))).scalar_one()
    set_environment(
        monkeypatch,
        settings,
        SEQUENCER_DATABASE_URL=house.url(Role.SEQUENCER),
        INSECURE_BUILTIN_IDENTITY_PROVIDER="true",
    )
    code, line = await asyncio.to_thread(
        lambda: run_audit_verify(None, checkpoint=None, database=house.url(Role.READER))
    )
    assert (code, line[:4]) == (0, "ok: "), line
    code, line = await asyncio.to_thread(lambda: run_audit_export(tmp_path / "out", since=0))
    assert (code, line[:9]) == (0, "exported "), line
    code, line = await asyncio.to_thread(lambda: run_audit_prove(event, tmp_path / "proof"))
    assert code == 0, line
    assert await asyncio.to_thread(run_migrate, house.url("migrator")) == (0, "the database is up to date")
    code, line = await asyncio.to_thread(run_keys_rotate)
    assert (code, line[:40]) == (1, "this login of the database may not do th")


async def test_the_writer_backs_up_the_whole_database_and_the_migrator_restores_it(
    house: House, postgres_server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(postgres.BINARIES), prepend=":")
    writer = create_engine(house.url(Role.WRITER), pool_size=1)
    async with writer.begin() as connection:
        await connection.execute(text("INSERT INTO person VALUES ('a', 'f', 0)"))
    async with snapshot(writer) as connection:
        blocks = [block async for block in dump(connection, house.url(Role.WRITER))]
    await writer.dispose()
    with built(postgres_server) as new:
        await load(blocks, new.url("migrator"))
        assert new.grant().returncode == 0
        engine = create_engine(new.url(Role.WRITER), pool_size=1)
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT id FROM person"))).scalars().all() == ["a"]
            with pytest.raises(DBAPIError, match="must be owner"):
                await connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        await engine.dispose()


async def test_the_eraser_forgets_a_person_under_its_own_login_and_the_writer_cannot(
    tmp_path: Path, writer: str, house: House
) -> None:
    (tmp_path / "tombstones").mkdir()
    async with told(tmp_path, writer) as one:
        assert await one.ask("anna") is not None
        committer = one.gateway.gateway.exchange.committer
        journal = Journal(tmp_path / "tombstones", committer.log.key)
        journal.begin(at="2026-11-26T00:00:00.000Z", epoch=1)
        eraser = create_engine(house.url(Role.ERASER), pool_size=1)
        by_eraser = Erasing(committer, eraser, journal, lambda: 1)
        await by_eraser.resume()
        by_writer = Erasing(committer, committer.engine, journal, lambda: 1)
        with pytest.raises(MayNotEraseError, match="SCHAKEL_ERASER_DATABASE_URL"):
            await by_writer.erase("sem", acts=lambda _: {}, why={})
        assert await is_known(committer.engine, "sem")
        # Nothing was done, a tombstone neither; whoever may does it.
        assert await by_eraser.resume() == 0
        assert (await by_eraser.erase("sem", acts=lambda _: {}, why={}))["person"] == 1
        assert not await is_known(committer.engine, "sem")
        assert await scrub(eraser) is not None
        await eraser.dispose()


async def test_who_tried_to_erase_by_a_login_that_may_not_delete_is_in_the_log(tmp_path: Path, house: House) -> None:
    writer = house.url(Role.WRITER)
    one = await erasing.house(tmp_path, writer)
    assert (await one.begin())[0] == 0
    code, said = await one.erase("sem")
    assert (code, "SCHAKEL_ERASER_DATABASE_URL" in said) == (1, True)
    engine = create_engine(writer, pool_size=1)
    async with engine.connect() as connection:
        leaves = [json.loads(each) for each in await connection.scalars(text("SELECT leaf FROM audit_event"))]
    await engine.dispose()
    assert [each["outcome"] for each in leaves if each["kind"] == Kind.SUBJECT_ERASED] == ["deny"]


async def test_roles_are_made_before_the_first_table_and_nobody_but_the_migrator_makes_one(
    postgres_server: Path,
) -> None:
    with built(postgres_server) as house:
        for role in Role:
            with pytest.raises(DBAPIError, match=r"permission denied|read-only"):
                await migrate(house.url(role))
        await migrate(house.url("migrator"))
        engine = create_engine(house.superuser, pool_size=1)
        async with engine.connect() as connection:
            owners = text(
                "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            )
            assert (await connection.execute(owners)).scalars().all() == ["schakel_owner"]
        await engine.dispose()


async def test_a_database_of_before_the_roles_is_handed_over(postgres_server: Path) -> None:
    with postgres.database(postgres_server) as url:
        await migrate(url)
        house = House(url)
        assert house.grant().returncode == 0
        engine = create_engine(house.url(Role.WRITER), pool_size=1)
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO person VALUES ('a', 'f', 0)"))
        with pytest.raises(DBAPIError, match="must be owner"):
            async with engine.begin() as connection:
                await connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        await engine.dispose()


@pytest.mark.parametrize("names", [{"writer": "postgres"}, {"writer": "schakel_owner"}, {"reader": "schakel_eraser"}])
def test_a_superuser_or_one_name_for_two_is_refused(postgres_server: Path, names: dict[str, str]) -> None:
    with built(postgres_server) as house:
        said = house.grant(**names)
        assert said.returncode == 3
        assert "each role needs a name of its own" in said.stderr


def test_a_login_may_have_a_name_of_its_own(postgres_server: Path) -> None:
    with built(postgres_server) as house:
        assert house.grant(writer='odd "name').returncode == 0


async def test_administrators_need_no_more_than_the_writer_has(tmp_path: Path, writer: str, house: House) -> None:
    async with administrators_at(tmp_path, writer) as one:
        names = {"professional": "geert", "replaces": "gijs", "until": "2026-12-20"}
        recorded = await administered(one, "replacements", names)
        client = {"kind": "client", "name": "gi-system", "because": "Gestolen."}
        for path, body in (
            (f"replacements/{json.loads(recorded.body)['id']}/close", {}),
            ("professionals/gijs/close", {}),
            ("professionals", {"id": "gijs", "role": "family-guardian"}),
            ("organisations/close", client),
        ):
            assert (await administered(one, path, body)).status == 201, path
        await placed(house)
