"""What a Consent says about time: its status, and whether what was said of it is true at an instant.

The status follows from the entry and the instant, and is never kept: no second place can say that a yes stands.
"""

from datetime import datetime
from typing import Final

from consent.ends import months_on
from consent.entries import Consent, Refusal
from consent.fhir.around import Said
from consent.fhir.issues import Issue, IssueCode
from consent.voices import LONGEST_MONTHS
from consent.world.entries import entry
from consent.world.fields import moment

ACTIVE: Final = "active"
INACTIVE: Final = "inactive"
PROPOSED: Final = "proposed"

EVIDENCE: Final = ("identity", "text_sha256")
"""What an assisted yes is shown with, and what is no field of an entry."""


def status_of(one: Consent | Refusal, at: datetime) -> str:
    """Return the status at `at`: `inactive` once withdrawn or ended, `proposed` where it waits, else `active`.

    A yes waits while it is not sure whose it is, or not free: until then it opens nothing (decision contract, 5.3). An
    `active` yes is one giver's; whether anything may be shared is for `decide` alone.
    """
    if one.withdrawn_on is not None and one.withdrawn_on <= at:
        return INACTIVE
    if isinstance(one, Consent):
        term = months_on(one.on, LONGEST_MONTHS)
        if at >= (term if one.until is None else min(term, one.until)):
            return INACTIVE
        if not (one.free and one.identity_verified):
            return PROPOSED
    return PROPOSED if one.on > at else ACTIVE


def entry_of(said: Said, *, at: datetime) -> Consent | Refusal:
    """Return the entry that a Consent says; what only token and clock may say stands in where it says nothing of it."""
    stand_in = {"id": said.id or "new", "given_by": said.fields["about"], "on": at.isoformat()}
    fields = {key: value for key, value in said.fields.items() if key not in EVIDENCE}
    found = entry(said.section, {**stand_in, **fields}, said.section)
    assert isinstance(found, Consent | Refusal)  # noqa: S101 - for the type checker; the section says so
    return found


def untrue(said: Said, at: datetime) -> tuple[Issue, ...]:
    """Return what a Consent says of itself that is not so at `at`."""
    found, one = [], entry_of(said, at=at)
    if one.on > at:
        found.append(Issue("Consent.dateTime", IssueCode.VALUE, "lies in the future"))
    if said.starts is not None and moment(said.starts) > max(one.on, at):
        what = "a yes that begins later cannot be kept; record it on that day"
        found.append(Issue("Consent.provision.period.start", IssueCode.NOT_SUPPORTED, what))
    status = status_of(one, at)
    if said.status != status:
        found.append(Issue("Consent.status", IssueCode.BUSINESS_RULE, f"expected `{status}`, which the rest says"))
    return tuple(found)
