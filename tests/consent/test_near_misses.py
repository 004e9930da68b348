"""Facts that look like what a rule asks for, and are not."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from consent.decide import prepare
from consent.world.file import world_of
from schemas.words import Category
from tests.consent.make import approval, consent, ends, order, told
from tests.properties.every_basis import DEPUTY, FATHER, FOSTER, world_of_basis

Json = dict[str, Any]
CASES: Final[Mapping[str, tuple[str, str, Json]]] = {
    "an aunt through the same organisation is no foster parent": (
        "withhold NO_BASIS",
        "LB-18",
        {"family": [FOSTER | {"relation": "aunt"}]},
    ),
    "a foster parent of a sister is none of the youth": (
        "withhold NO_BASIS",
        "LB-18",
        {"family": [FOSTER | {"of": "zus"}]},
    ),
    "a foster parent through another organisation": (
        "withhold NO_BASIS",
        "LB-18",
        {"family": [FOSTER | {"via": "zorg"}]},
    ),
    "another person's foster parenthood": ("withhold NO_BASIS", "LB-18", {"family": [FOSTER | {"person": "vader"}]}),
    "a special representative under guardianship represents nobody": (
        "withhold NO_BASIS",
        "LB-38",
        {"persons": [{"id": "luus", "born": "1990-01-01", "under_guardianship": True}]},
    ),
    "a special representative of seventeen represents nobody": (
        "withhold NO_BASIS",
        "LB-38",
        {"persons": [{"id": "luus", "born": "2009-01-01"}]},
    ),
    "who replaces somebody else than a worker of the order": (
        "withhold REQUESTER_UNTRUSTED",
        "LB-07",
        {
            "by": "jet",
            "orders": [order(workers=["jan"])],
            "involvements": [DEPUTY | {"professional": "jet", "replaces": "joost"}],
        },
    ),
    "an uncle is no parent": ("withhold NO_BASIS", "LB-19", {"family": [FATHER | {"relation": "uncle"}]}),
}


@pytest.mark.parametrize(("expected", "basis", "sections"), CASES.values(), ids=CASES.keys())
def test_what_looks_like_it_opens_nothing(expected: str, basis: str, sections: Json) -> None:
    assert told(world_of_basis(basis, **sections)) == expected


@pytest.mark.parametrize("missing", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("why", [None, "geen gesprek mogelijk"])
def test_a_report_needs_every_step_but_the_third_with_a_reason(missing: int, why: str | None) -> None:
    taken: Json = {"meldcode_steps": [step for step in range(1, 6) if step != missing]}
    taken |= {} if why is None else {"step3_skipped_because": why}
    found = told(world_of_basis("LB-13", request={"holder_decisions": [approval(**taken)]}))
    skipped = missing == 3 and why is not None
    assert found == ("release LB-13" if skipped else "review EVIDENCE_INSUFFICIENT")


def test_somebody_covered_for_one_category_is_not_foreseen_for_another() -> None:
    said = consent("zus", about="zus")
    world = world_of(world_of_basis("LB-04", consents=[said]))
    [asks] = world.requests
    foreseen = prepare(asks, world.facts, asks.at).foresee(["ggz"], [Category.RISK, Category.GOALS], ["zus", "vader"])
    assert foreseen == {("ggz", Category.RISK): ["sem"], ("ggz", Category.GOALS): ["sem", "zus"]}


NO: Final[Json] = {"id": "n", "about": "sem", "given_by": "sem", "on": "2026-02-10"}
TO_HER: Final[Json] = {"on": "2026-02-15", "recipients": ["moeder"], "purposes": ["exercise-authority"]}
INEXPRESS: Final = consent("sem", id="c2", express=False, until="2026-09-01", **TO_HER)


@pytest.mark.parametrize("basis", ["LB-06", "LB-09", "LB-38"])
def test_a_yes_that_is_not_express_sets_no_refusal_aside_for_a_medical_record(basis: str) -> None:
    asker = {"LB-09": "gi", "LB-38": "luus"}.get(basis, "moeder")
    purpose = "guardianship" if basis == "LB-09" else "exercise-authority"
    addressed = {"recipients": [asker], "purposes": [purpose]}
    express = consent("sem", id="c1", until="2026-04-01", **TO_HER | addressed)
    for regime, alone, end in (
        ("wgbo", "review YOUTH_OBJECTION", "2026-04-01T00:00:00+02:00"),
        ("jeugdwet", f"release {basis}", "2026-09-01T00:00:00+02:00"),
    ):
        record = {"regime": regime}
        one = world_of_basis(basis, record=record, refusals=[NO], consents=[INEXPRESS | addressed])
        assert told(one) == alone
        two = world_of_basis(basis, record=record, refusals=[NO], consents=[INEXPRESS | addressed, express])
        assert (told(two), ends(two)) == (f"release {basis}", end)
