"""Who speaks for an incapable adult (5.2), and express consent for medical records (LB-02, LB-03)."""

from typing import Any

import pytest

from consent.entry import Capability
from consent.representation import row_for
from tests.consent.make import authority, consent, element, incapable, refusal, told, world
from tests.consent.speaking import NOBODY, spoken

ADULT: dict[str, Any] = {"age": 19, "capacity": [incapable()]}
MOTHER = {"person": "moeder", "of": "sem", "relation": "parent"}
SISTER = {"person": "zus", "of": "sem", "relation": "sibling"}
AUNT = {"person": "luus", "of": "sem", "relation": "aunt"}
PROXY = authority("luus", kind="written-proxy")
CURATOR = authority("gi", kind="curator")

CHAIN: dict[str, tuple[str, dict[str, Any]]] = {
    "a mother speaks for her incapable adult son": (
        "release LB-01",
        {"family": [MOTHER], "consents": [consent("moeder")]},
    ),
    "what she says while he is capable counts for nothing": (
        "withhold CONSENT_MISSING_YOUTH",
        {"family": [MOTHER], "consents": [consent("moeder")], "capacity": []},
    ),
    "on one level one yes is enough": (
        "release LB-01",
        {"family": [MOTHER, SISTER], "consents": [consent("moeder")]},
    ),
    "on one level one no is enough": (
        "withhold CONSENT_MISSING_AUTHORITY",
        {"family": [MOTHER, SISTER], "consents": [consent("moeder", on="2026-02-20")], "refusals": [refusal("zus")]},
    ),
    "a proxy goes before family": (
        "review AUTHORITY_UNVERIFIED",
        {"family": [MOTHER], "authority": [PROXY], "consents": [consent("moeder")]},
    ),
    "a curator goes before a proxy": (
        "release LB-01",
        {"authority": [PROXY, CURATOR], "consents": [consent("jet")]},
    ),
    "an aunt stands nowhere": (
        "review AUTHORITY_UNVERIFIED",
        {"family": [AUNT], "consents": [consent("luus")]},
    ),
    "who is incapable himself does not stand": (
        "review AUTHORITY_UNVERIFIED",
        {
            "family": [MOTHER],
            "consents": [consent("moeder")],
            "capacity": [incapable(), incapable("moeder")],
        },
    ),
    "who is seventeen does not stand": (
        "review AUTHORITY_UNVERIFIED",
        {"family": [SISTER], "consents": [consent("zus")], "persons": [{"id": "zus", "born": "2008-03-03"}]},
    ),
    "the reason is that of the first in the file who said something": (
        "withhold CONSENT_UNSPECIFIC",
        {
            "family": [SISTER, MOTHER],
            "consents": [consent("zus", categories=["risk"]), consent("moeder", recipients="any")],
        },
    ),
    "nothing is inferred in the other direction": (
        "review AUTHORITY_UNVERIFIED",
        {
            "family": [{"person": "sem", "of": "moeder", "relation": "child"}],
            "consents": [consent("moeder")],
        },
    ),
}


@pytest.mark.parametrize(("expected", "sections"), CHAIN.values(), ids=CHAIN.keys())
def test_the_chain_of_an_incapable_adult_answers(expected: str, sections: dict[str, Any]) -> None:
    assert told(world(**(ADULT | sections))) == expected


def kin(person: str, relation: str, **more: Any) -> dict[str, Any]:
    return {"person": person, "of": "sem", "relation": relation, **more}


BROTHER = {"id": "broer", "born": "1995-01-01"}
WHOLE: dict[str, Any] = {
    "authority": [CURATOR, PROXY],
    "family": [kin("moeder", "parent"), kin("vader", "partner"), kin("zus", "sibling")],
}
LEVELS: dict[str, tuple[str, dict[str, Any]]] = {
    # who speaks, nearest level first, each level in the order of the file's persons
    "the whole chain": ("gi > luus > vader > moeder zus", WHOLE),
    "without a curator": ("luus > vader > moeder zus", WHOLE | {"authority": [PROXY]}),
    "without a proxy too": ("vader > moeder zus", WHOLE | {"authority": []}),
    "without a partner too": ("moeder zus", {"family": [kin("zus", "sibling"), kin("moeder", "parent")]}),
    "a mentor stands beside a curator": (
        "moeder gi",
        {"authority": [CURATOR, authority("moeder", kind="adult-mentor")]},
    ),
    "a child stands with parents and siblings": (
        "zus broer",
        {"family": [kin("broer", "child"), kin("zus", "sibling")], "persons": [BROTHER]},
    ),
    "no further kin stands": (
        NOBODY,
        {
            "family": [
                kin("luus", one) for one in ("step-parent", "grandparent", "aunt", "uncle", "foster-parent", "other")
            ]
        },
    ),
    "authority over a minor is over": (
        NOBODY,
        {"authority": [authority("moeder"), authority("gi", kind="guardianship")]},
    ),
    "somebody on two levels stands on both": (
        "moeder > moeder",
        {"authority": [authority("moeder", kind="curator")], "family": [kin("moeder", "parent")]},
    ),
    "a curator under guardianship": (
        "zus",
        {
            "authority": [authority("moeder", kind="curator")],
            "family": [kin("zus", "sibling")],
            "persons": [{"id": "moeder", "born": "1984-01-01", "under_guardianship": True}],
        },
    ),
    "a partner who is incapable": (
        "zus",
        {
            "family": [kin("vader", "partner"), kin("zus", "sibling")],
            "capacity": [incapable(), incapable("vader")],
        },
    ),
    "a partner of whom it is unclear": (
        "vader > zus",
        {
            "family": [kin("vader", "partner"), kin("zus", "sibling")],
            "capacity": [incapable(), incapable("vader", capable="unclear")],
        },
    ),
    "a partner whose finding is too old": (
        "vader",
        {"family": [kin("vader", "partner")], "capacity": [incapable(), incapable("vader", on="2025-12-01")]},
    ),
    "a brother of 17": (
        "moeder",
        {
            "family": [kin("broer", "sibling"), kin("moeder", "parent")],
            "persons": [{"id": "broer", "born": "2008-03-03"}],
        },
    ),
    "a brother who turns 18 today": (
        "moeder broer",
        {
            "family": [kin("broer", "sibling"), kin("moeder", "parent")],
            "persons": [{"id": "broer", "born": "2008-03-02"}],
        },
    ),
    "a brother of 17 declared of age": (
        NOBODY,
        {
            "family": [kin("broer", "sibling")],
            "persons": [{"id": "broer", "born": "2008-03-03", "declared_of_age": True}],
        },
    ),
    "a partner until now": (NOBODY, {"family": [kin("vader", "partner", until="2026-03-02T10:00:00+01:00")]}),
    "a partner for one more second": (
        "vader",
        {"family": [kin("vader", "partner", until="2026-03-02T10:00:01+01:00")]},
    ),
    "a curator suspended today": (NOBODY, {"authority": [authority("gi", kind="curator", suspended_on="2026-03-02")]}),
}


@pytest.mark.parametrize(("expected", "sections"), LEVELS.values(), ids=LEVELS.keys())
def test_the_chain_has_these_levels(expected: str, sections: dict[str, Any]) -> None:
    assert spoken(**(ADULT | sections)) == expected


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_only_the_first_level_opens_and_a_later_one_asks_for_review(missing: int) -> None:
    """The levels before `missing` are gone; then its own yes opens and that of the next level does not."""
    levels = ["jet", "luus", "vader", "moeder"]
    sections = WHOLE | {"authority": WHOLE["authority"][missing:], "family": WHOLE["family"]}
    if missing == 3:
        sections["family"] = [kin("moeder", "parent")]
    own = consent(levels[missing])
    assert told(world(**(ADULT | sections | {"consents": [own]}))) == "release LB-01"
    for later in levels[missing + 1 :]:
        only_later = ADULT | sections | {"consents": [consent(later)]}
        assert told(world(**only_later)) == "review AUTHORITY_UNVERIFIED"


def test_where_nobody_stands_a_yes_of_everybody_is_reviewed() -> None:
    everybody = [consent(one) for one in ("sem", "moeder", "vader", "luus", "zus", "jet")]
    assert told(world(**(ADULT | {"consents": everybody}))) == "review AUTHORITY_UNVERIFIED"


def test_a_medical_record_asks_for_express_consent() -> None:
    yes = [consent("sem", express=False)]
    assert told(world(age=16, consents=yes)) == "release LB-01"
    assert told(world(age=16, consents=yes, record={"regime": "wgbo"})) == "withhold CONSENT_UNSPECIFIC"


def test_express_consent_opens_a_medical_record_under_its_own_law() -> None:
    assert told(world(age=16, consents=[consent("sem")], record={"regime": "wgbo"})) == "release LB-02"


def test_an_inexpress_yes_does_not_set_a_no_about_a_medical_record_aside() -> None:
    said: dict[str, Any] = {"consents": [consent("sem", express=False, on="2026-02-20")], "refusals": [refusal("sem")]}
    assert told(world(age=16, **said)) == "release LB-01"
    assert told(world(age=16, record={"regime": "wgbo"}, **said)) == "withhold YOUTH_OBJECTION"


@pytest.mark.parametrize("age", [-1, 0, 11])
def test_who_is_not_born_yet_counts_as_a_newborn(age: int) -> None:
    assert row_for(age, Capability.CAPABLE).rule == "CV-01"


def test_of_a_child_over_whom_nobody_holds_authority_the_rule_says_so() -> None:
    said = [consent("moeder", recipients=["zorg"])]
    assert element(world(age=7, consents=said)).rules == ("CV-06",)
