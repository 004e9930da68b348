"""Authority out of a register: its later answer ends its earlier one."""

import json
from datetime import timedelta
from typing import Any

import pytest

from consent.store.holding import lock
from tests.gateway.registers.stage import (
    AUNT,
    AUTHORITY,
    FAMILY,
    FATHER,
    FIRST,
    MOTHER,
    NOW,
    PERSONS,
    SECOND,
    SEM,
    SISTER,
    STRANGER,
    Town,
    csv,
)

BOTH = {"father parental": "verified", "mother parental": "verified"}


def answers(*gezag: dict[str, Any], on: str, about: str = SEM) -> bytes:
    told = {"answers": [{"burgerservicenummer": about, "answered_on": on, "gezag": list(gezag)}]}
    return json.dumps(told).encode()


def relation(kind: str, minor: str = SEM, **more: Any) -> dict[str, Any]:
    return {"type": kind, "minderjarige": {"burgerservicenummer": minor}, **more}


def person(number: str) -> dict[str, str]:
    return {"burgerservicenummer": number}


async def test_both_parents_are_verified_from_the_moment_of_the_answer(known: Town) -> None:
    await known.authority("12", FIRST)
    assert await known.standing() == BOTH
    assert {one["verified_on"] for one in await known.facts_of("authority")} == {FIRST}


async def test_the_same_file_twice_changes_nothing(known: Town) -> None:
    await known.authority("12", FIRST)
    before = await known.rows()
    assert await known.authority("12", FIRST) == ["line 2: nothing"]
    assert await known.rows() == before


async def test_a_later_answer_that_is_the_same_renews_the_check(known: Town) -> None:
    await known.authority("12", FIRST)
    assert [each.rpartition(" ")[2] for each in await known.authority("12", SECOND)] == ["(verified_on)"] * 2
    assert {one["verified_on"] for one in await known.facts_of("authority")} == {SECOND}


LATER = {
    "one of two": (relation("EenhoofdigOuderlijkGezag", ouder=person(MOTHER)), {"mother parental": "verified"}),
    "nobody": (relation("TijdelijkGeenGezag"), {}),
    "the register cannot tell": (relation("GezagNietTeBepalen"), {}),
    "an unnamed guardian": (relation("Voogdij", derden=[]), {}),
    "an unknown third party": (
        relation("GezamenlijkGezag", ouder=person(MOTHER), derde={"type": "OnbekendeDerde"}),
        {},
    ),
    "a holder who is nobody here": (
        relation("GezamenlijkOuderlijkGezag", ouders=[person(MOTHER), person(STRANGER)]),
        {},
    ),
    "a guardian": (
        relation("Voogdij", derden=[{"type": "BekendeDerde", **person(AUNT)}]),
        {"aunt guardianship": "verified"},
    ),
    "both, doubted": (
        relation("GezamenlijkOuderlijkGezag", ouders=[person(MOTHER), person(FATHER)], inOnderzoek=True),
        dict.fromkeys(BOTH, "disputed"),
    ),
}


@pytest.mark.parametrize(("later", "expected"), LATER.values(), ids=LATER.keys())
async def test_a_later_answer_ends_what_the_register_says_no_longer(
    known: Town, later: dict[str, Any], expected: dict[str, str]
) -> None:
    await known.authority("12", FIRST)
    await known.bring("authority", answers(later, on=SECOND))
    assert await known.standing() == expected


async def test_an_answer_about_the_child_that_says_nothing_ends_all(known: Town) -> None:
    await known.authority("12", FIRST)
    await known.bring("authority", answers(on=SECOND))
    assert await known.standing() == {}


async def test_an_answer_about_a_parent_that_leaves_his_child_out_ends_the_other_parent_too(known: Town) -> None:
    await known.authority("12", FIRST)
    await known.bring("authority", answers(on=SECOND, about=FATHER))
    assert await known.standing() == {}


async def test_what_another_answer_says_in_words_counts_before_a_silence(known: Town) -> None:
    await known.authority("12", FIRST)
    alone = relation("EenhoofdigOuderlijkGezag", ouder=person(MOTHER))
    told = {
        "answers": [
            {"burgerservicenummer": FATHER, "answered_on": SECOND, "gezag": []},
            {"burgerservicenummer": MOTHER, "answered_on": SECOND, "gezag": [alone]},
        ]
    }
    await known.bring("authority", json.dumps(told).encode())
    assert await known.standing() == {"mother parental": "verified"}


async def test_two_answers_over_one_child_that_differ_are_refused(known: Town) -> None:
    lines = [f"{SEM},12,{FIRST},{MOTHER},{FATHER},,,", f"{SEM},1,{FIRST},{MOTHER},,,,"]
    found = await known.wrong("authority", csv(AUTHORITY, *lines))
    assert found == ["line 3: says something else about a minor than line 2; leave one out, or ask again"]


@pytest.mark.parametrize("first", ["nobody", "the register cannot tell"])
async def test_an_older_file_never_opens_what_a_later_answer_without_facts_closed(known: Town, first: str) -> None:
    # There was nothing to end, so only the answer itself is kept.
    await known.bring("authority", answers(LATER[first][0], on=SECOND))
    with pytest.raises(Exception, match="the register answered later than this already"):
        await known.authority("12", FIRST)
    assert await known.standing() == {}


async def test_another_answer_of_the_same_moment_is_refused(known: Town) -> None:
    await known.authority("1", FIRST)
    with pytest.raises(Exception, match="something else at this same moment"):
        await known.authority("12", FIRST)


async def test_an_answer_of_tomorrow_is_refused(known: Town) -> None:
    tomorrow = (NOW + timedelta(days=1)).isoformat()
    with pytest.raises(Exception, match="line 2: `answered_on` lies after now"):
        await known.authority("12", tomorrow)


async def test_a_holder_of_another_family_here_is_not_known_and_leaves_nobody(town: Town) -> None:
    await town.bring("persons", csv(PERSONS, f"{SEM},2018-05-04,{FIRST},{MOTHER},,", FAMILY[1]))
    await town.bring("persons", csv(PERSONS, FAMILY[2]))
    lines = await town.authority("12", FIRST)
    assert "a holder is nobody of this family here" in lines[0]
    assert await town.standing() == {}


async def test_a_minor_who_is_nobody_here_is_not_taken_in(known: Town) -> None:
    before = await known.rows()
    lines = await known.bring("authority", csv(AUTHORITY, f"{STRANGER},1,{FIRST},{AUNT},,,,"))
    assert await known.rows() == before
    assert lines == ["line 2: nothing: nobody of this answer is known here"]


async def test_a_problem_anywhere_stores_nothing_anywhere(known: Town) -> None:
    await known.bring("persons", csv(PERSONS, f"{SISTER},2020-01-01,{SECOND},{MOTHER},,"))
    await known.authority("1", SECOND)
    lines = [f"{SISTER},1,{SECOND},{MOTHER},,,,", f"{SEM},12,{FIRST},{MOTHER},{FATHER},,,"]
    found = await known.wrong("authority", csv(AUTHORITY, *lines))
    assert [each.partition(":")[0] for each in found] == ["line 3"]


async def test_an_exchange_that_began_before_an_import_has_to_look_again(known: Town) -> None:
    await known.authority("12", FIRST)
    before = await known.gathered()
    await known.bring("authority", answers(LATER["nobody"][0], on=SECOND))
    async with known.engine.connect() as connection:
        assert not await lock(connection, before.versions)
