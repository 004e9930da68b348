"""Who is told that something is closed has it in the journal by then: the database may be lost the next moment."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, Literal

import pytest
from sqlalchemy.exc import OperationalError

from audit.entry import Entry
from gateway.commands.operating import Said
from gateway.commands.org import run_org_end
from gateway.erasing.journal import Journal
from gateway.erasing.reading import carried_out
from gateway.log.following import Following
from gateway.registry.rows import EntryKind
from tests.gateway.backup import make as backups
from tests.gateway.emergency.house import EMERGENCIES, House, crisis_world
from tests.gateway.erasing import make
from tests.gateway.erasing.test_steps import followed
from tests.gateway.facts.desk import YES
from tests.gateway.rules.world import set_environment
from tests.gateway.running import Running

WITHDRAWAL: Final = "/api/v1/facts/consents/c1/close"
STOP: Final = "/api/v1/holder/stop"
OPEN: Final = "/api/v1/holder/crisis-set/open"
CLOSE: Final = "/api/v1/holder/crisis-set/close"
HOLDER: Final = "ggz-west"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody follow the log."""
    monkeypatch.setattr(Following, "start", lambda _self: None)


@asynccontextmanager
async def serving(house: make.House) -> AsyncIterator[Running]:
    if not house.journal.exists():
        await house.begin()
    async with backups.serving(house.inner) as gateway:
        yield gateway


def kinds(house: make.House) -> list[str]:
    return [json.loads(line)["kind"] for line in house.journal.read_bytes().splitlines()][1:]


async def press(gateway: Running, who: str, path: str, body: dict[str, Any] | None = None) -> bytes:
    answer = await gateway.call(who, "POST", path, body)
    assert answer.status in {200, 201}, answer.body
    return answer.body


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("presses", "told"),
    [
        ([("sem", WITHDRAWAL, {})], ["withdraw"]),
        ([("sem", "/api/v1/facts/refusals", {"about": "sem"})], ["refuse"]),
        ([(f"officer:{HOLDER}", STOP, None)], ["stop"]),
        (
            [(f"administrator-of-{HOLDER}", OPEN, None), (f"officer:{HOLDER}", CLOSE, None)],
            ["crisis-set"],
        ),
        (
            [(f"administrator-of-{HOLDER}", "/api/v1/facts/professionals/chris/close", {})],
            ["unregister"],
        ),
        ([("sem", "/api/v1/facts/consents", YES)], []),
    ],
    ids=["yes", "no", "stop", "crisis-set", "professional", "opens"],
)
async def test_what_was_closed_is_in_the_journal_when_that_is_answered(
    house: make.House, presses: list[tuple[str, str, dict[str, Any] | None]], told: list[str]
) -> None:
    async with serving(house) as gateway:
        for who, path, body in presses:
            await press(gateway, who, path, body)
        assert kinds(house) == told


@pytest.mark.usefixtures("alone")
async def test_an_emergency_that_was_closed_is_in_the_journal_by_each_of_its_parts(
    database_url: str, tmp_path: Any
) -> None:
    installation = await make.house(tmp_path, database_url, crisis_world())
    await installation.begin()
    async with backups.serving(installation.inner, crisis_world()) as gateway:
        emergency = House(gateway)
        opened = await emergency.opened()
        parts = len((await emergency.listed("officer"))["emergencies"])
        assert parts > 1
        assert (await emergency.close(opened, "officer")).status == 200
        assert kinds(installation) == ["emergency"] * parts


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("key", ["k", "another"])
async def test_who_closes_an_emergency_again_has_each_part_in_the_journal_that_the_first_did_not_live_to_add(
    database_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    installation = await make.house(tmp_path, database_url, crisis_world())
    await installation.begin()
    async with backups.serving(installation.inner, crisis_world()) as gateway:
        emergency = House(gateway)
        path = f"{EMERGENCIES}/{await emergency.opened()}/close"
        parts = len((await emergency.listed("officer"))["emergencies"])
        with monkeypatch.context() as patched:
            patched.setattr(Journal, "append", _killed)
            assert (await gateway.once("officer", path, "k")).status == 500
        assert kinds(installation) == []
        assert (await gateway.once("officer", path, key)).status == 200
        assert kinds(installation) == ["emergency"] * parts


@pytest.mark.usefixtures("alone")
async def test_who_follows_the_log_adds_no_second_line(house: make.House) -> None:
    async with serving(house) as gateway:
        await press(gateway, "sem", WITHDRAWAL, {})
        await press(gateway, f"officer:{HOLDER}", STOP)
        await followed(house, gateway)
        assert kinds(house) == ["withdraw", "stop"]
        assert [seq for seq, _ in await carried_out(gateway.gateway.engine)] == [0, 1, 2]


@pytest.mark.usefixtures("alone")
async def test_a_repeat_is_answered_once_the_line_is_there_that_its_first_time_did_not_live_to_add(
    house: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(house) as gateway:
        with monkeypatch.context() as patched:
            patched.setattr(Journal, "append", _killed)
            assert (await gateway.once("sem", WITHDRAWAL, "k", {})).status == 500
        assert kinds(house) == []
        for _ in range(2):
            assert (await gateway.once("sem", WITHDRAWAL, "k", {})).status == 201
        assert kinds(house) == ["withdraw"]


class _KilledError(Exception):
    pass


def _killed(*_args: object, **_named: object) -> None:
    raise _KilledError


@pytest.mark.usefixtures("alone")
async def test_whoever_closes_waits_for_no_journal(house: make.House, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(house) as gateway:
        content = house.journal.read_bytes()
        house.journal.unlink()
        await press(gateway, "sem", WITHDRAWAL, {})
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 403
        assert "log.following_waits" in capsys.readouterr().err
        house.journal.write_bytes(content)
        await followed(house, gateway)
        assert kinds(house) == ["withdraw"]


async def _gone(*_args: object) -> list[Entry]:
    raise OperationalError("", {}, Exception())


async def _another(*_args: object) -> list[Entry]:
    return []


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("found", [_gone, _another])
async def test_nobody_is_told_that_it_is_closed_where_the_database_is_gone_behind_the_commit(
    house: make.House, monkeypatch: pytest.MonkeyPatch, found: Callable[..., Any]
) -> None:
    async with serving(house) as gateway:
        for who, path, body in (("sem", WITHDRAWAL, {}), (f"officer:{HOLDER}", STOP, None)):
            with monkeypatch.context() as patched:
                patched.setattr("gateway.erasing.withdrawing.events_named", found)
                answer = await gateway.call(who, "POST", path, body)
            assert answer.status == 503
        assert kinds(house) == []


async def ends(monkeypatch: pytest.MonkeyPatch, gateway: Running, kind: EntryKind | Literal["crisis-set"]) -> Said:
    settings = gateway.gateway.settings
    set_environment(monkeypatch, settings, TOMBSTONES=str(settings.tombstones))
    return await asyncio.to_thread(run_org_end, HOLDER, operator="c. arla", because="a call", kind=kind)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("kind", "told"), [("organisation", {"unregister"}), ("crisis-set", {"crisis-set"})], ids=["organisation", "set"]
)
async def test_what_an_operator_ended_is_in_the_journal_when_his_command_says_so(
    house: make.House, monkeypatch: pytest.MonkeyPatch, kind: EntryKind | Literal["crisis-set"], told: set[str]
) -> None:
    async with serving(house) as gateway:
        await press(gateway, f"administrator-of-{HOLDER}", OPEN)
        code, said = await ends(monkeypatch, gateway, kind)
        assert code == 0, said
        assert set(kinds(house)) == told
        assert len(kinds(house)) == len(said.splitlines())


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("found", [_gone, _another])
async def test_no_operator_is_told_that_it_is_ended_where_the_database_is_gone_behind_the_commit(
    house: make.House, monkeypatch: pytest.MonkeyPatch, found: Callable[..., Any]
) -> None:
    async with serving(house) as gateway:
        monkeypatch.setattr("gateway.erasing.withdrawing.events_named", found)
        ended = await ends(monkeypatch, gateway, "organisation")
        assert ended == (1, "the database is gone, perhaps with this; end it again")
