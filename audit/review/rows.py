"""Rows: what is reviewed afterwards and what is still to be done, within how many days, and by whom. Dated.

Source: `law.md`, table A (*review rule*, *obligations*), part 4 and E.2 (policy, no law: the days); `ux.md` P5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from audit.events import Kind

GATEWAY: Final = "gateway"
"""What the gateway's own officer judges, or owes, stands under this word; no organisation is called so."""

SAMPLE_SIZE: Final = 20
"""How many releases of each holder are drawn in a week (`ux.md` P1)."""


class Reason(StrEnum):
    """Why an event is reviewed."""

    EMERGENCY = "emergency"
    EXCEPTION = "exception"
    ASSISTED_CONSENT = "assisted-consent"
    SAMPLE = "sample"
    SIGNAL = "signal"
    UNREADABLE = "unreadable"


class Side(StrEnum):
    """Whose officer judges, or whose people have to do it."""

    HOLDER = "holder"
    """Who gave the records: what he was bound to keep secret left."""

    GATEWAY = "gateway"
    """The gateway's own officer, where every organisation has a part in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """What is reviewed. `working_days` is the term where no obligation names one; `judges` must agree.

    It counts for events of the days from `since` to, not with, `until`.
    """

    reason: Reason
    nl: str
    en: str
    working_days: int
    judges: int
    side: Side
    source: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """An obligation that people do, and not the gateway. Exactly one of the two terms stands."""

    code: str
    nl: str
    en: str
    side: Side
    source: str
    since: date
    until: date | None = None
    days: int | None = None
    working_days: int | None = None


_FIRST: Final = date(2015, 1, 1)  # the Jeugdwet came into force

REVIEWS: Final = (
    ReviewRow(
        reason=Reason.EMERGENCY,
        nl="Inzage in een noodsituatie",
        en="Access in an emergency",
        working_days=2,
        judges=2,
        side=Side.HOLDER,
        source="LB-24: review within 2 working days, by the privacy officer; NEN 7513 (emergency procedure)",
        since=_FIRST,
    ),
    ReviewRow(
        reason=Reason.EXCEPTION,
        nl="Een grondslag die toetsing achteraf vraagt",
        en="A basis that asks a review afterwards",
        working_days=1,
        judges=2,
        side=Side.HOLDER,
        source="OB-REV(n): the code names the term; one that cannot be read is due on the next working day",
        since=_FIRST,
    ),
    ReviewRow(
        reason=Reason.ASSISTED_CONSENT,
        nl="Een ja dat is vastgelegd door wie het binnenlaat",
        en="A yes that was recorded by somebody whom it lets in",
        working_days=5,
        judges=1,
        side=Side.GATEWAY,
        source="facts contract, consent (assisted); ux.md 0, decision 5",
        since=_FIRST,
    ),
    ReviewRow(
        reason=Reason.SAMPLE,
        nl="Steekproef van de week",
        en="Sample of the week",
        working_days=5,
        judges=1,
        side=Side.HOLDER,
        source="LB-01, LB-05, LB-18: sample; NEN 7513",
        since=_FIRST,
    ),
    ReviewRow(
        reason=Reason.SIGNAL,
        nl="Een signaal",
        en="A signal",
        working_days=5,
        judges=1,
        side=Side.HOLDER,
        source="security.md 5: anomalies are looked at by a person",
        since=_FIRST,
    ),
    ReviewRow(
        reason=Reason.UNREADABLE,
        nl="Een gebeurtenis die niet meer te lezen is",
        en="An event that cannot be read any more",
        working_days=1,
        judges=1,
        side=Side.GATEWAY,
        source="audit log contract, promise 3: whether it asks a review cannot be known",
        since=_FIRST,
    ),
)
"""What opens a review."""

DUTIES: Final = (
    DutyRow(
        code="OB-CONSULT",
        nl="Overleg met een collega, een aandachtsfunctionaris of Veilig Thuis",
        en="Consult a colleague, a child protection officer or Veilig Thuis",
        side=Side.HOLDER,
        days=1,
        source="law.md part 4, BTG-H: within 24 hours after, where it was acute",
        since=_FIRST,
    ),
    DutyRow(
        code="OB-NOTE",
        nl="Maak een aantekening in het dossier",
        en="Make a note in the file",
        side=Side.HOLDER,
        working_days=5,
        source="Jw 7.3.8; the term is policy",
        since=_FIRST,
    ),
    DutyRow(
        code="OB-POST",
        nl="Vertel het de cliënt achteraf",
        en="Tell the client afterwards",
        side=Side.HOLDER,
        days=5,
        source="LB-07, LB-24: the code names the term, in days",
        since=_FIRST,
    ),
    DutyRow(
        code="OB-PRE",
        nl="Vertel het de cliënt vooraf, of leg vast waarom dat niet kon",
        en="Tell the client beforehand, or record why that could not be",
        side=Side.HOLDER,
        working_days=1,
        source="BPSW 13; the day on which it must be on record is policy",
        since=_FIRST,
    ),
    DutyRow(
        code="OB-WARN",
        nl="Waarschuw de ontvanger dat een ja is ingetrokken",
        en="Warn the recipient that a yes was withdrawn",
        side=Side.GATEWAY,
        working_days=5,
        source="R9.6, AVG 19; done by itself when the recipient reads his notice",
        since=_FIRST,
    ),
    DutyRow(
        code="OB-YOUTH1",
        nl="Praat met de jeugdige",
        en="Talk with the youth",
        side=Side.HOLDER,
        working_days=1,
        source="Jw 7.3.15 lid 4; the day on which it must be on record is policy",
        since=_FIRST,
    ),
)
"""What people have to do. The other obligations are done by the gateway itself, or at the decision (OB-LOG, OB-MIN,
OB-PART, OB-NOFWD, OB-EXP, OB-JUST), or are told ahead (OB-RECON: `schakel forecast`)."""

KINDS: Final = frozenset({Kind.EXCHANGE_DISCLOSED, Kind.EMERGENCY_OPENED, Kind.CONSENT_GIVEN})
"""The kinds of event that may open something."""

Row = TypeVar("Row", ReviewRow, DutyRow)


def review_row(reason: Reason, day: date) -> ReviewRow | None:
    """Return the row of `reason` that counts on `day`, or None."""
    return _counting([each for each in REVIEWS if each.reason is reason], day)


def duty_row(code: str, day: date) -> DutyRow | None:
    """Return the row of an obligation, with or without a term behind it, that counts on `day`, or None."""
    return _counting([each for each in DUTIES if each.code == code.partition("(")[0]], day)


def _counting(rows: Sequence[Row], day: date) -> Row | None:
    return next((each for each in rows if each.since <= day and (each.until is None or day < each.until)), None)
