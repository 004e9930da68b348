"""Whether the log may take an event, and whether anything may leave: what stops which."""

from dataclasses import dataclass
from typing import Final

from audit.store import AuditUnavailableError
from gateway.health.anchor import Anchor
from gateway.health.disk import Disk
from gateway.health.lag import Lag

_CHANGED: Final = "the log's tree was changed; verify it before anything else is kept"


@dataclass
class LogHealth:
    """Whether the log's stored tree was found broken, and `why`: then nothing is kept any more, so nothing leaves.

    `anchor` says how its witnesses know it, where it has any; `disk` how full its disk is, where that can be seen;
    `lag` how far its tree is behind, where a sequencer makes it. An anchor that is too old, too little room, or a tree
    that is too late stops what leaves, and nothing else.
    """

    broken: bool = False
    why: str = _CHANGED
    anchor: Anchor | None = None
    disk: Disk | None = None
    lag: Lag | None = None

    def require_whole(self) -> None:
        """Let something be kept.

        Raises:
            AuditUnavailableError: the log is broken.
        """
        if self.broken:
            raise AuditUnavailableError(self.why)

    def require_anchored(self) -> None:
        """Let something leave.

        Raises:
            AuditUnavailableError: the log is broken, its witnesses have not known it for too long, its disk is
                almost full, or its tree is late.
        """
        self.require_whole()
        for each in (self.anchor, self.disk, self.lag):
            why = None if each is None else each.obstacle()
            if why is not None:
                raise AuditUnavailableError(why)
