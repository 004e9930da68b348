"""What stands there just as we write it is read in one go, and says what the careful reading says of it."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from schemas.fhir import Left, Read, bundle_of, json_bytes, read_bundle, read_json
from schemas.fhir.about import About
from schemas.fhir.bundles import Meanings, entries
from schemas.fhir.family import LEAVES, TEAMS, TRACED, WHOLE
from schemas.fhir.kinds import BY_KIND, RELATED, table_for
from schemas.fhir.places import Place
from schemas.fhir.reading import BUNDLE, NO_PLACE
from schemas.fhir.straight import OtherwiseError, straight
from schemas.fhir.table import Table, places_of
from tests.schemas.fhir import whole

Resource = dict[str, Any]
Change = Callable[[Any, Any], None]

TERMS = {"basis": "LB-1", "obligations": ("OB-1", "OB-2"), "expires_at": "2027-01-01T00:00:00Z"}
PLAN = whole.all_full()
WRITTEN: Resource = read_json(
    json_bytes(bundle_of(PLAN, base=whole.BASE, terms={each.id: TERMS for each in PLAN.elements}))
)
OURS = [each for each in WRITTEN["entry"] if each["resource"]["resourceType"] != "Patient"]
PATIENTS = [each for each in WRITTEN["entry"] if each["resource"]["resourceType"] == "Patient"]
INSTEAD: list[Any] = [
    None, True, 7, "", "x", "entered-in-error", "#kim", "2026-01-01", "2026-01-01T10:00:00Z", [], {}, ["x"],
    {"display": "x"},
]  # fmt: skip
BESIDE = [
    ("modifierExtension", [{"url": "x"}]), ("doNotPerform", True), ("active", False), ("text", "x"), ("display", "x"),
    ("reference", "Patient/mother"), ("status", "entered-in-error"), ("id", "x"), ("id", "place"), ("extension", []),
]  # fmt: skip


def table_of(resource: Resource) -> Table:
    """Return the table of a resource of ours."""
    if resource["resourceType"] == TRACED.resource:
        return TRACED
    kind = resource["meta"]["tag"][0]["code"]
    return table_for(kind, resource["resourceType"]) or TEAMS.get(kind, WHOLE)


def test_all_that_we_write_is_read_in_one_go() -> None:
    for plan in (WRITTEN, read_json(json_bytes(bundle_of(whole.everything(), base=whole.BASE)))):
        found = entries(plan)
        meanings = Meanings(found)
        for each in found:
            if each.resource["resourceType"] != "Patient":
                assert straight(table_of(each.resource), each.resource, meanings.for_entry(each))


@pytest.mark.parametrize("entry", OURS, ids=[f"{each['resource']['resourceType']}-{i}" for i, each in enumerate(OURS)])
def test_one_change_says_the_same_as_to_who_reads_carefully(entry: Resource) -> None:
    for changed in changes(entry["resource"]):
        told = {"resourceType": "Bundle", "entry": [*PATIENTS, entry | {"resource": changed}]}
        assert read_bundle(told, whole.ORIGIN) == carefully(told)


def test_a_word_of_ours_counts_only_with_its_code_as_who_reads_carefully_has_it() -> None:
    plan = read_json(json_bytes(bundle_of(whole.everything(), base=whole.BASE)))
    worded = [
        each for each in plan["entry"] if "urn:schakel:fhir:plan:status" in str(each) and "status" in each["resource"]
    ]
    assert worded
    for entry in worded:
        for code in ("active", "final", "inactive", "completed"):
            told = {
                "resourceType": "Bundle",
                "entry": [*PATIENTS, entry | {"resource": entry["resource"] | {"status": code}}],
            }
            assert read_bundle(told, whole.ORIGIN) == carefully(told)


def test_what_is_changed_is_otherwise() -> None:
    names = Meanings(entries(WRITTEN)).for_entry(entries(WRITTEN)[0])
    for entry in OURS:
        changed = entry["resource"] | {"modifierExtension": [{"url": "x"}]}
        with pytest.raises(OtherwiseError):
            straight(table_of(changed), changed, names)


@pytest.mark.parametrize("table", [*BY_KIND.values(), RELATED])
def test_in_whom_an_element_is_about_nothing_stands_but_the_reference(table: Table) -> None:
    """Who is named in another way would not be missed: `straight` sees only what rows read."""
    (about,) = (each for each in table.rows if isinstance(each, About))
    beside = {"display", "type"} if about.names_alone else set()
    for holder, inside in about.holders:
        read = {each.steps[len(holder.steps)].name for each in places_of((table.rows, LEAVES)) if goes_on(each, holder)}
        assert read <= {inside or "reference"} | beside


def goes_on(at: Place, holder: Place) -> bool:
    length = len(holder.steps)
    names = [[step.name, step.key, step.value] for step in at.steps[:length]]
    return len(at.steps) > length and names == [[step.name, step.key, step.value] for step in holder.steps]


def carefully(told: Resource) -> Read:
    """Read the same where each entry says one thing more: that is listed, and nothing in it is read in one go."""
    more = [each | {"search": {"mode": "match"}} for each in told["entry"]]
    found = read_bundle(told | {"entry": more}, whole.ORIGIN)
    added = Left(BUNDLE, "entry*.search.mode", NO_PLACE)
    assert added in found.leftovers
    left = tuple(each for each in found.leftovers if each != added)
    return Read(found.elements, found.plan, found.released, left)


def changes(resource: Resource) -> Iterator[Resource]:
    """Yield `resource` with each of its members and items changed in each way."""
    for path in spots(resource):
        *way, last = path
        for change in CHANGES:
            changed = copy.deepcopy(resource)
            node: Any = changed
            for step in way:
                node = node[step]
            change(node, last)
            if changed != resource:
                yield changed


def drop(node: Any, last: Any) -> None:
    del node[last]


def twin(node: Any, last: Any) -> None:
    if isinstance(node, dict):
        node[f"_{last}"] = node.pop(last)


def listed(node: Any, last: Any) -> None:
    node[last] = [node[last]]


def twice(node: Any, last: Any) -> None:
    node[last] = [node[last], copy.deepcopy(node[last])]


def again(node: Any, last: Any) -> None:
    if isinstance(node[last], list):
        node[last].append(copy.deepcopy(node[last][0]))


def put(instead: Any) -> Change:
    def change(node: Any, last: Any) -> None:
        node[last] = instead

    return change


def beside(name: str, value: Any) -> Change:
    def change(node: Any, last: Any) -> None:
        if isinstance(node[last], dict):
            node[last][name] = value

    return change


CHANGES = [drop, twin, listed, twice, again, *map(put, INSTEAD), *(beside(*each) for each in BESIDE)]


def spots(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where anything stands in `node`."""
    if path:
        yield path
    for name, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from spots(value, (*path, name))
