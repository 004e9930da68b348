"""Every subject token that does not exactly say who is at this client's keyboard is refused."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import ECKey

from consent.store.tables import ID_LENGTH
from gateway.identity.jose import TokenError
from gateway.identity.refusals import OAuthError
from gateway.identity.subject_token import check_subject_token, read_subject_token
from gateway.identity.tokens import Identity
from gateway.registry.snapshot import Client, IdentityProvider, Registry
from schemas.words import Role
from tests.gateway.identity.forging import broken, by, by_a_shared_secret, by_nobody, forged, members_of, public_of
from tests.gateway.identity.world import ADDRESS, World

NOW = 1_795_000_000
ISSUER = "https://schakel.example"
PROVIDER = "https://login.noord.example"
KEY = ECKey.generate_key("P-256")
OTHER = ECKey.generate_key("P-256")
HEADER: dict[str, Any] = {"typ": "JWT", "alg": "ES256", "kid": "k1"}
CLAIMS: dict[str, Any] = {
    "iss": PROVIDER,
    "sub": "employee-7",
    "aud": "noord-ehr-at-login",
    "iat": NOW - 60,
    "auth_time": NOW - 3600,
    "exp": NOW + 600,
    "role": "jeugdhulpverlener",
    "acr": "hoog",
    "amr": ["pwd", "otp"],
}
NOORD = IdentityProvider(
    issuer=PROVIDER,
    organisation="team-noord",
    keys={"k1": public_of(KEY, "k1")},
    audience="noord-ehr-at-login",
    trusted_acr=frozenset({"hoog"}),
    roles={"jeugdhulpverlener": Role.YOUTH_PROFESSIONAL},
    officers=frozenset({"fg"}),
    administrators=frozenset({"beheerder"}),
)
ZUID = IdentityProvider(
    issuer="https://login.zuid.example",
    organisation="zuid",
    keys={"k1": public_of(OTHER, "k1")},
    audience="noord-ehr-at-login",
    trusted_acr=frozenset({"hoog"}),
    roles={"jeugdhulpverlener": Role.YOUTH_PROFESSIONAL},
)
CLIENT = Client(client_id="noord-ehr", organisation="team-noord", keys={"k1": public_of(KEY, "k1")})


def checked(text: str, provider: IdentityProvider = NOORD, client: Client = CLIENT) -> Identity:
    registry = Registry(revision=1, providers={provider.issuer: provider, ZUID.issuer: ZUID})
    claimed = read_subject_token(text, client=client, registry=registry)
    return check_subject_token(claimed, claimed.provider.keys, barred=(), issuer=ISSUER, now=NOW)[0]


def made(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, without: str = "") -> str:
    kept = {name: value for name, value in {**CLAIMS, **(claims or {})}.items() if name != without}
    return forged({**HEADER, **(header or {})}, kept, by(KEY))


HOSTILE: dict[str, str] = {
    "algorithm none": forged({**HEADER, "alg": "none"}, CLAIMS, lambda _: b"x"),
    "algorithm none and no signature": forged({**HEADER, "alg": "none"}, CLAIMS, by_nobody),
    "HS256 with the public key as secret": forged(
        {**HEADER, "alg": "HS256"}, CLAIMS, by_a_shared_secret(KEY.as_pem(private=False))
    ),
    "no kid": forged({"typ": "JWT", "alg": "ES256"}, CLAIMS, by(KEY)),
    "an unknown kid": made({"kid": "k2"}),
    "a key in the header": forged({**HEADER, "jwk": members_of(OTHER)}, CLAIMS, by(OTHER)),
    "x5c in the header": made({"x5c": ["AAAA"]}),
    "x5u in the header": made({"x5u": "https://evil.example"}),
    "a thumbprint in the header that is no text": made({"x5t": ["AAAA"]}),
    "jku in the header": made({"jku": "https://evil.example"}),
    "crit in the header": made({"crit": ["exp"]}),
    "an access token's type": made({"typ": "at+jwt"}),
    "a proof's type": made({"typ": "dpop+jwt"}),
    "an assertion's type": made({"typ": "client-authentication+jwt"}),
    "a logout token's type": made({"typ": "logout+jwt"}),
    "a broken signature": broken(made()),
    "another provider's key": forged(HEADER, CLAIMS, by(OTHER)),
    "another organisation's provider": forged(HEADER, {**CLAIMS, "iss": ZUID.issuer}, by(OTHER)),
    "an unknown provider": made(claims={"iss": "https://evil.example"}),
    "no issuer": made(without="iss"),
    "another audience": made(claims={"aud": "somebody-else"}),
    "our issuer as audience where another is registered": made(claims={"aud": ISSUER}),
    "a list with the audience": made(claims={"aud": ["noord-ehr-at-login"]}),
    "a list with the audience and another": made(claims={"aud": ["noord-ehr-at-login", "evil"]}),
    "no audience": made(without="aud"),
    "another authorised party": made(claims={"azp": "evil"}),
    "ended": made(claims={"exp": NOW}),
    "no end": made(without="exp"),
    "issued in the future": made(claims={"iat": NOW + 11}),
    "not issued": made(without="iat"),
    "not yet valid": made(claims={"nbf": NOW + 11}),
    "a login of thirteen hours ago": made(claims={"auth_time": NOW - 13 * 3600}),
    "a login in the future": made(claims={"auth_time": NOW + 11}),
    "a login as text": made(claims={"auth_time": "yesterday"}),
    "issued thirteen hours ago with no login": made(claims={"iat": NOW - 13 * 3600}, without="auth_time"),
    "an actor of its own": made(claims={"act": {"sub": "evil"}}),
    "leave for an actor": made(claims={"may_act": {"sub": "evil"}}),
    "an actor that is null": made(claims={"act": None}),
    "no subject": made(without="sub"),
    "an empty subject": made(claims={"sub": ""}),
    "a subject with half a character": made(claims={"sub": "employee-7\ud800"}),
    "a very long subject": made(claims={"sub": "x" * 256}),
    "no role": made(without="role"),
    "a role that was not registered": made(claims={"role": "crisis-worker"}),
    "several roles": made(claims={"role": ["jeugdhulpverlener"]}),
    "methods as text": made(claims={"amr": "otp"}),
    "a strength that is no text": made(claims={"acr": ["hoog"]}),
    "a member twice": forged(HEADER, json.dumps(CLAIMS)[:-1] + ',"sub":"employee-8"}', by(KEY)),
    "larger than 8 KiB": made(claims={"filling": "x" * 8192}),
    "no token": "",
}


def test_a_subject_token_that_is_right_says_who_is_there() -> None:
    who = checked(made())
    assert (who.form, who.organisation, who.role) == ("professional", "team-noord", Role.YOUTH_PROFESSIONAL)
    assert (who.trusted, who.officer_of, who.acr) == (True, None, "hoog")


def test_a_professionals_id_is_a_pseudonym_that_stays_the_same_and_tells_nothing() -> None:
    who = checked(made())
    assert who.id == checked(made(claims={"auth_time": NOW})).id
    assert who.id != checked(made(claims={"sub": "employee-8"})).id
    assert who.id.startswith("team-noord:")
    assert "employee" not in who.id


def test_the_word_of_another_organisations_provider_about_the_same_subject_is_another_id() -> None:
    zuid = Client(client_id="zuid-ehr", organisation="zuid", keys=CLIENT.keys)
    token = forged(HEADER, {**CLAIMS, "iss": ZUID.issuer}, by(OTHER))
    assert checked(token, client=zuid).id != checked(made()).id


@pytest.mark.parametrize("subject", ["a\x00b", "a\nb", "\x1b[31mb", "x" * (ID_LENGTH + 1)])
def test_where_the_subject_is_the_id_one_that_cannot_be_an_id_is_refused(subject: str) -> None:
    named = replace(NOORD, subject_is_professional_id=True)
    assert checked(made(claims={"sub": "x" * ID_LENGTH}), named).id == "x" * ID_LENGTH
    with pytest.raises(TokenError):
        checked(made(claims={"sub": subject}), named)


@pytest.mark.parametrize(
    ("claims", "trusted"),
    [
        ({"acr": "hoog", "amr": []}, True),
        ({"acr": "laag", "amr": ["otp"]}, True),
        ({"acr": "laag", "amr": ["pwd"]}, False),
        ({"acr": "HOOG", "amr": ["OTP"]}, False),
    ],
)
def test_a_login_is_trusted_where_its_strength_or_one_of_its_methods_was_registered(
    claims: dict[str, Any], *, trusted: bool
) -> None:
    provider = replace(NOORD, trusted_amr=frozenset({"otp"}))
    assert checked(made(claims=claims), provider).trusted is trusted


@pytest.mark.parametrize("without", ["acr", "amr"])
def test_a_login_that_says_less_is_not_trusted_for_it(without: str) -> None:
    provider = replace(NOORD, trusted_acr=frozenset(), trusted_amr=frozenset())
    assert not checked(made(without=without), provider).trusted


def test_a_privacy_officer_is_officer_of_his_own_organisation_and_has_no_role() -> None:
    who = checked(made(claims={"role": "fg"}))
    assert (who.form, who.officer_of, who.role) == ("officer", "team-noord", None)


def test_an_administrator_is_of_his_own_organisation_without_role_or_office() -> None:
    who = checked(made(claims={"role": "beheerder"}))
    assert (who.form, who.organisation, who.officer_of, who.role) == ("administrator", "team-noord", None, None)


@pytest.mark.parametrize("variant", HOSTILE)
def test_a_hostile_subject_token_is_refused(variant: str) -> None:
    with pytest.raises(TokenError):
        checked(HOSTILE[variant])


async def test_only_the_diagonal_of_clients_and_providers_passes(world: World) -> None:
    """Confused deputy: each client with each organisation's professional."""
    askers = {"team-noord": "anna", "school-zuid": "bea", "person": "sem", "operator": "officer"}
    passed = set()
    for client, name in askers.items():
        for provider, other in askers.items():
            form = world.form(name, subject_token=world.form(other)["subject_token"])
            with suppress(OAuthError):
                await world.answer(form)
                passed.add((client, provider))
    assert passed == {(each, each) for each in askers}
    assert [each["error"] for each in await world.refusals()] == 12 * ["invalid_request"]


async def test_a_refused_exchange_stands_in_the_log_with_the_client_and_the_hash_of_the_token(world: World) -> None:
    with pytest.raises(OAuthError):
        await world.answer(world.form("anna", subject_token=world.form("bea")["subject_token"]))
    (event,) = await world.logged("token.refused")
    assert event["organisation"] == "team-noord"
    assert event["opened"]["actor"] == {"client": "team-noord-system"}
    assert len(event["opened"]["detail"]["subject_token_sha256"]) == 64


async def test_an_access_token_of_ours_is_no_subject_token(world: World) -> None:
    token = await world.token("anna")
    with pytest.raises(OAuthError):
        await world.answer(world.form("anna", subject_token=token))


async def test_a_person_cannot_become_a_professional_by_what_his_token_claims(world: World) -> None:
    keys = world.credentials.keys["person"]
    claims = {
        "iss": keys.issuer,
        "aud": ADDRESS,
        "sub": "sem",
        "iat": world.clock.seconds,
        "exp": world.clock.seconds + 60,
        "acr": "substantial",
        "role": "psychiatrist",
    }
    header = {**HEADER, "kid": keys.issuer_key.kid}
    for form in ("professional", "officer", "client", None):
        token = forged(header, {**claims, "form": form}, by(keys.issuer_key.key))
        with pytest.raises(OAuthError):
            await world.answer(world.form("sem", subject_token=token))


async def test_a_professional_cannot_become_a_mentor_by_what_his_token_claims(world: World) -> None:
    keys = world.credentials.keys["team-noord"]
    claims = {
        "iss": keys.issuer,
        "aud": ADDRESS,
        "sub": "anna",
        "iat": world.clock.seconds,
        "exp": world.clock.seconds + 60,
        "role": "youth-professional",
        "form": "mentor",
        "organisation": "school-zuid",
        "org": "school-zuid",
    }
    token = forged({**HEADER, "kid": keys.issuer_key.kid}, claims, by(keys.issuer_key.key))
    caller = await world.ask((await world.answer(world.form("anna", subject_token=token))).access_token)
    assert (caller.form, caller.organisation, caller.trusted) == ("professional", "team-noord", False)
