"""The login under which the log's tree grows: apart from the gateway's own, where the settings name one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.database.engine import create_engine
from gateway.settings import Settings

_CONNECTIONS: Final = 4
"""The sequencer's, and those of who asks the witnesses."""


@asynccontextmanager
async def growing(settings: Settings, engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """Give an engine for what places events, signs heads and keeps cosignatures: `engine` where it has no own login."""
    if settings.sequencer_database_url is None:
        yield engine
        return
    own = create_engine(settings.sequencer_database_url, pool_size=_CONNECTIONS)
    try:
        yield own
    finally:
        await own.dispose()
