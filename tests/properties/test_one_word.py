"""Metamorphic: an end on the word of one organisation never shows a record more (facts contract, F3).

What it is told of is the store's, not a world file's: so each world is put together as the store does it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from consent.decide import decide
from consent.known.family import Family
from consent.known.lone_ends import ended_by, gives_a_say
from consent.known.lone_word import for_purpose
from consent.known.registered import EMPTY, Row
from consent.known.rows import Known
from consent.known.word import NO_WORD, Word
from consent.naming import OWNER
from consent.world.file import world_of
from schemas.words import Result
from tests.consent.make import authority, consent, incapable, mandate, refusal, world
from tests.properties.deciding import WORLDS

Json = dict[str, Any]
Place = tuple[str, int]

ENDED: Final = "2026-03-02T09:00:00+01:00"
HOLDERS: Final = ("moeder", "vader", "gi")
SPEAKERS: Final = ("moeder", "vader", "luus", "gi", "jan")
"""Who says something, `jan` for `gi`."""
RECIPIENTS: Final = ["team", "zus", "luus"]


def grown(pick: Random) -> Json:
    """An adult who cannot decide, with some who speak for him, or look."""
    kinds, relations = ("curator", "adult-mentor"), ("partner", "sibling", "parent")
    kin = [{"person": name, "of": "sem", "relation": pick.choice(relations)} for name in ("luus", "zus", "vader")]
    looks: Json = {"by": {"person": pick.choice(("zus", "luus"))}, "purpose": "own-access"}
    return world(
        age=19,
        capacity=[incapable()],
        authority=[authority(name, kind=pick.choice(kinds)) for name in pick.choice(((), HOLDERS[1:], HOLDERS))],
        family=[one | pick.choice(({}, {}, {"until": "2026-06-01"})) for one in _some(pick, kin)],
        consents=[consent(name, recipients=RECIPIENTS) for name in _some(pick, SPEAKERS)],
        refusals=[refusal(pick.choice(SPEAKERS), recipients=RECIPIENTS)],
        **pick.choice(({}, {}, looks)),
    )


def minor(pick: Random) -> Json:
    """A youth, with some who have authority over him, and for whom others may say yes too."""
    kinds = ("parental", "guardianship", "joint-non-parent")
    looks: Json = {"by": {"person": pick.choice(("moeder", "vader"))}, "purpose": "exercise-authority"}
    mentored: Json = {"by": {"mentor": "luus"}, "purpose": "mentor-support"}
    holders, agreed = _some(pick, HOLDERS), _some(pick, SPEAKERS, least=3, most=5)
    return world(
        age=pick.choice((7, 13, 15)),
        authority=[authority(name, kind=pick.choice(kinds)) for name in holders],
        consents=[consent(name) for name in ("sem", *_some(pick, SPEAKERS))],
        refusals=[refusal(name) for name in _some(pick, SPEAKERS, least=0, most=1)],
        mandates=[mandate(parent_agreements=[{"by": name, "on": "2026-01-16"} for name in agreed])],
        **pick.choice(({}, looks, mentored, mentored)),
    )


def _some(pick: Random, choices: Any, *, least: int = 1, most: int = 3) -> list[Any]:
    return pick.sample(choices, pick.randint(least, most))


def says(found: Json) -> Iterator[Place]:
    """Yield the places of the facts by which somebody has a say."""
    for section in ("authority", "family"):
        yield from ((section, n) for n, one in enumerate(found.get(section, ())) if gives_a_say(section, one))


def family(found: Json, ended: frozenset[Place]) -> Family:
    """The family as the store knows it, once one organisation `ended` some of its facts."""
    known = {}
    for section in ("persons", *sorted(OWNER.keys() & found.keys() - {"persons"})):
        for n, one in enumerate(found[section]):
            name, word = str(one.get("id", f"{section}-{n}")), NO_WORD
            source = dict(one)
            if (section, n) in ended:
                source, word = source | {"until": ENDED}, ended_by(Word(), "team", ENDED, own=one.get("until"))
            known[section, name] = Known(section, name, str(one[OWNER[section]]), n, source, word)
    return Family(datetime.now(UTC), tuple((one["id"], 1) for one in found["persons"]), known)


def released(found: Json, ended: frozenset[Place] = frozenset()) -> frozenset[str]:
    """Return what is released of `found` after that, as the exchange decides."""
    file = world_of(found)
    [request] = file.requests
    staff = [(section, one) for section in ("organisations", "professionals") for one in found[section]]
    rows = [Row(n, section, one["id"], one) for n, (section, one) in enumerate(staff, start=1)]
    house = family(found, ended)
    facts = house.facts(EMPTY.grown(rows), frozenset(row.id for row in rows))
    facts = replace(for_purpose(facts, house.lone, request.about, request.purpose), records=file.facts.records)
    decided = decide(request, facts, request.at).elements
    return frozenset(name for name, one in decided.items() if one.result is Result.RELEASE)


@WORLDS
@given(st.sampled_from([grown, minor]), st.integers(0, 2**32 - 1))
def test_what_one_organisation_ends_never_releases_more(grow: Any, seed: int) -> None:
    pick = Random(seed)  # noqa: S311 - examples, no secrets
    found = grow(pick)
    places = list(says(found))
    before = frozenset(pick.sample(places, pick.randint(0, min(1, len(places)))))
    for place in places:
        assert released(found, before | {place}) <= released(found, before), place
