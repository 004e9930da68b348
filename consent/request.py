"""The request: who asks what about whom, and what the holders decided about it.

Source: decision contract, section 2 (*Keys*) and 2.1 (**request**).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from consent.entry import EVERYTHING, Categories, Entry, Ids
from schemas.words import Category, Purpose


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HolderDecision(Entry):
    """What a professional of the holder decided; without `categories` what it covers is told in `consent.law`."""

    holder: str
    by: str
    on: datetime
    approved: bool
    categories: frozenset[Category] | None = None
    reason: str | None = None
    meldcode_steps: frozenset[int] = frozenset()
    step3_skipped_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Emergency(Entry):
    """What a crisis worker declares."""

    reason_code: str | None = None
    text: str | None = None
    live_contact: bool = False
    cannot_consent: bool = False
    holder_unreachable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks, in which of the three forms."""

    form: Literal["professional", "person", "mentor"]
    id: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request(Entry):
    """What is asked."""

    at: datetime
    requester: Requester
    about: str
    purpose: Purpose
    categories: Categories
    records: Ids = EVERYTHING
    order: str | None = None
    referral: str | None = None
    question: str | None = None
    justification: str | None = None
    matter: str | None = None
    initiative: Literal["holder"] | None = None
    holder_decisions: tuple[HolderDecision, ...] = ()
    emergency: Emergency | None = None
