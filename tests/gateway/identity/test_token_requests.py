"""The token door: what it takes, what it answers, and that nothing leaves it that is not in the log."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from gateway.health.disk import Disk
from gateway.identity.refusals import OAuthError, UnauthenticatedError, UnrecordedError
from gateway.identity.routes import MAX_BODY, routes
from tests.gateway.identity.world import ADDRESS, World

FORM = b"application/x-www-form-urlencoded"


async def sent(
    world: World, method: str, path: str, body: bytes = b"", headers: Sequence[tuple[bytes, bytes]] = ()
) -> tuple[int, dict[str, str], bytes]:
    """Send a request through ASGI; return status, headers and body."""
    messages: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": list(headers),
        "root_path": "",
        "scheme": "http",
        "server": ("evil.example", 80),
        "http_version": "1.1",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await Starlette(routes=routes(world.service))(scope, receive, send)
    answered = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], answered, b"".join(each.get("body", b"") for each in messages[1:])


async def posted(
    world: World, body: bytes, *, proof: str | None = None, content_type: bytes = FORM
) -> tuple[int, dict[str, str], dict[str, Any]]:
    headers = [(b"content-type", content_type), (b"dpop", (proof or world.proof()).encode())]
    status, answered, said = await sent(world, "POST", "/oauth/token", body, headers)
    return status, answered, json.loads(said)


async def test_a_token_is_answered_as_the_rfcs_say(world: World) -> None:
    status, headers, body = await posted(world, urlencode(world.form("anna")).encode())
    assert status == 200
    assert headers["cache-control"] == "no-store"
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope", "issued_token_type"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("DPoP", 300, "schakel")
    assert (await world.ask(body["access_token"])).id == "anna"


async def test_the_metadata_names_the_configured_address_whatever_the_host_header_says(world: World) -> None:
    headers = [(b"host", b"evil.example"), (b"x-forwarded-host", b"evil.example")]
    status, _, body = await sent(world, "GET", "/.well-known/oauth-authorization-server", headers=headers)
    described = json.loads(body)
    assert status == 200
    assert (described["issuer"], described["token_endpoint"]) == (ADDRESS, f"{ADDRESS}/oauth/token")
    assert described["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]


async def test_the_key_set_is_public(world: World) -> None:
    status, _, body = await sent(world, "GET", "/oauth/jwks")
    assert (status, [each.get("d") for each in json.loads(body)["keys"]]) == (200, [None])


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
        ({"resource": None}, "invalid_target"),
        ({"resource": "https://evil.example"}, "invalid_target"),
        ({"resource": ADDRESS + "/"}, "invalid_target"),
        ({"scope": "schakel admin"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"audience": ADDRESS}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"actor_token_type": "x"}, "invalid_request"),
        ({"authorization_details": "[]"}, "invalid_request"),
        ({"client_secret": "s"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
        ({"subject_token": None}, "invalid_request"),
        ({"subject_token": ""}, "invalid_request"),
        ({"subject_token_type": None}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:access_token"}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "invalid_request"),
        ({"client_assertion": None}, "invalid_client"),
        ({"client_assertion_type": None}, "invalid_client"),
        ({"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}, "invalid_client"),
        ({"client_id": "school-zuid-system"}, "invalid_client"),
        ({"subject_token": "x" * 8193}, "invalid_request"),
    ],
)
async def test_a_request_that_is_not_right_is_refused_and_logged(
    world: World, changed: dict[str, str | None], error: str
) -> None:
    status, headers, body = await posted(world, urlencode(world.form("anna", **changed)).encode())
    assert (status, body["error"]) == (401 if error == "invalid_client" else 400, error)
    assert headers["cache-control"] == "no-store"
    assert [each["error"] for each in await world.refusals()] == [error]
    assert not await world.logged("token.issued")


@pytest.mark.parametrize("scope", ["schakel", None])
async def test_the_one_scope_may_be_named_or_left_out(world: World, scope: str | None) -> None:
    status, _, _ = await posted(world, urlencode(world.form("anna", scope=scope)).encode())
    assert status == 200


@pytest.mark.parametrize("doubled", ["resource", "client_assertion", "subject_token", "unheard_of"])
async def test_a_parameter_that_stands_twice_is_refused(world: World, doubled: str) -> None:
    form = [*world.form("anna", unheard_of="1").items()]
    form += [(name, value) for name, value in form if name == doubled]
    status, _, body = await posted(world, urlencode(form).encode())
    assert (status, body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "body", [b"grant_type", b"a=1&&b=2", b"\xff=1", b"a=%ff", b"&".join([b"a=1"] * 21), b"a=" + b"x" * MAX_BODY]
)
async def test_a_body_that_is_no_form_is_refused_and_logged(world: World, body: bytes) -> None:
    status, _, answered = await posted(world, body)
    assert (status, answered["error"]) == (400, "invalid_request")
    assert len(await world.refusals()) == 1


async def test_a_json_body_is_refused(world: World) -> None:
    form = world.form("anna")
    for body in (json.dumps(form).encode(), urlencode(form).encode()):
        status, _, _ = await posted(world, body, content_type=b"application/json")
        assert status == 400


@pytest.mark.parametrize("changed", [{"htm": "GET"}, {"htu": ADDRESS}, {"iat": 1}, {"jti": "short"}, {"jti": None}])
async def test_no_token_without_a_proof_that_is_right(world: World, changed: dict[str, Any]) -> None:
    status, _, body = await posted(world, urlencode(world.form("anna")).encode(), proof=world.proof(**changed))
    assert (status, body["error"]) == (400, "invalid_dpop_proof")


async def test_no_token_without_a_proof(world: World) -> None:
    with pytest.raises(OAuthError) as refused:
        await world.service.token(list(world.form("anna").items()), [])
    assert refused.value.error == "invalid_dpop_proof"


async def test_a_proof_gets_one_token(any_world: World) -> None:
    proof = any_world.proof()
    await any_world.answer(any_world.form("anna"), proof)
    with pytest.raises(OAuthError) as refused:
        await any_world.answer(any_world.form("anna"), proof)
    assert refused.value.error == "invalid_dpop_proof"


async def test_where_the_log_takes_no_event_there_is_no_token_but_a_503(any_world: World) -> None:
    form = any_world.form("anna")
    async with any_world.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit_event RENAME TO gone"))
    status, headers, body = await posted(any_world, urlencode(form).encode())
    assert (status, body["error"]) == (503, "temporarily_unavailable")
    assert headers["cache-control"] == "no-store"


async def test_where_the_tree_of_the_log_is_broken_there_is_no_token_but_a_503(any_world: World) -> None:
    any_world.services.health.broken = True
    status, headers, body = await posted(any_world, urlencode(any_world.form("anna")).encode())
    assert (status, body["error"]) == (503, "temporarily_unavailable")
    assert headers["cache-control"] == "no-store"
    assert not await any_world.logged("token.issued")
    any_world.services.health.broken = False
    assert (await posted(any_world, urlencode(any_world.form("anna")).encode()))[0] == 200


async def test_what_stops_disclosing_stops_no_token_so_that_who_withdraws_comes_in(any_world: World) -> None:
    full = any_world.services.health.disk = Disk(Path("/"), minimum=1, free=lambda _: 0)
    assert full.obstacle() is not None
    assert (await posted(any_world, urlencode(any_world.form("sem")).encode()))[0] == 200


@pytest.mark.parametrize(
    ("tried", "challenge"),
    [
        ("Basic dGVhbTpzZWNyZXQ=", 'Basic realm="/oauth/token"'),
        ("bearer abc", 'bearer realm="/oauth/token"'),
        ('Basic"evil="1 x', None),
        ("Basic,Evil x", None),
        ("", None),
        (None, None),
    ],
)
async def test_who_tried_http_authentication_is_told_in_his_scheme_that_it_failed(
    world: World, tried: str | None, challenge: str | None
) -> None:
    body = urlencode(world.form("anna", client_assertion=None)).encode()
    headers = [(b"content-type", FORM), (b"dpop", world.proof().encode())]
    headers += [] if tried is None else [(b"authorization", tried.encode())]
    status, answered, said = await sent(world, "POST", "/oauth/token", body, headers)
    assert (status, json.loads(said)["error"]) == (401, "invalid_client")
    assert answered.get("www-authenticate") == challenge


async def test_where_the_log_takes_no_event_a_refusal_is_a_503_too(world: World) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit_event RENAME TO gone"))
    with pytest.raises(UnrecordedError):
        await world.ask_with()


async def test_where_nobody_knows_whether_a_proof_was_used_nobody_comes_in(any_world: World) -> None:
    token = await any_world.token("anna")
    await any_world.ask(token)
    async with any_world.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE used_once RENAME TO gone"))
    with pytest.raises(UnrecordedError):
        await any_world.ask(token)
    with pytest.raises(UnrecordedError):
        await any_world.answer(any_world.form("anna"))


async def test_where_the_registry_cannot_be_read_nobody_comes_in(world: World) -> None:
    token = await world.token("anna")
    async with world.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO registration (kind, key, organisation, body, recorded_by) "
                "VALUES ('client', 'broken', 'x', '{}', 'x')"
            )
        )
    with pytest.raises(UnrecordedError):
        await world.ask(token)


async def test_a_flood_of_refusals_is_bounded_in_the_log_and_counted_to_the_last(world: World) -> None:
    for _ in range(75):
        with pytest.raises(UnauthenticatedError):
            await world.ask_with()
    assert len(await world.refusals()) == 60
    await world.services.refusals.close()
    (flood,) = await world.logged("flood")
    assert flood["opened"]["detail"]["refused"] == {"api: token_missing": 15}


async def test_after_a_minute_refusals_are_events_of_their_own_again(world: World) -> None:
    for _ in range(61):
        with pytest.raises(UnauthenticatedError):
            await world.ask_with()
    world.clock.now = world.clock.now.replace(minute=1)
    with pytest.raises(UnauthenticatedError):
        await world.ask_with()
    assert len(await world.refusals()) == 61
