"""The audit event of what was registered, waits or was ended: one for each organisation and step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from audit.events import Event, EventOutcome, Field, Kind
from gateway.registry.rows import Entry
from gateway.registry.snapshot import OPERATOR
from schemas.canonical_json import digest

Step = Literal["registered", "waits", "taken-back", "ended"]


def events_of(
    step: Step,
    entries: Sequence[Entry],
    *,
    actor: Mapping[str, str],
    said_by: Callable[[Entry], Sequence[str]] = lambda _: (),
    because: str | None = None,
) -> Iterator[Event]:
    """Give an event for each organisation of `entries`, in their order. `said_by` are the operators who say an entry.

    The contract has one kind for all steps; `review` says that a second operator must still look.
    """
    why = {} if because is None else {Field.JUSTIFICATION: because}
    for organisation in dict.fromkeys(each.organisation for each in entries):
        told = [told_of(each, said_by(each)) for each in entries if each.organisation == organisation]
        yield Event(
            kind=Kind.CONFIG_CHANGED,
            outcome=EventOutcome.REVIEW if step == "waits" else EventOutcome.OK,
            organisation=OPERATOR,
            counterparties=frozenset({organisation} - {OPERATOR}),
            fields={Field.ACTOR: dict(actor), Field.DETAIL: {step: told}, **why},
        )


def told_of(entry: Entry, said_by: Sequence[str] = ()) -> dict[str, Any]:
    """Return an entry as an event tells it: what it is and the digest of what it says, never that itself."""
    told = {"kind": entry.kind, "key": entry.key, "digest": None if entry.body is None else digest(entry.body)}
    return {**told, "said_by": list(said_by)} if said_by else told
