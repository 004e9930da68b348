"""What `AuditLog.build` makes of an event: bytes only, so that inserting it is I/O and nothing else."""

from dataclasses import dataclass
from typing import Final

PARAMETERS: Final = ("event_id", "leaf", "leaf_hash", "sealed_log", "sealed_person", "request_id", "persons")
"""The order of `Prepared.row`."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event with all its cryptography done, ready to insert. `persons` begins with the one whose key seals it."""

    event_id: str
    leaf: bytes
    leaf_hash: bytes
    sealed_log: bytes
    sealed_person: bytes | None
    request_id: str | None
    persons: tuple[str, ...]

    @property
    def row(self) -> tuple[object, ...]:
        """Return the arguments of `audit.store.INSERT_POSTGRESQL`, in order."""
        return (
            self.event_id,
            self.leaf,
            self.leaf_hash,
            self.sealed_log,
            self.sealed_person,
            self.request_id,
            list(self.persons),
        )
