"""Places in a resource: written as text in the tables, and followed in both directions.

`description.text` are members in each other. `payload[]` is a list of which one item is meant, `note[*]` one item for
each value. `ext(by)` is the extension of ours of that name, `coding{pillar}` the coding of that system of ours, and
`participant{#place}` the item whose `id` is that word. A place that begins with `/` begins at the resource, also where
a table is about one item of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from schemas.fhir.addresses import extension_url, system_url

Path = tuple[str | int, ...]
"""Where one value stands: names, and positions in lists."""

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


@dataclass(frozen=True, slots=True)
class Found:
    """A value, where it stands, and where stands what it was found by."""

    path: Path
    value: Any
    by: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
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

    def find(self, node: Any, path: Path = ()) -> Iterator[Found]:
        """Yield what stands there, in the order of the lists. `path` is where `node` stands itself."""
        return _find(self.steps, Found(path, node))


def place(text: str) -> Place:
    """Return the place that `text` names."""
    steps = [_step(each) for each in text.removeprefix("/").split(".")]
    return Place(tuple(steps), text.startswith("/"))


def leaves(node: Any) -> Iterator[Path]:
    """Yield where each value of `node` stands that holds no other, in the order of the text. Depth is no trap."""
    waiting: list[tuple[Path, Any]] = [((), node)]
    while waiting:
        path, value = waiting.pop()
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        if inside:
            waiting += reversed([((*path, name), member) for name, member in inside])
        if not value or not isinstance(value, dict | list):
            yield path


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


def _find(steps: tuple[Step, ...], at: Found) -> Iterator[Found]:
    if not steps:
        yield at
        return
    step, rest = steps[0], steps[1:]
    if not isinstance(at.value, dict) or step.name not in at.value:
        return
    value, path = at.value[step.name], (*at.path, step.name)
    # A list where one thing is meant, and one thing where a list is: STU3 and R4 differ in many places only so.
    items = [((*path, n), item) for n, item in enumerate(value)] if isinstance(value, list) else [(path, value)]
    for where, item in items:
        if not step.key:
            yield from _find(rest, Found(where, item, at.by))
        elif isinstance(item, dict) and item.get(step.key) == step.value:
            yield from _find(rest, Found(where, item, (*at.by, (*where, step.key))))
