"""Base64 that has one spelling for each value, so that no byte of a signed file can change unseen."""

from base64 import b64decode, b64encode


def decode(text: str | bytes) -> bytes:
    """Return the bytes that `text` spells in standard base64 (RFC 4648 section 4).

    Raises:
        ValueError: not base64, or not the one canonical spelling (unused bits set, white space, missing padding).
    """
    spelled = text.encode() if isinstance(text, str) else text
    value = b64decode(spelled, validate=True)
    if b64encode(value) != spelled:
        raise ValueError("not canonical base64")
    return value


def decode_hash(text: str | bytes) -> bytes:
    """Return the 32 bytes that `text` spells.

    Raises:
        ValueError: not canonical base64 of 32 bytes.
    """
    value = decode(text)
    if len(value) != 32:  # noqa: PLR2004 - SHA-256, the only hash here
        raise ValueError("not the base64 of 32 bytes")
    return value
