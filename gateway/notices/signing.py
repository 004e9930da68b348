"""How a webhook is signed: Standard Webhooks 1.0.0, `v1a` (Ed25519). Pure.

Each organisation has a key of its own, which is derived and stored nowhere: the keyed hash of its name and the
generation of its key, under the key service's index key.

Source: the specification of Standard Webhooks, *Signature scheme* and *Webhook headers*.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.keys import KeyService, place

PUBLIC_PREFIX: Final = "whpk_"


async def keys_of(service: KeyService, organisation: str, generation: int) -> tuple[Ed25519PrivateKey, ...]:
    """Return the keys that sign for an organisation: that of `generation` first, then the one before it, if any.

    Raises:
        KeyUnavailableError: the key service is down.
    """
    wanted = [each for each in (generation, generation - 1) if each > 0]
    return tuple(
        [
            Ed25519PrivateKey.from_private_bytes(await service.hmac(place("webhook", organisation, each)))
            for each in wanted
        ]
    )


def public_text(key: Ed25519PrivateKey) -> str:
    """Return the public half as it is shown to who verifies: `whpk_` and base64."""
    return PUBLIC_PREFIX + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def signed_headers(keys: Sequence[Ed25519PrivateKey], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of an attempt made at `at`. `message_id` has no full stop in it."""
    seconds = str(int(at.timestamp()))
    content = f"{message_id}.{seconds}.".encode() + body
    signatures = (base64.b64encode(key.sign(content)).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1a,{each}" for each in signatures),
    }
