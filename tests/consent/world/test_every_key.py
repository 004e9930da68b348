"""The keys of a world file, one by one, as section 2 of the contract has them: each read, none more, nothing empty."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from consent.facts import SECTIONS
from consent.world.file import read_world, world_of
from consent.world.shape import WorldError
from tests.consent.make import world
from tests.consent.world.whole_world import WHOLE, walk

_REMARK: Final = re.compile(r"\([^()]*\)")
REPLACEMENT: Final = "replacement"
PLACES = {path: key for key, path, _ in walk(WHOLE) if not path.startswith("expect")}
DATED = {"on", "since", "until", "at", "created_on"} | {str(key) for key in PLACES.values() if str(key).endswith("_on")}
LISTS = {path for path, key in PLACES.items() if isinstance(key, str) and path not in SECTIONS}


def problems(value: Any) -> list[str]:
    try:
        world_of(value)
    except WorldError as error:
        return list(error.problems)
    return []


def places_told(value: Any) -> set[str]:
    return {found.partition(": ")[0] for found in problems(value)}


def changed(path: str, new: Any) -> Any:
    """Return the whole world with `new` at a path."""
    value = deepcopy(WHOLE)
    for key, at, around in list(walk(value)):
        if at == path:
            around[key] = new
    return value


def there(path: str) -> Any:
    return next(around[key] for key, at, around in walk(WHOLE) if at == path)


def test_the_whole_world_is_right() -> None:
    assert problems(WHOLE) == []


def test_yaml_says_the_same_as_json_under_every_key() -> None:
    json_text = json.dumps(WHOLE)
    assert read_world(yaml.safe_dump(json.loads(json_text)).encode()) == read_world(json_text.encode())


# What the contract says, read from the contract


def contract_keys(shared: Path) -> dict[str, dict[str, bool]]:
    """Return the keys of each kind of entry and of the request, and whether each is required."""
    text = (shared / "decision-contract.md").read_text(encoding="utf-8").replace("\n", " ")
    listed = text.partition("Keys (`!` required): ")[2].partition(". `given_by` names")[0]
    listed = _REMARK.sub("", _REMARK.sub("", listed))  # remarks stand in remarks
    found = {}
    for part in listed.split(" · "):
        name, _, keys = part.partition(": ")
        all_of_them, _, special = keys.partition(" and, a `replacement`: ")
        replacement, _, others = special.partition(", the others: ")
        found[name.strip()] = _required(f"{all_of_them} {others}")
        if replacement:
            found[REPLACEMENT] = _required(f"{all_of_them} {replacement}")
    return found


def _required(keys: str) -> dict[str, bool]:
    return {key.rstrip("!"): key.endswith("!") for key in keys.split()}


def entries() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the kind, the path and the mapping of each entry of the whole world, the request among them."""
    for section in SECTIONS:
        for position, entry in enumerate(WHOLE[section]):
            kind = REPLACEMENT if entry.get("kind") == REPLACEMENT else section
            yield kind, f"{section}[{position}]", entry
    yield "request", "request", WHOLE["request"]


@pytest.fixture(scope="module")
def keys(shared: Path) -> dict[str, dict[str, bool]]:
    return contract_keys(shared)


def test_the_whole_world_has_every_key_of_the_contract_and_no_other(keys: dict[str, dict[str, bool]]) -> None:
    found: dict[str, set[str]] = {}
    for kind, _, entry in entries():
        found.setdefault(kind, set()).update(entry)
    assert found == {kind: set(expected) for kind, expected in keys.items()}


def test_a_required_key_is_missed_and_no_other(keys: dict[str, dict[str, bool]]) -> None:
    for kind, path, entry in entries():
        for key in entry:
            without = changed(path, {name: value for name, value in entry.items() if name != key})
            assert (f"{path}.{key}: missing" in problems(without)) == keys[kind][key], f"{path}.{key}"


# Every place of the whole world, changed


@pytest.mark.parametrize("path", [path for path, key in PLACES.items() if path != "schakel"])
def test_nothing_but_a_regime_may_be_null(path: str) -> None:
    told = problems(changed(path, None))
    assert (told == []) == path.endswith(".regime")
    assert path.endswith(".regime") or any(found.startswith(path) for found in told), told


@pytest.mark.parametrize("path", [path for path in LISTS if type(there(path)) is list])
def test_no_list_in_an_entry_or_a_request_is_empty(path: str) -> None:
    assert problems(changed(path, [])) == [f"{path}: expected a list with something in it"]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_whole_section_may_be_empty(section: str) -> None:
    assert not any(found.startswith(f"{section}: ") for found in problems(WHOLE | {section: []}))


@pytest.mark.parametrize("path", ["", *(path for path in PLACES if type(there(path)) is dict)])
def test_every_mapping_refuses_a_key_that_is_not_its_own(path: str) -> None:
    new = "helder" if not path else f"{path}.helder"
    found = WHOLE | {"helder": 1} if not path else changed(path, there(path) | {"helder": 1})
    assert any(told.partition(": ")[0] in {new, path} for told in problems(found))
    assert len(problems(found)) == 1


def _noted() -> Iterator[str]:
    for path in PLACES:
        if type(there(path)) is dict and not path.endswith((".requester", ".emergency")):
            yield path


@pytest.mark.parametrize("path", ["", *_noted()])
def test_every_entry_every_request_and_the_file_may_carry_a_note(path: str) -> None:
    noted = WHOLE | {"note": "x"} if not path else changed(path, there(path) | {"note": "x"})
    assert problems(noted) == []
    assert world_of(noted).facts.as_world() == world_of(WHOLE).facts.as_world()


@pytest.mark.parametrize("path", ["request.requester", "request.emergency"])
def test_what_is_no_entry_carries_no_note(path: str) -> None:
    assert problems(changed(path, there(path) | {"note": "x"})) != []


@pytest.mark.parametrize("path", [path for path, key in PLACES.items() if key in DATED])
def test_every_date_may_be_an_instant(path: str) -> None:
    moved = f"{there(path)[:10]}T12:00:00+01:00"
    assert problems(changed(path, moved)) == []
    assert problems(changed(path, f"{there(path)[:10]}T12:00:00")) == [
        f"{path}: expected a date (2026-01-31) or an instant with an offset (2026-01-31T10:00:00+01:00)"
    ]


@pytest.mark.parametrize("path", [path for path, key in PLACES.items() if key == "until" and there(path)])
def test_no_until_lies_before_its_since(path: str) -> None:
    since = path.removesuffix("until") + "since"
    if since not in PLACES:  # A consent has a day on which it was given, and no `since`.
        return
    assert problems(changed(path, "1999-12-31")) == [f"{path}: before `since`"]
    assert problems(changed(path, there(since))) == []


@pytest.mark.parametrize("section", [name for name in SECTIONS if "id" in WHOLE[name][0]])
def test_an_id_stands_once_in_its_list(section: str) -> None:
    doubled = WHOLE | {section: [*WHOLE[section], deepcopy(WHOLE[section][0])]}
    name = WHOLE[section][0]["id"]
    assert f"{section}[{len(WHOLE[section])}].id: doubled id: {name}" in problems(doubled)


# Who may be named where

PERSON, PROFESSIONAL, ORGANISATION = "vader", "bert", "zorg"
ANYBODY: Final = {PERSON, PROFESSIONAL, ORGANISATION}
MAY_BE: Final[dict[str, set[str]]] = {
    "professionals[0].organisation": {ORGANISATION},
    "family[0].person": {PERSON},
    "family[0].of": {PERSON},
    "family[0].via": {ORGANISATION},
    "authority[0].holder": {PERSON, ORGANISATION},
    "authority[0].over": {PERSON},
    "capacity[0].person": {PERSON},
    "capacity[0].by": {PROFESSIONAL},
    "orders[0].subject": {PERSON},
    "orders[0].executor": {ORGANISATION},
    "orders[0].workers[0]": {PROFESSIONAL},
    "assignments[0].order": set(),
    "assignments[0].provider": {ORGANISATION},
    "involvements[0].about": {PERSON},
    "involvements[0].organisations[0]": {ORGANISATION},
    "involvements[0].professional": {PROFESSIONAL},
    "involvements[1].professional": {PROFESSIONAL},
    "involvements[1].replaces": {PROFESSIONAL},
    "referrals[0].about": {PERSON},
    "referrals[0].by": {PROFESSIONAL, ORGANISATION},
    "referrals[0].to": {ORGANISATION},
    "mandates[0].mentor": {PERSON},
    "mandates[0].youth": {PERSON},
    "mandates[0].parent_agreements[0].by": ANYBODY,
    "consents[0].about": {PERSON},
    "consents[0].given_by": ANYBODY,
    "consents[0].holders[0]": {ORGANISATION},
    "consents[0].recipients[0]": ANYBODY,
    "refusals[0].about": {PERSON},
    "refusals[0].given_by": ANYBODY,
    "refusals[0].holders[0]": {ORGANISATION},
    "refusals[0].recipients[0]": ANYBODY,
    "considered_wishes[0].youth": {PERSON},
    "considered_wishes[0].recipients[0]": ANYBODY,
    "considered_wishes[0].noted_by": {PROFESSIONAL},
    "records[0].holder": {ORGANISATION},
    "records[0].about[0]": {PERSON},
    "records[0].confidential_from[0]": {PERSON},
    "request.requester.professional": {PROFESSIONAL},
    "request.about": {PERSON},
    "request.records[0]": set(),
    "request.order": set(),
    "request.referral": set(),
    "request.holder_decisions[0].holder": {ORGANISATION},
    "request.holder_decisions[0].by": {PROFESSIONAL, PERSON},
}


@pytest.mark.parametrize(("path", "allowed"), MAY_BE.items())
def test_only_who_may_stand_there_is_known_there(path: str, allowed: set[str]) -> None:
    found = {name for name in ANYBODY if path not in places_told(changed(path, name))}
    assert found == allowed
    assert path in places_told(changed(path, "niemand"))


def test_every_list_but_that_of_people_has_ids_of_its_own() -> None:
    alike = deepcopy(WHOLE)
    for section, key in (("authority", "id"), ("consents", "id"), ("refusals", "id"), ("mandates", "id")):
        alike[section][0][key] = "sem"
    assert problems(alike) == []
    for section, taken in (("persons", "team"), ("persons", "anna"), ("professionals", "team")):
        shared = world()
        shared[section].append(shared[section][-1] | {"id": taken})
        assert places_told(shared) == {f"{section}[{len(shared[section]) - 1}].id"}


def test_ids_are_compared_by_code_point() -> None:
    # One reads `caf\u00e9` in both, and a register may give either; they are two ids.
    for written, named in (("caf\u00e9", "cafe\u0301"), ("Team", "team "), ("\u212b", "\u00c5")):
        value = world(persons=[{"id": written, "born": "1990-01-01"}, {"id": named, "born": "1990-01-01"}])
        assert problems(value) == []
        value["request"]["about"] = f"{named}\u200b"
        assert places_told(value) == {"request.about"}
