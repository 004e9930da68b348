"""Reading a world file: facts, requests and what is expected of them, strictly and with every mistake told at once.

Source: decision contract, section 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from consent.entry import Entry
from consent.facts import SECTIONS, Facts, assemble
from consent.request import Request
from consent.world.births import of_births
from consent.world.documents import Found, parsed
from consent.world.entries import entry
from consent.world.expectation import check_expectation
from consent.world.fields import step
from consent.world.links import Links
from consent.world.requests import read_request
from consent.world.shape import WorldError

WORLD: Final = "world/1"
_OTHERS: Final = frozenset({"schakel", "request", "requests", "expect", "note"})


@dataclass(frozen=True, slots=True)
class World:
    """One world file. `expects` stands beside `requests`; `many`: the file has `requests`, so answers are a list."""

    facts: Facts
    requests: tuple[Request, ...]
    expects: tuple[Mapping[str, Any] | None, ...]
    many: bool


def read_world(raw: bytes) -> World:
    """Return the world that the bytes of a file hold.

    Raises:
        WorldError: with all that is wrong.
    """
    return world_in(parsed(raw))


def world_in(found: Found) -> World:
    """Return the world in what a file was found to hold.

    Raises:
        WorldError: with all that is wrong, that of the file's form too.
    """
    if not found.problems:
        return world_of(found.value)
    try:
        world_of(found.value)
    except WorldError as error:
        raise WorldError(tuple(dict.fromkeys((*found.problems, *error.problems)))) from None
    raise WorldError(tuple(dict.fromkeys(found.problems)))


def world_of(value: Any) -> World:
    """Return the world that a JSON value describes.

    Raises:
        WorldError: with all that is wrong.
    """
    if type(value) is not dict:
        raise WorldError(("(file): expected a mapping",))
    return _Reading(value).world()


class _Reading:
    """One reading of a world, that gathers what is wrong while it goes."""

    def __init__(self, value: dict[str, Any]) -> None:
        self._value = value
        self._links = Links({name: found for name, found in value.items() if name in SECTIONS})
        self._problems: list[str] = []

    def world(self) -> World:
        self._top()
        sections = {name: self._section(name) for name in SECTIONS if name in self._value}
        self._problems += self._links.problems() + self._links.of_mandates() + of_births(self._value)
        many = "requests" in self._value
        requests, expects = self._many() if many else self._one()
        if self._problems:
            raise WorldError(tuple(self._problems))
        return World(assemble(sections), tuple(requests), tuple(expects), many)

    def _top(self) -> None:
        value = self._value
        if value.get("schakel") != WORLD:
            self._problems.append(f"schakel: expected `{WORLD}`")
        unknown = (name for name in value if name not in SECTIONS and name not in _OTHERS)
        self._problems += [f"{step(name)}: unknown key" for name in unknown]
        if "note" in value and type(value["note"]) is not str:
            self._problems.append("note: expected a text")
        if ("request" in value) == ("requests" in value):
            self._problems.append("request: expected one of `request` and `requests`")
        if "requests" in value and "expect" in value:
            self._problems.append("expect: stands in each of `requests`, not beside them")

    def _section(self, name: str) -> list[Entry]:
        found = self._value[name]
        if type(found) is not list:
            self._problems.append(f"{name}: expected a list")
            return []
        entries = []
        for position, mapping in enumerate(found):
            try:
                entries.append(entry(name, mapping, f"{name}[{position}]"))
            except WorldError as error:
                self._problems += error.problems
        return entries

    def _one(self) -> tuple[list[Request], list[Mapping[str, Any] | None]]:
        if "request" not in self._value:
            return [], []
        return self._requests([(self._value["request"], "request", self._value, "expect")])

    def _many(self) -> tuple[list[Request], list[Mapping[str, Any] | None]]:
        found = self._value["requests"]
        if type(found) is not list or not found:
            self._problems.append("requests: expected a list with something in it")
            return [], []
        paths = [f"requests[{position}]" for position in range(len(found))]
        return self._requests(
            [
                (_without_expect(request), path, request, f"{path}.expect")
                for request, path in zip(found, paths, strict=True)
            ]
        )

    def _requests(self, found: list[tuple[Any, str, Any, str]]) -> tuple[list[Request], list[Mapping[str, Any] | None]]:
        requests: list[Request] = []
        expects: list[Mapping[str, Any] | None] = []
        for request, path, around, expect_path in found:
            self._problems += self._links.of_request(request, path)
            try:
                requests.append(read_request(request, path))
            except WorldError as error:
                self._problems += error.problems
            expects.append(self._expect(around, expect_path))
        return requests, expects

    def _expect(self, around: Any, path: str) -> Mapping[str, Any] | None:
        if type(around) is not dict or "expect" not in around:
            return None
        expect = around["expect"]
        self._problems += check_expectation(expect, path)
        if type(expect) is dict:
            self._problems += self._links.of_elements(expect.get("elements"), f"{path}.elements")
        return expect if type(expect) is dict else None


def _without_expect(request: Any) -> Any:
    if type(request) is not dict:
        return request
    return {key: value for key, value in request.items() if key != "expect"}
