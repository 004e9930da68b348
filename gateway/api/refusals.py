"""What becomes of what is raised behind a door, said once: the door answers by it, and its description lists it.

What a door does not name here is no refusal of its own but a defect, which becomes `internal` (`gateway.app`).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from audit.store import AuditUnavailableError
from gateway.api.problems import FieldError, Problem
from gateway.committing.calls import EndedError, NotAllowedError


@dataclass(frozen=True, slots=True)
class Wrong:
    """An exception that says what is wrong where: `errors` reads it there."""

    errors: Callable[[Any], tuple[FieldError, ...]]
    code: str = "invalid-request"


Said = str | Wrong | Mapping[Any, str]
"""A code; or a code with what is wrong; or a code for each `why` that the exception has."""

_OF_EVERY_DOOR: Final[Mapping[type[Exception], Said]] = {
    NotAllowedError: "not-available",
    EndedError: "not-available",
    AuditUnavailableError: "log-unavailable",
}


class Refusals:
    """How a door refuses: the code of each exception that may rise behind it, beside those of every door."""

    def __init__(self, more: Mapping[type[Exception], Said] | None = None) -> None:
        """Take what this door refuses beside what every door does."""
        self._said = {**_OF_EVERY_DOOR, **(more or {})}

    @property
    def codes(self) -> frozenset[str]:
        """Return every code that may come of it."""
        return frozenset(code for said in self._said.values() for code in _codes(said))

    @contextmanager
    def told(self, request_id: str | None = None) -> Iterator[None]:
        """Raise a Problem for each exception of this door that rises inside."""
        try:
            yield
        except tuple(self._said) as error:
            raise _problem(self._said_of(error), error, request_id) from None

    def _said_of(self, error: Exception) -> Said:
        return next(said for kind, said in self._said.items() if isinstance(error, kind))


def _codes(said: Said) -> tuple[str, ...]:
    if isinstance(said, str):
        return (said,)
    return (said.code,) if isinstance(said, Wrong) else tuple(said.values())


def _problem(said: Said, error: Any, request_id: str | None) -> Problem:
    if isinstance(said, Wrong):
        return Problem(said.code, request_id=request_id, errors=said.errors(error))
    return Problem(said if isinstance(said, str) else said[error.why], request_id=request_id)
