"""What of the public FHIR files does not reach the plan: `docs/reference/fhir-losses.md`. Paths only, never a value."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from docs.fhir_xml import resource_of_xml
from docs.page import table
from schemas.fhir import Origin, Read, read_bundle, read_json
from schemas.fhir.bundles import entries
from schemas.fhir.foreign import PLAN_CONTENT
from schemas.fhir.places import leaves, shown
from schemas.fhir.reading import BUNDLE, NO_PLACE
from schemas.plan import Handling

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
KEPT: Final = Path(__file__).resolve().parent / "reference" / "fhir-losses.md"
COLLECTIONS: Final = {
    "01-fhir-official-examples": "The official examples of HL7 (R4B, and R4 where R4 has another text)",
    "02-dutch/nictiz-zib2020-r4": "Nictiz zib2020, FHIR R4",
    "02-dutch/nictiz-testscripts-r4": "Nictiz test scripts, FHIR R4",
    "02-dutch/nictiz-testscripts-stu3": "Nictiz test scripts, FHIR STU3",
}
BARRING: Final = frozenset({"modifierExtension", "implicitRules", "status", "lifecycleStatus", "verificationStatus"})
"""The members that make a whole resource unusable."""
ORIGIN: Final = Origin("elsewhere", "file", datetime(2026, 1, 1, tzinfo=UTC), Handling(created_on="2026-01-01"))


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file of plan content, and what was read of it."""

    name: str
    resource: dict[str, Any]
    read: Read


def files(collection: str, data: Path = DATA) -> Iterator[FileRead]:
    """Yield each file of a collection that holds plan content, in the order of names."""
    folder = data / collection
    for file in sorted(each for each in folder.rglob("*") if each.suffix in {".json", ".xml"}):
        content = file.read_bytes()
        resource = read_json(content) if file.suffix == ".json" else resource_of_xml(content)
        if _types(resource) & PLAN_CONTENT:
            yield FileRead(file.relative_to(folder).as_posix(), resource, read_bundle(resource, ORIGIN))


def _types(resource: dict[str, Any]) -> set[str]:
    return {str(each.resource.get("resourceType")) for each in entries(resource) if "#" not in each.label}


def losses_page(note: str = "") -> str:
    """Return the page without the `note` over it; where the files are not beside the checkout, as it was."""
    if not all((DATA / each).is_dir() for each in COLLECTIONS):
        return KEPT.read_text(encoding="utf-8").removeprefix(note)
    parts = [_HEAD]
    for collection, what in COLLECTIONS.items():
        rows = table(("file", "elements", "not carried"), map(_row, files(collection)))
        parts.append(f"## {what}\n\n`{collection}`\n\n{rows}\n")
    return "\n".join(parts)


def _row(file: FileRead) -> tuple[str, ...]:
    kinds = [each.kind for each in file.read.elements]
    told = ", ".join(f"{kinds.count(each)} {each}" for each in sorted(set(kinds))) or "none"
    return file.name, told, "; ".join(_left(file)) or "nothing"


def _left(file: FileRead) -> Iterator[str]:
    """Yield what is left of each resource, by reason."""
    told = {each.label: each.resource for each in entries(file.resource)}
    if any(each.resource == BUNDLE for each in file.read.leftovers):
        told[BUNDLE] = file.resource
    lines = Counter[str]()
    for position, label in enumerate(told):
        left = [each for each in file.read.leftovers if each.resource == label]
        name = "" if not position and len(told) == 1 else f"{told[label].get('resourceType')}: "
        for why in sorted({each.why for each in left}):
            paths = {each.path for each in left if each.why == why}
            lines[name + _line(why, paths, told[label], {each.path for each in left})] += 1
    yield from (line if times == 1 else f"{times} times {line}" for line, times in lines.items())


def _line(why: str, paths: set[str], resource: dict[str, Any], left: set[str]) -> str:
    if paths <= {"", *BARRING}:
        return why if paths == {""} else f"`{min(paths)}` {why}"
    everything = {shown(each) for each in leaves(resource)}
    told = ", ".join(f"`{each}`" for each in gathered(paths, everything, left))
    return told if why == NO_PLACE else f"{told} ({why})"


def gathered(paths: set[str], everything: set[str], left: set[str]) -> list[str]:
    """Return `paths`; where nothing of a member is carried, its name stands for all of it."""
    whole = {each for path in everything for each in _above(path)}
    lost = {each for each in whole if all(path in left for path in everything if _within(path, each))}
    return sorted({next((each for each in _above(path) if each in lost), path) for path in paths})


def _above(path: str) -> Iterator[str]:
    """Yield the places that `path` lies in, the outermost first, and itself."""
    for position, sign in enumerate(path):
        if sign == "." and position:
            yield path[:position]
    yield path


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.")


_HEAD: Final = """# What of public FHIR files does not reach the plan

Every file of these collections that holds plan content is read by `schemas.fhir.read_bundle`, the reader that also
reads our own plans back. This page lists for each file what came of it and, by its place, whatever of it is not carried
into an element: a name stands for all below it, `*` for the items of a list, of which one may be carried where another
is not. Places only, never a value. How the reader decides stands in
[the plan as FHIR](plan-fhir.md#what-is-read-of-others).
"""
