"""What a release names as relied on: the facts of 5.6, no more and no fewer."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pytest

from tests.consent.make import element
from tests.properties.deciding import asked
from tests.properties.every_basis import WORLDS, world_of_basis
from tests.properties.every_end import ENDS

OF_BASES: Final[Mapping[str, str]] = {
    "LB-01": "a-moeder c-moeder c-sem",
    "LB-02": "c-sem",
    "LB-04": "i1",
    "LB-05": "i1 i2",
    "LB-06": "a-moeder",
    "LB-07": "ots",
    "LB-08": "holder_decisions[0] ots",
    "LB-09": "a-gi",
    "LB-10": "a-gi",
    "LB-11": "assignments[0] holder_decisions[0] ots",
    "LB-12": "holder_decisions[0]",
    "LB-13": "holder_decisions[0]",
    "LB-15": "",
    "LB-16": "holder_decisions[0]",
    "LB-18": "family[0]",
    "LB-19": "family[0] holder_decisions[0]",
    "LB-20": "",
    "LB-23": "holder_decisions[0]",
    "LB-24": "",
    "LB-25": "capacity[0] family[0]",
    "LB-26": "v1",
    "LB-27": "m1",
    "LB-28": "holder_decisions[0] ots",
    "LB-29": "holder_decisions[0] ots",
    "LB-32": "holder_decisions[0]",
    "LB-38": "a-luus",
}
OF_ENDS: Final[Mapping[str, str]] = {
    "a consent": "c-sem",
    "a consent that is withdrawn": "c-sem",
    "the consent that set a no aside": "c-sem c2",
    "authority of a giver": "a-moeder c-moeder",
    "authority of a giver that is suspended": "a-moeder c-moeder",
    "authority of a parent who asks": "a-moeder",
    "guardianship": "a-gi",
    "partial authority": "a-gi",
    "a special representative": "a-luus",
    "a curator who asks": "a-luus capacity[0]",
    "a curator who says yes": "a-luus c-luus capacity[0]",
    "a place among the kin": "c-vader capacity[0] family[0]",
    "a finding of incapacity": "a-moeder c-moeder capacity[0]",
    "foster parenthood": "family[0]",
    "parenthood": "family[0] holder_decisions[0]",
    "help": "i1",
    "help that is objected to": "i1",
    "a replacement": "i1 i2",
    "the help of the one replaced": "i1 i2",
    "an order": "ots",
    "an order that is ended": "ots",
    "an order on which the holder tells": "holder_decisions[0] ots",
    "a deputy under an order": "i2 ots",
    "authority that covers a parent": "a-moeder ots",
    "an assignment": "assignments[0] holder_decisions[0] ots",
    "the order of an assignment": "assignments[0] holder_decisions[0] ots",
    "an order of compulsory care": "holder_decisions[0] ots",
    "a referral": "v1",
    "a mandate": "m1",
    "a mandate that is suspended": "m1",
    "a mandate that the youth ends": "m1",
    "an agreement with a mandate": "a-moeder m1",
    "a member of the household": "family[0] holder_decisions[0]",
    "a consent that covers somebody": "c-luus c-sem",
}


@pytest.mark.parametrize("basis", WORLDS)
def test_it_names_what_a_basis_rests_on(basis: str) -> None:
    assert " ".join(element(world_of_basis(basis)).evidence) == OF_BASES[basis]


@pytest.mark.parametrize("kind", ENDS)
def test_it_names_what_it_rests_on(kind: str) -> None:
    world = asked(ENDS[kind](date(2026, 6, 1)), at="2026-05-31")
    assert " ".join(element(world).evidence) == OF_ENDS[kind]


@pytest.mark.parametrize("basis", WORLDS)
def test_facts_that_it_does_not_rest_on_are_not_named(basis: str) -> None:
    """A fact of each kind more, about others: positions in the file move, names do not join."""
    world = world_of_basis(basis)
    before: dict[str, list[Any]] = {
        "family": [{"person": "zus", "of": "luus", "relation": "sibling"}],
        "capacity": [{"person": "zus", "capable": False, "on": "2026-01-01"}],
    }
    more = {section: found + world.get(section, []) for section, found in before.items()}
    moved = OF_BASES[basis].replace("family[0]", "family[1]").replace("capacity[0]", "capacity[1]")
    assert " ".join(element(world | more).evidence) == moved
