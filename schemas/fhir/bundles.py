"""The resources of a Bundle, or one resource: how each is called, what bars it, and what its references mean.

Source: HL7 FHIR R4 (4.0.1), bundle.html section 2.36.4 (a relative reference is resolved against the base of the full
URL of the entry that it stands in) and references.html section 2.3.0.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.fhir.addresses import ELEMENTS, PERSONS
from schemas.fhir.forms import Names
from schemas.fhir.modifiers import asks_for_more, looked_through, unusable
from schemas.fhir.places import Path, Places, leaves, place, shown

_LABELS: Final = place("meta.security[]")
_LINKS: Final = place("link[].type")
_BARRING: Final = Places((_LABELS, _LINKS))
_RESTFUL: Final = re.compile(r"(.+/)[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}(/_history/[A-Za-z0-9.-]{1,64})?", re.ASCII)
_USUAL: Final = frozenset({"fullUrl", "resource"})
"""The members of an entry that says nothing but where it is."""

NOBODY: Final = ""
"""What a reference means that may mean two things, or one of another server."""

Barred = tuple[str, str]
"""The member that makes a resource unusable, empty for all of it; and why."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Of a resource how many values it holds, whether anything in it may turn something round, and what bars it."""

    leaves: int
    turning: bool
    barred: Barred | None


@dataclass(slots=True)
class Entry:
    """One resource. `base` is that of its full URL: its references are relative to it.

    `label` is how it is called here; one that another contains has its own behind a `#`, and stands `within` that.
    `beside` is the entry that it stands in, and `apart` which items that it contains are entries of their own.
    """

    full_url: str
    base: str
    label: str
    resource: dict[str, Any] = field(repr=False)
    beside: Mapping[str, Any] = field(repr=False)
    within: "Entry | None" = field(default=None, repr=False)
    apart: tuple[Path, ...] = ()
    _judged: Judged | None = field(default=None, init=False, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether it stands by itself, and nothing is said of it but where it is."""
        return self.within is None and _says_only_where(self.beside)

    def judged(self) -> Judged:
        """Return what is to be known of it before it is read, which is looked for the first time that it is asked."""
        if self._judged is None:
            leaves, turning = looked_through(self.resource)
            self._judged = Judged(leaves, turning, self._barred(turning=turning))
        return self._judged

    def _barred(self, *, turning: bool) -> Barred | None:
        around = None if self.within is None else self.within.judged().barred
        if around is not None:
            return "", f"what contains it: {around[1]}"
        barred = _bars(self.resource, turning=turning)
        return barred if barred is not None or self.within is not None else _bars_but(self.beside, "resource")


def bars(told: Mapping[str, Any]) -> Barred | None:
    """Return what makes a Bundle as a whole unusable, or None."""
    if told.get("resourceType") != "Bundle":
        return None
    if told.get("type") == "history":
        return "type", "it holds several versions of one thing, and which counts is not known here"
    return _bars_but(told, "entry")


def entries(told: Mapping[str, Any]) -> list[Entry]:
    """Return each resource of `told`; one that another contains stands behind that, and is barred with it too."""
    found = list(_told(told))
    urls: dict[str, set[str]] = {}
    for full_url, name, _ in found:
        urls.setdefault(name, set()).add(full_url)
    return [
        each
        for full_url, name, entry in found
        for each in _with_contained(full_url, name, entry, alone=len(urls[name]) == 1)
    ]


def dropped(told: Mapping[str, Any]) -> str | None:
    """Return where in a Bundle something stands that holds no resource where one should be, or None."""
    if told.get("resourceType") != "Bundle" or "entry" not in told:
        return None
    inside = told["entry"]
    if not isinstance(inside, list):
        return "entry"
    return None if all(_holds_resource(each) for each in inside) else "entry*"


def beside(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield where a value stands in an entry of a Bundle beside resource and full URL; of a barred entry, nowhere."""
    inside = told.get("entry") if told.get("resourceType") == "Bundle" else None
    for entry in inside if isinstance(inside, list) else ():
        if not _holds_resource(entry) or _says_only_where(entry) or _bars_but(entry, "resource") is not None:
            continue
        read = {"resource", *(["fullUrl"] if isinstance(entry.get("fullUrl"), str) else [])}
        for path in leaves({name: value for name, value in entry.items() if name not in read}):
            if path:
                yield shown(("entry", 0, *path))


def _says_only_where(entry: Mapping[str, Any]) -> bool:
    return len(entry) == len(_USUAL) and entry.keys() == _USUAL and isinstance(entry["fullUrl"], str)


def _told(told: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    inside = told.get("entry") if told.get("resourceType") == "Bundle" else [{"resource": told}]
    for entry in inside if isinstance(inside, list) else ():
        if _holds_resource(entry):
            full_url = entry.get("fullUrl")
            yield full_url if isinstance(full_url, str) else "", _type_and_id(entry["resource"]), entry


def _holds_resource(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("resource"), dict)


def _with_contained(full_url: str, name: str, entry: dict[str, Any], *, alone: bool) -> Iterator[Entry]:
    resource = entry["resource"]
    label = full_url if full_url and not (alone and _id(resource)) else name
    base = _base(full_url)
    inside = _contained(resource)
    outer = Entry(full_url, base, label, resource, entry, apart=tuple(inside))
    yield outer
    for each in inside.values():
        yield Entry(full_url, base, f"{label}#{each.get('id')}", each, entry, within=outer)


def _contained(resource: Mapping[str, Any]) -> dict[Path, dict[str, Any]]:
    """Return each resource in `resource`, by where it stands; in these may be none (R4, domainresource, dom-2)."""
    told = resource.get("contained")
    if not isinstance(told, list):
        return {}
    return {("contained", position): each for position, each in enumerate(told) if isinstance(each, dict)}


def _bars_but(told: Mapping[str, Any], apart: str) -> Barred | None:
    if _says_only_where(told):
        return None
    rest = {name: value for name, value in told.items() if name != apart}
    return _bars(rest, turning=looked_through(rest)[1])


def _bars(resource: Mapping[str, Any], *, turning: bool) -> Barred | None:
    barred = unusable(resource, turning=turning)
    if barred is not None:
        return barred
    seen = _BARRING.look(resource, (), resource)
    if _LABELS in seen and any(asks_for_more(each[1]) for each in seen[_LABELS]):
        # How it is to be handled is the reader's word here, so a label that asks for more would be lost.
        return "", "it carries a label that nobody here knows"
    if resource.get("active", True) is not True or "_active" in resource:
        return "active", "it is not in use any more, or not surely"
    if _LINKS in seen and any(each[1] == "replaced-by" for each in seen[_LINKS]):
        return "link", "another replaced it"
    return None


def _id(resource: Mapping[str, Any]) -> str:
    told = resource.get("id")
    return told if isinstance(told, str) else ""


def _type_and_id(resource: Mapping[str, Any]) -> str:
    return f"{resource.get('resourceType')}/{_id(resource) or None}"


class Meanings:
    """What the references of each entry mean: to the id of a person or element of ours, else to the other's label."""

    def __init__(self, found: list[Entry]) -> None:
        """Learn what the full URLs and the labels of `found` mean."""
        self._absolute: dict[str, str] = {}
        self._beside: dict[str, dict[str, str]] = {}
        self._types: dict[str, str] = {}
        elsewhere: dict[str, str] = {}
        for each in found:
            if "#" in each.label:
                continue
            name, base, label = _name(each), each.base, _type_and_id(each.resource)
            if each.full_url:
                _learn(self._absolute, each.full_url, name)
            relative = each.full_url.removeprefix(base) if base else label
            _learn(self._beside.setdefault(base, {}), relative, name)
            if name:
                _learn(self._types, name, str(each.resource.get("resourceType")))
            # What another server calls so is not what is meant, nor is it what nobody here has.
            elsewhere[label] = elsewhere[each.label] = NOBODY
        self._elsewhere = elsewhere
        self._names: dict[str, Names] = {}

    def for_entry(self, each: Entry) -> Names:
        """Return what the references in `each` mean."""
        if each.base not in self._names:
            ids = (self._beside.get(each.base, {}), self._absolute, self._elsewhere)
            self._names[each.base] = Names(ids=ids, types=self._types)
        return self._names[each.base]


def _learn(meanings: dict[str, str], told: str, meaning: str) -> None:
    if meanings.setdefault(told, meaning) != meaning:
        meanings[told] = NOBODY


def _name(each: Entry) -> str:
    if each.resource.get("resourceType") == "Patient" and each.judged().barred is not None:
        return NOBODY
    if "identifier" not in each.resource:
        return each.label
    return own_id(each.resource, PERSONS) or own_id(each.resource, ELEMENTS) or each.label


def _base(full_url: str) -> str:
    read = _RESTFUL.fullmatch(full_url)
    return "" if read is None else read[1]


def own_id(resource: Mapping[str, Any], system: str) -> str | None:
    """Return the id that a resource has in a list of ours, or None."""
    identifiers = resource.get("identifier")
    for each in identifiers if isinstance(identifiers, list) else ():
        if isinstance(each, dict) and each.get("system") == system and isinstance(each.get("value"), str):
            return str(each["value"])
    return None
