"""What the doors of decisions answer."""

from typing import Any, Literal

from gateway.api.answers.form import Answered, InLanguages, Out
from schemas.words import Result


class ElementDecided(Out):
    """What became of one record; which members there are goes by `result`."""

    result: Result
    rules: list[str]
    basis: str | None = None
    reason: str = ""
    evidence: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    expires_at: str | None = None


class Explained(Out):
    """Why it was decided so, for each of three readers."""

    requester: InLanguages
    officer: InLanguages
    client: InLanguages


class Decided(Out):
    """One decision, with its explanation."""

    outcome: str
    at: str
    rule_set: str
    elements: dict[str, ElementDecided]
    obligations: list[str]
    expires_at: str | None
    facts_digest: str
    rule_set_status: str = ""
    reason: str = ""
    explanation: Explained


class DecisionSeen(Answered):
    """An officer's part of a decision; what stands behind `elements` only the gateway's own officer sees."""

    at: str
    organisation: str | None
    rule_set: str | None
    purpose: str | None
    categories: list[str] | Literal["all"] | None
    asked_by: dict[str, Any]
    elements: list[dict[str, Any]]
    outcome: str = ""
    subject: str | None = None
    not_asked: tuple[dict[str, Any], ...] = ()
    silent: Any = None
    leftovers: Any = None
    decision: dict[str, Any] | None = None
    warnings: tuple[str, ...] = ()


class FactDiffers(Out):
    """A fact that differs, by section and id, never by content."""

    section: str
    id: str
    how: str


class Again(Out):
    """One way of deciding again."""

    result: str
    members: list[str]
    facts: list[FactDiffers]
    fault: str | None


class Replayed(Answered):
    """A decision made again, from its event and from the store."""

    at: str | None
    rule_set: str | None
    event: Again
    store: Again
