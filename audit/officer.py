"""Whose act it is that the log was opened: a named officer signs what he does, and the event keeps his signature.

So the event proves more than that somebody had the machine: it was done with the key of the officer it names. Pure.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from audit.base64_strict import decode
from audit.signing import Algorithm, SigningKey, VerifierKey
from schemas.canonical_json import canonical

_LABEL: Final = b"schakel-officer-v1\0"


def signed_act(key: SigningKey, *, kind: str, at: str, detail: Mapping[str, object]) -> dict[str, str]:
    """Return who acts, for an event's `actor`: the officer, his key, when he signed (`at`, ISO) and his signature.

    He signs `schakel-officer-v1`, a zero byte, and the RFC 8785 form of `kind`, `at` and the event's `detail`.
    """
    signature = key.sign(_message(kind, at, detail))
    return {"officer": key.name, "key": key.verifier.label, "at": at, "signature": b64encode(signature).decode()}


def is_act_of(
    actor: Mapping[str, Any], *, kind: str, detail: Mapping[str, object], officers: Sequence[VerifierKey]
) -> bool:
    """Say whether the `actor` of an event of `kind` with this `detail` is one of `officers`, by his signature."""
    key = next((each for each in officers if each.label == actor.get("key")), None)
    if key is None or key.name != actor.get("officer") or key.algorithm is not Algorithm.ED25519:
        return False
    try:
        return key.accepts(decode(actor["signature"]), _message(kind, actor["at"], detail))
    except (KeyError, ValueError, TypeError, AttributeError):
        return False


def _message(kind: str, at: str, detail: Mapping[str, object]) -> bytes:
    return _LABEL + canonical({"kind": kind, "at": at, "detail": dict(detail)})
