"""The right fact about, of or for somebody else: every name in it counts."""

import copy
from typing import Any, Final

import pytest

from tests.consent.make import approval, authority, consent, incapable, refusal, told, world
from tests.properties.every_basis import WORLDS, world_of_basis

Json = dict[str, Any]
OTHERS: Final[dict[tuple[str, str], Any]] = {
    ("authority", "over"): "broer",
    ("authority", "holder"): "vader",
    ("authority", "kind"): "written-proxy",
    ("family", "of"): "zus",
    ("family", "person"): "moeder",
    ("family", "relation"): "aunt",
    ("capacity", "person"): "zus",
    ("orders", "subject"): "zus",
    ("orders", "executor"): "gi-oost",
    ("orders", "kind"): "out-of-home-placement",
    ("assignments", "provider"): "team",
    ("involvements", "about"): "zus",
    ("involvements", "organisations"): ["gi", "raad"],
    ("involvements", "professional"): "jet",
    ("involvements", "replaces"): "jan",
    ("referrals", "about"): "zus",
    ("referrals", "by"): "zoe",
    ("referrals", "to"): "zorg",
    ("mandates", "mentor"): "zus",
    ("mandates", "youth"): "zus",
    ("mandates", "categories"): ["appointments"],
    ("consents", "about"): "zus",
    ("consents", "given_by"): "luus",
    ("consents", "holders"): ["zorg"],
    ("consents", "recipients"): ["zorg"],
    ("consents", "purposes"): ["research"],
    ("consents", "categories"): ["finances"],
    ("decisions", "holder"): "huis",
    ("decisions", "by"): "zoe",
    ("decisions", "categories"): ["finances"],
    ("decisions", "on"): "2026-03-03",
    ("decisions", "reason"): " ",
    ("records", "holder"): "huis",
}
# The row of a psychiatrist asks for no executor, and on these bases who holds does not matter.
ANY_HOLDER: Final = frozenset(
    {"LB-06", "LB-07", "LB-09", "LB-10", "LB-15", "LB-20", "LB-24", "LB-25", "LB-27", "LB-38"}
)
ANYWAY: Final = {("LB-28", "orders", "executor")} | {(basis, "records", "holder") for basis in ANY_HOLDER}


def with_another(basis: str, section: str, key: str) -> Json | None:
    """The world of a basis in which every entry of a section that has the key names somebody or something else."""
    world = copy.deepcopy(world_of_basis(basis))
    world["persons"].append({"id": "broer", "born": "2018-05-04"})  # as young, so that nothing of his has ended
    found = world["request"].get("holder_decisions", []) if section == "decisions" else world.get(section, [])
    told = [one for one in found if key in one or (section, key) == ("decisions", "categories")]
    for one in told:
        one[key] = OTHERS[section, key]
        if (section, key) == ("authority", "kind"):
            one.pop("scope", None)
            one.pop("matter", None)
    return world if told else None


CASES: Final = [
    (basis, section, key)
    for basis in WORLDS
    for section, key in OTHERS
    if with_another(basis, section, key) and (basis, section, key) not in ANYWAY
]


@pytest.mark.parametrize(("basis", "section", "key"), CASES)
def test_a_fact_of_another_opens_nothing(basis: str, section: str, key: str) -> None:
    changed = with_another(basis, section, key)
    assert changed is not None
    assert told(changed) != f"release {basis}"


def test_what_was_written_on_the_twelfth_birthday_itself_is_weighed_by_the_finding_of_before() -> None:
    """5.1 and line 2 of 5.3: under 12 no finding is read; at 12 one of the weeks before counts for its 90 days."""
    findings = [incapable(on="2021-02-15"), incapable()]
    said: Json = {"authority": [authority("moeder")], "consents": [consent("moeder")], "capacity": findings}
    born = [{"id": "sem", "born": "2009-03-02"}]
    for finding_made, expected in (
        ("2021-02-15", "review YOUTH_OBJECTION"),
        ("2020-11-01", "withhold PRIOR_WRITTEN_REFUSAL"),
    ):
        said["capacity"] = [incapable(on=finding_made), incapable()]
        no = refusal("sem", written=True, on="2021-03-02")
        assert told(world(age=17, persons=born, refusals=[no], **said)) == expected


def test_an_approval_of_a_professional_of_the_holder_counts_whoever_else_approved() -> None:
    other = approval(by="zoe", approved=False)
    assert told(world_of_basis("LB-12", request={"holder_decisions": [other, approval()]})) == "release LB-12"
