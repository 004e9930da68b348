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

NO_FACTS: Final = Versions(persons=(), registry=None)
"""What an event rests on that rests on nothing."""

# `held` locks the version rows as `consent.store.statements.members_held` does, but waits for nobody: who is being
# changed right now is skipped, so his event is not kept here. `fits` are the events of which every version still
# stands and nobody came into the family; of who is not known the registry must stand all the same. The commit waits for
# the disk whatever the session says, as in `audit.store`.
_KEEP: Final = f"""\
WITH given AS (
  SELECT * FROM unnest(
    $1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[], $7::int[], $8::bigint[]
  ) WITH ORDINALITY AS given (event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id, members, registry, n)
), rests AS (
  SELECT * FROM unnest($9::bigint[], $10::text[], $11::bigint[]) AS rests (n, person, version)
), held AS MATERIALIZED (
  SELECT person.id, person.version, person.family FROM person
  WHERE person.family IN (SELECT one.family FROM person AS one WHERE one.id = ANY ($10::text[]))
  ORDER BY person.id FOR SHARE OF person SKIP LOCKED
), fits AS (
  SELECT rests.n, count(*) AS members, min(held.family) AS family
  FROM rests JOIN held ON held.id = rests.person AND held.version = rests.version
  GROUP BY rests.n HAVING count(DISTINCT held.family) = 1
), kept AS (
  INSERT INTO audit_event (event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id)
  SELECT given.event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id
  FROM given LEFT JOIN fits ON fits.n = given.n
  WHERE (given.members = 0
         OR (fits.members = given.members
             AND given.members = (SELECT count(*) FROM person WHERE person.family = fits.family)))
    AND (given.registry IS NULL OR given.registry = (SELECT coalesce(max(version), 0) FROM registry_fact))
  RETURNING event_id, {WAIT_FOR_DISK}
), subjects AS (
  INSERT INTO audit_subject (person, event_id, holds_key)
  SELECT about.person, about.event_id, about.holds_key
  FROM unnest($12::uuid[], $13::text[], $14::boolean[]) AS about (event_id, person, holds_key)
  JOIN kept ON kept.event_id = about.event_id
)
SELECT event_id::text FROM kept"""  # noqa: S608 - own text


@dataclass(frozen=True, slots=True)
class Resting:
    """An event to keep, and the versions that it rests on."""

    event: Prepared
    versions: Versions


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
    rests = [(n, *one) for n, each in enumerate(resting, start=1) for one in each.versions.persons]
    about = [
        (event.event_id, person, place == 0 and event.sealed_person is not None)
        for event in events
        for place, person in enumerate(event.persons)
    ]
    return [
        [event.event_id for event in events],
        [event.leaf for event in events],
        [event.leaf_hash for event in events],
        [event.sealed_log for event in events],
        [event.sealed_person for event in events],
        [event.request_id for event in events],
        [len(each.versions.persons) for each in resting],
        [each.versions.registry for each in resting],
        *([one[column] for one in rests] for column in range(3)),
        *([one[column] for one in about] for column in range(3)),
    ]
