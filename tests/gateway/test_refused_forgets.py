"""What a request had in memory goes with its refusal, and does not wait for the collector of cycles."""

import gc
import weakref
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from gateway.api.exchange import PATH
from gateway.api.problems import Problem
from gateway.app import Outermost


class Family:
    """What a request has under its hands."""


@pytest.mark.parametrize("path", [PATH, "/"])
@pytest.mark.parametrize("error", [Problem("not-available"), RuntimeError("a defect")])
async def test_what_a_request_held_is_gone_when_it_was_refused(error: Exception, path: str) -> None:
    held: list[weakref.ref[Family]] = []

    async def refusing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        family = Family()
        held.append(weakref.ref(family))
        raise type(error)(*error.args)

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": path, "headers": []}
    gc.disable()
    try:
        await Outermost(cast("FastAPI", refusing), refusing)(scope, receive, send)
        (family,) = held
        assert family() is None
    finally:
        gc.enable()
    assert sent[0]["status"] in {403, 500}
