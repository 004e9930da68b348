"""Finding who is named: one name, or many in one round trip."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from consent.store.reading import instant
from consent.store.statements import FIND, ReadError

Fetch: TypeAlias = Callable[..., Awaitable[Sequence[Sequence[Any]]]]
"""Asks PostgreSQL one statement with its arguments, outside a transaction of others, and gives the rows."""


@dataclass(frozen=True, slots=True)
class Name:
    """How a person is looked up: by a keyed hash of his number in a system, or by his internal id."""

    lookup: bytes
    direct: str


@dataclass(frozen=True, slots=True)
class Found:
    """Who a name means at an instant of the database's clock (None: nobody), his family, and the registry's version."""

    at: datetime
    registry: int
    named: str | None
    members: tuple[tuple[str, int], ...]


# As `FIND`, for many: the same columns behind the place of the name that they answer.
_FIND_MANY: Final = """\
SELECT asked.n, clock_timestamp(), (SELECT coalesce(max(version), 0) FROM registry_fact), named.id,
  member.id, member.version
FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY AS asked (lookup, direct, n)
LEFT JOIN LATERAL (
  SELECT one.person AS id FROM person_identifier AS one WHERE one.lookup = asked.lookup
  UNION ALL SELECT one.id FROM person AS one WHERE one.id = asked.direct
) AS named ON true
LEFT JOIN person AS anchor ON anchor.id = named.id
LEFT JOIN person AS member ON member.family = anchor.family"""


async def find(connection: AsyncConnection, name: Name) -> Found:
    """Return who `name` means.

    Raises:
        ReadError: the database did not answer.
    """
    return _found(await FIND.rows(connection, lookup=name.lookup, direct=name.direct))


async def find_many(fetch: Fetch, names: Sequence[Name]) -> list[Found]:
    """Return who each of `names` means, in order. PostgreSQL only.

    Raises:
        ReadError: the database did not answer.
    """
    try:
        rows = await fetch(_FIND_MANY, [name.lookup for name in names], [name.direct for name in names])
    except Exception as error:  # whoever fetches raises what he likes
        raise ReadError("the database did not answer a read") from error
    sorted_out: list[list[Any]] = [[] for _ in names]
    for row in rows:
        sorted_out[row[0] - 1].append(tuple(row)[1:])
    return [_found(each) for each in sorted_out]


def _found(rows: Iterable[Sequence[Any]]) -> Found:
    first, *others = rows
    members = [(row[3], row[4]) for row in (first, *others) if row[3] is not None]
    return Found(instant(first[0]), first[1], first[2], tuple(sorted(members)))
