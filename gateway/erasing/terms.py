"""How long what is kept, and by which rule: the rows that a privacy officer reads, each as it was read on a day.

What is not kept here at all stands among them too, so that nobody looks for it.

Source: the law as its sources name it, read for this project (part 8 of the list of rules, *Retention*).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

READ_ON: Final = date(2026, 11, 26)


@dataclass(frozen=True, slots=True)
class Term:
    """For how long `what` is kept. `years` or `hours` from the instant `counted_from`; neither: not kept here."""

    what: str
    counted_from: str
    source: str
    years: int | None = None
    hours: int | None = None
    read_on: date = READ_ON

    @property
    def told(self) -> str:
        """The term in words."""
        if self.years is not None:
            return f"{self.years} years"
        return "not kept here" if self.hours is None else f"{self.hours} hours"


LOG_LINE: Final = Term(
    "a line of the log: that it happened, and the way to whom it is about",
    "the writing of the line",
    "Besluit elektronische gegevensverwerking door zorgaanbieders art. 5; Stcrt. 2019, 38007 (at least 5 years);"
    " for youth care the same, as a policy",
    years=5,
)
CONSENT: Final = Term(
    "consent, refusal and withdrawal, and their evidence",
    "the last line of the log about the person, an exchange that relied on it included",
    "AVG art. 7(1); policy: as long as a line rests on it",
    years=5,
)
TERMS: Final = (
    LOG_LINE,
    CONSENT,
    Term(
        "orders, authority, capacity: what was said and the hash of the document",
        "as consent",
        "policy: as consent",
        years=5,
    ),
    Term("emergency use: the request and who closed it", "as the log", "policy: 5 years or more here", years=5),
    Term(
        "the answer to a repeated request (`Idempotency-Key`)",
        "the first answer",
        "policy: what is in flight, 24 hours at most",
        hours=24,
    ),
    Term(
        "the dossier (20 years after its last change)", "", "Jeugdwet art. 7.3.8; with the holder, who decides about it"
    ),
    Term("the content of an exchanged plan", "", "policy: never stored; it passes through"),
    Term("data of Veilig Thuis (15 years)", "", "Wmo 2015 art. 5.3.4; with Veilig Thuis"),
    Term("client data of a municipality (15 years)", "", "Wmo 2015; with the municipality"),
)
"""Every class of data, with its term."""

ANSWERED: Final = timedelta(hours=24)
KEPT: Final = relativedelta(years=max(LOG_LINE.years or 0, CONSENT.years or 0))
"""How long a person is kept after the last line about him: the longest of the terms that run from it."""
