"""Persons out of a register: who is new, which family he comes into, and what the register says no longer."""

from consent.known.word import Word
from schemas.words import Relation
from tests.gateway.registers.stage import (
    AUNT,
    FAMILY,
    FATHER,
    FIRST,
    MOTHER,
    PERSONS,
    SECOND,
    SEM,
    SISTER,
    STRANGER,
    THIRD,
    Town,
    csv,
)

ALONE = f"{SEM},2018-05-04,{SECOND},{MOTHER},,"


async def family_facts(town: Town) -> list[str]:
    return sorted(
        f"{one['person']} {one['relation']} of {one['of']}{' until' if 'until' in one else ''}"
        for one in await town.facts_of("family")
    )


async def test_persons_of_one_file_come_into_one_family_with_what_the_register_says(town: Town) -> None:
    await town.with_family()
    assert await family_facts(town) == ["father parent of sem", "father partner of aunt", "mother parent of sem"]
    assert {len((await town.gathered(number)).versions.persons) for number in (SEM, MOTHER, FATHER, AUNT)} == {4}


async def test_what_a_register_says_needs_no_other_word(town: Town) -> None:
    await town.with_family()
    assert {each.word.needs for each in (await town.family()).known.values()} == {()}
    assert len((await town.gathered()).facts.family) == 3


async def test_the_same_file_twice_changes_nothing(town: Town) -> None:
    await town.with_family()
    before = await town.rows()
    lines = await town.bring("persons", csv(PERSONS, *FAMILY))
    assert lines == [f"line {n}: nothing" for n in (2, 3, 4, 5)]
    assert await town.rows() == before


async def test_a_preview_tells_the_same_and_stores_nothing(town: Town) -> None:
    before = await town.rows()
    previewed = await town.bring("persons", csv(PERSONS, *FAMILY), preview=True)
    assert await town.rows() == before
    done = await town.bring("persons", csv(PERSONS, *FAMILY))
    assert [each.partition(" person ")[0] for each in previewed] == [each.partition(" person ")[0] for each in done]


async def test_a_parent_whom_the_register_names_no_longer_ends(town: Town) -> None:
    await town.with_family()
    lines = await town.bring("persons", csv(PERSONS, ALONE))
    assert lines == [f"line 2: ends: family fact {lines[0].split()[5]} (until)"]
    assert "father parent of sem until" in await family_facts(town)


async def test_a_file_without_columns_of_parents_ends_none(town: Town) -> None:
    await town.with_family()
    await town.bring("persons", csv("bsn,born,answered_on", f"{SEM},2018-05-04,{SECOND}"))
    assert "father parent of sem" in await family_facts(town)


async def test_an_older_file_is_refused(town: Town) -> None:
    await town.with_family()
    await town.bring("persons", csv(PERSONS, ALONE))
    found = await town.wrong("persons", csv(PERSONS, *FAMILY))
    assert found == ["line 2: the register answered later than this already; ask it again, or leave this out"]


async def test_another_answer_of_the_same_moment_is_refused(town: Town) -> None:
    await town.with_family()
    found = await town.wrong("persons", csv(PERSONS, ALONE.replace(SECOND, FIRST)))
    assert found[0].startswith("line 2: the register said something else at this same moment")


async def test_a_parent_who_is_nobody_here_is_left_out_and_told(town: Town) -> None:
    await town.with_family()
    lines = await town.bring("persons", csv(PERSONS, f"{SISTER},2020-01-01,{SECOND},{MOTHER},{STRANGER},"))
    assert lines[1:] == [
        "line 2: nothing: a parent is nobody here, so nothing is recorded of him; give him a line of his own",
        "line 2: new: family fact",
    ]


async def test_children_of_one_parent_who_is_nobody_here_are_one_family(town: Town) -> None:
    lines = [f"{SEM},2018-05-04,{FIRST},{STRANGER},,", f"{SISTER},2020-01-01,{FIRST},{STRANGER},,"]
    await town.bring("persons", csv(PERSONS, *lines))
    assert len((await town.gathered()).versions.persons) == 2


async def test_two_families_are_not_joined_and_nothing_is_stored(town: Town) -> None:
    await town.bring("persons", csv(PERSONS, f"{SEM},2018-05-04,{FIRST},,,"))
    await town.bring("persons", csv(PERSONS, f"{MOTHER},1984-01-01,{FIRST},,,"))
    found = await town.wrong("persons", csv(PERSONS, ALONE))
    assert found == [
        "line 2: names people of two families here, which cannot be joined yet; take one of them out of the line"
    ]


async def test_a_new_child_comes_into_the_family_of_his_parent(town: Town) -> None:
    await town.with_family()
    await town.bring("persons", csv(PERSONS, f"{SISTER},2020-01-01,{SECOND},{MOTHER},,"))
    assert len((await town.gathered()).versions.persons) == 5


async def test_another_day_of_birth_is_refused_without_telling_it(town: Town) -> None:
    await town.with_family()
    [found] = await town.wrong("persons", csv(PERSONS, ALONE.replace("2018", "2008")))
    assert found.startswith("line 2: `born`: he is known here with another day of birth")
    assert "2008" not in found


async def test_what_a_helper_denied_stays_denied_when_the_register_names_the_parent(town: Town) -> None:
    await town.bring("persons", csv(PERSONS, f"{SEM},2018-05-04,{FIRST},{MOTHER},,{FATHER}", *FAMILY[1:3]))
    await town.by_hand("family", {"person": FATHER, "of": SEM, "relation": "parent", "contact_denied": True})
    await town.bring("persons", csv(PERSONS, f"{SEM},2018-05-04,{SECOND},{MOTHER},{FATHER},"))
    about = [one for one in await town.facts_of("family") if one["person"] == "father" and one["relation"] == "parent"]
    assert [one.get("contact_denied") for one in about] == [True, True]


async def test_a_parent_whom_a_helper_ended_is_not_opened_again(town: Town) -> None:
    await town.with_family()
    fact = await town.fact("family", person=await town.id_of(FATHER), relation="parent")
    await town.change("family", fact, {"until": SECOND})
    lines = await town.bring("persons", csv(PERSONS, FAMILY[0].replace(FIRST, THIRD)))
    assert "stays ended until recorded anew" in lines[0]
    assert [one for one in await family_facts(town) if one.startswith("father parent")] == [
        "father parent of sem until"
    ]


async def test_a_parent_who_stood_beside_the_one_that_a_helper_ended_is_not_recorded_anew(town: Town) -> None:
    await town.with_family()
    fact = await town.fact("family", person=await town.id_of(FATHER), relation="parent")
    beside = {"person": FATHER, "of": SEM, "relation": "parent", "lives_with": True}
    await town.by_hand("family", beside)
    await town.change("family", fact, {"until": SECOND})
    [line] = await town.bring("persons", csv(PERSONS, FAMILY[0].replace(FIRST, THIRD)))
    assert "stays ended until recorded anew" in line
    await town.by_hand("family", beside | {"cares_for": True})
    fourth = FIRST.replace("-02T", "-23T")
    assert await town.bring("persons", csv(PERSONS, FAMILY[0].replace(FIRST, fourth))) == ["line 2: new: family fact"]


async def in_the_place_of_father(town: Town) -> list[str]:
    """Return who stands there as partner of his aunt."""
    partners = [one for one in (await town.gathered(AUNT)).facts.family if one.relation is Relation.PARTNER]
    return [one.person for one in partners if one.until is None]


async def test_an_end_that_one_organisation_said_of_a_partner_is_sure_once_the_register_says_so_too(town: Town) -> None:
    await town.with_family()
    father = await town.id_of(FATHER)
    fact = await town.fact("family", person=father, relation="partner")
    await town.change("family", fact, {"until": FIRST}, word=Word(ended_by={"team-noord": FIRST}))
    still = f"{AUNT},1980-01-01,{SECOND},,,{FATHER}"
    for line, there in ((still, [f"{fact}:ended"]), (still.replace(SECOND, THIRD).removesuffix(FATHER), [])):
        assert await in_the_place_of_father(town) == [f"{fact}:ended"]
        await town.bring("persons", csv(PERSONS, line))
        assert await in_the_place_of_father(town) == there


async def test_of_a_partner_whom_it_never_told_the_silence_of_the_register_makes_no_end_sure(town: Town) -> None:
    await town.with_family()
    fact = await town.by_hand("family", {"person": FATHER, "of": AUNT, "relation": "partner"})
    await town.bring("persons", csv(PERSONS, f"{AUNT},1980-01-01,{SECOND},,,"))
    await town.change("family", fact, {"until": SECOND}, word=Word(ended_by={"team-noord": SECOND}))
    await town.bring("persons", csv(PERSONS, f"{AUNT},1980-01-01,{THIRD},,,"))
    assert await in_the_place_of_father(town) == [f"{fact}:ended"]


async def test_a_partner_whom_a_helper_recorded_stays(town: Town) -> None:
    await town.with_family()
    await town.by_hand("family", {"person": AUNT, "of": MOTHER, "relation": "partner"})
    await town.bring("persons", csv(PERSONS, f"{MOTHER},1984-01-01,{SECOND},,,"))
    assert "aunt partner of mother" in await family_facts(town)


async def test_a_parent_whom_a_helper_recorded_of_a_minor_ends_where_the_register_names_others(town: Town) -> None:
    await town.with_family()
    await town.by_hand("family", {"person": AUNT, "of": SEM, "relation": "parent"})
    await town.bring("persons", csv(PERSONS, FAMILY[0].replace(FIRST, SECOND)))
    assert "aunt parent of sem until" in await family_facts(town)


async def test_guardianship_over_an_adult_is_taken_and_lifted(town: Town) -> None:
    header = "bsn,born,answered_on,under_guardianship"
    for on, told in ((FIRST, "yes"), (SECOND, "no"), (THIRD, "")):
        await town.bring("persons", csv(header, f"{SEM},1980-05-04,{on},{told}"))
        [person] = (await town.gathered()).facts.persons
        assert person.under_guardianship is (told == "yes")


async def test_each_fact_is_on_record_with_the_hash_of_the_file_and_the_operator(town: Town) -> None:
    await town.with_family()
    events = await town.events()
    assert len(events) == len((await town.family()).known)
    for each in events:
        assert (each["kind"], each["actor"]["form"], each["actor"]["id"]) == ("fact.recorded", "register", "persons")
        assert each["actor"]["source"].startswith("sha256:")
        assert each["actor"]["operator"] == "o. perator"
