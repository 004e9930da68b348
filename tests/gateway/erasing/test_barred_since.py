"""A restored backup does not know that an emergency was closed: who asked then is barred, and nobody else."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from audit.events import EventOutcome, Field, Kind
from audit.told import Told
from gateway.commands.log import log_of
from gateway.emergency.parts import Part, parts_since
from gateway.emergency.standing import LASTS, Side
from gateway.erasing.barred_since import Closing, closings_in
from gateway.erasing.opening import journal_of
from schemas.calendar import parse_moment, utc_milliseconds
from tests.gateway.backup import make as backups
from tests.gateway.emergency.house import START, House, crisis_world, elements
from tests.gateway.erasing import make
from tests.gateway.erasing.test_steps import followed

HOLDER: Final = "ggz-west"
ASKER: Final = "crisis-a"


@pytest.fixture
async def installation(database_url: str, tmp_path: Path) -> make.House:
    made = await make.house(tmp_path, database_url, crisis_world())
    await made.begin()
    return made


@asynccontextmanager
async def serving(installation: make.House) -> AsyncIterator[House]:
    async with backups.serving(installation.inner, crisis_world()) as gateway:
        yield House(gateway)


async def restored(installation: make.House, backup: Path, fresh: str) -> make.House:
    await installation.inner.restore(backup, fresh)
    return installation.on(fresh)


async def opened_and_closed(installation: make.House, by: str) -> None:
    async with serving(installation) as house:
        assert (await house.close(await house.opened(), by)).status == 200
        await followed(installation, house.gateway)


async def parts(installation: make.House) -> list[Part]:
    async with log_of(installation.inner.settings) as committer, committer.engine.connect() as connection:
        return await parts_since(connection, committer.sealer, START - LASTS)


def kinds(installation: make.House) -> list[str]:
    return [json.loads(line)["kind"] for line in installation.journal.read_bytes().splitlines()]


async def test_who_was_closed_by_the_holder_asks_him_no_more_though_the_backup_is_older_than_what_was_opened(
    installation: make.House, fresh: str
) -> None:
    backup = (await installation.inner.back_up())[0]
    await opened_and_closed(installation, f"officer:{HOLDER}")
    again = await restored(installation, backup, fresh)
    async with serving(again) as house:
        assert elements(await house.pull()) == ["at-school"]
        assert elements(await house.pull("kees")) == ["at-school", "risk"]
        await followed(again, house.gateway)
    assert kinds(installation) == ["begin", "emergency"]
    assert (await again.verify())[1].startswith("ok: ")


async def test_who_was_closed_by_the_gateways_officer_asks_nobody_more(installation: make.House, fresh: str) -> None:
    backup = (await installation.inner.back_up())[0]
    await opened_and_closed(installation, "officer")
    async with serving(await restored(installation, backup, fresh)) as house:
        assert elements(await house.pull()) == []
        assert elements(await house.pull("kees")) == ["at-school", "risk"]


async def test_what_the_backup_has_open_is_closed_and_nothing_takes_its_place(
    installation: make.House, fresh: str
) -> None:
    async with serving(installation) as house:
        emergency = await house.opened()
    backup = (await installation.inner.back_up())[0]
    async with serving(installation) as house:
        assert (await house.close(emergency, f"officer:{HOLDER}")).status == 200
        await followed(installation, house.gateway)
    again = await restored(installation, backup, fresh)
    async with serving(again) as house:
        assert elements(await house.pull()) == ["at-school"]
        [told] = [each for each in (await house.listed("officer"))["emergencies"] if each["holder"] == HOLDER]
    assert (told["id"], told["worker"], told["closed_by"]) == (emergency, "kris", "holder")


async def test_what_the_askers_own_side_closed_bars_nobody_and_has_no_line(installation: make.House) -> None:
    await opened_and_closed(installation, "kris")
    assert kinds(installation) == ["begin"]


async def test_a_line_of_which_the_log_knows_does_nothing(installation: make.House) -> None:
    await opened_and_closed(installation, f"officer:{HOLDER}")
    before = await parts(installation)
    await twice(installation)
    await restarted(installation)
    assert await parts(installation) == before


async def test_a_line_that_stands_twice_closes_once(installation: make.House, fresh: str) -> None:
    backup = (await installation.inner.back_up())[0]
    await opened_and_closed(installation, f"officer:{HOLDER}")
    again = await restored(installation, backup, fresh)
    await restarted(again)
    before = await parts(again)
    assert len(before) == 1
    await twice(again)
    await restarted(again)
    assert await parts(again) == before


async def test_what_would_have_ended_since_bars_nobody(installation: make.House) -> None:
    await opened_and_closed(installation, f"officer:{HOLDER}")
    before = await parts(installation)
    await twice(installation, earlier=LASTS)
    await restarted(installation)
    assert await parts(installation) == before


async def twice(installation: make.House, *, earlier: timedelta = timedelta()) -> None:
    """Write the last line of the journal once more, as if it had happened `earlier`."""
    async with log_of(installation.inner.settings) as committer:
        journal = journal_of(installation.inner.settings, committer)
        *_, last = journal.read()
        at = utc_milliseconds(parse_moment(last.tombstone.at) - earlier)
        make.write_again(journal, replace(last, tombstone=replace(last.tombstone, at=at)))


async def restarted(installation: make.House) -> None:
    async with serving(installation):
        pass


def event(organisation: str, *others: str, **detail: str) -> Told:
    told: dict[Field, Any] = {Field.DETAIL: detail} if detail else {}
    return Told(
        seq=0,
        id="",
        at=parse_moment("2026-11-20T09:00:00Z"),
        kind=Kind.EMERGENCY_CLOSED,
        outcome=EventOutcome.OK,
        organisation=organisation,
        counterparties=others,
        rule_set=None,
        request_id=None,
        person="sem",
        fields=told,
    )


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (
            event(HOLDER, ASKER, emergency="e", holder=HOLDER, closed_by="holder"),
            [Closing(ASKER, HOLDER, Side.HOLDER, "e")],
        ),
        (
            event("operator", ASKER, HOLDER, emergency="e", holder=HOLDER, closed_by="gateway"),
            [Closing(ASKER, HOLDER, Side.GATEWAY, "e")],
        ),
        (event(ASKER, HOLDER, emergency="e", holder=HOLDER, closed_by="asker"), []),
        (event(ASKER, emergency="e", holder=ASKER, closed_by="holder"), [Closing(ASKER, ASKER, Side.HOLDER, "e")]),
        # What nobody can read may have been any of these.
        (event(HOLDER, ASKER), [Closing(HOLDER, ASKER, Side.HOLDER), Closing(ASKER, HOLDER, Side.HOLDER)]),
        (event("operator", HOLDER), [Closing(HOLDER, HOLDER, Side.GATEWAY)]),
    ],
)
def test_which_closings_of_an_event_bar(told: Told, found: list[Closing]) -> None:
    assert list(closings_in(told)) == found
