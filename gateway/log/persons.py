"""How the log names persons to officers: by what says nothing to anybody else, and by what a URL may hold."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from consent.keys import KeyClass
from consent.naming import PERSON_SYSTEM
from consent.store.finding import find
from consent.store.reading import read_audit_key
from gateway.committing.commit import Committer
from gateway.committing.once import unless_broken
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
            AuditUnavailableError: database or key service do not answer, or the log is not anchored.
        """
        facts = self.committer.facts
        async with self._asking() as connection:
            return (await find(connection, await facts.name(system, value))).named or NOBODY

    async def with_key(self, person: str) -> str | None:
        """Return `person` where an event about him can be sealed, his key being at hand; None for who is not there.

        Nothing else of him is read: how much is known of him would be told by the time.

        Raises:
            AuditUnavailableError: database or key service do not answer, or the log is not anchored.
        """
        facts = self.committer.facts
        async with self._asking() as connection:
            name = (await facts.name(PERSON_SYSTEM, person)).direct
            # Under no name lies the log's own key.
            key = await read_audit_key(connection, facts.keys, name) if name else None
        if key is None:
            return None
        self.committer.sealer.know([(person, 0)], {(person, KeyClass.AUDIT): key})
        return person

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AsyncConnection]:
        self.committer.health.require_anchored()
        with unless_broken("this cannot be read now"):
            async with self.committer.engine.connect() as connection:
                yield connection


def pseudonym(key: bytes, viewer: str, person: str) -> str:
    """Return eight digits that stand for `person` with `viewer` and nobody else; another viewer's differ.

    `key` is that of the search. Two persons may have the same digits, by chance: it names, it does not identify.
    """
    message = canonical(["schakel-pseudonym-v1", viewer, person])
    return hmac.digest(key, message, hashlib.sha256).hex()[:_PSEUDONYM_DIGITS].upper()
