"""The port of a register that answers: a file today, a live connection to the national register later.

Source: facts contract, F4 (*a connected register confirms by itself*).
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from consent.registers.said import AuthoritySaid, OrdersSaid, PersonSaid


class RegisterKind(StrEnum):
    """What a register is about. Its name stands beside every fact that it told."""

    PERSONS = "persons"
    AUTHORITY = "authority"
    ORDERS = "orders"


class Register(Protocol):
    """A register, or a file of one. Answers say when they were given; what cannot be read whole is no answer.

    Every method raises:
        RegisterError: what it answered cannot be taken; nothing of it may be stored.
        OSError: it does not answer now.
    """

    @property
    def source(self) -> str:
        """By what its answers are found again: `sha256:…` of a file, or a name that a live one gives. Never a path."""

    async def persons(self) -> Sequence[PersonSaid]:
        """Return who the persons are, with their parents and partners."""

    async def authority(self) -> Sequence[AuthoritySaid]:
        """Return who has authority over whom."""

    async def orders(self) -> Sequence[OrdersSaid]:
        """Return which orders there are."""
