"""The audit log's sealer: encrypts what an event holds under the audit key of its person, or the log's own."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from audit.sealing import ErasedError
from consent.keys import NONCE_BYTES, DataKey, KeyClass, KeyUnavailableError, SealBrokenError
from consent.store.remembered import Remembered


@dataclass
class AuditSealer:
    """Holds the open audit keys of persons who were gathered a moment ago, and the log's own.

    A person's key must have been handed in by `know` before an event about him is sealed or opened: the exchange
    gathers first. Without it nothing can be recorded, so nothing leaves.
    """

    log_key: DataKey = field(repr=False)
    _keys: Remembered[str, tuple[DataKey | None]] = field(default_factory=Remembered, repr=False)

    def know(self, members: Iterable[tuple[str, int]], keys: Mapping[tuple[str, KeyClass], DataKey]) -> None:
        """Take, for a minute, the audit key of every member of a family just read, or that he has none any more."""
        for person, _ in members:
            key, known = keys.get((person, KeyClass.AUDIT)), self._keys.get(person)
            if key is None or known is None or not _is_older(key, known[0]):
                self._keys.keep(person, (key,))

    def knows(self, person: str) -> bool:
        """Say whether the key of `person`, or that he has none, is at hand."""
        return self._keys.get(person) is not None

    def seal(self, person: str | None, plaintext: bytes, associated: bytes) -> bytes:
        """Return `plaintext` encrypted; see `audit.sealing.Sealer`."""
        return self._key(person).seal(plaintext, at=associated, nonce=os.urandom(NONCE_BYTES))

    def open(self, person: str | None, sealed: bytes, associated: bytes) -> bytes:
        """Return the plaintext of `sealed`; see `audit.sealing.Sealer`."""
        try:
            return self._key(person).open(sealed, at=associated)
        except SealBrokenError as error:
            raise ValueError("not sealed for this person and place") from error

    def _key(self, person: str | None) -> DataKey:
        if person is None:
            return self.log_key
        known = self._keys.get(person)
        if known is None:
            raise KeyUnavailableError("the audit key of this person is not at hand; gather about him first")
        if known[0] is None:
            raise ErasedError("there is no audit key of this person any more")
        return known[0]


def _is_older(key: DataKey, known: DataKey | None) -> bool:
    """Say whether `key` was read before what is `known`: before it was renewed, or, where None is known, destroyed.

    Whoever read a person earlier may hand in his key later. An id is never given out twice, so no key comes back.
    """
    return known is None or key.version < known.version
