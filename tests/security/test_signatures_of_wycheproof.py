"""Project Wycheproof's attacks on JOSE libraries, against the one reader of tokens that we have."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.identity.jose import TokenError, key_named, read, verified
from gateway.registry.public_keys import KeyFormatError, public_keys

VECTORS = Path("data/06-crypto-audit-vectors/wycheproof-jose")
SIGNED_WELL = "the claims is not JSON that we accept"
"""What is said of these vectors' payload (`foo`) once the signature over it was found right."""


def groups(shared: Path) -> Iterator[dict[str, Any]]:
    for file in sorted((shared / VECTORS).glob("*.json")):
        yield from json.loads(file.read_bytes())["testGroups"]


def said_of(token: str, key: dict[str, Any]) -> str:
    keys = public_keys({"keys": [key]}, legacy=("RS256",))
    try:
        unverified = read(token, types=(None,), members=("alg", "kid"))
        verified(unverified, key_named(unverified, keys))
    except TokenError as refused:
        return str(refused)
    return "accepted"


def test_signatures_are_right_where_wycheproof_says_so_and_only_there(shared: Path) -> None:
    seen = 0
    for group in groups(shared):
        key = group.get("public")
        # ROCA is a weakness of a key, not of a signature: an operator registers keys, and would have to look for it.
        if key is None or key.get("kty") not in ("EC", "RSA") or "roca" in group["comment"] or key["use"] != "sig":
            continue
        for test in group["tests"]:
            seen += 1
            assert (said_of(test["jws"], key) == SIGNED_WELL) is (test["result"] == "valid"), test["comment"]
    assert seen >= 25


def test_no_key_set_with_a_shared_secret_can_be_registered(shared: Path) -> None:
    seen = 0
    for group in groups(shared):
        document = group["private"] if "keys" in group["private"] else {"keys": [group["private"]]}
        if any(key["kty"] == "oct" for key in document["keys"]):
            seen += 1
            with pytest.raises(KeyFormatError):
                public_keys(document, legacy=("RS256", "RS384"))
    assert seen
