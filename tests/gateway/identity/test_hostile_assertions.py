"""Every client assertion that is not exactly right is refused, in words that do not say who is registered."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from gateway.identity.client_assertion import Audiences, check_assertion
from gateway.identity.jose import TokenError
from gateway.identity.refusals import OAuthError
from gateway.registry.public_keys import KeyFormatError, PublicKey, public_keys
from gateway.registry.snapshot import AssertionAudience, Client, Registry
from tests.gateway.identity.forging import broken, by, by_a_shared_secret, by_nobody, forged, members_of, public_of
from tests.gateway.identity.world import World

NOW = 1_795_000_000
ISSUER = "https://schakel.example"
ENDPOINT = f"{ISSUER}/oauth/token"
KEY = ECKey.generate_key("P-256")
OTHER = ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)
HEADER: dict[str, Any] = {"typ": "JWT", "alg": "ES256", "kid": "k1"}
CLAIMS: dict[str, Any] = {
    "iss": "noord-ehr",
    "sub": "noord-ehr",
    "aud": ISSUER,
    "iat": NOW,
    "exp": NOW + 60,
    "jti": "0123456789",
}
AUDIENCES = Audiences(issuer=ISSUER, token_endpoint=ENDPOINT)


def registered(audience: AssertionAudience = "issuer", keys: Mapping[str, PublicKey] | None = None) -> Registry:
    keys = keys or {"k1": public_of(KEY, "k1")}
    client = Client(client_id="noord-ehr", organisation="team-noord", keys=keys, assertion_audience=audience)
    neighbour = Client(client_id="zuid-ehr", organisation="zuid", keys={"k9": public_of(OTHER, "k9")})
    return Registry(revision=1, clients={"noord-ehr": client, "zuid-ehr": neighbour})


def checked(text: str, registry: Registry | None = None, claimed_id: str | None = None) -> str:
    registry = registry or registered()
    return check_assertion(
        text, claimed_id=claimed_id, registry=registry, audiences=AUDIENCES, now=NOW
    ).client.client_id


def made(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, without: str = "") -> str:
    kept = {name: value for name, value in {**CLAIMS, **(claims or {})}.items() if name != without}
    return forged({**HEADER, **(header or {})}, kept, by(KEY))


HOSTILE: dict[str, str] = {
    "algorithm none": forged({**HEADER, "alg": "none"}, CLAIMS, lambda _: b"x"),
    "algorithm none and no signature": forged({**HEADER, "alg": "none"}, CLAIMS, by_nobody),
    "HS256 with the public key as secret": forged(
        {**HEADER, "alg": "HS256"}, CLAIMS, by_a_shared_secret(KEY.as_pem(private=False))
    ),
    "RS256 with a key of another kind": forged({**HEADER, "alg": "RS256"}, CLAIMS, by(RSA, "RS256")),
    "no kid": forged({"typ": "JWT", "alg": "ES256"}, CLAIMS, by(KEY)),
    "an unknown kid": made({"kid": "k2"}),
    "the kid of another client": made({"kid": "k9"}),
    "a number as kid": made({"kid": 1}),
    "a list as kid": made({"kid": ["k1"]}),
    "a key in the header": forged({**HEADER, "jwk": members_of(OTHER)}, CLAIMS, by(OTHER)),
    "x5c in the header": made({"x5c": ["AAAA"]}),
    "x5u in the header": made({"x5u": "https://evil.example"}),
    "jku in the header": made({"jku": "https://evil.example"}),
    "crit in the header": made({"crit": ["exp"]}),
    "an access token's type": made({"typ": "at+jwt"}),
    "a proof's type": made({"typ": "dpop+jwt"}),
    "null as type": made({"typ": None}),
    "a list as type": made({"typ": ["JWT"]}),
    "a broken signature": broken(made()),
    "another client's key under our kid": forged(HEADER, CLAIMS, by(OTHER)),
    "another client's name with his own key": forged({**HEADER, "kid": "k9"}, {**CLAIMS, "iss": "zuid-ehr"}, by(OTHER)),
    "an unknown client": made(claims={"iss": "nobody", "sub": "nobody"}),
    "another subject": made(claims={"sub": "zuid-ehr"}),
    "no subject": made(without="sub"),
    "no issuer": made(without="iss"),
    "a list as issuer": made(claims={"iss": ["noord-ehr"]}),
    "another audience": made(claims={"aud": "https://other.example"}),
    "the token endpoint as audience": made(claims={"aud": ENDPOINT}),
    "a list with our audience": made(claims={"aud": [ISSUER]}),
    "a list with our audience and another": made(claims={"aud": [ISSUER, "https://other.example"]}),
    "our audience with a slash": made(claims={"aud": ISSUER + "/"}),
    "no audience": made(without="aud"),
    "an end that is now": made(claims={"exp": NOW}),
    "an end of yesterday": made(claims={"exp": NOW - 86400}),
    "an end 301 seconds ahead": made(claims={"exp": NOW + 301}),
    "an end in ten years": made(claims={"exp": NOW + 315_360_000}),
    "an end as text": made(claims={"exp": str(NOW + 60)}),
    "an endless number": made(claims={"exp": 10**400}),
    "no end": made(without="exp"),
    "issued in the future": made(claims={"iat": NOW + 11}),
    "not before a moment in the future": made(claims={"nbf": NOW + 11}),
    "an id of 7 characters": made(claims={"jti": "1234567"}),
    "an id with half a character": made(claims={"jti": "12345678\ud800"}),
    "no id": made(without="jti"),
    "a member twice": forged(HEADER, json.dumps(CLAIMS)[:-1] + ',"sub":"noord-ehr"}', by(KEY)),
    "larger than 8 KiB": made(claims={"filling": "x" * 8192}),
    "no token": "",
    "words": "let me in",
}


def test_an_assertion_that_is_right_is_accepted() -> None:
    assert checked(made()) == "noord-ehr"


@pytest.mark.parametrize("kind", [None, "jwt", "JWT", "client-authentication+jwt"])
def test_each_type_that_the_standards_give_an_assertion_is_accepted(kind: str | None) -> None:
    header = {"alg": "ES256", "kid": "k1"} | ({} if kind is None else {"typ": kind})
    assert checked(forged(header, CLAIMS, by(KEY)))


def test_an_assertion_may_end_300_seconds_ahead() -> None:
    assert checked(made(claims={"exp": NOW + 300}))


def test_the_token_endpoint_is_an_audience_only_for_a_client_that_was_registered_so() -> None:
    to_endpoint = registered("token-endpoint")
    assert checked(made(claims={"aud": ENDPOINT}), to_endpoint)
    with pytest.raises(TokenError):
        checked(made(), to_endpoint)
    with pytest.raises(TokenError):
        checked(made(claims={"aud": [ENDPOINT]}), to_endpoint)


def test_the_client_id_of_the_request_must_be_that_of_the_assertion() -> None:
    assert checked(made(), claimed_id="noord-ehr")
    with pytest.raises(TokenError):
        checked(made(), claimed_id="zuid-ehr")


@pytest.mark.parametrize("variant", HOSTILE)
def test_a_hostile_assertion_is_refused(variant: str) -> None:
    with pytest.raises(TokenError):
        checked(HOSTILE[variant])


@pytest.mark.parametrize("algorithm", ["PS256", "PS384", "RS256", "RS384"])
def test_rsa_counts_with_the_algorithm_of_the_registration_and_no_other(algorithm: str) -> None:
    jwks = {"keys": [{**RSA.as_dict(private=False), "kid": "k1", "alg": algorithm}]}
    registry = registered(keys=public_keys(jwks, legacy=("RS256", "RS384")))
    header = {**HEADER, "alg": algorithm}
    assert checked(forged(header, CLAIMS, by(RSA, algorithm)), registry)
    for other in {"PS256", "PS384", "RS256", "RS384"} - {algorithm}:
        with pytest.raises(TokenError):
            checked(forged({**header, "alg": other}, CLAIMS, by(RSA, other)), registry)


@pytest.mark.parametrize(
    "key",
    [
        {**RSA.as_dict(private=False), "kid": "k1", "alg": "RS256"},
        {**RSA.as_dict(private=False), "kid": "k1", "alg": "RS512"},
        {**RSA.as_dict(private=False), "kid": "k1", "alg": "ES256"},
        {"kty": "RSA", "n": "_" * 170 + "w", "e": "AQAB", "kid": "k1"},
        {**KEY.as_dict(private=True), "kid": "k1"},
        {**KEY.as_dict(private=False)},
        {**KEY.as_dict(private=False), "kid": ""},
        {**KEY.as_dict(private=False), "kid": "k1", "use": "enc"},
        {**KEY.as_dict(private=False), "kid": "k1", "alg": "ES384"},
        {"kty": "oct", "k": "AAAA", "kid": "k1"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "k1"},
        {"kty": "EC", "kid": "k1"},
        "key",
    ],
)
def test_a_key_that_is_not_good_enough_cannot_be_registered(key: Any) -> None:
    with pytest.raises(KeyFormatError):
        public_keys({"keys": [key]})


def test_two_keys_of_one_id_cannot_be_registered() -> None:
    with pytest.raises(KeyFormatError):
        public_keys({"keys": 2 * [{**KEY.as_dict(private=False), "kid": "k1"}]})


async def test_an_assertion_may_be_used_once(any_world: World) -> None:
    form = any_world.form("anna")
    await any_world.answer(form)
    with pytest.raises(OAuthError) as refused:
        await any_world.answer(form)
    assert (refused.value.error, refused.value.why) == ("invalid_client", "the assertion was used before")


async def test_no_answer_says_whether_a_client_exists(world: World) -> None:
    keys = world.credentials.keys["team-noord"]
    claims = {**CLAIMS, "iss": keys.client_id, "sub": keys.client_id, "iat": world.clock.seconds}
    claims["exp"] = world.clock.seconds + 60
    known = forged({**HEADER, "kid": keys.client_key.kid}, claims, by(OTHER))
    unknown = forged(HEADER, {**claims, "iss": "nobody", "sub": "nobody"}, by(OTHER))
    unknown_key = forged(HEADER, claims, by(OTHER))
    answers = set()
    for assertion in (known, unknown, unknown_key, "", "let me in"):
        with pytest.raises(OAuthError) as refused:
            await world.answer(world.form("anna", client_assertion=assertion))
        answers.add((refused.value.error, refused.value.description))
    assert answers == {("invalid_client", "client authentication failed")}


async def test_a_refused_client_stands_in_the_log_without_what_it_sent(world: World) -> None:
    with pytest.raises(OAuthError):
        await world.answer(world.form("anna", client_assertion=made(claims={"iss": "secret-name"})))
    (event,) = await world.logged("token.refused")
    assert (event["organisation"], event["outcome"]) == ("system", "deny")
    assert event["opened"]["detail"]["error"] == "invalid_client"
    assert "secret-name" not in json.dumps(event)


async def test_a_client_may_prove_itself_in_one_way_only(world: World) -> None:
    with pytest.raises(OAuthError) as refused:
        await world.service.token(
            list(world.form("anna").items()),
            [(b"dpop", world.proof().encode()), (b"authorization", b"Basic bm9vcmQ6c2VjcmV0")],
        )
    assert refused.value.error == "invalid_client"


async def test_an_assertion_that_was_refused_for_its_time_is_not_good_later(world: World) -> None:
    form = world.form("anna")
    world.clock.pass_by(timedelta(seconds=61))
    with pytest.raises(OAuthError) as refused:
        await world.answer(form)
    assert refused.value.why == "`exp` is past"
