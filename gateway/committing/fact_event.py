"""The event of a fact: what was said of it, and by whom."""

from collections.abc import Mapping
from typing import Any

from audit.events import Event, EventOutcome, Field, Kind
from consent.store.recording import Recorded


def fact_event(  # noqa: PLR0913 - the members of the event that differ, by name
    recorded: Recorded,
    kind: Kind,
    said: Mapping[str, Any],
    *,
    by: Mapping[str, Any],
    organisation: str,
    request_id: str | None = None,
    beside: Mapping[str, Any] | None = None,
) -> Event:
    """Return the event that `by` said this of the fact that was `recorded`; `beside` stands with it in the detail."""
    request = {} if request_id is None else {Field.REQUEST: {"id": request_id}}
    detail = {"section": recorded.section, "fact": recorded.id, "version": recorded.version, "said": dict(said)}
    return Event(
        kind=kind,
        outcome=EventOutcome.OK,
        organisation=organisation,
        person=recorded.person,
        also_about=tuple(sorted(recorded.concerns - {recorded.person})),
        request_id=request_id,
        fields={
            Field.ACTOR: dict(by),
            Field.SUBJECT: recorded.person,
            **request,
            Field.DETAIL: {**detail, **(beside or {})},
        },
    )
