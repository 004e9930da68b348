"""The page of what is reviewed afterwards and what is still to be done, read off the rows."""

from collections.abc import Iterator

from audit.review.rows import DUTIES, REVIEWS, SAMPLE_SIZE, DutyRow, ReviewRow, Side
from audit.review.verdicts import QUESTIONS, SHORTEST_REASON

_JUDGES = {Side.HOLDER: "the holder's officer, or the gateway's", Side.GATEWAY: "the gateway's officer"}
_OWES = {Side.HOLDER: "the holder", Side.GATEWAY: "the gateway's officer"}


def reviews_page() -> str:
    """Return the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What is reviewed, and what is still to be done\n"
    yield "How to do it: [review what happened](../how-to/review.md). Working days are those of the"
    yield "Netherlands, Monday to Friday but for holidays, Good Friday among them. The day itself is not counted.\n"
    yield "## Reviews\n"
    yield "| reason | what | due | who judges | how many must agree | since | source |\n|---|---|---|---|---|---|---|"
    yield from map(_review, REVIEWS)
    yield f"\nThe sample has {SAMPLE_SIZE} releases of each holder in a week, or all where there are fewer."
    yield f"A verdict answers five questions, and says why in at least {SHORTEST_REASON} characters:\n"
    yield from (f"- `{name}`: {nl} / {en}" for name, (nl, en) in QUESTIONS.items())
    yield "\n## Obligations of people\n"
    yield "| code | what | due | who owes it | since | source |\n|---|---|---|---|---|---|"
    yield from map(_duty, DUTIES)
    yield "\nThe other obligations are done by the gateway itself or at the decision: OB-LOG, OB-MIN, OB-PART,"
    yield "OB-NOFWD, OB-EXP, OB-JUST; OB-RECON is told ahead."


def _review(row: ReviewRow) -> str:
    due = f"{row.working_days} working days" if row.working_days > 1 else "the next working day, or as the code says"
    return (
        f"| `{row.reason}` | {row.nl} / {row.en} | {due} | {_JUDGES[row.side]} | {row.judges}"
        f" | {_period(row)} | {row.source} |"
    )


def _duty(row: DutyRow) -> str:
    count, unit = (row.days, "day") if row.working_days is None else (row.working_days, "working day")
    due = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"| `{row.code}` | {row.nl} / {row.en} | {due} | {_OWES[row.side]} | {_period(row)} | {row.source} |"


def _period(row: ReviewRow | DutyRow) -> str:
    return str(row.since) if row.until is None else f"{row.since} to {row.until}"
