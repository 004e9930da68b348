"""What a cell of the matrix is: what the superuser does to one table, and what the verifier must say."""

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What is done to rows."""

    CHANGE = "change"
    DELETE = "delete"
    INSERT = "insert"
    SWAP = "swap"
    TRUNCATE = "truncate"
    REPLAY = "replay"
    """What once stood there, or stands elsewhere, is put in the place of what stands there now."""


@dataclass(frozen=True)
class Cell:
    """One act and the line that `verify` prints after it, given the cosigned checkpoint that is held outside.

    `what` of a change begins with the column. `line` is how the verdict begins. Where it is `ok`, nothing was promised
    about what was done, and `because` says why. With `unkeyed` what binds the rows of the table, its keys and NOT NULL,
    is dropped first.
    """

    act: Act
    what: str
    does: str | tuple[str, ...]
    line: str
    because: str = ""
    unkeyed: bool = False

    @property
    def statements(self) -> tuple[str, ...]:
        """Return the statements, in order."""
        return (self.does,) if isinstance(self.does, str) else self.does


OK = "ok: 33 events, root ROOT, 4 checkpoints, 5 cosignatures"
"""What the verifier says of the log as it is."""


def of(seq: int) -> str:
    """Return the SQL that names the event at `seq`."""
    return f"(SELECT event_id FROM audit_leaf WHERE seq = {seq})"  # noqa: S608 - a number of ours
