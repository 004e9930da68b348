"""Properties that hold for every token, whatever somebody does to it (promises I8 and I9 of the design)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from gateway.identity.dpop import Expected, check_proof, token_hash
from gateway.identity.jose import TokenError, signed
from gateway.identity.keys import new_signing_key, token_keys
from gateway.identity.subject_token import check_subject_token, read_subject_token
from gateway.identity.tokens import LIFETIME, AccessToken, Identity, issue, verify
from gateway.registry.snapshot import Client, IdentityProvider, Registry
from schemas.words import Role

NOW = 1_795_000_000
ADDRESS = "https://schakel.example"
KEYS = token_keys(new_signing_key())
PROOF_KEY = ECKey.generate_key("P-256")
PROVIDER_KEY = new_signing_key()
PROVIDER = IdentityProvider(
    issuer="https://login.noord.example",
    organisation="team-noord",
    keys={PROVIDER_KEY.kid: PROVIDER_KEY.public()},
    trusted_acr=frozenset({"hoog"}),
    roles={"helper": Role.YOUTH_PROFESSIONAL},
)
CLIENT = Client(client_id="noord-ehr", organisation="team-noord", keys={})
REGISTRY = Registry(revision=1, providers={PROVIDER.issuer: PROVIDER})

# Signing takes a moment, and a busy machine longer than the library's deadline.
unhurried = settings(deadline=None)
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
identities = st.builds(
    Identity,
    form=st.sampled_from(["professional", "person", "mentor", "officer", "client"]),
    id=words,
    organisation=words,
    role=st.none() | st.sampled_from(Role),
    trusted=st.booleans(),
    officer_of=st.none() | words,
    provider=st.none() | words,
    acr=st.none() | words,
)
tokens = st.builds(
    AccessToken,
    identity=identities,
    client_id=words,
    epoch=st.integers(0, 1000),
    thumbprint=words,
    jti=words,
    expires=st.integers(NOW + 1, NOW + int(LIFETIME.total_seconds())),
)


def who_is_there(text: str) -> Identity:
    claimed = read_subject_token(text, client=CLIENT, registry=REGISTRY)
    return check_subject_token(claimed, PROVIDER.keys, barred=(), issuer=ADDRESS, now=NOW)[0]


def issued(token: AccessToken) -> str:
    return issue(token, address=ADDRESS, now=NOW, keys=KEYS)


@unhurried
@given(tokens)
def test_a_token_says_what_was_issued_and_nothing_is_lost(token: AccessToken) -> None:
    assert verify(issued(token), address=ADDRESS, now=NOW, keys=KEYS) == token


@unhurried
@given(tokens)
def test_every_token_is_bound_to_a_key_for_one_audience_and_at_most_300_seconds(token: AccessToken) -> None:
    claims = json.loads(jws.extract_compact(issued(token).encode()).payload)
    assert claims["cnf"]["jkt"]
    assert claims["aud"] == ADDRESS
    assert 0 < claims["exp"] - claims["iat"] <= 300


@unhurried
@given(tokens, st.data())
def test_a_token_in_which_one_character_was_changed_is_refused(token: AccessToken, data: st.DataObject) -> None:
    text = issued(token)
    # The last character of each part may hold unused bits, so the signature's own last one is left out.
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from("ABab01-_.=+/ \n").filter(lambda each: each != text[at]))
    with pytest.raises(TokenError):
        verify(text[:at] + other + text[at + 1 :], address=ADDRESS, now=NOW, keys=KEYS)


@unhurried
@given(st.data())
def test_a_proof_in_which_one_character_was_changed_is_refused(data: st.DataObject) -> None:
    claims = {"htm": "POST", "htu": ADDRESS, "iat": NOW, "jti": "0123456789", "ath": token_hash("token")}
    header = {"jwk": PROOF_KEY.as_dict(private=False)}
    text = signed(claims, kind="dpop+jwt", key=PROOF_KEY, algorithm="ES256", header=header)
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from("ABab01-_.=+/ \n").filter(lambda each: each != text[at]))
    expected = Expected(method="POST", url=ADDRESS, now=NOW, access_token="token", thumbprint=PROOF_KEY.thumbprint())
    with pytest.raises(TokenError):
        check_proof(text[:at] + other + text[at + 1 :], expected)


@unhurried
@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_whatever_is_sent_is_refused_and_nothing_else_goes_wrong(text: str) -> None:
    with pytest.raises(TokenError):
        verify(text, address=ADDRESS, now=NOW, keys=KEYS)
    with pytest.raises(TokenError):
        check_proof(text, Expected(method="POST", url=ADDRESS, now=NOW))
    with pytest.raises(TokenError):
        who_is_there(text)


@unhurried
@given(st.dictionaries(words | st.sampled_from(["org", "organisation", "form", "trusted", "officer_of"]), json_values))
def test_nothing_that_a_provider_claims_besides_changes_the_organisation_or_the_form(claimed: dict[str, Any]) -> None:
    claims = claimed | {
        "iss": PROVIDER.issuer,
        "aud": ADDRESS,
        "sub": "employee-7",
        "iat": NOW,
        "auth_time": NOW,
        "exp": NOW + 60,
        "role": "helper",
        "acr": "laag",
        "amr": [],
    }
    for reserved in ("azp", "act", "may_act", "nbf"):
        claims.pop(reserved, None)
    text = signed(claims, kind="JWT", key=PROVIDER_KEY.key, algorithm="ES256", header={"kid": PROVIDER_KEY.kid})
    who = who_is_there(text)
    assert (who.form, who.organisation, who.role) == ("professional", "team-noord", Role.YOUTH_PROFESSIONAL)
    assert (who.trusted, who.officer_of) == (False, None)


@unhurried
@given(json_values)
def test_whatever_stands_in_the_role_only_the_registered_word_gives_one(said: Any) -> None:
    claims = {"iss": PROVIDER.issuer, "aud": ADDRESS, "sub": "employee-7", "iat": NOW, "exp": NOW + 60, "role": said}
    text = signed(claims, kind="JWT", key=PROVIDER_KEY.key, algorithm="ES256", header={"kid": PROVIDER_KEY.kid})
    if said == "helper":
        return
    with pytest.raises(TokenError):
        who_is_there(text)
