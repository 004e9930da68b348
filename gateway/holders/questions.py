"""Questions that wait for a holder: keeping one, and reading them back."""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Select, and_, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.decided import SECTION
from consent.keys import NONCE_BYTES, DataKey, KeyClass, SealBrokenError, place
from consent.store.reading import instant
from consent.store.tables import fact
from gateway.holders.tables import holder_question
from gateway.ids import as_id
from schemas.canonical_json import canonical

_DECIDED: Final = and_(fact.c.section == SECTION, fact.c.id == holder_question.c.id)


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """One question. `is_open`: nobody decided about it yet."""

    id: str
    holder: str
    person: str
    opened_at: datetime
    is_open: bool
    sealed: bytes

    def opened(self, keys: Mapping[tuple[str, KeyClass], DataKey]) -> dict[str, Any]:
        """Return what was asked, by whom.

        Raises:
            SealBrokenError: it was changed, or its person has no such key any more.
        """
        key = keys.get((self.person, KeyClass.CONSENT))
        if key is None:
            raise SealBrokenError("a question has no key")
        told: dict[str, Any] = orjson.loads(key.open(self.sealed, at=_place(self.id, self.holder, self.person)))
        return told


def asker_of(actor: Mapping[str, Any]) -> str:
    """Return as whom who asks is remembered in decisions: a professional as his organisation, others as themselves."""
    return str(actor["organisation"] if actor["form"] == "professional" else actor["id"])


async def keep_question(
    connection: AsyncConnection, key: DataKey, holder: str, *, alike: bytes, asked: Mapping[str, Any]
) -> None:
    """Keep, for `holder`, what was `asked` about the person of `key`, sealed under that.

    `alike` is what all who ask the same about him have in common.
    """
    question = str(uuid.uuid4())
    sealed = key.seal(canonical(asked), at=_place(question, holder, key.person), nonce=os.urandom(NONCE_BYTES))
    await connection.execute(
        insert(holder_question).values(
            id=question, holder=holder, person=key.person, alike=alike, key_version=key.version, sealed=sealed
        )
    )


async def has_waited(connection: AsyncConnection, alike: bytes, since: datetime) -> bool:
    """Say whether a question `alike` waits, or was first decided about later than `since` (the database's clock)."""
    first = select(func.min(fact.c.recorded_at)).where(_DECIDED).scalar_subquery()
    found = select(first).where(holder_question.c.alike == alike)
    return any(at is None or instant(at) > since for at in (await connection.execute(found)).scalars())


async def waiting_for(connection: AsyncConnection, holder: str) -> list[Waiting]:
    """Return the questions that wait for `holder`, oldest first."""
    mine = _open().where(holder_question.c.holder == holder)
    rows = await connection.execute(mine.order_by(holder_question.c.opened_at, holder_question.c.id))
    return [_waiting(row, is_open=True) for row in rows]


async def waiting_about(connection: AsyncConnection, person: str) -> bool:
    """Say whether a question about `person` waits for anybody."""
    return (await connection.execute(_open().where(holder_question.c.person == person).limit(1))).first() is not None


async def question_of(connection: AsyncConnection, question: str) -> Waiting | None:
    """Return a question by its id, whether or not somebody decided about it."""
    name = as_id(question)
    row = (await connection.execute(select(holder_question).where(holder_question.c.id == name))).first()
    if row is None:
        return None
    still = (await connection.execute(_open().where(holder_question.c.id == name))).first()
    return _waiting(row, is_open=still is not None)


def _open() -> Select[Any]:
    return select(holder_question).where(~exists().where(_DECIDED))


def _waiting(row: Any, *, is_open: bool) -> Waiting:
    return Waiting(row.id, row.holder, row.person, instant(row.opened_at), is_open, row.sealed)


def _place(question: str, holder: str, person: str) -> bytes:
    return place("holder_question", question, holder, person)
