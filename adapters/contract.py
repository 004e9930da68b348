"""What every record system looks like to the gateway. A third party's adapter imports this and `schemas` only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from schemas.permits import Permit
from schemas.plan import Element


class SourceError(Exception):
    """A source gave nothing that can be used. The exchange goes on without it.

    The message names the source's place (a path, a line, a status), never a value of a record.
    """


class SourceSilentError(SourceError):
    """No answer within the deadline, or no connection. The requester reads *silent*; trying again later may help."""


class SourceRestingError(SourceSilentError):
    """It was silent several times, so it was not asked now; this says nothing new about it."""


class SourceMalformedError(SourceError):
    """An answer that does not fit the source's own format or its mapping. Somebody must look at the source.

    The requester reads that it answered: else he would know that there was something to be malformed.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """One record as its system gave it: untouched, with its kind, id and version there."""

    kind: str
    id: str
    version: str | None
    retrieved_at: datetime
    content: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Leftover:
    """What of a record did not reach the plan: where, and why. Paths and rule numbers only, never a value."""

    record_kind: str
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """Elements of the plan, and what was left over. An empty `elements` is an answer: nothing there."""

    elements: tuple[Element, ...]
    leftovers: tuple[Leftover, ...]


class RecordSource(Protocol):
    """A record system of one holder."""

    @property
    def organisation(self) -> str:
        """The holder's organisation id."""

    @property
    def system(self) -> str:
        """The system's name, unique within the holder."""

    @property
    def identifier_system(self) -> str:
        """The URI of the numbers under which this source knows persons."""

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        """Return the records about `permit.identifiers`, as far as the source can select them.

        An empty sequence is an answer. May return more than the permit covers (a file holds what it holds): what is not
        covered is dropped after mapping, and never decided on. Where `permit.identifiers` is empty the gateway only
        wants to know whether the system answers: try, in a way that tells it of nobody, and fail as you would have.

        Raises:
            SourceSilentError: no answer.
            SourceMalformedError: an answer that cannot be read.
        """

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:
        """Turn records into elements; pure, and total: what does not fit becomes a leftover."""

    async def close(self) -> None:
        """Give back connections and files."""
