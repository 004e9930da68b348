"""The resources of a Bundle, or one resource: how each is called, what bars it, and what its references mean.

Source: HL7 FHIR R4 (4.0.1), bundle.html section 2.36.4 (a relative reference is resolved against the base of the full
URL of the entry that it stands in) and references.html section 2.3.0.
"""

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.fhir.addresses import ELEMENTS, PERSONS
from schemas.fhir.forms import Names
from schemas.fhir.modifiers import unusable
from schemas.fhir.places import place

_LABELS: Final = place("meta.security[]")
_LINKS: Final = place("link[].type")
_RESTFUL: Final = re.compile(r"(.+/)[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}(/_history/[A-Za-z0-9.-]{1,64})?", re.ASCII)
_NORMAL: Final = "N"
"""The label that asks for nothing (v3 Confidentiality)."""

NOBODY: Final = ""
"""What a reference means that may mean two things, or one of another server."""

Barred = tuple[str, str]
"""The member that makes a resource unusable, empty for all of it; and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource. `label` is how it is called here; one that another contains has its own behind a `#`."""

    full_url: str
    label: str
    resource: dict[str, Any] = field(repr=False)
    barred: Barred | None


def bars(told: Mapping[str, Any]) -> Barred | None:
    """Return what makes a Bundle as a whole unusable, or None."""
    if told.get("resourceType") != "Bundle":
        return None
    if told.get("type") == "history":
        return "type", "it holds several versions of one thing, and which counts is not known here"
    return _bars({name: value for name, value in told.items() if name != "entry"})


def entries(told: Mapping[str, Any]) -> list[Entry]:
    """Return each resource of `told`; one that another contains stands behind that, and is barred with it."""
    found = list(_told(told))
    urls: dict[str, set[str]] = {}
    for full_url, entry in found:
        urls.setdefault(_type_and_id(entry["resource"]), set()).add(full_url)
    return [each for full_url, entry in found for each in _with_contained(full_url, entry, urls)]


def _told(told: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    inside = told.get("entry") if told.get("resourceType") == "Bundle" else [{"resource": told}]
    for entry in inside if isinstance(inside, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            full_url = entry.get("fullUrl")
            yield full_url if isinstance(full_url, str) else "", entry


def _with_contained(full_url: str, entry: dict[str, Any], urls: Mapping[str, set[str]]) -> Iterator[Entry]:
    resource = entry["resource"]
    label = _type_and_id(resource)
    if full_url and (not _id(resource) or len(urls[label]) > 1):
        label = full_url
    barred = _bars(resource) or _bars({name: value for name, value in entry.items() if name != "resource"})
    yield Entry(full_url, label, resource, barred)
    contained = resource.get("contained")
    for each in contained if isinstance(contained, list) else ():
        if isinstance(each, dict):
            yield Entry(full_url, f"{label}#{each.get('id')}", each, barred and ("", f"what contains it: {barred[1]}"))


def _bars(resource: Mapping[str, Any]) -> Barred | None:
    barred = unusable(resource)
    if barred is not None:
        return barred
    if any(not isinstance(each.value, dict) or each.value.get("code") != _NORMAL for each in _LABELS.find(resource)):
        # How it is to be handled is the reader's word here, so a label that asks for more would be lost.
        return "", "it carries a label that nobody here knows"
    if resource.get("active", True) is not True or "_active" in resource:
        return "active", "it is not in use any more, or not surely"
    if any(each.value == "replaced-by" for each in _LINKS.find(resource)):
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
            name, base, label = _name(each), _base(each.full_url), _type_and_id(each.resource)
            if each.full_url:
                _learn(self._absolute, each.full_url, name)
            relative = each.full_url.removeprefix(base) if base else label
            _learn(self._beside.setdefault(base, {}), relative, name)
            if name:
                _learn(self._types, name, str(each.resource.get("resourceType")))
            # What another server calls so is not what is meant, nor is it what nobody here has.
            elsewhere |= {label: NOBODY, each.label: NOBODY}
        self._elsewhere = elsewhere

    def for_entry(self, each: Entry) -> Names:
        """Return what the references in `each` mean."""
        beside = self._beside.get(_base(each.full_url), {})
        return Names(ids=ChainMap(beside, self._absolute, self._elsewhere), types=self._types)


def _learn(meanings: dict[str, str], told: str, meaning: str) -> None:
    if meanings.setdefault(told, meaning) != meaning:
        meanings[told] = NOBODY


def _name(each: Entry) -> str:
    if each.resource.get("resourceType") == "Patient" and each.barred is not None:
        return NOBODY
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
