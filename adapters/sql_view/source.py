"""Reads views of a relational database, in a transaction that can only read."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Column, Integer, MetaData, Select, String, Table, event, or_, quoted_name, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from adapters.contract import Mapped, SourceMalformedError, SourceRecord, SourceSilentError
from adapters.mapping import LoadedMapping
from adapters.sql_view.settings import VIEW, View, ViewSettings
from schemas.permits import Permit

_POSTGRESQL: Final = "postgresql"
_UNANSWERED: Final = ("08", "53", "57")
"""Classes of SQLSTATE that say that the server, not the question, is at fault: connection, resources, intervention."""


def _now() -> datetime:
    return datetime.now(UTC)


class SQLViewSource:
    """A database of one holder. Bound parameters only; names come from the settings and are quoted."""

    def __init__(
        self, organisation: str, mapping: LoadedMapping, settings: ViewSettings, *, now: Callable[[], datetime] = _now
    ) -> None:
        self.organisation: Final = organisation
        self.system: Final = mapping.system
        self.identifier_system: Final = mapping.identifier_system
        self._mapping = mapping
        self._settings = settings
        self._now = now
        self._engine = _engine(settings)

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        """Return the rows of every view about `permit.identifiers`.

        Raises:
            SourceSilentError: no connection, or the database says that it cannot answer now.
            SourceMalformedError: a view is not as the settings say, gives too many rows, or rows without an id.
        """
        numbers = sorted(set(permit.identifiers.values()))
        records: list[SourceRecord] = []
        try:
            async with self._engine.connect() as connection:
                await self._only_read(connection)
                for view in self._settings.views:
                    records += await self._rows(connection, view, numbers)
        except DBAPIError as error:
            # Its text holds the statement and what the server says of it, which may be a value.
            raise _failure(error) from None
        except (SQLAlchemyError, OSError) as error:
            raise SourceSilentError(f"the database cannot be reached: {type(error).__name__}") from None
        return records

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:
        """Turn rows into elements, by the mapping."""
        return self._mapping.map(records, permit, self.organisation)

    async def close(self) -> None:
        """Give back the connections."""
        await self._engine.dispose()

    async def _only_read(self, connection: AsyncConnection) -> None:
        if connection.dialect.name != _POSTGRESQL:
            return  # SQLite's connections are made so (`_engine`)
        await connection.execute(text("SET TRANSACTION READ ONLY"))
        milliseconds = int(self._settings.deadline_seconds * 1000)
        await connection.execute(text(f"SET LOCAL statement_timeout = {milliseconds:d}"))

    async def _rows(self, connection: AsyncConnection, view: View, numbers: list[str]) -> list[SourceRecord]:
        given = [number for each in numbers if (number := _given(each, view)) is not None]
        result = await connection.execute(_question(view, given, self._settings.row_limit + 1))
        rows = result.mappings().all()
        if len(rows) > self._settings.row_limit:
            raise SourceMalformedError(f"view of `{view.kind}`: more than {self._settings.row_limit} rows")
        now = self._now()
        records = [self._mapping.record(view.kind, dict(row), now) for row in rows]
        if None in records:
            raise SourceMalformedError(f"view of `{view.kind}`: a row without an id")
        return [each for each in records if each is not None]


def _engine(settings: ViewSettings) -> AsyncEngine:
    # `hide_parameters`: no number of a person in an error's text.
    engine = create_async_engine(_only_to_read(settings.url), hide_parameters=True, pool_pre_ping=True)
    if settings.url.get_backend_name() != _POSTGRESQL:

        @event.listens_for(engine.sync_engine, "connect")
        def only_read(connection: Any, _: object) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA query_only = ON")
            cursor.close()

    return engine


def _only_to_read(url: URL) -> URL:
    """Return the same address, of a file opened to read: one that is gone is not made anew, empty, but does not answer.

    Source: SQLite, "Uniform Resource Identifiers", `mode`.
    """
    if url.get_backend_name() == _POSTGRESQL or not url.database or url.database.startswith(":"):
        return url
    return url.set(database=f"file:{quote(url.database)}", query={**url.query, "mode": "ro", "uri": "true"})


def _question(view: View, numbers: Sequence[str | int], rows: int) -> Select[Any]:
    names = VIEW.fullmatch(view.view)
    schema = names["schema"] if names else None
    kind = Integer() if view.number == "integer" else String()
    columns = [Column(quoted_name(each, quote=True), kind) for each in view.person]
    table = Table(
        quoted_name(names["name"] if names else view.view, quote=True),
        MetaData(),
        *columns,
        schema=None if schema is None else quoted_name(schema, quote=True),
    )
    about = or_(*(table.c[each].in_(numbers) for each in view.person))
    return select(text("*")).select_from(table).where(about).limit(rows)


def _given(number: str, view: View) -> str | int | None:
    if view.number == "text":
        return number
    return int(number) if number.isascii() and number.isdigit() else None


def _failure(error: DBAPIError) -> Exception:
    state = str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None) or "")
    code = state or str(getattr(error.orig, "sqlite_errorname", None) or type(error.orig).__name__)
    if error.connection_invalidated or state.startswith(_UNANSWERED) or code in {"SQLITE_BUSY", "SQLITE_CANTOPEN"}:
        return SourceSilentError(f"the database does not answer: {code}")
    return SourceMalformedError(f"the database refuses the question: {code}")
