"""Places in a resource: written as text in the tables, and followed in both directions.

`description.text` are members in each other. `payload[]` is a list of which one item is meant, `note[*]` one item for
each value. `ext(by)` is the extension of ours of that name, `coding{pillar}` the coding of that system of ours, and
`participant{#place}` the item whose `id` is that word. A place that begins with `/` begins at the resource, also where
a table is about one item of it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

from schemas.fhir.addresses import extension_url, system_url

_T = TypeVar("_T")
Path = tuple[str | int, ...]
"""Where one value stands: names, and positions in lists."""
HOLDING: Final = (dict, list)
"""What may hold other values."""

Found = tuple[Path, Any, tuple[Path, ...]]
"""Where a value stands, the value, and where stands what it was found by."""

_STEP: Final = re.compile(
    r"(?P<name>\w+)(\((?P<ext>[\w-]+)\))?(\{(?P<mark>#?)(?P<word>[\w-]+)\})?(?P<many>\[\*?\])?", re.ASCII
)
_NAME: Final = re.compile(r"_?[A-Za-z]{1,48}[0-9]{0,2}[A-Za-z]{0,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Step:
    """One member; of a list, its items, those that say `value` at `key` where these are given."""

    name: str
    listed: bool = False
    each: bool = False
    key: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A way through a resource."""

    steps: tuple[Step, ...]
    from_resource: bool = False

    def put(self, node: dict[str, Any], value: Any) -> None:
        """Write `value` there; what is not there yet on the way is made."""
        *way, last = self.steps
        for step in way:
            inside = _item(node, step) if step.listed else node.get(step.name)
            if inside is None:
                inside = node[step.name] = {}
            node = inside
        if last.listed:
            node.setdefault(last.name, []).append({last.key: last.value, **value} if last.key else value)
        else:
            node[last.name] = value

    def find(self, node: Any) -> list[Found]:
        """Return what stands there in `node`, in the order of the lists."""
        return _alone(self).look(node, (), node).get(self, [])

    def before(self, length: int) -> "Place":
        """Return the place to which the first `length` steps lead."""
        return _place(self.steps[:length], from_resource=self.from_resource)

    def within(self, other: "Place") -> "Place":
        """Return this place in what stands at `other`."""
        return _place(other.steps + self.steps, from_resource=other.from_resource)


Seen = defaultdict[Place, list[Found]]
"""What stands at several places."""


class Places:
    """Several places, looked at in one walk: what of them is not there costs nothing."""

    __slots__ = ("_inside", "_whole")

    def __init__(self, places: Iterable[Place]) -> None:
        """Work out the ways to `places`."""
        self._inside, self._whole = _Way(), _Way()
        for each in dict.fromkeys(places):
            (self._whole if each.from_resource else self._inside).lead_to(each)

    def look(self, node: Any, path: Path, resource: Any) -> Seen:
        """Return what stands at each place, in the order of the lists; a place where nothing stands is not in it.

        `path` is where `node` stands itself in `resource`.
        """
        found: Seen = defaultdict(list)
        self._inside.go(path, node, (), found)
        if self._whole.members:
            self._whole.go((), resource, (), found)
        return found


@cache
def _alone(place: Place) -> Places:
    return Places([place])


@cache
def _place(steps: tuple[Step, ...], *, from_resource: bool) -> Place:
    """Return the one place with these steps: all that ask for it share what is found there."""
    return Place(steps, from_resource)


class _Way:
    """What is looked for from one point on.

    Some places end there. Others go on: by its `members`, and by `words` where it says that word at that key. They are
    lists, for they are gone through for each item of each resource.
    """

    __slots__ = ("ends", "members", "step", "words")

    def __init__(self, step: Path = ()) -> None:
        self.step = step
        self.ends: list[Place] = []
        self.members: list[tuple[str, _Way]] = []
        self.words: list[tuple[str, dict[str, _Way]]] = []

    def lead_to(self, place: Place) -> None:
        """Make the way to `place`."""
        way = self
        for step in place.steps:
            way = _under(way.members, step.name, _Way((step.name,)))
            if step.key:
                way = _under(way.words, step.key, {}).setdefault(step.value, _Way())
        way.ends.append(place)

    def go(self, path: Path, value: Any, by: tuple[Path, ...], found: Seen) -> None:
        """Add to `found` what stands at each of the places."""
        for place in self.ends:
            found[place].append((path, value, by))
        if type(value) is not dict and not isinstance(value, dict):
            return
        for name, way in self.members:
            if name in value:
                inside, where = value[name], path + way.step
                if type(inside) is str:  # most are, and behind a text there is nothing
                    for place in way.ends:
                        found[place].append((where, inside, by))
                elif isinstance(inside, list):
                    # Also where one thing is meant, and one thing where a list is: STU3 and R4 differ so.
                    for position, item in enumerate(inside):
                        way.go((*where, position), item, by, found)
                else:
                    way.go(where, inside, by, found)
        if self.words:
            self._go_by_word(path, value, by, found)

    def _go_by_word(self, path: Path, value: dict[str, Any], by: tuple[Path, ...], found: Seen) -> None:
        for key, ways in self.words:
            word = value.get(key)
            if type(word) is str and word in ways:
                ways[word].go(path, value, (*by, (*path, key)), found)


def _under(told: list[tuple[str, _T]], name: str, otherwise: _T) -> _T:
    for each, value in told:
        if each == name:
            return value
    told.append((name, otherwise))
    return otherwise


def place(text: str) -> Place:
    """Return the place that `text` names."""
    steps = [_step(each) for each in text.removeprefix("/").split(".")]
    return _place(tuple(steps), from_resource=text.startswith("/"))


def leaves(node: Any) -> Iterator[Path]:
    """Yield where each value of `node` stands that holds no other, in the order of the text. Depth is no trap."""
    waiting: list[tuple[Path, Any]] = [((), node)]
    while waiting:
        path, value = waiting.pop()
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        if inside:
            waiting += reversed([((*path, name), member) for name, member in inside])
        if is_leaf(value):
            yield path


def is_leaf(value: object) -> bool:
    """Say whether `value` holds no other."""
    return not value or not isinstance(value, HOLDING)


def shown(path: Path) -> str:
    """Return `path` for people: lists as `*`, and what cannot be the name of an element of FHIR as `?`."""
    told = "".join("*" if isinstance(each, int) else f".{each if _NAME.fullmatch(each) else '?'}" for each in path)
    return told.removeprefix(".")


def _step(text: str) -> Step:
    read = _STEP.fullmatch(text)
    if read is None:
        raise ValueError(f"not a step of a place: {text}")
    each = read["many"] == "[*]"
    if read["ext"]:
        return Step("extension", listed=True, each=each, key="url", value=extension_url(read["ext"]))
    if read["mark"]:
        return Step(read["name"], listed=True, each=each, key="id", value=read["word"])
    if read["word"]:
        return Step(read["name"], listed=True, each=each, key="system", value=system_url(read["word"]))
    return Step(read["name"], listed=read["many"] is not None, each=each)


def _item(node: dict[str, Any], step: Step) -> dict[str, Any]:
    items: list[dict[str, Any]] | None = node.get(step.name)
    if items is None:
        items = node[step.name] = []
    if not step.each:
        for item in items:
            if not step.key or item.get(step.key) == step.value:
                return item
    item = {step.key: step.value} if step.key else {}
    items.append(item)
    return item
