"""A provider that publishes its keys may change them by itself; what it does badly opens nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs

from gateway.identity.jose import signed
from gateway.identity.keys import new_signing_key
from gateway.identity.provider_keys import ACCEPTED_FOR, PAUSE, RENEWED_AFTER, ProviderKeys
from gateway.identity.refusals import OAuthError
from gateway.identity.service import TokenAnswer
from tests.gateway.identity.publishing import House, publisher
from tests.gateway.identity.test_token_requests import posted
from tests.gateway.identity.world import ADDRESS

SECOND: Final = timedelta(seconds=1)
NOT_KNOWN: Final = "temporarily_unavailable"
NOT_ACCEPTED: Final = "invalid_request"


async def test_who_logs_in_by_published_keys_gets_a_token_and_they_are_fetched_once(house: House) -> None:
    assert (await house.log_in()).exchanged
    assert (await house.log_in()).exchanged
    assert house.at.asked == 1


async def test_many_who_log_in_at_once_lead_to_one_fetch(house: House) -> None:
    answers = await asyncio.gather(*(house.log_in() for _ in range(20)))
    assert all(each.exchanged for each in answers)
    assert house.at.asked == 1


async def test_a_new_key_counts_without_an_operators_act(house: House) -> None:
    await house.log_in()
    new = new_signing_key()
    house.at.publish(house.key, new)
    house.pass_by(PAUSE)
    assert (await house.log_in(new)).exchanged
    assert (await house.log_in()).exchanged


async def test_a_key_that_is_no_longer_published_counts_until_keys_are_renewed_and_no_longer(house: House) -> None:
    await house.log_in()
    house.at.publish(new_signing_key())
    house.pass_by(RENEWED_AFTER - SECOND)
    await house.log_in()
    house.pass_by(SECOND)
    assert await house.refused() == NOT_ACCEPTED
    assert await house.why() == "the kid is not registered"


async def test_kept_keys_count_while_their_provider_is_silent_until_their_age_ends_and_then_nothing(
    house: House,
) -> None:
    await house.log_in()
    house.at.status = 503
    house.pass_by(ACCEPTED_FOR - SECOND)
    assert (await house.log_in()).exchanged
    house.pass_by(SECOND)
    assert await house.refused() == NOT_KNOWN
    assert (await house.world.logged("token.refused"))[-1]["opened"]["actor"] == {"client": "team-noord-system"}
    house.at.status = 200
    house.pass_by(PAUSE)
    assert (await house.log_in()).exchanged


async def test_who_gets_no_token_for_want_of_keys_hears_503_and_nothing_of_why(house: House) -> None:
    house.at.status = 404
    form = house.world.form("anna", subject_token=house.token_of("anna", house.key))
    status, headers, body = await posted(house.world, urlencode(form).encode())
    assert (status, body["error"], headers["cache-control"]) == (503, NOT_KNOWN, "no-store")
    assert "404" not in body["error_description"]


async def test_a_clock_that_was_set_back_lets_no_kept_key_count_longer(house: House) -> None:
    await house.log_in()
    house.at.status = 503
    house.pass_by(-SECOND)
    assert await house.refused() == NOT_KNOWN


async def test_a_flood_of_unknown_keys_leads_to_one_fetch_in_each_pause(house: House) -> None:
    await house.log_in()
    house.pass_by(PAUSE)
    for fetches in (2, 3):
        said = await asyncio.gather(*(house.refused(new_signing_key()) for _ in range(10)))
        said += [await house.refused(new_signing_key()) for _ in range(3)]
        assert set(said) == {NOT_ACCEPTED}
        assert house.at.asked == fetches
        house.pass_by(PAUSE)


async def test_a_flood_that_nobody_answers_leads_to_one_fetch_in_each_pause_too(house: House) -> None:
    house.at.status = 500
    said = await asyncio.gather(*(house.refused(new_signing_key()) for _ in range(10)))
    assert set(said) == {NOT_KNOWN}
    assert house.at.asked == 1


async def test_an_unknown_key_that_is_asked_for_holds_up_nobody_whose_key_is_known(house: House) -> None:
    await house.log_in()
    house.pass_by(PAUSE)
    house.at.hang()
    unknown = asyncio.create_task(house.refused(new_signing_key()))
    await house.at.is_asked()
    assert (await house.log_in()).exchanged
    assert not unknown.done()
    house.at.open.set()
    assert await unknown == NOT_ACCEPTED


async def test_one_login_waits_for_newer_keys_and_the_others_go_on(house: House) -> None:
    await house.log_in()
    house.pass_by(RENEWED_AFTER)
    house.at.hang()
    first = asyncio.create_task(house.log_in())
    await house.at.is_asked()
    assert (await house.log_in()).exchanged
    assert not first.done()
    house.at.open.set()
    assert (await first).exchanged


async def test_a_slow_provider_slows_no_other(house: House) -> None:
    other = new_signing_key()
    async with publisher(other) as zuid:
        await house.register("school-zuid", zuid.url)
        house.at.hang()
        slow = asyncio.create_task(house.log_in())
        await house.at.is_asked()
        assert (await house.log_in(other, "bea")).exchanged
        assert not slow.done()
        house.at.open.set()
        assert (await slow).exchanged


async def test_a_fetch_that_was_broken_off_is_not_taken_for_an_answer(house: House) -> None:
    house.at.hang()
    first = asyncio.create_task(house.log_in())
    await house.at.is_asked()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await house.refused() == NOT_KNOWN
    assert house.at.asked == 1


async def test_a_set_that_became_wrong_leaves_the_kept_keys_until_their_age_ends(house: House) -> None:
    await house.log_in()
    house.at.body = b"{}"
    house.pass_by(ACCEPTED_FOR - SECOND)
    await house.log_in()
    house.pass_by(SECOND)
    assert await house.refused() == NOT_KNOWN


async def test_the_running_log_says_once_why_a_provider_is_silent_and_anew_when_it_is_so_again(house: House) -> None:
    told = {"event": "provider.silent", "log_level": "warning", "organisation": "team-noord"}
    told |= {"issuer": house.world.credentials.keys["team-noord"].issuer}
    with capture_logs() as said:
        for status in (404, 404, 200, 404, 500):
            house.at.status = status
            with suppress(OAuthError):
                await house.log_in()
            house.pass_by(RENEWED_AFTER)
    whys = ["status 404", "status 404", "status 500"]
    assert said == [{**told, "why": why} for why in whys]


async def test_outside_the_sandbox_nothing_is_fetched_from_this_machine(house: House) -> None:
    house.use(ProviderKeys(clock=house.world.clock, this_machine=False))
    for address in (house.at.url, house.at.url.replace("http:", "https:").replace("127.0.0.1", "localhost")):
        await house.register("team-noord", address)
        assert await house.refused() == NOT_KNOWN
    assert house.at.asked == 0


async def test_keys_of_another_address_count_no_more_once_that_is_registered(house: House) -> None:
    await house.log_in()
    new = new_signing_key()
    async with publisher(new) as moved:
        await house.register("team-noord", moved.url)
        assert await house.refused() == NOT_ACCEPTED
        house.pass_by(PAUSE)
        assert (await house.log_in(new)).exchanged
    assert house.at.asked == 1


async def test_an_older_algorithm_counts_where_it_is_registered_and_nowhere_else(house: House) -> None:
    old = RSAKey.generate_key(2048)
    house.at.publish_raw([{**old.as_dict(private=False), "kid": "r1", "use": "sig"}, house.key.published()])
    claims = {"iss": house.world.credentials.keys["team-noord"].issuer, "aud": ADDRESS, "sub": "anna"}
    claims |= {"acr": "substantial", "form": "professional", "role": "youth-professional"}

    async def log_in() -> TokenAnswer:
        now = house.world.clock.seconds
        times = {"iat": now, "auth_time": now, "exp": now + 300}
        text = signed({**claims, **times}, kind="JWT", key=old, algorithm="RS256", header={"kid": "r1"})
        return await house.world.answer(house.world.form("anna", subject_token=text))

    with pytest.raises(OAuthError):
        await log_in()
    assert await house.why() == "the algorithm is not that of the key"
    await house.register("team-noord", house.at.url, legacy_algorithms=["RS256"])
    assert (await log_in()).exchanged


async def test_nobody_is_looked_up_before_the_keys_are_there(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def noting(name: str, of: object, method: str) -> None:
        real: Callable[..., Awaitable[Any]] = getattr(of, method)

        async def noted(*given: Any) -> Any:
            looked.append(name)
            return await real(*given)

        monkeypatch.setattr(type(of), method, lambda _self, *given: noted(*given))

    noting("person", house.world.services.persons, "named")
    noting("professional", house.world.services.professionals, "may_come_in")
    await house.register("person", house.at.url)
    for who in ("anna", "sem"):
        house.at.hang()
        login = asyncio.create_task(house.log_in(who=who))
        await house.at.is_asked()
        assert not looked
        house.at.open.set()
        await login
        assert looked
        looked.clear()
