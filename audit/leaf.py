"""The bytes that enter the tree: one event's leaf and its salted commitments.

Source: audit log contract, *An event*.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Self

from schemas.canonical_json import canonical

VERSION: Final = 1
SALT_BYTES: Final = 32
_COMMITMENT: Final = b"schakel-audit-c1"
_TEXT: Final = ("id", "at", "kind", "outcome", "organisation")
_TEXT_OR_NULL: Final = ("counterparty", "rule_set")
_MEMBERS: Final = frozenset({"v", *_TEXT, *_TEXT_OR_NULL, "commitments"})


class LeafError(ValueError):
    """This is not a leaf of version 1; do not count it as an event."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The nine members of an event that everybody may see. `at` is UTC in milliseconds, as written."""

    id: str
    at: str
    kind: str
    outcome: str
    organisation: str
    counterparty: str | None
    rule_set: str | None
    commitments: Mapping[str, str]

    def encoded(self) -> bytes:
        """Return the leaf's bytes: RFC 8785, all nine members."""
        return canonical(
            {
                "v": VERSION,
                "id": self.id,
                "at": self.at,
                "kind": self.kind,
                "outcome": self.outcome,
                "organisation": self.organisation,
                "counterparty": self.counterparty,
                "rule_set": self.rule_set,
                "commitments": dict(self.commitments),
            }
        )

    @classmethod
    def read(cls, document: Any) -> Self:
        """Return the leaf that a parsed JSON `document` holds.

        Raises:
            LeafError: not exactly the nine members, or one of another type.
        """
        if not isinstance(document, dict) or document.keys() != _MEMBERS:
            raise LeafError("the leaf does not have exactly the nine members")
        if type(document["v"]) is not int or document["v"] != VERSION:
            raise LeafError("the leaf is not of version 1")
        wrong = [name for name in _TEXT if not isinstance(document[name], str)]
        wrong += [name for name in _TEXT_OR_NULL if not isinstance(document[name], str | None)]
        if wrong:
            raise LeafError(f"members of the leaf that are no text: {wrong}")
        commitments = document["commitments"]
        if not isinstance(commitments, dict) or not all(isinstance(v, str) for v in commitments.values()):
            raise LeafError("the commitments are no object of texts")
        return cls(commitments=commitments, **{name: document[name] for name in (*_TEXT, *_TEXT_OR_NULL)})


def commit(name: str, salt: bytes, value: bytes) -> str:
    """Return the base64 commitment to the canonical bytes `value` of field `name`.

    Hiding as long as `salt` (32 fresh random bytes) is unknown, binding for ever.
    """
    label = name.encode()
    return b64encode(sha256(b"".join((_COMMITMENT, bytes((len(label),)), label, salt, value))).digest()).decode()
