"""An event as it is stored."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as stored. `seq` is None until it has its place; `person` until erasure names whose key seals it.

    `leaf_hash` is the tree's, where the event has its place, `kept_hash` the event's own; `leaf` need not give either
    if somebody changed the database. `number` is the store's own, in which it was inserted.
    """

    seq: int | None
    event_id: str
    leaf: bytes
    leaf_hash: bytes
    sealed_log: bytes
    sealed_person: bytes | None
    person: str | None
    kept_hash: bytes = b""
    request_id: str | None = None
    number: int = 0

    @property
    def leaf_json(self) -> dict[str, Any]:
        """The nine members of the leaf; not checked against its hash."""
        members: dict[str, Any] = json.loads(self.leaf)
        return members
