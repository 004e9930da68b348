"""The registry of facts about no person: organisations, professionals and who replaces whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

from consent.entries import Involvement, Organisation, Professional
from consent.entry import Entry
from consent.stops import Stop
from consent.world.entries import entry

_Kind = TypeVar("_Kind", bound=Entry)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of `registry_fact`."""

    version: int
    section: str
    id: str
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """What the registry says about some names, each list in the order of registration."""

    organisations: tuple[Organisation, ...]
    professionals: tuple[Professional, ...]
    replacements: tuple[Involvement, ...]

    @property
    def as_registered(self) -> tuple[tuple[Mapping[str, Any], ...], ...]:
        """Each list as JSON, as it was registered: that is what an event keeps, and two entries may mean the same."""
        return tuple(tuple(each.source for each in getattr(self, one.name)) for one in fields(self))


@dataclass(frozen=True, slots=True)
class Footing:
    """All that one request took from the registry, so that it can be asked whether another version says the same.

    INVARIANT: nothing of `Registered` reaches the facts of a request, or what is done with them, by another way. It is
    - of `names` (who asks and his organisation, every holder with a record system, who decided for a holder, and all
      whom a fact about anybody in the family names): who is registered, and as what;
    - of those whom they replace the same, the replacements, and the organisations where all these work;
    - `stopped`: all holders of whom nothing leaves, also those who have nothing to do with it, as its event tells them.

    Clients, identity providers, record systems and who was ended by his administrator are not facts: they have a table
    of their own, and what ends there counts from the next request on (`gateway.registry`); for who asks, and for who
    answers him, where the event is kept too.
    """

    names: frozenset[str]
    named: Named
    stopped: frozenset[str]

    def stands_in(self, registry: "Registered") -> bool:
        """Return whether `registry` says all of it, in the same words and order, and no more.

        Whoever asks on and on while he changes what is registered of somebody learns from it whether a fact names that
        one. Only an operator and his own organisation can, ten times a minute, and each change is on record.
        """
        later = registry.footing(self.names)
        return later.stopped == self.stopped and later.named.as_registered == self.named.as_registered


@dataclass(frozen=True, slots=True)
class Registered:
    """The registry as it stands at `version`; 0 is empty."""

    version: int = 0
    _found: Mapping[tuple[str, str], tuple[int, Entry]] = field(default_factory=dict)
    _replacements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    """The holders of whom nothing leaves now."""

    def __contains__(self, name: object) -> bool:
        return ("organisations", name) in self._found or ("professionals", name) in self._found

    def source(self, section: str, name: str) -> Mapping[str, Any] | None:
        """Return the entry's JSON, or None where there is none."""
        found = self._found.get((section, name))
        return None if found is None else found[1].source

    def grown(self, rows: Iterable[Row]) -> "Registered":
        """Return the registry after `rows`, oldest first: a later row of one section and id changes its fields."""
        found, replacements, version = dict(self._found), dict(self._replacements), self.version
        stopped = set(self.stopped)
        for row in rows:
            version = row.version
            earlier = found.get((row.section, row.id))
            source = merged(earlier[1].source if earlier else {}, row.entry)
            read = entry(row.section, source, row.section)
            found[row.section, row.id] = (earlier[0] if earlier else version, read)
            if isinstance(read, Involvement) and read.professional and earlier is None:
                replacements[read.professional] = (*replacements.get(read.professional, ()), read.id)
            if isinstance(read, Stop):
                stopped = stopped | {read.id} if read.stopped else stopped - {read.id}
        return Registered(version, found, replacements, frozenset(stopped))

    @property
    def organisations(self) -> tuple[Organisation, ...]:
        """All organisations, in the order of registration."""
        return self._ordered(
            "organisations", [name for section, name in self._found if section == "organisations"], Organisation
        )

    @property
    def professionals(self) -> tuple[Professional, ...]:
        """All professionals, in the order of registration."""
        return self._ordered(
            "professionals", [name for section, name in self._found if section == "professionals"], Professional
        )

    @property
    def replacements(self) -> tuple[Involvement, ...]:
        """All replacements, over or not, in the order of registration."""
        return self._ordered(
            "involvements", [name for section, name in self._found if section == "involvements"], Involvement
        )

    def named(self, names: Iterable[str]) -> Named:
        """Return the entries of `names`, of those whom they replace, and of the organisations these work for."""
        wanted = set(names)
        replacing = [each for name in wanted for each in self._replacements.get(name, ())]
        replacements = self._ordered("involvements", replacing, Involvement)
        wanted |= {each.replaces for each in replacements if each.replaces is not None}
        professionals = self._ordered("professionals", wanted, Professional)
        wanted |= {each.organisation for each in professionals}
        return Named(self._ordered("organisations", wanted, Organisation), professionals, replacements)

    def footing(self, names: frozenset[str]) -> Footing:
        """Return what a request takes from here that asks for `names`."""
        return Footing(names, self.named(names), self.stopped)

    def _ordered(self, section: str, names: Iterable[str], kind: type[_Kind]) -> tuple[_Kind, ...]:
        found = sorted(
            (self._found[section, name] for name in names if (section, name) in self._found),
            key=lambda each: each[0],
        )
        return tuple(each for _, each in found if isinstance(each, kind))


def merged(earlier: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry after a change of some of its fields; null takes a field away."""
    return {key: value for key, value in {**earlier, **change}.items() if value is not None}


EMPTY: Final = Registered()
