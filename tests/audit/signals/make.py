"""Acts, and events that tell of acts, with good defaults."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from audit.events import EventOutcome, Field, Kind
from audit.signals.acts import Act
from audit.signals.look import Seen, look
from audit.signals.looked import Known, Looked
from audit.signals.rule import Hit
from audit.told import Told

SINCE = datetime(2026, 11, 16, tzinfo=UTC)
"""A Monday; the period of the tests begins here."""
NOON = timedelta(hours=11)


def act(number: int = 0, *, at: datetime | None = None, **changes: Any) -> Act:
    """Return a look of Anna's at noon, on the day `number` of the period or, below 0, before it."""
    when = SINCE + NOON + timedelta(days=number) if at is None else at
    given = {"kind": Kind.EXCHANGE_DISCLOSED, "organisation": "team-noord", "account": "a1", "role": "teacher"}
    return Act(**{"event": f"{when.isoformat()}", "at": when, "person": "p1", "related": True, **given, **changes})


def times(count: int, day: int = 0, **changes: Any) -> list[Act]:
    """Return `count` looks of one day, a minute apart."""
    first = SINCE + NOON + timedelta(days=day)
    return [act(at=first + timedelta(minutes=n), **changes) for n in range(count)]


def seen(
    acts: Iterable[Act], *, before: Iterable[Act] = (), known: Known | None = None, off: frozenset[str] = frozenset()
) -> Seen:
    """Return what the rules see, with nothing explained."""
    looked = Looked(since=SINCE, acts=list(acts), before=list(before), known=known or Known())
    return look(looked, explained=lambda _rule, _act: False, off=off)


def hits(rule: str, found: Seen) -> list[Hit]:
    """Return the hits of one rule."""
    return [hit for hit in found.hits if hit.rule.number == rule]


def element(**changes: Any) -> dict[str, Any]:
    """Return what became of one element: released, because of help."""
    given = {"id": "x", "holder": "ggz-west", "category": "DC03", "result": "release", "basis": "LB-04"}
    return {**given, "reason": None, **changes}


def told(facts: Mapping[str, Any] | None = None, **changes: Any) -> Told:
    """Return an event of Anna of team-noord, who looked at Sem; `facts` are the world that was decided on."""
    fields: dict[Field, Any] = {
        Field.ACTOR: {"form": "professional", "id": "anna", "organisation": "team-noord", "role": "teacher"}
    }
    if facts is not None:
        fields[Field.ELEMENTS] = [element()]
        fields[Field.FACTS] = {"request": {"at": "2026-11-20T10:00:00+01:00"}, **facts}
    given: dict[str, Any] = {
        "seq": 1,
        "id": "e1",
        "at": datetime(2026, 11, 20, 9, tzinfo=UTC),
        "kind": Kind.EXCHANGE_DISCLOSED,
        "outcome": EventOutcome.PERMIT,
        "organisation": "team-noord",
        "counterparties": (),
        "rule_set": None,
        "request_id": None,
        "person": "sem",
        "fields": fields,
    }
    return Told(**(given | changes))
