"""What `AuditLog.build` makes of an event: bytes only, so that inserting it is I/O and nothing else."""

from dataclasses import dataclass


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
    def row(self) -> dict[str, object]:
        """The row of `audit_event`, by column."""
        return {
            "event_id": self.event_id,
            "leaf": self.leaf,
            "leaf_hash": self.leaf_hash,
            "sealed_log": self.sealed_log,
            "sealed_person": self.sealed_person,
            "request_id": self.request_id,
        }
