"""The happy path: what a caller is, and where each part of that comes from."""

import json
from datetime import timedelta

import pytest
from joserfc import jws

from gateway.identity.refusals import UnauthenticatedError
from schemas.words import Role
from tests.gateway.identity.world import ADDRESS, World


async def test_a_professional_asks_for_the_organisation_of_his_client_in_the_role_his_provider_says(
    any_world: World,
) -> None:
    caller = await any_world.ask(await any_world.token("anna"))
    assert (caller.form, caller.id, caller.organisation) == ("professional", "anna", "team-noord")
    assert (caller.role, caller.trusted, caller.officer_of) == (Role.YOUTH_PROFESSIONAL, True, None)
    assert (caller.client_id, caller.acr) == ("team-noord-system", "substantial")


async def test_a_login_that_is_too_weak_makes_a_caller_who_is_not_trusted(world: World) -> None:
    assert not (await world.ask(await world.token("wim"))).trusted


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("sem", ("person", "sem", "person", None)),
        ("luus", ("person", "luus", "person", None)),
        ("mentor:luus", ("mentor", "luus", "person", None)),
        ("officer", ("officer", "officer-of-operator", "operator", "gateway")),
        ("officer:school-zuid", ("officer", "officer-of-school-zuid", "school-zuid", "school-zuid")),
        ("administrator-of-school-zuid", ("administrator", "administrator-of-school-zuid", "school-zuid", None)),
    ],
)
async def test_persons_mentors_officers_and_administrators_ask_as_themselves(
    world: World, name: str, who: tuple[str, str, str, str | None]
) -> None:
    caller = await world.ask(await world.token(name))
    assert (caller.form, caller.id, caller.organisation, caller.officer_of) == who
    assert caller.role is None


async def test_a_client_without_anybody_at_the_keyboard_asks_as_itself(world: World) -> None:
    form = world.form("anna", subject_token=None, subject_token_type=None, grant_type="client_credentials")
    caller = await world.ask((await world.answer(form)).access_token)
    assert (caller.form, caller.id, caller.organisation) == ("client", "team-noord-system", "team-noord")
    assert (caller.role, caller.trusted, caller.officer_of) == (None, False, None)


async def test_a_token_is_of_the_type_of_rfc_9068_with_one_audience_and_lasts_300_seconds(world: World) -> None:
    answer = await world.answer(world.form("anna"))
    token = jws.extract_compact(answer.access_token.encode())
    assert token.headers() == {"typ": "at+jwt", "alg": "ES256", "kid": world.services.keys.current.kid}
    claims = json.loads(token.payload)
    assert (claims["iss"], claims["aud"], claims["client_id"]) == (ADDRESS, ADDRESS, "team-noord-system")
    assert claims["exp"] - claims["iat"] == answer.expires_in == 300
    assert claims["act"] == {"sub": "team-noord-system"}
    assert claims["cnf"] == {"jkt": world.key.key.thumbprint()}


async def test_a_token_that_was_issued_stands_in_the_log_before_it_is_given(any_world: World) -> None:
    await any_world.token("anna")
    (event,) = await any_world.logged("token.issued")
    assert (event["organisation"], event["outcome"]) == ("team-noord", "ok")
    assert event["opened"]["actor"]["id"] == "anna"
    assert len(event["opened"]["detail"]["subject_token_sha256"]) == 64


async def test_a_token_never_outlives_the_word_of_the_identity_provider(world: World) -> None:
    form = world.form("anna")
    world.clock.pass_by(timedelta(seconds=50))
    form["client_assertion"] = world.form("anna")["client_assertion"]
    assert (await world.answer(form)).expires_in == 250


async def test_a_token_is_good_until_its_last_second_and_not_after(world: World) -> None:
    token = await world.token("anna")
    world.clock.pass_by(timedelta(seconds=299))
    await world.ask(token)
    world.clock.pass_by(timedelta(seconds=1))
    with pytest.raises(UnauthenticatedError) as refused:
        await world.ask(token)
    assert refused.value.code == "token_expired"


async def test_a_token_is_good_for_many_calls_each_with_its_own_proof(world: World) -> None:
    token = await world.token("anna")
    assert [await world.ask(token) for _ in range(3)] == 3 * [await world.ask(token)]
