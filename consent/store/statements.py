"""The statements of the store, written once for both databases; the hot ones run on the driver's own connection.

SQLAlchemy writes the SQL, and the transaction is its own. Only the executing of two reads goes past it: that alone
costs three times what the driver does (`reference/performance.md` 4).
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    DateTime,
    Integer,
    LargeBinary,
    Select,
    String,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.dialects.sqlite.aiosqlite import dialect as aiosqlite_dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.store.tables import DatabaseClock, fact, person, person_identifier, person_key, registry_fact

_DIALECTS: Final = {
    "postgresql": asyncpg_dialect(),  # type: ignore[no-untyped-call] # SQLAlchemy gives it no types
    "sqlite": aiosqlite_dialect(),
}


class ReadError(SQLAlchemyError):
    """The database did not answer, or not this; the connection is given up. Close, and try later."""


class Prepared:
    """A read, compiled once for each database. Its rows come as the driver gives them (SQLite: an instant is text)."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any]) -> None:
        """Compile `statement`; every value in it is a named parameter or stands in its text."""
        self._sql: dict[str, str] = {}
        self._order: dict[str, tuple[str, ...]] = {}
        for name, dialect in _DIALECTS.items():
            compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
            self._sql[name] = str(compiled)
            self._order[name] = tuple(compiled.positiontup or ())

    async def rows(self, connection: AsyncConnection, **parameters: Any) -> Sequence[Sequence[Any]]:
        """Return the rows for `parameters`, seen in the transaction that `connection` is in, if it is in one.

        Raises:
            ReadError: the database did not answer.
        """
        dialect = connection.dialect.name
        ordered = [parameters[name] for name in self._order[dialect]]
        if connection.sync_connection is None:
            raise ReadError("the connection is not open; enter it first")
        driver: Any = connection.sync_connection.connection.driver_connection
        try:
            if dialect == "postgresql":
                return await driver.fetch(self._sql[dialect], *ordered)  # type: ignore[no-any-return] # untyped driver
            return await driver.execute_fetchall(self._sql[dialect], ordered)  # type: ignore[no-any-return] # idem
        except Exception as error:  # the driver's own errors have no common class
            # SQLAlchemy did not see it, so it would hand out a dead connection again.
            await connection.invalidate()
            raise ReadError("the database did not answer a read") from error


def _nothing(kind: Any) -> Any:
    return cast(null(), kind)


_named = (
    select(person_identifier.c.person.label("id"))
    .where(person_identifier.c.lookup == bindparam("lookup", type_=LargeBinary))
    .union_all(select(person.c.id).where(person.c.id == bindparam("direct", type_=String)))
    .cte("named")
)
_always = select(literal_column("1", Integer).label("one")).subquery("always")
_anchor = person.alias("anchor")
_registry_version = select(
    func.coalesce(func.max(registry_fact.c.version), literal_column("0", BigInteger))
).scalar_subquery()

FIND: Final = Prepared(
    select(DatabaseClock(), _registry_version, _named.c.id, person.c.id, person.c.version)
    .select_from(
        _always.outerjoin(_named, true())
        .outerjoin(_anchor, _anchor.c.id == _named.c.id)
        .outerjoin(person, person.c.family == _anchor.c.family)
    )
    .order_by(person.c.id)
)
"""Who is named by the keyed hash `lookup` or by the internal id `direct`, and everybody in his family.

Columns: the database's clock, the registry's version, the person named, a member, his version. One row a member, by id;
one row with nothing behind the first two where nobody is named.
"""

_members = (
    select(person.c.id, person.c.version)
    .where(
        person.c.family
        == select(_anchor.c.family).where(_anchor.c.id == bindparam("person", type_=String)).scalar_subquery()
    )
    .cte("members")
)


def _row(kind: str, **columns: Any) -> Select[Any]:
    return select(
        literal_column(f"'{kind}'", String).label("kind"),
        columns["person"].label("person"),
        columns.get("name", _nothing(String)).label("name"),
        columns.get("id", _nothing(String)).label("id"),
        columns.get("seq", _nothing(BigInteger)).label("seq"),
        columns["version"].label("version"),
        columns.get("amends", _nothing(BigInteger)).label("amends"),
        columns.get("key_version", _nothing(Integer)).label("key_version"),
        columns.get("sealed", _nothing(LargeBinary)).label("sealed"),
        columns.get("commitment", _nothing(LargeBinary)).label("commitment"),
        columns.get("at", _nothing(DateTime(timezone=True))).label("at"),
    )


READ: Final = Prepared(
    union_all(
        _row("clock", person=_nothing(String), version=_nothing(BigInteger), at=DatabaseClock()),
        _row("person", person=_members.c.id, version=_members.c.version),
        _row(
            "key",
            person=person_key.c.person,
            name=person_key.c.key_class,
            version=cast(person_key.c.version, BigInteger),
            sealed=person_key.c.wrapped,
            commitment=person_key.c.commitment,
        ).join(_members, _members.c.id == person_key.c.person),
        _row(
            "identifier",
            person=person_identifier.c.person,
            name=person_identifier.c.system,
            version=cast(literal_column("0", Integer), BigInteger),
            sealed=person_identifier.c.sealed,
        ).join(_members, _members.c.id == person_identifier.c.person),
        _row(
            "fact",
            person=fact.c.person,
            name=fact.c.section,
            id=fact.c.id,
            seq=fact.c.seq,
            version=fact.c.version,
            amends=fact.c.amends,
            key_version=fact.c.key_version,
            sealed=fact.c.entry,
            at=fact.c.recorded_at,
        ).join(_members, _members.c.id == fact.c.person),
    )
)
"""Everything about the family of `person`, as of one instant: the clock, members, keys, identifiers and facts, in no
order."""

REGISTRY: Final = Prepared(select(_registry_version))
"""The registry's version."""

GROWN: Final = Prepared(
    select(registry_fact.c.version, registry_fact.c.section, registry_fact.c.id, registry_fact.c.entry)
    .where(registry_fact.c.version > bindparam("version", type_=BigInteger))
    .order_by(registry_fact.c.version)
)
"""What was registered after `version`, oldest first."""


def _families_of(dialect: str) -> Select[Any]:
    ids = bindparam("ids", type_=ARRAY(String)) if dialect == "postgresql" else bindparam("ids", type_=String)
    one_of = (
        _anchor.c.id == any_(ids)
        if dialect == "postgresql"
        else _anchor.c.id.in_(select(func.json_each(ids).table_valued("value").c.value))
    )
    return select(_anchor.c.family).where(one_of)


def members_held(dialect: str, *, share: bool) -> Select[Any]:
    """Return the read that locks everybody in the families of the persons `ids`.

    Columns: id, version and family. One row a member, by id, which is also the order of locking, so that no two can
    wait for each other. `ids` is an array (SQLite: a JSON array). SQLite has no row locks; there a transaction that may
    write is alone anyway.
    """
    return (
        select(person.c.id, person.c.version, person.c.family)
        .where(person.c.family.in_(_families_of(dialect)))
        .order_by(person.c.id)
        .with_for_update(read=share, of=person)
    )


HELD_SHARED: Final = {dialect: members_held(dialect, share=True) for dialect in _DIALECTS}
HELD_ALONE: Final = {dialect: members_held(dialect, share=False) for dialect in _DIALECTS}
