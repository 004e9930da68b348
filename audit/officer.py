"""Whose act it is that the log was opened: a named officer signs what he does, and the event keeps his signature.

So the event proves more than that somebody had the machine: it was done with the key of the officer it names. Pure.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from audit.signing import SigningKey
from schemas.canonical_json import canonical

_LABEL: Final = b"schakel-officer-v1\0"


def signed_act(key: SigningKey, *, kind: str, at: str, detail: Mapping[str, object]) -> dict[str, str]:
    """Return who acts, for an event's `actor`: the officer, his key, when he signed (`at`, ISO) and his signature.

    He signs `schakel-officer-v1`, a zero byte, and the RFC 8785 form of `kind`, `at` and the event's `detail`.
    """
    signature = key.sign(_LABEL + canonical({"kind": kind, "at": at, "detail": dict(detail)}))
    return {"officer": key.name, "key": key.verifier.label, "at": at, "signature": b64encode(signature).decode()}
