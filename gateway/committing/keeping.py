"""Keeping many events in one round trip and one commit: each if, and only if, the facts that it rests on still stand.

PostgreSQL only. Source: facts contract, F5; audit log contract, *Storage*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.durability import WAIT_FOR_DISK
from audit.prepared import Prepared
from consent.known.family import Versions
from gateway.database.line import BrokenLineError, Line
from gateway.registry.rows import NEWEST_REVISION

NO_FACTS: Final = Versions(persons=(), registry=None)
"""What an event rests on that rests on nothing."""

# `held` locks the version rows as `consent.store.statements.members_held` does, but waits for nobody: who is being
# changed right now is skipped, so his event is not kept here. `stands` is how each family stands that is held whole,
# and the registry alone for who is not known, as `_versions` writes it: what rests on anything else does not fit.
# `nobodys` locks no row, and by that the table in the mode in which `consent.store.holding` does, before anything is
# read: who ends something for everybody waits for this statement, or this one sees it.
# What is kept is taken from the parameters one by one, because a row that passes through a join is copied at each step,
# and it has tens of kilobytes. The commit waits for the disk whatever the session says, as in `audit.store`.
_KEEP: Final = f"""\
WITH held AS MATERIALIZED (
  SELECT person.id, person.version, person.family FROM person
  WHERE person.family IN (
    SELECT one.family FROM unnest($7::text[]) AS versions JOIN person AS one ON one.id = split_part(versions, E'\\n', 2)
  )
  ORDER BY person.id FOR SHARE OF person SKIP LOCKED
), nobodys AS MATERIALIZED (
  SELECT version FROM registry_fact WHERE version < 0 FOR KEY SHARE
), registry AS MATERIALIZED (
  SELECT coalesce(max(version), (SELECT max(version) FROM nobodys), 0)::text AS version FROM registry_fact
), stands AS MATERIALIZED (
  SELECT version AS versions FROM registry
  UNION ALL
  SELECT (SELECT version FROM registry) || string_agg(E'\\n' || id || E'\\n' || version, '' ORDER BY id COLLATE "C")
  FROM held GROUP BY family HAVING count(*) = (SELECT count(*) FROM person WHERE person.family = held.family)
), kept AS (
  INSERT INTO audit_event (event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id)
  SELECT ($1::uuid[])[n], ($2::bytea[])[n], ($3::bytea[])[n], ($4::bytea[])[n], ($5::bytea[])[n], ($6::text[])[n]
  FROM generate_subscripts($1::uuid[], 1) AS n
  WHERE (($7::text[])[n] IS NULL OR ($7::text[])[n] IN (SELECT versions FROM stands))
    AND (($11::bigint[])[n] IS NULL OR ($11::bigint[])[n] = ({NEWEST_REVISION}))
  RETURNING event_id, sealed_person IS NOT NULL AS is_sealed, {WAIT_FOR_DISK}
), subjects AS (
  INSERT INTO audit_subject (person, event_id, holds_key)
  SELECT about.person, kept.event_id, kept.is_sealed AND about.is_first
  FROM kept JOIN (
    SELECT *, true FROM unnest($1::uuid[], $8::text[]) AS first
    UNION ALL SELECT *, false FROM unnest($9::uuid[], $10::text[]) AS others
  ) AS about (event_id, person, is_first) USING (event_id)
  WHERE about.person IS NOT NULL
)
SELECT event_id::text FROM kept"""  # noqa: S608 - own text


@dataclass(frozen=True, slots=True)
class Resting:
    """An event to keep, and the versions that it rests on, of what is registered too; None of what does not."""

    event: Prepared
    versions: Versions
    revision: int | None = None


class Keeper:
    """Keeps events of one database, several at a time and one time after another."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Take the database's engine."""
        self._line = Line(engine)

    async def keep(self, resting: Sequence[Resting]) -> list[bool]:
        """Return of each event whether it is durable now. Those that are not may be tried one by one.

        Never waits for who changes facts: an event about a family that is being changed is not kept here. Where the
        database does not answer none counts as kept, though they may have been: each is only ever kept once.
        """
        try:
            rows = await self._line.fetch(_KEEP, *_columns(resting))
        except BrokenLineError:
            return [False] * len(resting)  # each event tries alone, and hears why
        kept = {row[0] for row in rows}
        return [each.event.event_id in kept for each in resting]


def _columns(resting: Sequence[Resting]) -> list[list[Any]]:
    events = [each.event for each in resting]
    others = [(event.event_id, person) for event in events for person in event.persons[1:]]
    return [
        [event.event_id for event in events],
        [event.leaf for event in events],
        [event.leaf_hash for event in events],
        [event.sealed_log for event in events],
        [event.sealed_person for event in events],
        [event.request_id for event in events],
        [_versions(each.versions) for each in resting],
        [event.persons[0] if event.persons else None for event in events],
        [event_id for event_id, _ in others],
        [person for _, person in others],
        [each.revision for each in resting],
    ]


def _versions(versions: Versions) -> str | None:
    """Return `versions` as one text, of lines that no id holds: the driver takes its time for each value of a list."""
    if versions == NO_FACTS:
        return None
    return f"{versions.registry}" + "".join([f"\n{person}\n{version}" for person, version in versions.persons])
