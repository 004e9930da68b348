"""One event as its keys still open it: what every rendering, search, review and signal reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.entry import Entry
from audit.events import GO_WITH_FACTS, EventOutcome, Field, Kind, field_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event, opened: values without their salts.

    `seq` is None until it has its place in the tree. `fields` lacks what it never had, and what was erased; `person`
    is None for what is about nobody, and after erasure. `facts_gone` says that `fields` lacks its facts though it had
    some: they told of somebody who was erased. Then `gone` names all that it had and that nobody can open any more; of
    one of these `fields` may have what is left of it, which proves nothing.
    """

    seq: int | None
    id: str
    at: datetime
    kind: Kind
    outcome: EventOutcome
    organisation: str
    counterparties: tuple[str, ...]
    rule_set: str | None
    request_id: str | None
    person: str | None
    fields: Mapping[Field, Any]
    facts_gone: bool = False
    gone: frozenset[Field] = frozenset()


def told(entry: Entry, opened: Mapping[str, Mapping[str, Any]], *, facts_gone: bool | None = None) -> Told:
    """Return `entry` with what `audit.read.opened` gave for it.

    `facts_gone` is said by who left the facts shut: else they are where they were not opened.

    Raises:
        ValueError: its leaf holds a kind or an outcome that is on no list: somebody changed the database.
    """
    leaf = entry.leaf_json
    closed = frozenset(each for each in _committed(leaf) if "salt" not in opened.get(each, {}))
    facts_gone = Field.FACTS in closed if facts_gone is None else facts_gone
    return Told(
        seq=entry.seq,
        id=leaf["id"],
        at=datetime.fromisoformat(leaf["at"]),
        kind=Kind(leaf["kind"]),
        outcome=EventOutcome(leaf["outcome"]),
        organisation=leaf["organisation"],
        counterparties=tuple(leaf["counterparty"].split(",")) if leaf["counterparty"] else (),
        rule_set=leaf["rule_set"],
        request_id=entry.request_id,
        person=entry.person,
        fields={field_named(name): each["value"] for name, each in opened.items()},
        facts_gone=facts_gone,
        gone=closed if facts_gone else frozenset(),
    )


def _committed(leaf: Mapping[str, Any]) -> list[Field]:
    """Return which of the fields that go with the facts `leaf`, whatever somebody made of it, commits to."""
    committed = leaf.get("commitments")
    return [each for each in GO_WITH_FACTS if each in committed] if isinstance(committed, Mapping) else []
