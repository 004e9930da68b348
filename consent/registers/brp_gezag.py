"""What the national register (BRP) says about authority over minors, turned into authority facts.

Source: the `Gezag` array of the BRP interfaces, versions 1 and 2 of `Gezagsrelatie`; BW 1:245, 1:251, 1:253sa,
1:253t; decision contract, 2.1 and 5.2.

The register tells who holds authority at the moment it is asked and not since when, so a fact begins at that moment.
What it cannot tell becomes a value of its own without facts, never a shorter list of holders: with one of two holders
left out, the yes of the other would be enough. Whoever stores an answer must also end what an earlier one said over
the same minor; an answer without facts ends it too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from consent.entries import Authority
from consent.registers.gezag_forms import Named, Relationship
from consent.world.entries import entry
from consent.world.shape import printable

ROOT: Final = "gezag"
"""How the answer is called in the place of an error, as in the register's own interface."""


class GezagError(ValueError):
    """An answer is not what the register can say: store nothing of it and show `problems` to who brought it.

    Each is `gezag[0].ouders[1]: what is wrong`; none holds anybody's data.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = tuple(map(printable, problems))
        super().__init__("\n".join(self.problems))


class Unknown(StrEnum):
    """Why it is not known who holds authority."""

    CANNOT_BE_DETERMINED = "cannot-be-determined"
    """The register says so itself."""
    THIRD_PARTY_UNKNOWN = "third-party-unknown"
    """A parent holds it with somebody whom the register does not know."""
    GUARDIAN_UNNAMED = "guardian-unnamed"
    """There is a guardian; the register does not say who (often a certified institution)."""
    HOLDER_UNIDENTIFIED = "holder-unidentified"
    """A holder has no number in the answer, or one that is nobody's here. Known once he is registered here."""
    NOT_GIVEN = "not-given"
    """The answer has nothing over this person: he is of age, has died, or his file is closed."""


@dataclass(frozen=True, slots=True)
class Held:
    """Everybody who holds authority over `minor`, a fact each."""

    minor: str
    facts: tuple[Authority, ...]


@dataclass(frozen=True, slots=True)
class Nobody:
    """For the time being nobody holds authority over `minor`. Opens nothing; somebody must ask a court."""

    minor: str


@dataclass(frozen=True, slots=True)
class NotKnown:
    """It is not known who holds authority over `minor`. Opens nothing."""

    minor: str
    why: Unknown


Relation: TypeAlias = Held | Nobody | NotKnown


def relations_of(
    relationships: Iterable[Relationship],
    *,
    asked_about: str,
    asked_on: datetime,
    answer_id: str,
    persons: Mapping[str, str],
) -> tuple[Relation, ...]:
    """Return what the register's answer about the person `asked_about` means here, over each minor who is known.

    `asked_on` is the moment of the answer, with an offset; `persons` gives the id here of a citizen service number.
    `answer_id` names this answer among all others, and its facts after it. An answer about a parent tells of all his
    children: those who are unknown here are left out.

    Raises:
        GezagError: with everything that is wrong.
    """
    reading = _Reading(asked_about, asked_on, answer_id, persons)
    for position, one in enumerate(relationships):
        reading.take(position, one)
    if reading.problems:
        raise GezagError(tuple(reading.problems))
    return tuple(reading.relations.values())


class _Reading:
    """One answer, while its relations are turned into facts."""

    def __init__(self, asked_about: str, asked_on: datetime, answer_id: str, persons: Mapping[str, str]) -> None:
        self._asked_about = asked_about
        self._asked_on = asked_on
        self._answer_id = answer_id
        self._persons = persons
        self.relations: dict[str, Relation] = {}
        self.problems: list[str] = []

    def take(self, position: int, said: Relationship) -> None:
        place = f"{ROOT}[{position}]"
        minor = self._persons.get(said.minor)
        holders = [self._person(one) for one in said.holders]
        self.problems += self._contradictions(place, said, minor, holders)
        if minor is not None:
            self.relations[minor] = self._relation(position, said, minor, holders)

    def _person(self, named: Named) -> str | None:
        return None if named.number is None else self._persons.get(named.number)

    def _contradictions(
        self, place: str, said: Relationship, minor: str | None, holders: list[str | None]
    ) -> list[str]:
        """Return what cannot be true, or cannot be the answer to this question."""
        found = []
        known = [one for one in holders if one is not None]
        if minor is not None and minor in self.relations:
            found.append(f"{place}.minderjarige: a second relation over one minor")
        if minor in known:
            found.append(f"{place}.minderjarige: holds authority over himself")
        if len(set(known)) < len(known):
            found.append(f"{place}.{said.holders[0].key}: one person named twice")
        if None not in (minor, *holders) and self._asked_about not in (minor, *holders):
            found.append(f"{place}: does not name the person asked about")
        return found

    def _relation(self, position: int, said: Relationship, minor: str, holders: list[str | None]) -> Relation:
        if said.nobody:
            return Nobody(minor)
        why = _not_known(said, holders)
        if why is not None:
            return NotKnown(minor, why)
        return Held(minor, tuple(self._fact(position, said, minor, number) for number in range(len(holders))))

    def _fact(self, position: int, said: Relationship, minor: str, number: int) -> Authority:
        named = said.holders[number]
        at = self._asked_on.isoformat()
        mapping = {
            "id": f"{self._answer_id}-{position}-{number}",
            "holder": self._person(named),
            "over": minor,
            "kind": str(named.kind),
            "since": at,
            "verified_on": at,
        }
        # The register itself doubts it: no yes of these holders is enough, and the no of each still counts.
        doubted = {"disputed": True} if said.under_investigation else {}
        found: Authority = entry("authority", mapping | doubted, f"{ROOT}[{position}]")  # type: ignore[assignment] # by its section
        return found


def _not_known(said: Relationship, holders: list[str | None]) -> Unknown | None:
    """Return why the holders of a relation are not known, all of them; nothing where they are."""
    if said.undetermined:
        return Unknown.CANNOT_BE_DETERMINED
    if not holders:
        return Unknown.GUARDIAN_UNNAMED
    if any(one.unknown for one in said.holders):
        return Unknown.THIRD_PARTY_UNKNOWN
    return Unknown.HOLDER_UNIDENTIFIED if None in holders else None
