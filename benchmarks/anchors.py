"""What the gateway is held against: the least that a service like it can do, with the same server and database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped] # the driver has no types
from fastapi import FastAPI
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

POOL: Final = 8
"""Connections, as many as the gateway opens."""
_ROW: Final = b"x" * 600


def insert_app(database_url: str) -> FastAPI:
    """Return E0: FastAPI and one durable insert of 600 bytes through a pool of asyncpg, a commit of its own."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(plain_url(database_url), min_size=POOL, max_size=POOL) as pool:
            await pool.execute("CREATE TABLE IF NOT EXISTS anchor (id bigserial PRIMARY KEY, body bytea NOT NULL)")
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/")
    async def insert() -> dict[str, str]:
        pool: Any = app.state.pool
        await pool.execute("INSERT INTO anchor (body) VALUES ($1)", _ROW)
        return {"status": "kept"}

    return app


def hello_app(database_url: str) -> FastAPI:
    """Return the hello of B9: FastAPI and SQLAlchemy over asyncpg, with one read so that the pool is really open.

    It has nothing of ours, and so carries all that these libraries load by themselves.
    """
    engine = create_async_engine(database_url, pool_size=POOL, max_overflow=0)
    app = FastAPI()

    @app.post("/")
    async def hello() -> dict[str, str]:
        async with engine.connect() as connection:
            return {"hello": str((await connection.execute(text("SELECT 'world'"))).scalar_one())}

    return app


def plain_url(database_url: str) -> str:
    """Return the address of a database as the driver takes it."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
