"""How the log names persons to officers: by what says nothing to anybody else, and by what a URL may hold."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from consent.keys import KeyClass
from consent.naming import PERSON_SYSTEM
from gateway.committing.commit import Committer
from schemas.canonical_json import canonical

SEALED: Final = "~"
"""What a name that was sealed begins with; no id inside Schakel does."""
_PLACE: Final = b"schakel-person-in-a-url-v1"
_LENGTH: Final = 96
"""Bytes that are sealed, whoever is named, so that the length tells nothing: not even whether it is somebody."""
_PSEUDONYM_DIGITS: Final = 8
NOBODY: Final = ""


@dataclass(frozen=True)
class Persons:
    """Names persons, and finds who is named."""

    committer: Committer

    def sealed(self, person: str) -> str:
        """Return what stands for `person` in a URL, each time something else; `NOBODY` too has such a name.

        So that an address that an officer keeps does not tell whether Schakel knows whom he asked about.
        """
        padded = person.encode().ljust(_LENGTH, b"\0")
        sealed = self.committer.sealer.seal(None, padded, _PLACE)
        return SEALED + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def named(self, name: str) -> str:
        """Return the id inside Schakel that `name` in a URL stands for: of what we never sealed, `NOBODY`."""
        if not name.startswith(SEALED):
            return name
        text = name.removeprefix(SEALED)
        try:
            sealed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            return self.committer.sealer.open(None, sealed, _PLACE).rstrip(b"\0").decode()
        except (ValueError, binascii.Error):
            return NOBODY

    async def found(self, system: str, value: str) -> str:
        """Return the id inside Schakel of whom a number in `system` names, else `NOBODY`; the same work for both.

        Raises:
            AuditUnavailableError: database or key service do not answer.
        """
        gathered = await self.committer.gather(system, value, also=frozenset())
        return gathered.person or NOBODY

    async def with_key(self, person: str) -> str | None:
        """Return `person` where an event about him can be sealed, his key being at hand; None for who is not there.

        Raises:
            AuditUnavailableError: database or key service do not answer.
        """
        gathered = await self.committer.gather(PERSON_SYSTEM, person, also=frozenset())
        known = gathered.person is not None and (gathered.person, KeyClass.AUDIT) in gathered.keys
        return gathered.person if known else None


def pseudonym(key: bytes, viewer: str, person: str) -> str:
    """Return eight digits that stand for `person` with `viewer` and nobody else; another viewer's differ.

    `key` is that of the search. Two persons may have the same digits, by chance: it names, it does not identify.
    """
    message = canonical(["schakel-pseudonym-v1", viewer, person])
    return hmac.digest(key, message, hashlib.sha256).hex()[:_PSEUDONYM_DIGITS].upper()
