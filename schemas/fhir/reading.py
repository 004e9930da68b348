"""FHIR read into elements: resources of ours back into the plan, others as far as `foreign` has a table for them.

Whatever is not carried into an element is listed with its place: nothing is lost silently. What is read here is never
a fact to decide on, and how it may be handled is for whoever reads it to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from schemas.fhir import looking
from schemas.fhir.addresses import KIND, PERSONS
from schemas.fhir.bundles import Entry, Meanings, bars, beside, dropped, entries, own_id
from schemas.fhir.cursor import Cursor, Notes
from schemas.fhir.family import (
    COORDINATORS,
    LEAVES,
    OURS,
    PATIENT,
    PLAN,
    TEAM,
    TEAMS,
    TRACED,
    WHOLE,
    Leave,
    Team,
    Traced,
    Whole,
)
from schemas.fhir.foreign import NOT_READ, foreign_table
from schemas.fhir.kinds import OF_ELEMENTS, table_for
from schemas.fhir.modifiers import refuse_negated
from schemas.fhir.places import Path, is_leaf, leaves, place, shown
from schemas.fhir.rows import NotMadeError
from schemas.fhir.straight import OtherwiseError, straight
from schemas.fhir.table import Table, made
from schemas.plan import KINDS, Element, Handling, Plan, Source, TeamMember

_AGENT: Final = place("agent[].who.identifier.system")

NO_PLACE: Final = "has no place in the plan"
_SECOND: Final = "a second one of its kind"
BUNDLE: Final = "Bundle"
"""How what stands around the resources is called."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reader has his resources from, and how he will have what he reads handled (`Handling`).

    An element of another plan keeps the source that its Provenance names.
    """

    organisation: str
    system: str
    retrieved_at: datetime
    handling: Handling = field(repr=False)


@dataclass(frozen=True, slots=True)
class Left:
    """What was not carried: of which resource (`Goal/x`), where (all of it where `path` is empty), and why."""

    resource: str
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """What was read. `plan` is there where a CarePlan of ours was; `released` has its terms, by element id."""

    elements: tuple[Element, ...]
    plan: Plan | None
    released: Mapping[str, Leave]
    leftovers: tuple[Left, ...]


@dataclass(slots=True)
class _Reading:
    origin: Origin
    meanings: Meanings
    elements: dict[str, Element] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    released: dict[str, Leave] = field(default_factory=dict)
    teams: dict[str, tuple[TeamMember, ...]] = field(default_factory=dict)
    team_labels: set[str] = field(default_factory=set)
    whole: Whole | None = None
    whole_label: str = ""
    left: dict[Left, None] = field(default_factory=dict)


def read_bundle(told: dict[str, Any], origin: Origin) -> Read:
    """Return what `told` holds: a Bundle, or one resource. Never raises for what stands in it; it lists that."""
    barred = bars(told)
    if barred is not None:
        return Read((), None, {}, (Left(BUNDLE, *barred),))
    found = entries(told)
    reading = _Reading(origin, Meanings(found))
    without = dropped(told)
    if without is not None:
        reading.left[Left(BUNDLE, without, "holds no resource")] = None
    for path in beside(told):
        reading.left[Left(BUNDLE, path, NO_PLACE)] = None
    # Sources first: an element is made with the one that its Provenance names.
    for each in sorted(found, key=lambda one: one.resource.get("resourceType") != "Provenance"):
        _read(reading, each)
    plan = _plan(reading)
    return Read(tuple(reading.elements.values()), plan, reading.released, tuple(reading.left))


def _read(reading: _Reading, entry: Entry) -> None:
    if entry.is_plain and _straight(reading, entry):
        return
    label, resource, judged = entry.label, entry.resource, entry.judged()
    if judged.barred is not None:
        reading.left[Left(label, *judged.barred)] = None
        return
    notes = Notes(_by_itself(resource))
    try:
        _one(
            reading,
            entry,
            Cursor(resource, resource, (), reading.meanings.for_entry(entry), notes, looking.look(resource)),
        )
    except NotMadeError as error:
        reading.left[Left(label, "", str(error))] = None
        return
    # What was read are values that hold no other, so where all of these were nothing is left.
    if notes.why or len(notes.read) < judged.leaves:
        _list(reading, entry, notes)


def _by_itself(resource: dict[str, Any]) -> set[Path]:
    """Return what of a resource is read without a row: its type and its id, where these hold no other value."""
    told: set[Path] = set()
    if "resourceType" in resource and is_leaf(resource["resourceType"]):
        told.add(("resourceType",))
    if "id" in resource and is_leaf(resource["id"]):
        told.add(("id",))
    return told


def _list(reading: _Reading, entry: Entry, notes: Notes) -> None:
    for path in leaves(entry.resource):
        why = notes.reason(path)
        # What is an entry of its own is listed as that.
        if (path not in notes.read or why is not None) and path[:2] not in entry.apart:
            reading.left[Left(entry.label, shown(path), why or NO_PLACE)] = None


def _straight(reading: _Reading, entry: Entry) -> bool:
    """Read what is of ours and stands there just as we write it, and say whether it was such a one.

    What is refused here is so by who reads it carefully too, who lists why.
    """
    resource = entry.resource
    read = partial(straight, resource=resource, names=reading.meanings.for_entry(entry))
    try:
        if resource.get("resourceType") == TRACED.resource:
            _traced(reading, made(Traced, read(TRACED)))
        else:
            _ours(reading, entry, _kind(resource), read)
    except (OtherwiseError, NotMadeError):
        return False
    return True


def _kind(resource: dict[str, Any]) -> str:
    """Return the first kind of ours that a resource says; empty where it does not say one as we do."""
    try:
        return next((str(each["code"]) for each in resource["meta"]["tag"] if each["system"] == KIND), "")
    except (LookupError, TypeError):
        return ""


def _one(reading: _Reading, entry: Entry, cursor: Cursor) -> None:
    label, resource = entry.label, entry.resource
    of_type = resource.get("resourceType")
    kinds, categories = cursor.all(looking.KINDS), cursor.all(looking.CATEGORIES)
    if len(kinds) > 1 or len(categories) > 1:
        raise NotMadeError("it says more than one kind or category of ours")
    if kinds:
        if entry.judged().turning:
            refuse_negated(resource)
        _ours(reading, entry, str(kinds[0][1].get("code")), partial(_carefully, cursor=cursor))
    elif categories:
        raise NotMadeError("a category of ours, of no kind")
    elif of_type == TRACED.resource and any(value == OURS for _, value, _ in cursor.all(_AGENT)):
        _traced(reading, made(Traced, TRACED.read(cursor)))
    elif of_type == PATIENT.resource and own_id(resource, PERSONS) is not None:
        PATIENT.read(cursor)  # another number of his has no place here, and is listed
    else:
        _foreign(reading, label, str(of_type), cursor)


def _carefully(table: Table, cursor: Cursor) -> dict[str, Any]:
    told = table.read(cursor)
    return told | {LEAVES.field: _first_leave(cursor)} if table in OF_ELEMENTS else told


def _first_leave(cursor: Cursor) -> tuple[Leave, ...]:
    """Return the first terms of the release; any others of the same element are left."""
    told, notes = LEAVES.read(cursor), cursor.notes
    made_of = [path for path, _, _ in cursor.all(LEAVES.place) if path not in notes.why]
    notes.why |= dict.fromkeys(made_of[1:], _SECOND)
    return told[:1]


def _ours(reading: _Reading, entry: Entry, kind: str, read: Callable[[Table], dict[str, Any]]) -> None:
    of_type = entry.resource.get("resourceType")
    table = table_for(kind, str(of_type))
    if table is not None:
        _element(reading, entry, kind, read(table))
    elif (of_type, kind) == (WHOLE.resource, PLAN):
        _refuse_second(reading.whole)
        reading.whole, reading.whole_label = made(Whole, read(WHOLE)), entry.label
    elif of_type == "CareTeam" and kind in TEAMS:
        _refuse_second(reading.teams.get(kind))
        reading.teams[kind] = made(Team, read(TEAMS[kind])).members
        reading.team_labels.add(entry.label)
    else:
        raise NotMadeError("a kind that this version does not know")


def _refuse_second(first: object) -> None:
    if first is not None:
        raise NotMadeError(_SECOND)


def _traced(reading: _Reading, traced: Traced) -> None:
    source = traced.source
    if any(reading.sources.get(each, source) != source for each in traced.elements):
        raise NotMadeError("another says otherwise where one of its elements comes from")
    reading.sources |= dict.fromkeys(traced.elements, source)


def _element(reading: _Reading, entry: Entry, kind: str, read: dict[str, Any]) -> None:
    told = _in_order(read)
    name = told.get("id")
    _refuse_twice(reading, name)
    leaves = told.pop(LEAVES.field)
    if len(leaves) > 1:
        raise OtherwiseError  # only who reads with care lists the others
    told["source"] = reading.sources.get(str(name)) or _source(reading.origin, entry.label, entry.resource)
    told["handling"] = reading.origin.handling
    element = made(KINDS[kind], told)
    reading.elements[element.id] = element
    if leaves:
        reading.released[element.id] = leaves[0]


def _refuse_twice(reading: _Reading, name: object) -> None:
    if name in reading.elements:
        raise NotMadeError("its id stands there twice")


def _in_order(told: dict[str, Any]) -> dict[str, Any]:
    # The first is the one who was asked about; that is nothing of the element.
    if "about" in told:
        told["about"] = tuple(sorted(set(told["about"])))
    return told


def _foreign(reading: _Reading, label: str, of_type: str, cursor: Cursor) -> None:
    foreign = foreign_table(of_type)
    if foreign is None:
        raise NotMadeError(NOT_READ.get(of_type, "this type of resource holds no plan content"))
    shared = {
        "source": _source(reading.origin, label, cursor.resource),
        "handling": reading.origin.handling,
        "regime": None,
    }
    if foreign.each is not None:
        apart = {foreign.each.steps[0].name, "contained"}
        refuse_negated({name: value for name, value in cursor.resource.items() if name not in apart})
    own_id_there = cursor.notes.read & {("id",)}  # it is carried by the ids of its elements, where there are any
    cursor.notes.read -= own_id_there
    for behind, item in foreign.cursors(cursor):
        notes = Notes(cursor.notes.read | own_id_there)
        try:
            refuse_negated(item.node)
            told = _in_order(foreign.table.read(replace(item, notes=notes)))
            element = made(foreign.kind, {"id": label + behind} | told | shared)
            _refuse_twice(reading, element.id)
        except NotMadeError as error:
            if not behind:
                raise
            cursor.notes.why[item.path] = str(error)
            continue
        reading.elements[element.id] = element
        cursor.notes.keep(notes)


def _source(origin: Origin, label: str, resource: dict[str, Any]) -> Source:
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return Source(
        organisation=origin.organisation,
        system=origin.system,
        record=label,
        version=version if isinstance(version, str) else None,
        retrieved_at=origin.retrieved_at,
    )


def _plan(reading: _Reading) -> Plan | None:
    if reading.whole is None:
        return None
    _list_missing(reading, reading.whole)
    return Plan(
        family=tuple(sorted(reading.whole.family)),
        coordinators=reading.teams.get(COORDINATORS, ()),
        team=reading.teams.get(TEAM, ()),
        elements=tuple(reading.elements.values()),
        households=reading.whole.households,
        gaps=reading.whole.gaps,
    )


def _list_missing(reading: _Reading, whole: Whole) -> None:
    # What a plan holds are the resources beside it, in their order; only a link to none of them would be lost.
    there = {*reading.elements, *reading.team_labels}
    named = {
        "careTeam*": whole.teams,
        "goal*": whole.goals,
        "activity*": whole.activities,
        "supportingInfo*": whole.others,
    }
    for path, names in named.items():
        if not there >= set(names):
            reading.left[Left(reading.whole_label, path, "names what is not here")] = None
