"""Who has a key that nobody can put back is erased as anybody, if an officer answers for what cannot be seen."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from gateway.erasing.terms import KEPT
from gateway.keys.files import read_content
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.erasing.test_key_left import CHANGES, change
from tests.gateway.tampering.hand import tamper

OWN: Final = "not erased: a key of the person does not open, so what stands in the way cannot be seen"
OTHERS: Final = "not erased: a key of somebody in the family does not open"


async def tries(house: make.House) -> list[dict[str, Any]]:
    """Return the events of tries to erase, opened."""
    out = house.folder / "out"
    assert (await house.export(out, opened=True))[0] == 0
    opened = [json.loads(line) for line in (out / "entries.ndjson").read_text().splitlines()]
    return [each for each in opened if each["leaf"]["kind"] == "subject.erased"]


@pytest.mark.parametrize("how", CHANGES)
async def test_who_has_a_broken_key_is_erased_and_holds_up_no_end_of_old_epochs_any_more(
    house: make.House, how: str
) -> None:
    await house.begin()
    await change(house, how)
    assert (await house.rotate())[0] == 1
    code, said = await house.erase("sem", dry_run=True)
    assert (code, said[:13]) == (0, "would erase: ")
    code, said = await house.erase("sem", key_broken=True)
    assert (code, said[:8]) == (0, "erased: ")
    assert await make.everywhere(house.url, "sem") == []
    code, said = await house.rotate()
    assert (code, said.splitlines()[0]) == (0, "epoch 2: 0 keys of persons wrapped under it")
    assert list(read_content(house.inner.settings.key_file).retired) == [1]
    assert (await house.destroy_epochs("0d"))[0] == 0


async def test_the_log_says_that_it_was_done_past_a_broken_key_and_can_be_verified_still(small: make.House) -> None:
    await small.begin()
    async with backups.serving(small.inner) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
    await tamper(small.url, ["UPDATE person_key SET wrapped = substr(wrapped, 1, 8) WHERE person = 'sem'"])
    assert (await small.erase("sem", key_broken=True))[0] == 0
    assert (await small.verify())[0] == 0
    [erased] = await tries(small)
    assert erased["leaf"]["outcome"] == "ok"
    assert erased["opened"]["detail"]["value"]["key_broken"] is True


async def test_nobody_is_erased_past_a_broken_key_unless_an_officer_says_so(small: make.House) -> None:
    await small.begin()
    before = small.journal.read_bytes()
    await change(small, "cut off")
    code, said = await small.erase("sem")
    assert (code, said[: len(OWN)]) == (1, OWN)
    code, said = await small.erase("zus")
    assert (code, said[: len(OTHERS)]) == (1, OTHERS)
    assert await small.erase("zus", key_broken=True) == (
        1,
        "not erased: every key of the person opens; leave --key-broken out",
    )
    assert small.journal.read_bytes() == before
    assert await make.everywhere(small.url, "sem") != []
    assert [each["leaf"]["outcome"] for each in await tries(small)] == ["deny"] * 3


async def test_nobody_is_erased_past_a_key_of_another_that_does_not_open_either(small: make.House) -> None:
    await small.begin()
    await tamper(small.url, ["UPDATE person_key SET wrapped = substr(wrapped, 1, 8) WHERE person IN ('sem', 'moeder')"])
    for who in ("sem", "moeder"):
        code, said = await small.erase(who, key_broken=True)
        assert (code, said[: len(OTHERS)]) == (1, OTHERS)
    assert await make.everywhere(small.url, "sem") != []


async def test_retention_passes_over_the_family_of_who_has_a_broken_key(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small.begin()
    await change(small, "cut off")
    later = datetime.now(UTC) + KEPT + timedelta(days=1)
    monkeypatch.setattr("gateway.commands.retention.utc_now", lambda: later)
    code, said = await small.retention(apply=True)
    assert (code, said.partition(",")[0]) == (0, "erased: 0 persons")
    assert "3 must be kept still" in said
    assert await make.everywhere(small.url, "sem") != []


async def test_a_parent_whose_key_is_broken_is_kept_while_the_child_is_known(small: make.House) -> None:
    await small.begin()
    await tamper(small.url, ["UPDATE person_key SET wrapped = substr(wrapped, 1, 8) WHERE person = 'moeder'"])
    code, said = await small.erase("moeder", key_broken=True)
    assert (code, said[:41]) == (1, "not erased: the person has authority over")
