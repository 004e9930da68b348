"""Opening what the log holds sealed, of many persons one after the other: for exports, proofs and the verifier."""

from dataclasses import dataclass

from consent.naming import PERSON_SYSTEM
from gateway.committing.commit import Committer
from gateway.erasing.pseudonym import pseudonym_of


@dataclass(frozen=True)
class KeyBringer:
    """Brings each person's key from the store, and opens with it; see `audit.sealing.Opener`."""

    committer: Committer

    async def bring(self, person: str, *, anew: bool = False) -> None:
        """Have the key of `person` at hand, or that he has none any more.

        Raises:
            AuditUnavailableError: database or key service do not answer.
        """
        if not anew and self.committer.sealer.knows(person):
            return
        await self.committer.gather(PERSON_SYSTEM, person, also=frozenset())
        if not self.committer.sealer.knows(person):
            self.committer.sealer.know([(person, 0)], {})  # the store does not know him, so there is no key either

    async def pseudonym(self, person: str) -> str:
        """Return by what name an erasure of `person` is in the log.

        Raises:
            KeyUnavailableError: the key service does not answer.
        """
        return await pseudonym_of(self.committer.facts.keys, person)

    def open(self, person: str | None, sealed: bytes, associated: bytes) -> bytes:
        """Return the plaintext of `sealed`."""
        return self.committer.sealer.open(person, sealed, associated)
