"""Persons whose key is gone, so that nobody can open what an event told of them: whether the log erased them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from audit.verifying.checks import Fault

_NOT_ERASED: Final = "the key of somebody of whom the event told is gone, and no erasure in the log is his"


@dataclass(slots=True)
class Forgotten:
    """Whose missing keys keep facts shut, as far as no erasure in the log is of them.

    That somebody has no key says nothing: whoever writes in the database can delete it. Erasing is itself an event,
    which commits to the pseudonym of whom it erased.
    """

    _since: dict[str, int] = field(default_factory=dict, repr=False)
    """The first event that each of them keeps shut."""
    _erased: set[str] = field(default_factory=set, repr=False)

    @property
    def persons(self) -> tuple[str, ...]:
        """Who they are."""
        return tuple(self._since)

    def see(self, persons: Iterable[str], seq: int) -> None:
        """Take in the event `seq`, the next one of the tree, which the missing keys of `persons` keep shut."""
        for person in persons:
            self._since.setdefault(person, seq)

    def erased(self, pseudonym: str | None) -> None:
        """Take in the erasure of whom the log knows by `pseudonym`; None where it does not say whom."""
        if pseudonym is not None:
            self._erased.add(pseudonym)

    def fault(self, pseudonyms: Mapping[str, str]) -> Fault | None:
        """Return the first event that is shut by somebody who was not erased; `pseudonyms` has that of each person."""
        first = min(
            (seq for person, seq in self._since.items() if pseudonyms[person] not in self._erased), default=None
        )
        return None if first is None else Fault(first, _NOT_ERASED)
