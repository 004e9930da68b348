"""Authority out of a register beside what people recorded: that it confirms, and never opens by its word alone."""

from typing import Any

import pytest

from audit.events import Kind
from consent.decide import decide
from consent.known.word import Word
from consent.world.file import world_of
from tests.consent.make import consent
from tests.gateway.registers.stage import AUNT, FATHER, FIRST, MOTHER, NOW, SECOND, SEM, THIRD, Town

LATER = "2027-01-01T00:00:00+01:00"


async def hand(town: Town, holder: str, **more: Any) -> str:
    return await town.by_hand(
        "authority", {"holder": holder, "over": SEM, "kind": "parental", "since": "2020-01-01", **more}
    )


async def test_who_the_register_does_not_name_is_disputed_and_stays_a_holder(known: Town) -> None:
    await hand(known, FATHER, verified_on="2026-01-01")
    await known.authority("1", FIRST)
    assert await known.standing() == {"father parental": "disputed", "mother parental": "verified"}


async def test_so_the_yes_of_the_one_whom_it_names_opens_nothing(known: Town) -> None:
    await hand(known, FATHER, verified_on="2026-01-01")
    await known.authority("1", FIRST)
    assert await outcome(known, yes_of=[MOTHER, FATHER]) == ("review", "AUTHORITY_UNVERIFIED")
    await known.change("authority", await known.fact("authority", holder=await known.id_of(FATHER)), {"until": SECOND})
    assert await outcome(known, yes_of=[MOTHER]) == ("release", None)


async def test_a_holder_whom_both_name_is_confirmed(known: Town) -> None:
    await hand(known, MOTHER)
    await known.authority("1", FIRST)
    assert [one["verified_on"] for one in await known.facts_of("authority")] == [FIRST, FIRST]
    assert await outcome(known, yes_of=[MOTHER]) == ("release", None)


async def test_what_begins_after_the_answer_is_not_contradicted_by_it(known: Town) -> None:
    await hand(known, AUNT, since=SECOND)
    await known.authority("1", FIRST)
    assert (await known.standing())["aunt parental"] == "unverified"


async def test_partial_authority_is_none_of_its_business(known: Town) -> None:
    await hand(known, AUNT, kind="partial", scope="school")
    await known.authority("1", FIRST)
    assert (await known.standing())["aunt partial"] == "unverified"


@pytest.mark.parametrize("closed", [{"disputed": True}, {"suspended_on": SECOND}, {"until": SECOND}])
async def test_what_a_person_closed_the_register_alone_opens_only_disputed(known: Town, closed: dict[str, Any]) -> None:
    await known.authority("1", FIRST)
    await known.change("authority", await known.fact("authority"), closed)
    await known.authority("1", THIRD)
    assert (await known.standing())["mother parental"] == "disputed"
    assert await outcome(known, yes_of=[MOTHER]) == ("review", "AUTHORITY_UNVERIFIED")


@pytest.mark.parametrize("verified", [{}, {"verified_on": "2026-01-01"}])
async def test_no_answer_of_before_an_end_that_lies_ahead_passes_it(known: Town, verified: dict[str, str]) -> None:
    mother = await hand(known, MOTHER, **verified)
    await known.change("authority", mother, {"until": LATER})
    lines = await known.authority("1", FIRST)
    assert any("ends on the day that somebody here set" in each for each in lines)
    assert [one["until"] for one in await known.facts_of("authority")] == [LATER]
    # Until then it stands, on both their word.
    assert await outcome(known, yes_of=[MOTHER]) == ("release", None)
    await hand(known, MOTHER)
    await known.authority("1", SECOND)
    assert await known.standing() == {"mother parental": "verified"}


async def test_nor_does_one_that_calls_it_something_else(known: Town) -> None:
    mother = await hand(known, MOTHER, kind="guardianship", verified_on="2026-01-01")
    await known.change("authority", mother, {"until": LATER})
    await known.authority("1", FIRST)
    assert await known.standing() == {"mother parental": "disputed"}
    assert await outcome(known, yes_of=[MOTHER]) == ("review", "AUTHORITY_UNVERIFIED")


async def test_a_doubt_of_the_register_is_told_beside_an_end_that_lies_ahead(known: Town) -> None:
    await known.change("authority", await hand(known, MOTHER, verified_on="2026-01-01"), {"until": LATER})
    await known.authority("1", FIRST, under_investigation="yes")
    assert await outcome(known, yes_of=[MOTHER]) == ("review", "AUTHORITY_UNVERIFIED")
    await known.authority("1", SECOND)
    assert await known.standing() == {"mother parental": "disputed"}


async def test_nor_does_one_that_doubts_no_longer_what_it_told(known: Town) -> None:
    await known.authority("1", FIRST, under_investigation="yes")
    await known.change("authority", await known.fact("authority"), {"until": LATER})
    await known.authority("1", SECOND)
    assert [one["until"] for one in await known.facts_of("authority")] == [LATER]
    assert await outcome(known, yes_of=[MOTHER]) == ("review", "AUTHORITY_UNVERIFIED")


async def test_what_the_register_told_stands_until_an_end_that_lies_ahead(known: Town) -> None:
    await known.authority("1", FIRST)
    await known.change("authority", await known.fact("authority"), {"until": LATER})
    await known.authority("1", SECOND)
    assert [(one["until"], one["verified_on"]) for one in await known.facts_of("authority")] == [(LATER, SECOND)]
    assert await outcome(known, yes_of=[MOTHER]) == ("release", None)


async def test_authority_that_stood_beside_the_one_that_somebody_ended_is_not_recorded_anew(known: Town) -> None:
    await known.authority("1", FIRST)
    of_the_register = await known.fact("authority")
    await hand(known, MOTHER)
    await known.change("authority", of_the_register, {"until": FIRST})
    await known.authority("1", SECOND)
    assert await outcome(known, yes_of=[MOTHER]) == ("review", "AUTHORITY_UNVERIFIED")


async def test_authority_that_stood_beside_is_confirmed_too_once_somebody_recorded_it_anew(known: Town) -> None:
    await hand(known, MOTHER)
    await known.change("authority", await hand(known, MOTHER), {"until": FIRST})
    await hand(known, MOTHER)
    await known.authority("1", SECOND)
    assert await outcome(known, yes_of=[MOTHER]) == ("release", None)


async def test_an_end_that_one_organisation_said_is_sure_once_the_register_says_so_too(known: Town) -> None:
    await known.authority("12", FIRST)
    father = await known.fact("authority", holder=await known.id_of(FATHER))
    await known.change("authority", father, {"until": FIRST}, word=Word(ended_by={"team-noord": FIRST}))
    assert await outcome(known, yes_of=[MOTHER]) == ("withhold", "CONSENT_MISSING_AUTHORITY")
    await known.authority("1", SECOND)
    assert await outcome(known, yes_of=[MOTHER]) == ("release", None)


async def test_an_answer_of_before_somebody_had_authority_makes_its_end_no_surer(known: Town) -> None:
    father = await hand(known, FATHER, since=SECOND, verified_on=SECOND)
    await known.change("authority", father, {"until": THIRD}, word=Word(ended_by={"team-noord": THIRD}))
    await known.authority("1", FIRST)
    assert await outcome(known, yes_of=[MOTHER]) == ("withhold", "CONSENT_MISSING_AUTHORITY")


async def said_of(town: Town, fact: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the kind of each event about `fact`, by version, and what it says was said."""
    found = [each for each in await town.events() if each["detail"]["fact"] == fact]
    found.sort(key=lambda each: each["detail"]["version"])
    return [(each["kind"], each["detail"]["said"]) for each in found]


async def test_what_the_register_confirms_is_on_record_as_what_a_person_confirms(known: Town) -> None:
    mother = await hand(known, MOTHER)
    await known.authority("1", SECOND)
    verified = ("authority.changed", {"confirmed": "verified_on", "verified_on": SECOND})
    assert await said_of(known, mother) == [verified]


async def test_an_end_that_the_register_makes_sure_is_on_record_as_confirmed(known: Town) -> None:
    await known.authority("12", FIRST)
    father = await known.fact("authority", holder=await known.id_of(FATHER))
    await known.change("authority", father, {"until": FIRST}, word=Word(ended_by={"team-noord": FIRST}))
    await known.authority("1", SECOND)
    assert (await said_of(known, father))[1:] == [("authority.changed", {"confirmed": "until"})]


async def test_an_answer_that_is_only_kept_confirms_nothing(known: Town) -> None:
    await known.authority("1", SECOND)
    [kept] = [each for each in await known.events() if "answered" in each["detail"]["said"]]
    assert (kept["kind"], kept["detail"]["section"]) == ("fact.recorded", "persons")
    assert kept["detail"]["said"] == {"answered": "authority"}


async def test_a_person_and_the_register_together_open_it_again(known: Town) -> None:
    await known.authority("1", FIRST)
    await known.change("authority", await known.fact("authority"), {"until": FIRST})
    await known.authority("1", SECOND)
    await hand(known, MOTHER)
    await known.authority("1", THIRD)
    assert await known.standing() == {"mother parental": "verified"}
    assert await outcome(known, yes_of=[MOTHER]) == ("release", None)


async def test_a_doubt_of_the_register_alone_ends_with_its_next_answer(known: Town) -> None:
    await known.authority("1", FIRST, under_investigation="yes")
    assert await known.standing() == {"mother parental": "disputed"}
    await known.authority("1", SECOND)
    assert await known.standing() == {"mother parental": "verified"}
    changed = [each["detail"] for each in await known.events() if each["kind"] == Kind.AUTHORITY_CHANGED]
    # Its end closes nothing: the tombstone journal passes it over.
    assert [(sorted(each["said"]), each.get("doubted")) for each in changed if "until" in each["said"]] == [
        (["until"], True)
    ]


async def outcome(town: Town, *, yes_of: list[str]) -> tuple[str, str | None]:
    """Return what `decide` says to a team that asks to coordinate, where these say yes."""
    family = (await town.gathered()).facts.as_world()
    sem = await town.id_of(SEM)
    givers = [await town.id_of(each) for each in yes_of]
    consents = [{**consent(each, about=sem), "on": "2026-11-20", "until": "2027-01-01"} for each in givers]
    world = world_of(
        {
            "schakel": "world/1",
            "organisations": [
                *family.get("organisations", []),
                {"id": "team", "kind": "local-team"},
                {"id": "ggz", "kind": "youth-mental-health"},
            ],
            "professionals": [{"id": "anna", "organisation": "team", "role": "youth-professional"}],
            **{name: list(family[name]) for name in ("persons", "family", "authority") if name in family},
            "consents": [
                {**each, "id": f"c{n}", "holders": ["ggz"], "recipients": ["team"]} for n, each in enumerate(consents)
            ],
            "records": [
                {
                    "id": "r1",
                    "holder": "ggz",
                    "about": [sem],
                    "category": "goals",
                    "regime": "jeugdwet",
                    "created_on": "2026-01-10",
                }
            ],
            "request": {
                "at": NOW.isoformat(),
                "requester": {"professional": "anna"},
                "about": sem,
                "purpose": "coordinate-plan",
                "categories": ["goals"],
            },
        }
    )
    told = decide(world.requests[0], world.facts, NOW).as_json()["elements"]["r1"]
    return told["result"], told.get("reason")
