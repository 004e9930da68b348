"""One event as its keys still open it: what every rendering, search, review and signal reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.entry import Entry
from audit.events import EventOutcome, Field, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event, opened: values without their salts.

    `seq` is None until it has its place in the tree. `fields` lacks what it never had, and what was erased; `person`
    is None for what is about nobody, and after erasure. `facts_gone` says that `fields` lacks its facts though it had
    some: they told of somebody who was erased.
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


def told(entry: Entry, opened: Mapping[str, Mapping[str, Any]]) -> Told:
    """Return `entry` with what `audit.read.opened` gave for it.

    Raises:
        ValueError: its leaf holds a kind or an outcome that is on no list: somebody changed the database.
    """
    leaf = entry.leaf_json
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
        fields={Field(name): each["value"] for name, each in opened.items()},
        facts_gone=Field.FACTS not in opened and _committed_to_facts(leaf),
    )


def _committed_to_facts(leaf: Mapping[str, Any]) -> bool:
    committed = leaf.get("commitments")
    return isinstance(committed, Mapping) and Field.FACTS in committed
