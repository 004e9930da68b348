"""Who speaks for an incapable adult (5.2), and express consent for medical records (LB-02, LB-03)."""

from typing import Any

import pytest

from tests.consent.make import authority, consent, incapable, refusal, told, world

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
