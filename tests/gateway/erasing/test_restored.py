"""A database that was restored is opened by no officer before the journal's dead are erased from it again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.commands.log import run_audit_export
from gateway.commands.nen7513 import run_nen7513
from gateway.commands.operating import Said
from gateway.commands.proof import run_audit_prove
from gateway.commands.saw import run_audit_saw
from gateway.commands.signals import run_signals
from gateway.keys.officers import Opening
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make

Command = Callable[[Path, Opening, str], Said]
COMMANDS: dict[str, Command] = {
    "export": lambda out, opening, _: run_audit_export(out, since=0, opening=opening),
    "prove": lambda out, opening, event: run_audit_prove(event, out, opening=opening),
    "saw": lambda out, opening, _: run_audit_saw({"account": "anna"}, out, opening=opening),
    "nen7513": lambda out, opening, _: run_nen7513(out, since=None, until=None, opening=opening),
    "signals": lambda _, opening, __: run_signals(opening, since=None, until=None, known=None, language="nl"),
}


async def restored(house: make.House) -> tuple[make.House, str]:
    """Return a house on the backup of before Sem was erased, and the event of what Anna got about him."""
    await house.begin()
    async with backups.serving(house.inner) as gateway:
        answer = await gateway.ask("anna", "sem", "coordinate-plan", justification=make.JUSTIFICATION)
    before, _ = await house.inner.back_up()
    assert (await house.erase("sem"))[0] == 0
    old = house.on(f"sqlite+aiosqlite:///{house.folder / 'restored.db'}")
    await house.inner.restore(before, old.url)
    return old, json.loads(answer.body)["receipt"]["event"]


@pytest.mark.parametrize("name", COMMANDS)
async def test_nothing_of_who_was_erased_is_opened_in_an_older_backup(small: make.House, name: str) -> None:
    old, event = await restored(small)
    out, opening = small.folder / "out", Opening("anna", small.officer)

    code, said = await old.run(lambda: COMMANDS[name](out, opening, event))
    assert (code, said.partition(":")[0]) == (1, "somebody who was erased stands in this database")
    assert not out.exists()
    assert (await old.replay())[0] == 0
    code, said = await old.run(lambda: COMMANDS[name](out, opening, event))
    assert code == 0, said


async def test_an_older_backup_is_opened_by_nobody_without_the_newest_journal(small: make.House) -> None:
    old, _ = await restored(small)
    begun = small.journal.read_bytes().splitlines(keepends=True)[0]
    small.journal.write_bytes(begun)
    code, said = await old.export(small.folder / "out", opened=True)
    assert (code, said.partition(",")[0]) == (1, "the tombstone journal ends at line 1")


async def test_what_is_sealed_stays_so_in_an_export_of_an_older_backup(small: make.House) -> None:
    old, _ = await restored(small)
    assert (await old.export(small.folder / "out"))[0] == 0
    assert '"opened"' not in (small.folder / "out" / "entries.ndjson").read_text()
