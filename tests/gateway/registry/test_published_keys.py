"""Where a provider publishes its keys is registered as keys are; what it publishes is read strictly."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.identity.keys import new_signing_key
from gateway.identity.provider_keys import PAUSE
from gateway.registry.file import RegistryFileError, read_registry_file
from gateway.registry.public_keys import KeyFormatError, published_keys
from gateway.wiring import utc_now
from tests.gateway.identity.publishing import Publisher, publisher
from tests.gateway.registry.town import FILE, ISSUER, Town, publishing, town

KEY: dict[str, Any] = new_signing_key().published()
RSA: dict[str, Any] = {**RSAKey.generate_key(2048).as_dict(private=False), "kid": "r1"}
ADDRESS = "https://login.west.example/keys"


@pytest.fixture
async def place(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with town(tmp_path, database_url, monkeypatch) as made:
        yield made


@pytest.fixture
async def at(place: Town) -> AsyncIterator[Publisher]:
    async with publisher(place.key) as one:
        yield one


async def test_an_address_of_keys_counts_by_two_operators_and_new_keys_by_nobodys_act(
    place: Town, at: Publisher
) -> None:
    await place.add("anna", file=publishing(at.url))
    assert not await place.gets_token()
    assert at.asked == 0
    await place.add("bert", file=publishing(at.url))
    assert await place.gets_token()
    rows = await place.rows()
    new = new_signing_key()
    place.log_in_with(new)
    assert not await place.gets_token()
    at.publish(new)
    place.gateway.gateway.identity.provider_keys.clock = lambda: utc_now() + PAUSE
    assert await place.gets_token()
    assert await place.rows() == rows


async def test_a_key_that_a_provider_was_ended_for_counts_no_more_where_it_comes_back_with_its_address(
    place: Town, at: Publisher
) -> None:
    for operator in ("anna", "bert"):
        await place.add(operator, file=publishing(at.url))
    assert await place.gets_token()
    await place.end(ISSUER)
    at.publish(new_signing_key())
    for operator in ("anna", "bert"):
        await place.add(operator, file=publishing(at.url))
    assert not await place.gets_token()


async def test_another_address_of_keys_waits_for_a_second_operator(place: Town, at: Publisher) -> None:
    for operator in ("anna", "bert"):
        await place.add(operator, file=publishing(at.url))
    async with publisher(place.key) as other:
        [waits] = await place.add("anna", file=publishing(other.url))
        assert waits.startswith(f"waits: identity-provider {ISSUER} of west")
        assert await place.gets_token()
        assert other.asked == 0


async def test_keys_take_the_place_of_an_address_and_an_address_that_of_keys(place: Town, at: Publisher) -> None:
    for file, asked in ((FILE, 0), (publishing(at.url), 1), (FILE, 1)):
        for operator in ("anna", "bert"):
            await place.add(operator, file=file)
        assert await place.gets_token()
        assert at.asked == asked


@pytest.mark.parametrize(
    ("address", "more", "where"),
    [
        ("http://login.west.example/keys", "", ".jwks_uri: not https"),
        ("https://127.0.0.1/keys", "", ".jwks_uri: not an address of the public internet"),
        ("https://169.254.169.254/keys", "", ".jwks_uri: not an address of the public internet"),
        ("https://a:b@login.west.example/keys", "", ".jwks_uri: no host, or a password in the address"),
        ("file:///etc/passwd", "", ".jwks_uri: string should match"),
        (ADDRESS, 'jwks_file = "west.jwks.json"', ": give the public keys as one of"),
        (ADDRESS, "jwks = {keys = []}", ": give the public keys as one of"),
    ],
)
def test_an_address_that_keys_may_not_come_from_is_named(tmp_path: Path, address: str, more: str, where: str) -> None:
    (tmp_path / "west.jwks.json").write_text(json.dumps({"keys": [KEY]}))
    text = publishing(address, more).replace("subject_is_professional_id = true\n", "")
    (tmp_path / "west.toml").write_text(text)
    with pytest.raises(RegistryFileError) as refused:
        read_registry_file(tmp_path / "west.toml", invented_people_only=False)
    [problem] = refused.value.problems
    assert f"organisations[0].identity_providers[0]{where}" in problem


def test_people_and_the_gateways_own_officers_may_log_in_by_published_keys_too(tmp_path: Path) -> None:
    login = f'[[{{of}}.identity_providers]]\nissuer = "https://{{of}}.example"\njwks_uri = "{ADDRESS}"\n'
    text = login.format(of="persons") + login.format(of="operator") + 'officers = ["fg"]'
    (tmp_path / "house.toml").write_text(text)
    entries = read_registry_file(tmp_path / "house.toml", invented_people_only=False).entries
    assert [(each.organisation, (each.body or {})["jwks_uri"]) for each in entries] == [
        ("person", ADDRESS),
        ("operator", ADDRESS),
    ]
    assert not any("jwks" in (each.body or {}) for each in entries)


def test_keys_that_are_not_for_us_are_passed_over_each_with_its_place() -> None:
    others = [
        {**KEY, "kid": "e1", "use": "enc"},
        {**RSA, "alg": "RS256"},
        {**ECKey.generate_key("P-521").as_dict(private=False), "kid": "p521"},
        {**OKPKey.generate_key("X25519").as_dict(private=False), "kid": "x"},
        {name: value for name, value in KEY.items() if name != "kid"},
        {**KEY, "kid": "\x1b[2J"},
        {"kty": "new", "kid": "n"},
        "no key",
    ]
    found = published_keys({"keys": [*others, KEY]})
    assert set(found.keys) == {KEY["kid"]}
    assert [each.partition(":")[0] for each in found.passed_over] == [f"keys[{at}]" for at in range(len(others))]
    assert "\x1b" not in repr(found.passed_over)


@pytest.mark.parametrize(
    ("said", "legacy", "algorithm"),
    [({}, [], "PS256"), ({}, ["RS256"], "RS256"), ({"alg": "PS384"}, ["RS256"], "PS384")],
)
def test_an_rsa_key_that_names_no_algorithm_is_for_the_one_that_was_registered(
    said: dict[str, str], legacy: list[str], algorithm: str
) -> None:
    assert published_keys({"keys": [{**RSA, **said}]}, legacy=legacy).keys["r1"].algorithm == algorithm


def test_a_short_key_is_not_used_though_it_is_published() -> None:
    short = {**RSA, "n": RSA["n"][:170], "kid": "s"}  # 1020 bits
    with pytest.raises(KeyFormatError, match=r"keys\[0\]: key `s` cannot be read"):
        published_keys({"keys": [short]})


def test_a_private_key_without_a_name_spoils_the_set_too() -> None:
    with pytest.raises(KeyFormatError, match=r"keys\[1\]: not a public key"):
        published_keys({"keys": [KEY, new_signing_key().key.as_dict(private=True)]})
