"""Holds a resource to the FHIR profiles that it claims, by the elements of their StructureDefinitions.

What the BALP profiles use, and no more: cardinality, patterns, fixed values, required bindings, the kind of resource a
reference is to, slices by `type`, `role` or `$this`, and their one constraint. Types and the members of the base
resource are for `fhir.resources` to hold.

Source: HL7 FHIR R4, *ElementDefinition* and *Profiling* (slicing, discriminators).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias

from tests.beside import BALP

Json: TypeAlias = Mapping[str, Any]
_NO_VALUE: Final = object()


@dataclass
class Element:
    """What a profile says of one element, or of one slice of it, and of what stands inside."""

    said: dict[str, Any] = field(default_factory=dict)
    inside: dict[str, "Element"] = field(default_factory=dict)
    slices: dict[str, "Element"] = field(default_factory=dict)

    def at(self, path: list[str]) -> "Element":
        """Return the element at `path` of steps such as `agent:user`, making what is not there yet."""
        if not path:
            return self
        name, _, slice_ = path[0].partition(":")
        child = self.inside.setdefault(name, Element())
        if slice_:
            child = child.slices.setdefault(slice_, Element())
        return child.at(path[1:])


@cache
def profile(url: str) -> Element:
    """Return what a profile says, with all that the profiles below it say."""
    definition = _definition(url)
    made = Element()
    for each in _elements(definition):
        made.at(each["id"].split(".")[1:]).said.update(each)
    return made


def _elements(definition: Json) -> Iterator[Json]:
    below = definition["baseDefinition"]
    if below.startswith("https://profiles.ihe.net/"):
        yield from _elements(_definition(below))
    yield from definition["differential"]["element"]


def _definition(url: str) -> Json:
    return _read(f"StructureDefinition-{url.rpartition('/')[2]}.json")


@cache
def _read(name: str) -> Json:
    read: Json = json.loads((BALP / "profiles" / name).read_bytes())
    return read


def faults(resource: Json) -> list[str]:
    """Return what is not as the profiles that `resource` claims ask, with its place."""
    claimed = resource.get("meta", {}).get("profile", [])
    return [fault for url in claimed for fault in _inside(profile(url), resource, "AuditEvent", resource)]


def _inside(element: Element, value: Any, place: str, whole: Json) -> Iterator[str]:
    for name, child in element.inside.items():
        found = value.get(name, _NO_VALUE) if isinstance(value, Mapping) else _NO_VALUE
        values = [] if found is _NO_VALUE else found if isinstance(found, list) else [found]
        yield from _listed(child, values, f"{place}.{name}", whole)


def _listed(element: Element, values: list[Any], place: str, whole: Json) -> Iterator[str]:
    yield from _counted(element, len(values), place)
    unsliced = list(values)
    for name, slice_ in element.slices.items():
        of_it = [each for each in values if _is_of(slice_, each, element.said["slicing"]["discriminator"])]
        unsliced = [each for each in unsliced if not any(each is one for one in of_it)]
        yield from _counted(slice_, len(of_it), f"{place}:{name}")
        for each in of_it:
            yield from _one(slice_, each, f"{place}:{name}", whole)
    if unsliced and element.slices and element.said["slicing"]["rules"] == "closed":
        yield f"{place}: {len(unsliced)} of no slice, and slicing is closed"
    for each in values:
        yield from _one(element, each, place, whole)


def _counted(element: Element, count: int, place: str) -> Iterator[str]:
    if count < element.said.get("min", 0):
        yield f"{place}: {count}, fewer than {element.said['min']}"
    most = element.said.get("max", "*")
    if most != "*" and count > int(most):
        yield f"{place}: {count}, more than {most}"


def _one(element: Element, value: Any, place: str, whole: Json) -> Iterator[str]:
    wanted = _wanted(element)
    if wanted is not None and not _fits(wanted, value):
        yield f"{place}: not as {json.dumps(wanted)}"
    if not _is_bound(element, value):
        yield f"{place}: not of {element.said['binding']['valueSet']}"
    kinds = [each for kind in element.said.get("type", ()) for each in kind.get("targetProfile", ())]
    if kinds and not _is_to(value, {each.rpartition("/")[2] for each in kinds}):
        yield f"{place}: a reference to something else"
    for each in element.said.get("constraint", ()):
        yield from _constrained(each, value, place, whole)
    yield from _inside(element, value, place, whole)


def _constrained(constraint: Json, value: Any, place: str, whole: Json) -> Iterator[str]:
    # The one that there is; another would have to be written here first.
    assert constraint["expression"] == "$this.who = %resource.source.observer", constraint
    if constraint["severity"] == "error" and value.get("who") != whole["source"]["observer"]:
        yield f"{place}: {constraint['key']}"


def _is_of(slice_: Element, value: Any, discriminators: list[Json]) -> bool:
    return all(_is_told_apart(slice_, value, each["path"]) for each in discriminators)


def _is_told_apart(slice_: Element, value: Any, path: str) -> bool:
    if path == "$this":
        wanted = _wanted(slice_)
        return (wanted is None or _fits(wanted, value)) and _is_bound(slice_, value)
    wanted = _wanted(slice_.at([path]))
    return path in value and wanted is not None and _fits(wanted, value[path])


def _wanted(element: Element) -> Any:
    return next((said for key, said in element.said.items() if key.startswith(("pattern", "fixed"))), None)


def _fits(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, Mapping):
        return isinstance(value, Mapping) and all(
            key in value and _fits(inside, value[key]) for key, inside in pattern.items()
        )
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(_fits(each, one) for one in value) for each in pattern)
    return bool(pattern == value and type(pattern) is type(value))


def _is_bound(element: Element, value: Any) -> bool:
    bound = element.said.get("binding", {})
    if bound.get("strength") != "required":
        return True
    return (value.get("system"), value.get("code")) in _codes(bound["valueSet"])


@cache
def _codes(url: str) -> frozenset[tuple[str, str]]:
    included = _read(f"ValueSet-{url.rpartition('/')[2]}.json")["compose"]["include"]
    return frozenset(code for each in included for code in _of_system(each))


def _of_system(included: Json) -> Iterator[tuple[str, str]]:
    system = included["system"]
    concepts = included.get("concept") or _read(f"CodeSystem-{system.rpartition('/')[2]}.json")["concept"]
    return ((system, each["code"]) for each in concepts)


def _is_to(value: Json, kinds: set[str]) -> bool:
    told = value.get("type") or value.get("reference", "").partition("/")[0]
    return not told or told in kinds
