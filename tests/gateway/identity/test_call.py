"""`schakel call` against a token service on a real socket, and the credentials file that it reads."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.commands.call import run_call
from gateway.identity.caller import authenticate
from gateway.identity.routes import routes
from gateway.sandbox.call import CallError, call
from gateway.sandbox.credentials import CredentialsError, make_credentials, read_credentials, write_credentials
from gateway.serving import listen
from tests.gateway.identity.world import RealClock, World, make_world


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Path]:
    """A token service and one door behind it; yield the credentials file."""
    with listen("127.0.0.1", 0) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        world = await make_world(f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}", address=address, clock=RealClock())
        doors = [Route("/who/{rest:path}", who(world), methods=["GET", "POST"]), Route("/letter", letter)]
        app = Starlette(routes=[*routes(world.service), *doors])
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve(sockets=[listening]))
        write_credentials(tmp_path / "credentials.json", world.credentials)
        yield tmp_path / "credentials.json"
        server.should_exit = True
        await task
        await world.engine.dispose()


def changed(served: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Write a changed copy of the credentials; return its path."""
    document = json.loads(served.read_bytes())
    change(document)
    other = served.with_name("other.json")
    other.touch(mode=0o600)
    other.write_text(json.dumps(document))
    return other


LETTER = b"%PDF-1.4\n\xff\x93\x00\n"


def letter(_: Request) -> Response:
    return Response(LETTER, media_type="application/pdf")


def who(world: World) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def answer(request: Request) -> JSONResponse:
        path = request.scope["raw_path"].decode().partition("?")[0]
        caller = await authenticate(request.scope["headers"], request.method, path, services=world.services)
        return JSONResponse(
            {"form": caller.form, "id": caller.id, "sent": (await request.body()).decode()},
            status_code=404 if "missing" in path else 200,
        )

    return answer


@pytest.mark.parametrize(
    ("name", "form", "identifier"),
    [
        ("anna", "professional", "anna"),
        ("professional:anna", "professional", "anna"),
        ("luus", "person", "luus"),
        ("mentor:luus", "mentor", "luus"),
        ("officer", "officer", "officer-of-operator"),
        ("second-officer", "officer", "second-officer-of-operator"),
    ],
)
async def test_a_call_is_made_as_the_one_who_is_named(served: Path, name: str, form: str, identifier: str) -> None:
    answer = await call(served, name, "GET", "/who/am-i", None)
    assert answer.status == 200
    assert json.loads(answer.body) == {"form": form, "id": identifier, "sent": ""}


async def test_a_body_a_query_and_odd_characters_in_the_path_come_over_as_they_are(served: Path) -> None:
    answer = await call(served, "anna", "POST", "/who/a%2Fb%20c?at=2026-01-01&x=%3F", b'{"a": 1}')
    assert json.loads(answer.body)["sent"] == '{"a": 1}'


async def test_the_status_and_body_of_a_no_are_given_as_they_are(served: Path) -> None:
    assert (await call(served, "anna", "GET", "/who/missing", None)).status == 404


async def test_a_file_is_printed_to_the_byte_as_it_came(
    served: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert await asyncio.to_thread(run_call, served, "officer", "GET", "/letter", None) == (0, "")
    assert capfdbinary.readouterr() == (LETTER, b"")


async def test_a_path_without_its_slash_is_named(served: Path) -> None:
    with pytest.raises(CallError, match="begins with a slash"):
        await call(served, "anna", "GET", "who/am-i", None)


@pytest.mark.parametrize("name", ["zoe", "officer:", "second-officer:", "officer:nowhere"])
async def test_somebody_who_is_not_there_is_named(served: Path, name: str) -> None:
    with pytest.raises(CredentialsError, match=f"nobody in these credentials is called `{name}`"):
        await call(served, name, "GET", "/who/am-i", None)


async def test_a_file_of_too_many_levels_holds_no_credentials(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("[" * 100_000)
    (tmp_path / "keys.json").chmod(0o600)
    with pytest.raises(CredentialsError, match="is not a credentials file"):
        await call(tmp_path / "keys.json", "anna", "GET", "/who/am-i", None)


async def test_a_gateway_that_does_not_answer_is_named(served: Path) -> None:
    other = changed(served, lambda document: document.update(gateway="http://127.0.0.1:1"))
    with pytest.raises(CallError, match="does not answer"):
        await call(other, "anna", "GET", "/who/am-i", None)


async def test_a_gateway_that_gives_no_token_is_quoted(served: Path) -> None:
    other = changed(served, lambda document: [each.update(client_id="x") for each in document["organisations"]])
    with pytest.raises(CallError, match="status 401"):
        await call(other, "anna", "GET", "/who/am-i", None)


async def test_credentials_come_back_as_they_were_written(world: World, tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    write_credentials(path, world.credentials)
    assert path.stat().st_mode & 0o777 == 0o600
    read = read_credentials(path)
    assert (read.people, read.gateway_url) == (world.credentials.people, world.credentials.gateway_url)
    before, after = world.credentials.keys["person"], read.keys["person"]
    assert before.client_key.key.thumbprint() == after.client_key.key.thumbprint()


async def test_credentials_never_write_over_a_file(world: World, tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        write_credentials(path, world.credentials)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "else"}', '{"format": "schakel-credentials/1"}'])
def test_a_file_that_is_something_else_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "credentials.json"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(CredentialsError, match="credentials"):
        read_credentials(path)


def test_credentials_that_others_may_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    path.touch(mode=0o644)
    with pytest.raises(CredentialsError, match="chmod 600"):
        read_credentials(path)


def test_no_private_key_stands_in_the_representation_of_credentials() -> None:
    entries, credentials = make_credentials(
        gateway_url="https://x.example", organisations=["a"], professionals=[], persons=[], mentors=[]
    )
    secret = str(credentials.keys["a"].client_key.key.as_dict(private=True)["d"])
    assert secret not in repr(credentials)
    assert secret not in json.dumps([dict(each.body or {}) for each in entries])


async def test_a_bare_id_means_who_is_set_first(world: World) -> None:
    assert world.credentials.named("luus").login.form == "person"
    assert world.credentials.with_first("mentor", "luus").named("luus").login.form == "mentor"
    assert world.credentials.with_first("mentor", "nobody").named("luus").login.form == "person"
