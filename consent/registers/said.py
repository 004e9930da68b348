"""What a register says about somebody, before it is known who that is here. Numbers stand in no `repr`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum
from hashlib import sha256
from typing import Any, Final, TypeAlias

from consent.registers.gezag_forms import Relationship
from schemas.canonical_json import canonical
from schemas.words import OrderKind

NUMBER_SYSTEM: Final = "http://fhir.nl/fhir/NamingSystem/bsn"
"""The identifier system of citizen service numbers, by which registers name people."""


class NotSaid(Enum):
    """The answer does not speak of it: what is known stays."""

    NOT_SAID = "not said"


NOT_SAID: Final = NotSaid.NOT_SAID
Numbers: TypeAlias = tuple[str, ...]


class Court(StrEnum):
    """Which register of orders answers. An answer is whole for its own kinds of order, and says nothing of others."""

    CHILD_PROTECTION = "child-protection"
    YOUTH_PROBATION = "youth-probation"
    COMPULSORY_CARE = "compulsory-care"


KINDS: Final[Mapping[Court, frozenset[OrderKind]]] = {
    Court.CHILD_PROTECTION: frozenset(
        {
            OrderKind.SUPERVISION_ORDER,
            OrderKind.PROVISIONAL_SUPERVISION_ORDER,
            OrderKind.OUT_OF_HOME_PLACEMENT,
            OrderKind.SECURE_CARE,
            OrderKind.CONDITIONAL_SECURE_CARE,
        }
    ),
    Court.YOUTH_PROBATION: frozenset({OrderKind.YOUTH_PROBATION}),
    Court.COMPULSORY_CARE: frozenset(
        {OrderKind.COMPULSORY_MENTAL_HEALTH, OrderKind.CRISIS_MEASURE, OrderKind.COMPULSORY_DISABILITY_CARE}
    ),
}
"""Every kind of order stands in one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSaid:
    """One person, all his legal parents (at most two) and his partners by marriage or registration.

    `place` is where it stands in the answer, `answered_on` the moment of the answer.
    """

    place: str
    number: str = field(repr=False)
    answered_on: datetime
    born: date = field(repr=False)
    declared_of_age: bool | NotSaid = NOT_SAID
    under_guardianship: bool | NotSaid = NOT_SAID
    parents: Numbers | NotSaid = field(default=NOT_SAID, repr=False)
    partners: Numbers | NotSaid = field(default=NOT_SAID, repr=False)

    @property
    def digest(self) -> str:
        """What tells this answer from another of the same moment."""
        told = [self.number, str(self.born), self.declared_of_age, self.under_guardianship, self.parents, self.partners]
        return digest([_plain(each) for each in told])


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoritySaid:
    """The answer about one person: each relation of authority over him, and of his over others."""

    place: str
    number: str = field(repr=False)
    answered_on: datetime
    relationships: tuple[Relationship, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSaid:
    """One order. `reference` is its number at the court, the same in every answer."""

    place: str
    reference: str
    kind: OrderKind
    since: datetime
    until: datetime
    executor: str | None = None
    ended_on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersSaid:
    """All orders of the kinds of `court` about one person; none where it knows none."""

    place: str
    number: str = field(repr=False)
    answered_on: datetime
    court: Court
    orders: tuple[OrderSaid, ...]

    @property
    def digest(self) -> str:
        """What tells this answer from another of the same moment."""
        told = [
            [each.reference, each.kind, each.executor, *map(_plain, (each.since, each.until, each.ended_on))]
            for each in self.orders
        ]
        return digest(sorted(told, key=str))


def relation_digest(said: Relationship) -> str:
    """Return what tells one relation of authority from another of the same moment."""
    holders = [[each.key, each.kind, each.number, each.unknown] for each in said.holders]
    return digest([holders, said.nobody, said.undetermined, said.under_investigation])


def digest(told: Any) -> str:
    """Return the SHA-256 of plain JSON, in hexadecimals. Kept sealed only: it is made of numbers."""
    return sha256(canonical(told)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, NotSaid):
        return "not said"
    return str(value) if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
