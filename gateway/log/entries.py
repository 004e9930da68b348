"""Who reads the log's entries, and that it is on record that he did.

An entry holds commitments and nothing personal, and still tells how a request ended and which holders were concerned:
an asking organisation would learn of its own refused request that it waits, or with whom, and so who is known. So
entries, unlike the hashes over them, are for the gateway's own officer.
"""

from dataclasses import dataclass

from audit.events import EventOutcome
from audit.published import published
from audit.tiles import Tile
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY, viewer_of
from gateway.log.reading import looked, reading


@dataclass(frozen=True)
class LogEntries:
    """Gives out bundles of entries."""

    committer: Committer

    async def read(self, caller: Caller, request_id: str, tile: Tile) -> bytes:
        """Return the bundle that `tile` names, to the gateway's own officer.

        That it is read is on record before it is, and that somebody tried who may not.

        Raises:
            NotAllowedError: anybody else, or a login too weak.
            NotPublishedError: no signed head has so many entries; nothing was read.
            AuditUnavailableError: the log cannot be read or written now.
        """
        detail = {"read": "entries", "tile": tile.name}
        if viewer_of(caller) != GATEWAY:
            await self.committer.keep(looked(caller, request_id, detail, outcome=EventOutcome.DENY))
            raise NotAllowedError
        async with reading(self.committer.engine) as connection:
            found = await published(connection, tile)
        await self.committer.keep(looked(caller, request_id, detail))
        return found
