"""A world file in a gateway of its own, on a free port, in a folder that is gone afterwards.

The same parts as `schakel sandbox`, served the same way. A gateway's clock stands at one request, so for each request
the gateway is opened anew, on the same database; ids of one file mean others in the next, so each file gets its own.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp

from consent.known.contradictions import ContradictionError
from consent.store.recording import UnknownPersonError
from consent.world.file import World
from consent.world.shape import WorldError
from gateway.live.asking import ask_as_requester
from gateway.live.hearing import Held, held
from gateway.sandbox.call import DEADLINE, CallError
from gateway.sandbox.credentials import Credentials, CredentialsError
from gateway.sandbox.running import Options, prepare, sandbox_settings, world_of
from gateway.serving import listen, served
from gateway.wiring import open_gateway

_NOT_TAKEN: Final = (ContradictionError, WorldError, UnknownPersonError)


async def held_on_the_wire(file: World, positions: Sequence[int]) -> list[tuple[int, Held]]:
    """Return for each of the requests at `positions` what differs between what is heard and what the file expects.

    Raises:
        OSError: no port, or no folder to work in.
    """
    with listen("127.0.0.1", 0) as listening, TemporaryDirectory(prefix="schakel-live-") as folder:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = sandbox_settings(Path(folder), url, Options())
        try:
            credentials = await prepare(file, settings)
        except _NOT_TAKEN as error:
            return [(position, Held([f"the gateway does not take this world: {error}"])) for position in positions]
        found = []
        for position in positions:
            request = file.requests[position]
            async with (
                open_gateway(settings, world_of(file, request)) as gateway,
                served(gateway, listening.dup()),
                aiohttp.ClientSession(timeout=DEADLINE) as session,
            ):
                found.append((position, await _held(session, credentials, file, position)))
        return found


async def _held(session: aiohttp.ClientSession, credentials: Credentials, file: World, position: int) -> Held:
    try:
        heard = await ask_as_requester(session, credentials, file.requests[position])
    except (CallError, CredentialsError) as error:
        return Held([f"wire: {error}"])
    return held(heard, file, position)
