"""Who speaks for another is not forgotten while he does; and what holds somebody up is looked at when he goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.known.family import Family
from consent.known.rows import Known
from gateway.database.engine import write_transaction
from gateway.erasing.erasing import Erasing
from gateway.erasing.keeping import MustBeKeptError
from gateway.erasing.reading import is_known
from gateway.erasing.speaking import require_speaks_for_nobody
from gateway.erasing.terms import KEPT
from gateway.holders.tables import holder_question
from gateway.notices.tables import notice_due
from tests.gateway.erasing import make

NOW: Final = datetime(2026, 11, 26, tzinfo=UTC)
SPEAKS: Final = (
    "not erased: the person has authority over somebody who is known here, or speaks for one who cannot decide; end"
    " that first where it is recorded (the authority, the kinship), or erase the other first"
)
INCAPABLE: Final = {"person": "sem", "capable": False, "on": "2026-11-01", "by": "chris"}
SISTER: Final = {"person": "zus", "of": "sem", "relation": "sibling"}


async def test_a_parent_is_erased_on_no_ground_before_the_child_over_whom_he_has_authority(small: make.House) -> None:
    await small.begin()
    before = small.journal.read_bytes()
    assert await small.erase("moeder") == (1, SPEAKS)
    assert await small.erase("moeder", on_request=None) == (1, SPEAKS)
    assert small.journal.read_bytes() == before
    assert await make.everywhere(small.url, "moeder") != []
    for each in ("zus", "sem", "moeder"):
        assert (await small.erase(each))[0] == 0
    assert await make.everywhere(small.url, "moeder") == []


async def test_retention_passes_over_a_parent_whose_child_must_be_kept(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small.begin()
    later = datetime.now(UTC) + KEPT + timedelta(days=1)
    monkeypatch.setattr("gateway.commands.retention.utc_now", lambda: later)
    during(monkeypatch, "zus", notice_due, untold)
    code, said = await small.retention(apply=True)
    # The girl came to be kept behind the making of the list, and keeps her mother.
    assert (code, said.partition("\n")[0]) == (0, "erased: 1 persons, 0 answers")
    assert "2 must be kept still" in said
    assert await make.everywhere(small.url, "moeder") != []
    assert len(small.journal.read_bytes().splitlines()) == 2


async def test_a_question_that_comes_after_the_first_look_holds_up_a_request_still(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small.begin()
    before = small.journal.read_bytes()
    during(monkeypatch, "sem", holder_question, question)
    code, said = await small.erase("sem")
    assert (code, said[:45]) == (1, "not erased: a question about the person waits")
    assert small.journal.read_bytes() == before
    assert await make.everywhere(small.url, "sem") != []


async def test_the_journal_is_read_through_once_for_all_who_are_erased(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small.begin()
    later = datetime.now(UTC) + KEPT + timedelta(days=1)
    monkeypatch.setattr("gateway.commands.retention.utc_now", lambda: later)
    resume, times = Erasing.resume, []

    async def counted(erasing: Erasing) -> int:
        times.append(1)
        return await resume(erasing)

    monkeypatch.setattr(Erasing, "resume", counted)
    assert (await small.retention(apply=True))[1].startswith("erased: 3 persons")
    assert len(times) == 1


@pytest.mark.parametrize(
    ("who", "sections", "speaks"),
    [
        ("zus", {"capacity": [INCAPABLE], "family": [SISTER]}, True),
        ("zus", {"family": [SISTER]}, False),
        ("zus", {"capacity": [INCAPABLE], "family": [SISTER | {"until": "2026-11-01"}]}, False),
        ("sem", {"capacity": [INCAPABLE], "family": [SISTER]}, False),
        ("zus", {"authority": [{"kind": "curator"}]}, True),
        ("zus", {"authority": [{"kind": "written-proxy"}]}, True),
        ("zus", {"authority": [{"kind": "curator", "until": "2026-11-01"}]}, False),
        ("zus", {"authority": [{"kind": "curator", "suspended_on": "2026-11-01"}]}, False),
        ("zus", {"authority": [{"kind": "parental"}]}, False),
        ("zus", {"authority": [{"kind": "curator", "over": "gone"}]}, False),
        ("nobody", {"authority": [{"kind": "curator", "holder": "nobody"}]}, False),
    ],
)
def test_who_speaks_for_an_adult_is_kept_while_he_does(who: str, sections: dict[str, Any], *, speaks: bool) -> None:
    # Sem is 26 here: a parent's authority is over with, and his family speaks for him where he cannot decide.
    family = family_of({"persons": [{"id": name, "born": "2000-05-04"} for name in ("sem", "zus")], **sections})
    if not speaks:
        require_speaks_for_nobody(family, who, NOW)
        return
    with pytest.raises(MustBeKeptError, match="end that first"):
        require_speaks_for_nobody(family, who, NOW)


def family_of(sections: dict[str, Any]) -> Family:
    held = {"holder": "zus", "over": "sem", "since": "2020-01-01"}
    known = {}
    for section, entries in sections.items():
        for n, one in enumerate(entries):
            name = str(one.get("id", f"{section}{n}"))
            source = {"id": name, **held, **one} if section == "authority" else one
            known[section, name] = Known(section, name, "sem", 0, source)
    return Family(NOW, known=known)


def question(person: str) -> dict[str, Any]:
    return {"id": "q", "holder": "ggz-west", "person": person, "alike": b"", "key_version": 1, "sealed": b""}


def untold(person: str) -> dict[str, Any]:
    what = {"version": 9, "section": "consents", "fact": "c1", "field": "withdrawn_on"}
    return {"person": person, "ended_at": datetime.now(UTC), **what}


def during(monkeypatch: pytest.MonkeyPatch, whom: str, table: Any, row: Callable[[str], dict[str, Any]]) -> None:
    """Have a `row` about somebody come when his erasure has begun and nothing is locked yet."""
    done: list[str] = []

    async def looked(engine: AsyncEngine, person: str) -> bool:
        if person == whom and not done:
            done.append(person)
            async with write_transaction(engine) as connection:
                await connection.execute(insert(table).values(**row(person)))
        return await is_known(engine, person)

    monkeypatch.setattr("gateway.erasing.erasing.is_known", looked)
