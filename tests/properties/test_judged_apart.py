"""Two records that differ in one thing are each judged as if it were alone, whichever comes first."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.consent.make import approval, authority, consent, mandate
from tests.properties.deciding import elements
from tests.properties.every_basis import world_of_basis

Json = dict[str, Any]
GOALS: Final = {"categories": ["goals", "risk"]}
AND_SISTER: Final = [consent("sem"), consent("moeder"), consent("zus", about="zus")]
TOLD: Final[Json] = {"holder_decisions": [approval(categories=["goals"]), approval("zorg", "zoe", approved=False)]}

CASES: Final[Mapping[str, tuple[str, Json, Json]]] = {
    "holder": ("LB-01", {}, {"holder": "zorg"}),
    "category": ("LB-01", {"request": GOALS}, {"category": "risk"}),
    "law": ("LB-01", {"consents": [consent("sem", express=False), consent("moeder")]}, {"regime": "wgbo"}),
    "no law": ("LB-01", {}, {"regime": None}),
    "restriction": ("LB-06", {}, {"restricted": True}),
    "informant": ("LB-01", {}, {"source": "third-party"}),
    "day it was made": ("LB-27", {"mandates": [mandate(since="2026-02-01")]}, {"created_on": "2026-01-31"}),
    "persons": ("LB-01", {}, {"about": ["sem", "zus"]}),
    "other persons": (
        "LB-01",
        {"record": {"about": ["sem", "zus"]}, "consents": AND_SISTER},
        {"about": ["sem", "luus"]},
    ),
    "confidence": ("LB-06", {}, {"told_in_confidence": True}),
    "those it is kept from": ("LB-06", {}, {"confidential_from": ["moeder"]}),
    "veto": ("LB-06", {}, {"good_care_veto": True}),
    "holder who refused": ("LB-12", {"request": TOLD}, {"holder": "zorg"}),
    "child it is about": ("LB-06", {"authority": [authority("moeder")]}, {"about": ["zus"]}),
}


@pytest.mark.parametrize(("basis", "sections", "differs"), CASES.values(), ids=CASES.keys())
def test_two_records_that_differ_are_judged_apart(basis: str, sections: Json, differs: Json) -> None:
    world = world_of_basis(basis, **sections)
    [first] = world["records"]
    other = first | {"id": "r2"} | differs
    alone = {one["id"]: elements(world | {"records": [one]})[one["id"]] for one in (first, other)}
    assert alone["r1"] != alone["r2"]
    assert elements(world | {"records": [first, other]}) == alone
    assert elements(world | {"records": [other, first]}) == alone
