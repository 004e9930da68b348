"""What a provider publishes badly, or not at all, opens nothing, and the log says why."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from joserfc.jwk import OctKey

from gateway.identity import provider_keys
from gateway.identity.keys import new_signing_key
from gateway.registry.public_keys import MOST_KEYS
from tests.gateway.identity.publishing import House, publisher

NOT_KNOWN: Final = "temporarily_unavailable"


async def test_who_answers_too_late_is_silent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_keys, "DEADLINE", timedelta(milliseconds=20))
    house.at.hang()
    assert await house.refused() == NOT_KNOWN
    assert "TimeoutError" in await house.why()


async def test_whoever_cannot_be_reached_is_silent(house: House) -> None:
    async with publisher(house.key) as gone:
        address = gone.url
    await house.register("team-noord", address)
    assert await house.refused() == NOT_KNOWN
    assert "no answer" in await house.why()


async def test_a_redirect_leads_nowhere(house: House) -> None:
    house.at.status, house.at.headers = 302, {"Location": house.at.url.replace("/jwks", "/elsewhere")}
    assert await house.refused() == NOT_KNOWN
    assert "redirects are not followed" in await house.why()
    assert house.at.elsewhere == 0


def secret(house: House) -> dict[str, Any]:
    return {**house.key.key.as_dict(private=True), "kid": house.key.kid}


SET: Final[dict[str, tuple[Callable[[House], object], str]]] = {
    "no JSON": (lambda _: "<html>in maintenance</html>", "the key set is not JSON that we accept"),
    "no object": (lambda house: [house.key.published()], "the key set is not an object"),
    "no keys": (lambda _: {}, "expected a key set"),
    "an empty set": (lambda _: {"keys": []}, "expected a key set"),
    "a member twice": (
        lambda house: f'{{"keys":[],"keys":[{json.dumps(house.key.published())}]}}',
        "the key set is not JSON that we accept",
    ),
    "too many keys": (
        lambda house: {"keys": [house.key.published(), *({} for _ in range(MOST_KEYS))]},
        f"a list `keys` of 1 to {MOST_KEYS} keys",
    ),
    "too large": (
        lambda house: {"keys": [house.key.published()], "filling": "x" * 65_536},
        "an answer of more than 65536 bytes",
    ),
    "a private key": (lambda house: {"keys": [secret(house)]}, "keys[0]: not a public key"),
    "a private key beside one that is right": (
        lambda house: {"keys": [house.key.published(), {"kid": "k", **new_signing_key().key.as_dict(private=True)}]},
        "keys[1]: not a public key",
    ),
    "a shared secret": (
        lambda house: {"keys": [house.key.published(), {**OctKey.generate_key(256).as_dict(), "kid": "k"}]},
        "keys[1]: not a public key",
    ),
    "one `kid` twice": (
        lambda house: {
            "keys": [house.key.published(), {**new_signing_key().published(), "kid": house.key.published()["kid"]}]
        },
        "keys[1]: another key has its `kid`",
    ),
    "a key for encryption alone": (
        lambda house: {"keys": [{**house.key.published(), "use": "enc"}]},
        "no key that can be used; keys[0]: key",
    ),
}


@pytest.mark.parametrize("published", SET)
async def test_a_set_that_cannot_be_used_opens_nothing_and_the_log_says_where_it_is_wrong(
    house: House, published: str
) -> None:
    body, why = SET[published]
    made = body(house)
    house.at.body = (made if isinstance(made, str) else json.dumps(made)).encode()
    assert await house.refused() == NOT_KNOWN
    assert why in await house.why()


async def test_a_status_that_is_not_200_opens_nothing_whatever_it_holds(house: House) -> None:
    house.at.status = 404
    assert await house.refused() == NOT_KNOWN
    assert "status 404" in await house.why()


async def test_what_was_compressed_unasked_is_not_unpacked(house: House) -> None:
    house.at.headers = {"Content-Encoding": "gzip"}
    assert await house.refused() == NOT_KNOWN
    assert "compressed" in await house.why()
