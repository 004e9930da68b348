"""Opening what the log holds sealed, of many persons one after the other: for exports, proofs and the verifier."""

from dataclasses import dataclass

from consent.store import PERSON_SYSTEM
from gateway.commit import Committer


@dataclass(frozen=True)
class KeyBringer:
    """Brings each person's key from the store, and opens with it; see `audit.sealing.Opener`."""

    committer: Committer

    async def bring(self, person: str) -> None:
        """Have the key of `person` at hand, or that he has none any more.

        Raises:
            AuditUnavailableError: database or key service do not answer.
        """
        if self.committer.sealer.knows(person):
            return
        await self.committer.gather(PERSON_SYSTEM, person, also=frozenset())
        if not self.committer.sealer.knows(person):
            self.committer.sealer.know([(person, 0)], {})  # the store does not know him, so there is no key either

    def open(self, person: str | None, sealed: bytes, associated: bytes) -> bytes:
        """Return the plaintext of `sealed`."""
        return self.committer.sealer.open(person, sealed, associated)
