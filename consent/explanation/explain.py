"""The explanation of a decision: one text for each audience and language, made only when it is asked for.

Source: decision contract, section 6 (`explanation`); the requester's sentence: `design.md` 1.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from consent.decision import Decision
from consent.explanation.catalogue import LANGUAGES, Texts, texts_in
from consent.explanation.client import Client
from consent.explanation.officer import Officer
from consent.explanation.tracing import Tracer
from consent.request import Request
from schemas.words import Outcome

_RELEASED: Final = frozenset({Outcome.PERMIT, Outcome.PARTIAL})

InLanguages: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a decision fell as it did, for those three who may ask. Lines are divided by a line feed."""

    requester: InLanguages
    officer: InLanguages
    client: InLanguages

    def as_json(self) -> dict[str, dict[str, str]]:
        """Return it as section 6 writes it."""
        return {
            "requester": {**self.requester},
            "officer": {**self.officer},
            "client": {**self.client},
        }


def explain(request: Request, decision: Decision) -> Explanation:
    """Return the explanation of `decision`, which must be the answer to `request` at its own instant.

    The decision holds the facts that it was taken on, so nothing else is needed, and the same decision is explained
    in the same words for ever. The requester is told the same whatever was withheld, and why.
    """
    tracer = Tracer(request, decision)
    traces = tracer.traces()
    return Explanation(
        requester={language: _to_requester(texts_in(language), decision) for language in LANGUAGES},
        officer={language: Officer(texts_in(language), tracer).text(traces) for language in LANGUAGES},
        client={language: Client(texts_in(language), tracer.situation).text(traces) for language in LANGUAGES},
    )


def _to_requester(texts: Texts, decision: Decision) -> str:
    return texts("requester.released" if decision.outcome in _RELEASED else "requester.not-available")
