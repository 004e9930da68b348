"""Every DPoP proof that is not exactly right is refused, and the refusal is in the log."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.identity.dpop import Expected, check_proof, token_hash
from gateway.identity.jose import TokenError
from gateway.identity.refusals import UnauthenticatedError
from tests.gateway.identity.forging import (
    broken,
    by,
    by_a_shared_secret,
    by_nobody,
    forged,
    loose,
    members_of,
)
from tests.gateway.identity.world import World

NOW = 1_795_000_000
URL = "https://schakel.example/api/v1/exchange/plan"
TOKEN = "the.access.token"
KEY = ECKey.generate_key("P-256")
OTHER = ECKey.generate_key("P-256")
BIG = ECKey.generate_key("P-384")
RSA = RSAKey.generate_key(2048)
HEADER: dict[str, Any] = {"typ": "dpop+jwt", "alg": "ES256", "jwk": members_of(KEY)}
CLAIMS: dict[str, Any] = {
    "htm": "POST",
    "htu": URL,
    "iat": NOW,
    "jti": "0123456789",
    "ath": token_hash(TOKEN),
}
EXPECTED = Expected(method="POST", url=URL, now=NOW, access_token=TOKEN, thumbprint=KEY.thumbprint())


def made(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, **without: str) -> str:
    kept = {name: value for name, value in {**CLAIMS, **(claims or {})}.items() if name != without.get("claim")}
    return forged({**HEADER, **(header or {})}, kept, by(KEY))


def _public_bytes() -> bytes:
    return KEY.as_pem(private=False)


HOSTILE: dict[str, str] = {
    "another type": made({"typ": "JWT"}),
    "no type": forged({k: v for k, v in HEADER.items() if k != "typ"}, CLAIMS, by(KEY)),
    "an access token's type": made({"typ": "at+jwt"}),
    "algorithm none": forged({**HEADER, "alg": "none"}, CLAIMS, lambda _: b"x"),
    "HS256 with the public key as secret": forged(
        {**HEADER, "alg": "HS256"}, CLAIMS, by_a_shared_secret(_public_bytes())
    ),
    "an algorithm that is not its key's": made({"alg": "Ed25519"}),
    "no algorithm": forged({k: v for k, v in HEADER.items() if k != "alg"}, CLAIMS, by(KEY)),
    "a private key": made({"jwk": dict(KEY.as_dict(private=True))}),
    "a symmetric key": made({"jwk": {"kty": "oct", "k": "AAAA"}}),
    "an RSA key": forged({**HEADER, "alg": "PS256", "jwk": RSA.as_dict(private=False)}, CLAIMS, by(RSA, "PS256")),
    "a P-384 key": forged({**HEADER, "alg": "ES384", "jwk": members_of(BIG)}, CLAIMS, by(BIG, "ES384")),
    "a P-384 key called ES256": forged({**HEADER, "jwk": members_of(BIG)}, CLAIMS, by(BIG, "ES384")),
    "a point that is not on the curve": made({"jwk": {**members_of(KEY), "y": members_of(OTHER)["y"]}}),
    "a key that is no object": made({"jwk": "https://evil.example/key"}),
    "no key": forged({k: v for k, v in HEADER.items() if k != "jwk"}, CLAIMS, by(KEY)),
    "kid in the header": made({"kid": "1"}),
    "jku in the header": made({"jku": "https://evil.example/jwks"}),
    "x5u in the header": made({"x5u": "https://evil.example/cert"}),
    "x5c in the header": made({"x5c": ["AAAA"]}),
    "crit in the header": made({"crit": ["exp"]}),
    "b64 in the header": made({"b64": False, "crit": ["b64"]}),
    "zip in the header": made({"zip": "DEF"}),
    "a member twice in the header": forged(
        json.dumps(HEADER)[:-1] + f',"jwk":{json.dumps(members_of(OTHER))}}}', CLAIMS, by(OTHER)
    ),
    "a header that is longer than any needs to be": made({"jwk": {**members_of(KEY), "kid": "k" * 600}}),
    "a header in UTF-16": forged(HEADER, CLAIMS, by(KEY), encoding="utf-16"),
    "a broken signature": broken(made()),
    "a signature with loose bits behind its end": loose(made()),
    "no signature": forged(HEADER, CLAIMS, by_nobody),
    "the signature of another key": forged(HEADER, CLAIMS, by(OTHER)),
    "another key than the token is bound to": forged({**HEADER, "jwk": members_of(OTHER)}, CLAIMS, by(OTHER)),
    "another method": made(claims={"htm": "GET"}),
    "the method in lower case": made(claims={"htm": "post"}),
    "another path": made(claims={"htu": URL + "x"}),
    "another host": made(claims={"htu": "https://evil.example/api/v1/exchange/plan"}),
    "http instead of https": made(claims={"htu": URL.replace("https", "http")}),
    "an address with a query": made(claims={"htu": URL + "?a=b"}),
    "a list of addresses": made(claims={"htu": [URL]}),
    "no address": made(claim="htu"),
    "31 seconds old": made(claims={"iat": NOW - 31}),
    "11 seconds in the future": made(claims={"iat": NOW + 11}),
    "an instant as text": made(claims={"iat": str(NOW)}),
    "an instant with a fraction": made(claims={"iat": NOW + 0.5}),
    "true as instant": made(claims={"iat": True}),
    "no instant": made(claim="iat"),
    "the hash of another token": made(claims={"ath": token_hash("another.access.token")}),
    "a hash with a letter that base64 does not have": made(claims={"ath": "é" * 43}),
    "no hash of the token": made(claim="ath"),
    "an id of 7 characters": made(claims={"jti": "0123456"}),
    "an id of 65 characters": made(claims={"jti": "0" * 65}),
    "a number as id": made(claims={"jti": 12345678}),
    "an id with half a character": made(claims={"jti": "0123456789\ud800"}),
    "a key with half a character": made({"jwk": {**members_of(KEY), "x": "\ud800"}}),
    "no id": made(claim="jti"),
    "larger than 8 KiB": made(claims={"filling": "x" * 8192}),
    "claims that are a list": forged(HEADER, "[1]", by(KEY)),
    "claims that nest deeply": forged(HEADER, "[" * 4000, by(KEY)),
    "claims with a member twice": forged(HEADER, json.dumps(CLAIMS)[:-1] + ',"htm":"POST"}', by(KEY)),
    "claims with NaN": forged(HEADER, json.dumps(CLAIMS)[:-1] + ',"x":NaN}', by(KEY)),
    "empty claims": forged(HEADER, "", by(KEY)),
    "two parts": ".".join(made().split(".")[:2]),
    "four parts": made() + ".AAAA",
    "padding": made() + "=",
    "white space inside": made().replace(".", ".\n", 1),
    "nothing": "",
    "JSON serialization": json.dumps({"payload": "e30", "protected": "e30", "signature": "AA"}),
}


def test_a_proof_that_is_right_is_accepted() -> None:
    proof = check_proof(made(), EXPECTED)
    assert (proof.thumbprint, proof.jti, proof.expires) == (KEY.thumbprint(), "0123456789", NOW + 30)


@pytest.mark.parametrize("key", ["a P-384 key", "an RSA key"])
def test_a_key_of_another_kind_is_refused_also_where_no_token_is_bound_yet(key: str) -> None:
    with pytest.raises(TokenError):
        check_proof(HOSTILE[key], replace(EXPECTED, thumbprint=None))


def test_an_ed25519_proof_is_accepted() -> None:
    key = OKPKey.generate_key("Ed25519")
    header = {"typ": "dpop+jwt", "alg": "Ed25519", "jwk": key.as_dict(private=False)}
    expected = Expected(method="POST", url=URL, now=NOW, access_token=TOKEN, thumbprint=key.thumbprint())
    assert check_proof(forged(header, CLAIMS, by(key, "Ed25519")), expected).thumbprint == key.thumbprint()


@pytest.mark.parametrize("seconds", [-30, 0, 10])
def test_a_proof_counts_from_30_seconds_before_now_to_10_after(seconds: int) -> None:
    assert check_proof(made(claims={"iat": NOW + seconds}), EXPECTED).expires == NOW + seconds + 30


@pytest.mark.parametrize("variant", HOSTILE)
def test_a_hostile_proof_is_refused(variant: str) -> None:
    with pytest.raises(TokenError):
        check_proof(HOSTILE[variant], EXPECTED)


@pytest.mark.parametrize("variant", HOSTILE)
def test_a_refusal_says_nothing_that_stood_in_the_proof(variant: str) -> None:
    with pytest.raises(TokenError) as refused:
        check_proof(HOSTILE[variant], EXPECTED)
    assert "evil" not in str(refused.value)
    assert "0123456" not in str(refused.value)


def test_the_examples_of_rfc_9449_are_read_as_the_rfc_says(shared: Path) -> None:
    examples = json.loads((shared / "data/06-crypto-audit-vectors/rfc9449-dpop/rfc9449-examples.json").read_text())
    asked = examples["resource_request"]
    expected = Expected(
        method="GET",
        url=asked["uri"],
        now=asked["now"],
        access_token=examples["access_token"],
        thumbprint=examples["jkt"],
    )
    assert check_proof(asked["proof"], expected).jti == asked["claims"]["jti"]
    assert token_hash(examples["access_token"]) == examples["ath"]
    told = examples["token_request"]
    asked_for = Expected(method="POST", url=told["uri"], now=told["now"])
    assert check_proof(told["proof"], asked_for).thumbprint == examples["jkt"]


Change = Callable[[World, str], str]
AT_THE_DOOR: dict[str, Change] = {
    "of another method": lambda world, token: world.api_proof(token, method="GET"),
    "for another address": lambda world, token: world.api_proof(token, url="https://schakel.example/oauth/token"),
    "of another token": lambda world, token: world.api_proof(token, ath=token_hash("other")),
    "without the token's hash": lambda world, token: world.api_proof(token, ath=None),
    "that is old": lambda world, token: world.api_proof(token, iat=world.clock.seconds - 31),
    "that is broken": lambda world, token: broken(world.api_proof(token)),
}


async def test_every_hostile_proof_at_the_door_is_a_401_and_stands_in_the_log(world: World) -> None:
    token = await world.token("anna")
    for change in AT_THE_DOOR.values():
        with pytest.raises(UnauthenticatedError) as refused:
            await world.ask(token, change(world, token))
        assert refused.value.code == "proof_invalid"
    refusals = await world.refusals()
    assert [each["error"] for each in refusals] == ["proof_invalid"] * len(AT_THE_DOOR)
    assert {each["where"] for each in refusals} == {"api"}


async def test_a_proof_may_be_used_once(any_world: World) -> None:
    token = await any_world.token("anna")
    proof = any_world.api_proof(token)
    await any_world.ask(token, proof)
    with pytest.raises(UnauthenticatedError) as refused:
        await any_world.ask(token, proof)
    assert (refused.value.code, refused.value.why) == ("proof_invalid", "the proof was used before")


async def test_a_proof_of_the_token_door_is_no_proof_at_another(world: World) -> None:
    proof = world.proof()
    token = (await world.answer(world.form("anna"), proof)).access_token
    with pytest.raises(UnauthenticatedError):
        await world.ask(token, proof)


async def test_two_proofs_are_refused(world: World) -> None:
    token = await world.token("anna")
    proofs = [(b"dpop", world.api_proof(token).encode()) for _ in range(2)]
    with pytest.raises(UnauthenticatedError, match="not one proof"):
        await world.ask_with((b"authorization", f"DPoP {token}".encode()), *proofs)


async def test_a_stolen_token_is_worth_nothing_without_its_key(world: World) -> None:
    token = await world.token("anna")
    world.key = type(world.key)("thief", ECKey.generate_key("P-256"))
    with pytest.raises(UnauthenticatedError, match="bound to another key"):
        await world.ask(token)


@pytest.mark.parametrize("scheme", ["Bearer", "Basic", "dpop+", ""])
async def test_a_token_as_bearer_is_refused(world: World, scheme: str) -> None:
    token = await world.token("anna")
    with pytest.raises(UnauthenticatedError) as refused:
        await world.ask_with(
            (b"authorization", f"{scheme} {token}".encode()), (b"dpop", world.api_proof(token).encode())
        )
    assert refused.value.code == "token_invalid"


async def test_a_proof_is_forgotten_only_after_it_has_ended(world: World) -> None:
    token = await world.token("anna")
    proof = world.api_proof(token)
    await world.ask(token, proof)
    world.clock.pass_by(timedelta(seconds=29))
    with pytest.raises(UnauthenticatedError, match="used before"):
        await world.ask(token, proof)
    world.clock.pass_by(timedelta(seconds=90))
    with pytest.raises(UnauthenticatedError, match="`iat` is not now"):
        await world.ask(token, proof)
