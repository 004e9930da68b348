"""What a professional of a holder decided about sharing with one asker: a fact, and no section of a world.

It reaches `decide` only as a `holder_decisions` entry of a later request that it answers (facts contract, *Who*).
Source: decision contract, section 4, *A holder decision*; facts contract, *Ways in*.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from consent.entry import Entry
from consent.request import HolderDecision, Request
from schemas.words import Category, Purpose

SECTION: Final = "holder_decisions"
"""The section of the store, and the key of a request."""

ASKED: Final = ("question", "matter", "order", "referral")
"""What of a request an approval is bound to, where it answers a question: another of these is another question."""

_HANDED: Final = ("holder", "by", "on", "approved", "categories", "reason", "meldcode_steps", "step3_skipped_because")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Decided(Entry):
    """A decision of `holder` about `about`, for whoever asks as `asker` (an organisation; a person or mentor himself).

    `answers` is the question that it answers; a decision on the holder's own initiative answers none.
    """

    id: str
    about: str
    holder: str
    by: str
    on: datetime
    approved: bool
    reason: str
    asked_as: str
    asker: str
    purpose: Purpose
    categories: frozenset[Category] | None = None
    answers: str | None = None
    question: str | None = None
    matter: str | None = None
    order: str | None = None
    referral: str | None = None
    meldcode_steps: frozenset[int] = frozenset()
    step3_skipped_because: str | None = None

    def is_for(self, request: Request, asker: str) -> bool:
        """Return whether it counts for `request` of `asker`: same person, asker and purpose.

        An approval that answers a question counts for that question only; a refusal for whatever he asks so.
        """
        same = (self.about, self.asked_as, self.asker, self.purpose) == (
            request.about,
            request.requester.form,
            asker,
            request.purpose,
        )
        if not same or not self.approved or self.answers is None:
            return same
        return all(getattr(self, name) == getattr(request, name) for name in ASKED)

    def as_decision(self) -> HolderDecision:
        """Return the entry that a request carries."""
        told: dict[str, Any] = {name: self.source[name] for name in _HANDED if name in self.source}
        return HolderDecision(
            source=told,
            holder=self.holder,
            by=self.by,
            on=self.on,
            approved=self.approved,
            categories=self.categories,
            reason=self.reason,
            meldcode_steps=self.meldcode_steps,
            step3_skipped_because=self.step3_skipped_because,
        )
