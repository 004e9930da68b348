"""A loaded mapping: records of one system in, elements of the plan and a list of what was left over out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapters.contract import Mapped, SourceRecord
from adapters.mapping.conditions import Condition, all_hold
from adapters.mapping.converters import PersonNumber, UnreadableError
from adapters.mapping.coverage import Coverage
from adapters.mapping.elements import Maker, Origin
from adapters.mapping.known import Known, by_number
from adapters.mapping.leftovers import Leftovers, shown_name
from adapters.mapping.paths import MisfitError, Path, as_text
from adapters.mapping.unread import Stops, nothing_stops, unstopped
from schemas.permits import Permit
from schemas.plan import Element, Goal


@dataclass(frozen=True, slots=True)
class MappingIdentity:
    """Which mapping it was, for the log: its name and version, and the SHA-256 of its file and of each table's file."""

    mapping: str
    version: int
    sha256: str
    tables: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RecordKind:
    """What one kind of record yields, and where its id and version stand."""

    kind: str
    id: Path
    version: Path | None
    makers: tuple[Maker, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class PersonRule:
    """Which record says whose number belongs to the system's own reference."""

    record: str
    each: Path | None
    when: tuple[Condition, ...]
    path: Path
    converter: PersonNumber


@dataclass(frozen=True, slots=True)
class LoadedMapping:
    """One mapping file, compiled. `names` are all names of fields that stand in it."""

    identity: MappingIdentity
    system: str
    identifier_system: str
    persons: tuple[PersonRule, ...]
    kinds: Mapping[str, RecordKind]
    names: frozenset[str]

    def record(self, kind: str, content: dict[str, Any], retrieved_at: datetime) -> SourceRecord | None:
        """Return `content` as a record of `kind`, or None where it has no id (or more than one)."""
        record_kind = self.kinds[kind]
        identity = record_kind.id.only_text(content, content)
        if identity is None:
            return None
        version = None if record_kind.version is None else record_kind.version.only_text(content, content)
        return SourceRecord(kind=kind, id=identity, version=version, retrieved_at=retrieved_at, content=content)

    def map(
        self, records: Sequence[SourceRecord], permit: Permit, organisation: str, stops: Stops = nothing_stops
    ) -> Mapped:
        """Turn `records` into elements, in the records' order; pure and total.

        What `permit` does not cover for any of an element's persons is left over as not asked. `stops` says what may
        not be passed over unread.
        """
        leftovers = Leftovers()
        usable = list(self._usable(records, leftovers))
        persons = by_number(permit.family)
        known = Known(organisation, self.system, persons, {})
        if self.persons:
            known = replace(known, references=dict(self._references(usable, known, leftovers)))
        elements: list[Element] = []
        for record in usable:
            leftovers.kind = record.kind
            kind = self.kinds[record.kind]
            made: list[Element] = []
            if kind.makers:
                origin = Origin.of(record, known, leftovers)
                for maker in kind.makers:
                    made += maker.make(origin, permit)
            unread = kind.coverage.check(record.content, leftovers)
            elements += unstopped(made, ((each, stops(each, record.content, known)) for each in unread), leftovers)
        return Mapped(tuple(_linked(elements, leftovers)), tuple(leftovers.found))

    def _usable(self, records: Sequence[SourceRecord], leftovers: Leftovers) -> Iterable[SourceRecord]:
        """Leave out what no mapping is for, and every record whose id belongs to two that differ."""
        first: dict[tuple[str, str], SourceRecord] = {}
        differing: set[tuple[str, str]] = set()
        for record in records:
            leftovers.kind = shown_name(record.kind, self.names)
            key = record.kind, record.id
            if record.kind not in self.kinds:
                leftovers.add("", "this kind of record is not in the mapping")
            elif first.setdefault(key, record).content != record.content:
                # Which of the two counts is not known, and one of them may be the one with the flag.
                leftovers.add("", "two different records have one id; neither is used")
                differing.add(key)
        return [record for key, record in first.items() if key not in differing]

    def _references(
        self, records: Sequence[SourceRecord], known: Known, leftovers: Leftovers
    ) -> Iterable[tuple[tuple[str, str], str]]:
        named: dict[tuple[str, str], set[str | None]] = {}
        for rule in self.persons:
            for record in records:
                if record.kind != rule.record:
                    continue
                leftovers.kind = record.kind
                found = named.setdefault((record.kind, record.id), set())
                persons = set(_persons_of(rule, record, known))
                found |= persons
                if not persons - {None}:
                    leftovers.add(str(rule.path), "person unknown")
                elif len(found) > 1:
                    leftovers.add(str(rule.path), "names two persons")
        for key, found in named.items():
            person = found.pop() if len(found) == 1 else None
            if person is not None:
                yield key, person


def _persons_of(rule: PersonRule, record: SourceRecord, known: Known) -> Iterable[str | None]:
    """Yield whom each number of `record` names by `rule`, and None of a number that is nobody's of the family.

    That one is somebody's all the same, so a record with it and another explains nobody.
    """
    content = record.content
    try:
        items = [content] if rule.each is None else rule.each.find(content, content)
        fitting = [each for each in items if all_hold(rule.when, content, each)]
        numbers = [as_text(value) for each in fitting for value in rule.path.find(content, each)]
    except MisfitError:
        yield None
        return
    for number in filter(str.strip, numbers):
        try:
            yield rule.converter.read(number, known)
        except UnreadableError:
            yield None


def _linked(elements: Sequence[Element], leftovers: Leftovers) -> Iterable[Element]:
    """Keep only links to goals that are here, and only elements whose id is their own.

    A link to a goal that was not asked for would say that there is one.
    """
    leftovers.kind = "*"
    ids = [each.id for each in elements]
    if len(set(ids)) == len(ids) and not any(each.goals for each in elements):
        return elements
    return _own_and_linked(elements, Counter(ids), leftovers)


def _own_and_linked(elements: Sequence[Element], seen: Mapping[str, int], leftovers: Leftovers) -> Iterable[Element]:
    goals = {each.id for each in elements if isinstance(each, Goal)}
    for element in elements:
        if seen[element.id] > 1:
            leftovers.add("", f"{element.kind}: two elements with one id; neither is used")
        elif goals.issuperset(element.goals):
            yield element
        else:
            leftovers.add("goals", f"{element.kind}: a goal that is not here")
            yield replace(element, goals=tuple(each for each in element.goals if each in goals))
