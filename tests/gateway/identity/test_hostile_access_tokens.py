"""Every access token that is not one of ours, for us, alive, of a client that still counts, is a 401."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey

from gateway.database.engine import write_transaction
from gateway.identity import tokens
from gateway.identity.jose import TokenError
from gateway.identity.keys import new_signing_key, token_keys
from gateway.identity.refusals import UnauthenticatedError
from gateway.registry.public_keys import public_key
from gateway.registry.rows import Entry, newest
from gateway.registry.store import record
from tests.gateway.identity.forging import broken, by, by_a_shared_secret, by_nobody, forged, members_of
from tests.gateway.identity.world import World, make_services

NOW = 1_795_000_000
ADDRESS = "https://schakel.example"
KEYS = token_keys(new_signing_key(), new_signing_key())
CURRENT = KEYS.current
OTHER = ECKey.generate_key("P-256")
HEADER: dict[str, Any] = {"typ": "at+jwt", "alg": "ES256", "kid": CURRENT.kid}
CLAIMS: dict[str, Any] = {
    "iss": ADDRESS,
    "aud": ADDRESS,
    "sub": "anna",
    "client_id": "noord-ehr",
    "iat": NOW,
    "exp": NOW + 300,
    "jti": "token-1",
    "scope": "schakel",
    "cnf": {"jkt": "thumbprint"},
    "org": "team-noord",
    "form": "professional",
    "role": "therapist",
    "trusted": True,
    "epoch": 0,
}


def verified(text: str) -> tokens.AccessToken:
    return tokens.verify(text, address=ADDRESS, now=NOW, keys=KEYS)


def made(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, without: str = "") -> str:
    kept = {name: value for name, value in {**CLAIMS, **(claims or {})}.items() if name != without}
    return forged({**HEADER, **(header or {})}, kept, by(CURRENT.key))


HOSTILE: dict[str, str] = {
    "algorithm none": forged({**HEADER, "alg": "none"}, CLAIMS, by_nobody),
    "HS256 with the published key": forged(
        {**HEADER, "alg": "HS256"}, CLAIMS, by_a_shared_secret(CURRENT.key.as_pem(private=False))
    ),
    "a key in the header": forged({**HEADER, "jwk": members_of(OTHER)}, CLAIMS, by(OTHER)),
    "another key": forged(HEADER, CLAIMS, by(OTHER)),
    "no kid": forged({"typ": "at+jwt", "alg": "ES256"}, CLAIMS, by(CURRENT.key)),
    "an unknown kid": made({"kid": "k"}),
    "a list as kid": made({"kid": [CURRENT.kid]}),
    "another type": made({"typ": "JWT"}),
    "no type": forged({"alg": "ES256", "kid": CURRENT.kid}, CLAIMS, by(CURRENT.key)),
    "crit": made({"crit": ["exp"]}),
    "broken": broken(made()),
    "another issuer": made(claims={"iss": "https://evil.example"}),
    "another audience": made(claims={"aud": "https://evil.example"}),
    "a list with our audience": made(claims={"aud": [ADDRESS]}),
    "ended": made(claims={"exp": NOW}),
    "no end": made(without="exp"),
    "not bound to a key": made(without="cnf"),
    "bound to a certificate": made(claims={"cnf": {"x5t#S256": "abc"}}),
    "bound to nothing": made(claims={"cnf": {"jkt": ""}}),
    "an unknown form": made(claims={"form": "operator"}),
    "an unknown role": made(claims={"role": "god"}),
    "no organisation": made(without="org"),
    "no client": made(without="client_id"),
    "no epoch": made(without="epoch"),
    "larger than 8 KiB": made(claims={"filling": "x" * 8192}),
    "a member twice": forged(HEADER, json.dumps(CLAIMS)[:-1] + ',"org":"zuid"}', by(CURRENT.key)),
}


def test_a_token_of_ours_is_read() -> None:
    assert verified(made()).identity.id == "anna"


def test_a_token_under_an_earlier_key_is_read_until_it_ends() -> None:
    earlier = next(kid for kid in KEYS.accepted if kid != CURRENT.kid)
    assert earlier in KEYS.document.decode()
    key = new_signing_key()
    keys = token_keys(CURRENT, key)
    text = forged({**HEADER, "kid": key.kid}, CLAIMS, by(key.key))
    assert tokens.verify(text, address=ADDRESS, now=NOW, keys=keys).jti == "token-1"


def test_the_published_keys_have_no_private_member() -> None:
    for each in json.loads(KEYS.document)["keys"]:
        assert each.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
        assert public_key(each).algorithm == "ES256"


def test_only_the_word_true_makes_a_token_trusted() -> None:
    for said in ("true", 1, None, "yes"):
        assert not verified(made(claims={"trusted": said})).identity.trusted


@pytest.mark.parametrize("variant", HOSTILE)
def test_a_hostile_access_token_is_refused(variant: str) -> None:
    with pytest.raises(TokenError):
        verified(HOSTILE[variant])


async def test_every_hostile_access_token_at_the_door_is_a_401_and_stands_in_the_log(world: World) -> None:
    for text in HOSTILE.values():
        with pytest.raises(UnauthenticatedError) as refused:
            await world.ask(text)
        assert refused.value.code == "token_invalid"
        assert 'error="invalid_token"' in refused.value.challenge
    assert len(await world.refusals()) == len(HOSTILE)


async def test_no_token_at_all_is_a_401_that_says_how_to_come_in(world: World) -> None:
    with pytest.raises(UnauthenticatedError) as refused:
        await world.ask_with()
    assert refused.value.code == "token_missing"
    assert refused.value.challenge.startswith("DPoP algs=")


async def test_two_tokens_are_refused(world: World) -> None:
    token = await world.token("anna")
    header = (b"authorization", f"DPoP {token}".encode())
    with pytest.raises(UnauthenticatedError):
        await world.ask_with(header, header, (b"dpop", world.api_proof(token).encode()))


async def test_a_client_assertion_or_a_subject_token_is_no_access_token(world: World) -> None:
    form = world.form("anna")
    for text in (form["client_assertion"], form["subject_token"], world.proof()):
        with pytest.raises(UnauthenticatedError):
            await world.ask(text)


async def change(world: World, entry: Entry) -> None:
    async with write_transaction(world.engine) as connection:
        await record(connection, [entry], log=world.log, recorded_by="test")


async def test_a_client_that_is_ended_is_out_at_its_next_request_in_every_process(any_world: World) -> None:
    token = await any_world.token("anna")
    await any_world.ask(token)
    await change(any_world, Entry(kind="client", key="team-noord-system", organisation="team-noord", body=None))
    with pytest.raises(UnauthenticatedError, match="client is not registered"):
        await any_world.ask(token)


async def test_new_keys_of_a_client_end_the_tokens_that_it_got_with_the_old_ones(world: World) -> None:
    token = await world.token("anna")
    body = {"jwks": {"keys": [new_signing_key().published()]}, "assertion_audience": "issuer", "epoch": 0}
    await change(world, Entry(kind="client", key="team-noord-system", organisation="team-noord", body=body))
    with pytest.raises(UnauthenticatedError):
        await world.ask(token)


async def test_a_client_that_comes_back_does_not_bring_back_its_tokens(world: World) -> None:
    token = await world.token("anna")
    published = world.credentials.keys["team-noord"].client_key.published()
    body = {"jwks": {"keys": [published]}, "assertion_audience": "issuer", "epoch": 0}
    for each in (None, body):
        await change(world, Entry(kind="client", key="team-noord-system", organisation="team-noord", body=each))
    with pytest.raises(UnauthenticatedError):
        await world.ask(token)
    assert (await world.ask(await world.token("anna"))).id == "anna"


async def test_a_provider_that_is_ended_takes_its_people_with_it(world: World) -> None:
    token = await world.token("anna")
    issuer = world.credentials.keys["team-noord"].issuer
    await change(world, Entry(kind="identity-provider", key=issuer, organisation="team-noord", body=None))
    with pytest.raises(UnauthenticatedError, match="identity provider"):
        await world.ask(token)


@pytest.mark.parametrize("is_ended", [False, True], ids=["other keys", "back again"])
async def test_a_provider_that_is_registered_anew_brings_back_no_token_of_before(
    any_world: World, *, is_ended: bool
) -> None:
    token, place = await any_world.token("anna"), any_world.credentials.keys["team-noord"].issuer
    async with any_world.engine.connect() as connection:
        entry = (await newest(connection)).entries["identity-provider", place]
    other = {"keys": [any_world.credentials.keys["team-noord"].issuer_key.published(), new_signing_key().published()]}
    bodies = (None, entry.body) if is_ended else ({**(entry.body or {}), "jwks": other},)
    await any_world.ask(token)
    for body in bodies:
        await change(any_world, replace(entry, body=body))
    with pytest.raises(UnauthenticatedError, match="identity provider"):
        await any_world.ask(token)
    assert (await any_world.ask(await any_world.token("anna"))).id == "anna"


async def test_a_token_of_one_process_counts_in_another_and_a_proof_counts_once_in_both(any_world: World) -> None:
    token = await any_world.token("anna")
    here = any_world.services
    there = make_services(any_world.engine, any_world.log, any_world.clock)
    object.__setattr__(there, "keys", here.keys)
    proof = any_world.api_proof(token)
    any_world.services = there
    await any_world.ask(token, proof)
    any_world.services = here
    with pytest.raises(UnauthenticatedError, match="used before"):
        await any_world.ask(token, proof)


async def test_remembered_tokens_are_bounded(world: World) -> None:
    world.services.verified.most = 2
    for _ in range(4):
        await world.ask(await world.token("anna"))
    assert len(world.services.verified._tokens) == 2


async def test_an_ended_token_is_forgotten(world: World) -> None:
    token = await world.token("anna")
    await world.ask(token)
    world.clock.pass_by(timedelta(seconds=300))
    for _ in range(2):
        with pytest.raises(UnauthenticatedError) as refused:
            await world.ask(token)
        assert refused.value.code == "token_expired"
    assert not world.services.verified._tokens
