"""What a decision is, and its JSON.

Source: decision contract, section 6. Texts for requester, officer and client (`explanation`) are not made here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from consent.facts import Facts
from schemas.calendar import written
from schemas.canonical_json import digest
from schemas.words import Outcome, Reason, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementDecision:
    """What became of one record. Every list is sorted; `expires_at` is `None` where nothing ends."""

    result: Result
    rules: tuple[str, ...]
    basis: str | None = None
    reason: Reason | None = None
    evidence: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    expires_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the element as section 6 writes it."""
        if self.result is Result.RELEASE:
            return {
                "result": str(self.result),
                "basis": self.basis,
                "rules": list(self.rules),
                "evidence": list(self.evidence),
                "obligations": list(self.obligations),
                "expires_at": _written(self.expires_at),
            }
        told = {"result": str(self.result), "reason": str(self.reason), "rules": list(self.rules)}
        return told | ({"basis": self.basis} if self.result is Result.REVIEW else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of a whole request. `reason` stands only where no record was asked for."""

    outcome: Outcome
    at: str
    rule_set: str
    elements: Mapping[str, ElementDecision]
    obligations: tuple[str, ...]
    expires_at: datetime | None
    facts: Facts = field(repr=False, compare=False)
    rule_set_status: str | None = None
    reason: Reason | None = None

    @property
    def facts_digest(self) -> str:
        """The digest of the facts decided on, computed when it is asked for."""
        return digest(self.facts.as_written_world())

    def as_json(self, *, facts_digest: str | None = None) -> dict[str, Any]:
        """Return the decision as section 6 writes it, without `explanation`.

        `facts_digest` is the digest of its facts, where that was computed before.
        """
        # Of what is alike there is one decision, which is written once.
        alike = {id(element): element for element in self.elements.values()}
        written = {key: element.as_json() for key, element in alike.items()}
        told: dict[str, Any] = {
            "outcome": str(self.outcome),
            "at": self.at,
            "rule_set": self.rule_set,
            "elements": {name: written[id(element)] for name, element in self.elements.items()},
            "obligations": list(self.obligations),
            "expires_at": _written(self.expires_at),
            "facts_digest": self.facts_digest if facts_digest is None else facts_digest,
        }
        if self.rule_set_status is not None:
            told["rule_set_status"] = self.rule_set_status
        if self.reason is not None:
            told["reason"] = str(self.reason)
        return told


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else written(instant)
