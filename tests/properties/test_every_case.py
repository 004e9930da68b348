"""Every case of the finite part of consent and supervision, against an oracle written from the contract alone.

Age band, capacity, authority, what each giver said, the chain of an incapable adult, the state of the orders: all
combinations that can matter, each for a record of youth care and for a medical one. `make thorough` takes all of them,
`make test` and `make quick` a sample.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final

from tests.properties.entries_once import facts, told
from tests.properties.oracle import Case, Holder, Said, answer, between
from tests.properties.words_said import FEW, MOST, WORDS, consents, refusals
from tests.thoroughness import EVERY

Json = dict[str, Any]
AT: Final = "2026-03-02T10:00:00+01:00"

BORN: Final = {7: "2018-05-04", 12: "2014-02-15", 13: "2012-05-04", 16: "2009-05-04", 17: "2008-05-04"}
BORN[19] = "2006-05-04"
SAYS: Final = "2026-02-15"

CAPACITY: Final[Mapping[str, tuple[str, list[Json]]]] = {
    "no finding": ("capable", []),
    "found incapable 90 days ago": ("incapable", [{"capable": False, "on": "2025-12-02"}]),
    "found incapable 91 days ago": ("unclear", [{"capable": False, "on": "2025-12-01"}]),
    "unclear": ("unclear", [{"capable": "unclear", "on": "2026-01-05"}]),
    "found capable later that day": (
        "capable",
        [{"capable": False, "on": "2025-12-02T15:00:00+01:00"}, {"capable": True, "on": "2025-12-02"}],
    ),
}

# Who has a title, by the id of his authority: the father's comes before the mother's.
MOTHER: Final[Json] = {"id": "b", "holder": "moeder"}
FATHER: Final[Json] = {"id": "a", "holder": "vader"}
TITLE: Final[Json] = {"over": "sem", "kind": "parental", "since": "2004-01-01", "verified_on": "2026-02-20"}
BOTH: Final = [MOTHER, FATHER]
AUTHORITY: Final[Mapping[str, tuple[list[Json], dict[str, Holder]]]] = {
    "nobody's": ([], {}),
    "the mother's": ([MOTHER], {"moeder": Holder(said=Said())}),
    "both parents'": (BOTH, {"vader": Holder(said=Said()), "moeder": Holder(said=Said())}),
    "both, the father's disputed": (
        [MOTHER, FATHER | {"disputed": True}],
        {"vader": Holder(said=Said(), sure=False), "moeder": Holder(said=Said())},
    ),
    "both, the mother's to be verified tomorrow": (
        [MOTHER | {"verified_on": "2026-03-03"}, FATHER],
        {"vader": Holder(said=Said()), "moeder": Holder(said=Said(), sure=False)},
    ),
    "both, the father sought three times": (
        [MOTHER, FATHER | {"unreachable_attempts": 3}],
        {"vader": Holder(said=Said(), attempts=3), "moeder": Holder(said=Said())},
    ),
    "both, the father sought twice": (
        [MOTHER, FATHER | {"unreachable_attempts": 2}],
        {"vader": Holder(said=Said(), attempts=2), "moeder": Holder(said=Said())},
    ),
    "the mother's, the father's ended": ([MOTHER, FATHER | {"until": "2026-03-02"}], {"moeder": Holder(said=Said())}),
    "the mother's, the father's of another kind": (
        [MOTHER, FATHER | {"kind": "special-representative", "matter": "erfenis"}],
        {"moeder": Holder(said=Said())},
    ),
    "the mother's, and an incompetent man's": ([MOTHER, {"id": "a", "holder": "opa"}], {"moeder": Holder(said=Said())}),
    "an incompetent man's": ([{"id": "a", "holder": "opa"}], {}),
}
REQUEST: Final[Json] = {"at": AT, "requester": {"professional": "anna"}, "about": "sem", "purpose": "coordinate-plan"}
RECORD: Final[Json] = {"holder": "ggz", "about": ["sem"], "category": "goals", "created_on": "2026-02-10"}
RECORDS: Final = [RECORD | {"id": "r1", "regime": "jeugdwet"}, RECORD | {"id": "r2", "regime": "wgbo"}]


def persons(age: int) -> list[Json]:
    grown: list[Json] = [{"id": name, "born": "1984-01-01"} for name in ("moeder", "zus", "vader", "opa", "luus")]
    grown[3]["under_guardianship"] = True
    return [{"id": "sem", "born": BORN[age]}, *grown]


def sampled(cases: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
    return cases[::EVERY]


Minor = tuple[int, str, str, str, str, str, str | None]
FATHERS: Final = ("nothing", "yes", "no, later", "yes, taken back", "no, to others", "yes, by nobody known")


def minors() -> Iterator[Minor]:
    """Age, capacity, authority, what the youth, his mother and his father said, and his considered wish."""
    yield from product((7,), ("no finding", "unclear"), AUTHORITY, FEW, WORDS, FATHERS, (None,))
    yield from product((12,), CAPACITY, ("both parents'",), FEW, FEW, FEW, (None, SAYS, "2026-02-14"))
    yield from product((13,), list(CAPACITY)[:4], AUTHORITY, MOST, MOST, FATHERS[:5], (None, SAYS))
    yield from product((13,), CAPACITY, ("both parents'",), WORDS, WORDS, ("yes",), (SAYS,))
    yield from product((16, 17), CAPACITY, AUTHORITY, WORDS, MOST[:5], FATHERS[:2], (None,))
    yield from product((19,), CAPACITY, ("both parents'",), WORDS, FEW, FEW, (SAYS,))


def minor(case: Minor) -> tuple[list[str], list[str]]:
    """What the code and the oracle make of a case."""
    age, capacity, authority, himself, mother, father, wish = case
    said = {"sem": himself, "moeder": mother, "vader": father}
    titles, holders = AUTHORITY[authority]
    known = facts(
        persons=persons(age),
        authority=[TITLE | one for one in titles],
        capacity=[{"person": "sem"} | one for one in CAPACITY[capacity][1]],
        consents=[one for giver, label in said.items() for one in consents(giver, label)],
        refusals=[one for giver, label in said.items() for one in refusals(giver, label)],
        considered_wishes=[] if wish is None else [{"youth": "sem", "on": wish, "recipients": ["team"]}],
        records=RECORDS,
    )
    return told(known, REQUEST | {"categories": ["goals"]}), [
        between({basis: expected_of_minor(case, holders, medical=basis == "LB-02")}) for basis in ("LB-01", "LB-02")
    ]


def expected_of_minor(case: Minor, holders: dict[str, Holder], *, medical: bool) -> str:
    age, capacity, authority, himself, mother, father, wish = case
    heard = {"sem": himself, "moeder": mother, "vader": father}
    said = {giver: WORDS[label].medical if medical else WORDS[label].said for giver, label in heard.items()}
    if age in {7, 12}:
        said["sem"] = Said()  # all that he says here he said before the day he turned 12
    return answer(
        Case(
            age=age,
            capacity="capable" if age < 12 else CAPACITY[capacity][0],
            himself=said["sem"],
            holders=tuple(replace(holder, said=said[name]) for name, holder in holders.items()),
            all_are_incompetent=authority == "an incompetent man's",
            others=tuple(said[name] for name in ("moeder", "vader") if name not in holders),
            wish=None if wish is None or (age == 12 and wish < BORN[12].replace("2014", "2026")) else wish,
        )
    )


def test_consent_of_minors_is_as_the_contract_says_in_every_case() -> None:
    cases = sampled(list(minors()))
    wrong = [(case, got, expected) for case in cases for got, expected in [minor(case)] if got != expected]
    assert wrong[:3] == []
    assert len(cases) * EVERY > 40_000


# An incapable adult: who stands on which level of the chain, and what each said. `None`: nobody stands there.

CURATORS: Final = (None, "nothing", "yes", "no", "yes, taken back", "yes, not freely", "unfit")
PARTNERS: Final = (None, "nothing", "yes", "no")


Adult = tuple[str, str | None, str | None, str | None, str | None, str | None]


def adults() -> Iterator[Adult]:
    """What he said, and his curator (an institution), proxy, partner, mother and sister."""
    himself = ("nothing", "no", "no, in writing, long ago", "yes")
    yield from product(himself, CURATORS, CURATORS[:6], PARTNERS, CURATORS[:6], PARTNERS)


def adult(case: Adult) -> tuple[list[str], list[str]]:
    himself, curator, proxy, partner, mother, sister = case
    unfit = curator == "unfit"
    speakers: dict[str, str | None] = {"jet": curator, "luus": proxy, "vader": partner, "moeder": mother, "zus": sister}
    # The curator is `gi`, who speaks by its professionals: an unfit one is a man who is himself under guardianship.
    if unfit:
        speakers = speakers | {"jet": None, "opa": "yes"}
    said: dict[str, str] = {"sem": himself} | {name: label for name, label in speakers.items() if label is not None}
    titles = [{"id": "b", "holder": "opa" if unfit else "gi", "kind": "curator"}] if curator is not None else []
    titles += [{"id": "a", "holder": "luus", "kind": "written-proxy"}] if proxy is not None else []
    kin = {"vader": "partner", "zus": "sibling", "moeder": "parent"}
    known = facts(
        persons=persons(19),
        authority=[TITLE | one for one in titles],
        family=[{"person": name, "of": "sem", "relation": relation} for name, relation in kin.items() if name in said],
        capacity=[{"person": "sem", "capable": False, "on": "2025-12-02"}],
        consents=[one for giver, label in said.items() for one in consents(giver, label)],
        refusals=[one for giver, label in said.items() for one in refusals(giver, label)],
        records=RECORDS[:1],
    )
    heard = {name: WORDS[label].said for name, label in said.items()}
    places = (("jet",), ("luus",), ("vader",), ("moeder", "zus"))
    levels = (tuple(heard[name] for name in level if name in heard) for level in places)
    judged = Case(
        age=19,
        capacity="incapable",
        himself=heard["sem"],
        levels=tuple(level for level in levels if level),
        others=(heard["opa"],) if unfit else (),
    )
    return told(known, REQUEST | {"categories": ["goals"]}), [between({"LB-01": answer(judged)})]


def test_consent_of_incapable_adults_is_as_the_contract_says_in_every_case() -> None:
    cases = sampled(list(adults()))
    wrong = [(case, got, expected) for case in cases for got, expected in [adult(case)] if got != expected]
    assert wrong[:3] == []
    assert len(cases) * EVERY > 10_000
