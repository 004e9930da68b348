"""The facts that a decision rests on: all that was said, in its sections, and what is looked up in them.

Source: decision contract, section 2 (*Keys*).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, TypeVar

from consent.entries import (
    Assignment,
    Authority,
    CapacityFinding,
    Consent,
    ConsideredWish,
    FamilyFact,
    Involvement,
    Mandate,
    Order,
    Organisation,
    Person,
    Professional,
    Record,
    Referral,
    Refusal,
)
from consent.entry import Entry
from schemas.canonical_json import Written, write

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Facts:
    """Everything that the rules may look at, each section in the order of the file."""

    organisations: tuple[Organisation, ...] = ()
    professionals: tuple[Professional, ...] = ()
    persons: tuple[Person, ...] = ()
    family: tuple[FamilyFact, ...] = ()
    authority: tuple[Authority, ...] = ()
    capacity: tuple[CapacityFinding, ...] = ()
    orders: tuple[Order, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    involvements: tuple[Involvement, ...] = ()
    referrals: tuple[Referral, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    consents: tuple[Consent, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    considered_wishes: tuple[ConsideredWish, ...] = ()
    records: tuple[Record, ...] = ()
    _made: dict[object, tuple[object, Any]] = field(default_factory=dict, repr=False, compare=False)
    """What was made of a section, and the entries that it was made of: copies of the facts share this."""

    @property
    def organisation_by_id(self) -> Mapping[str, Organisation]:
        """The organisations, in their order."""
        return self.made_of("organisations", _by_id)

    @property
    def professional_by_id(self) -> Mapping[str, Professional]:
        """The professionals, in their order."""
        return self.made_of("professionals", _by_id)

    @property
    def person_by_id(self) -> Mapping[str, Person]:
        """The persons, in their order."""
        return self.made_of("persons", _by_id)

    def consents_about(self, person: str) -> Sequence[Consent]:
        """Return the consents about `person`, in their order."""
        return self.made_of("consents", _by_about).get(person, ())

    def refusals_about(self, person: str) -> Sequence[Refusal]:
        """Return the refusals about `person`, in their order."""
        return self.made_of("refusals", _by_about).get(person, ())

    def made_of(self, section: str, make: Callable[[Iterable[Any]], Made]) -> Made:
        """Return what `make` makes of a section: once for all copies of the facts that share it."""
        entries, kept = getattr(self, section), self._made.get((section, make))
        if kept is None or kept[0] is not entries:
            kept = self._made[section, make] = (entries, make(entries))
        made: Made = kept[1]
        return made

    def __repr__(self) -> str:
        counted = ", ".join(f"{name}: {len(getattr(self, name))}" for name in SECTIONS if getattr(self, name))
        return f"<Facts {counted}>"

    def with_records(self, records: Sequence[Record]) -> "Facts":
        """Return the same facts with other records."""
        return replace(self, records=tuple(records))

    def as_world(self) -> dict[str, list[Mapping[str, Any]]]:
        """Return the sections as JSON, as they were read, notes and empty sections left out."""
        return {name: [entry.source for entry in found] for name in SECTIONS if (found := getattr(self, name))}

    def as_written_world(self) -> dict[str, Written]:
        """Return the same, each section as canonical JSON; what several requests share is written once."""
        records = {"records": _written(self.records)} if self.records else {}
        return {name: self.made_of(name, _written) for name in SHARED if getattr(self, name)} | records


def _written(entries: Iterable[Entry]) -> Written:
    return write([entry.source for entry in entries])


def _by_id(entries: Iterable[Any]) -> Mapping[str, Any]:
    return {one.id: one for one in entries}


def _by_about(entries: Iterable[Any]) -> Mapping[str, Sequence[Any]]:
    found: dict[str, list[Any]] = {}
    for one in entries:
        found.setdefault(one.about, []).append(one)
    return found


SECTIONS: Final = tuple(section.name for section in fields(Facts) if not section.name.startswith("_"))
"""The names of the sections of a world file."""
SHARED: Final = tuple(name for name in SECTIONS if name != "records")
"""Not the records: what came in for one request is gone with it."""


def assemble(sections: Mapping[str, Sequence[Entry]]) -> Facts:
    """Return the facts made of already read entries, by section name.

    Raises:
        TypeError: a name that is no section.
    """
    return Facts(**{name: tuple(entries) for name, entries in sections.items()})  # type: ignore[arg-type] # by name
