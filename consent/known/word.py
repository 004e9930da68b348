"""Whose word a fact needs or has, beside what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True, repr=False)
class Word:
    """Whose word a fact still needs before it is handed to `decide`, and what was given so far (facts contract, F3).

    `needs` names confirmations, `given` says when each was. `without` names those that it lacks and is handed over
    without. `partners` are those of a joint help who accepted it, with when. `closed_on` ends a fact that has no end of
    its own. `evidence` is what the recorder saw or was shown. `ended_by` says which organisation ended it when, where
    one may not be enough (`consent.known.lone_ends`); those only whose word is sure.
    """

    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    partners: Mapping[str, str] | None = None
    closed_on: str | None = None
    ended_by: Mapping[str, str] | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Return whether the fact waits: until it has all that it needs it is not handed to `decide`."""
        return not self.given.keys() >= set(self.needs)

    def as_json(self) -> dict[str, Any]:
        """Return the word as it is kept beside the fields of its fact."""
        told = {
            "needs": list(self.needs) or None,
            "without": list(self.without) or None,
            "given": dict(self.given) or None,
            # Nobody is left, or nobody accepted yet: not the same as no word about partners at all.
            "partners": None if self.partners is None else dict(self.partners),
            "closed_on": self.closed_on,
            # Nobody whose word is sure ended it: not the same as that nobody ended it.
            "ended_by": None if self.ended_by is None else dict(self.ended_by),
            "evidence": dict(self.evidence) or None,
        }
        return {name: value for name, value in told.items() if value is not None}


WORD: Final = "_word"
"""The key under which a row keeps the word of its fact; no field of an entry is called so."""
NO_WORD: Final = Word()
"""Nobody else's word is needed."""
