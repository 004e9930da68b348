"""What a decision about a girl held of her brother goes with him, and nothing else of it does."""

import json
from typing import Any

from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.erasing.test_forgotten import indexed
from tests.gateway.replayed import SAME, asked, replayed

BORN = "2009-05-04"
"""When Sem was born, who is the brother: written nowhere else than in what is known of him."""


async def of_the_sister(house: make.House, out: str) -> list[dict[str, Any]]:
    """Return what can be opened of the decisions about the girl."""
    folder = house.folder / out
    assert (await house.export(folder, opened=True))[0] == 0
    lines = [json.loads(line) for line in (folder / "entries.ndjson").read_text().splitlines()]
    decided = [each["opened"] for each in lines if "decision" in each["leaf"]["commitments"]]
    found = [each for each in decided if each.get("subject", {}).get("value") == "zus"]
    assert found
    return found


async def test_what_a_decision_about_his_sister_held_of_him_is_gone_with_him_and_in_older_backups_too(
    house: make.House, fresh: str
) -> None:
    assert (await house.begin())[0] == 0
    async with backups.serving(house.inner) as gateway:
        request_id = await asked(gateway, person="zus")
        await indexed(gateway)
        assert (await replayed(gateway, request_id))["event"] == SAME
    [before] = await of_the_sister(house, "before")
    assert BORN in json.dumps(before["facts"]), "the harness does not see what is there"
    backup = (await house.inner.back_up())[0]
    assert (await house.erase("sem"))[0] == 0
    await only_the_facts_are_gone(house, request_id, before, "after")
    # An older backup has his key still, until the journal is replayed.
    old = house.on(fresh)
    await house.inner.restore(backup, fresh)
    assert (await old.replay())[0] == 0
    await only_the_facts_are_gone(old, request_id, before, "restored")


async def only_the_facts_are_gone(house: make.House, request_id: str, before: dict[str, Any], out: str) -> None:
    [now] = await of_the_sister(house, out)
    assert now == {name: each for name, each in before.items() if name != "facts"}
    assert BORN not in json.dumps(now)
    assert BORN not in (house.folder / out / "entries.ndjson").read_text()
    code, said = await house.verify()
    assert (code, said[:4]) == (0, "ok: ")
    assert (await house.verify(house.folder / out))[0] == 0
    async with backups.serving(house.inner) as gateway:
        # Who follows the log goes on behind it, and who decides again says so.
        await indexed(gateway)
        told = await replayed(gateway, request_id)
        assert {told[each]["result"] for each in ("event", "store")} == {"erased"}
        seen = await gateway.call("officer", "GET", f"/api/v1/decisions/{request_id}")
        assert (seen.status, json.loads(seen.body)["subject"]) == (200, "zus")
