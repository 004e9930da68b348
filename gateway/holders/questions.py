"""Keeping questions that wait for a holder, in the transaction of the request's own event, and reading them back."""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Select, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from consent.decided import ASKED, SECTION
from consent.keys import NONCE_BYTES, DataKey, KeyClass, KeyService, SealBrokenError, place
from consent.store.reading import instant
from consent.store.tables import fact
from gateway.committing.commit import Committer
from gateway.committing.recording import Judged, actor
from gateway.holders.tables import QUESTION_ID_LENGTH, holder_question
from gateway.identity.caller import Caller
from schemas.canonical_json import canonical

_SAID: Final = ("purpose", "categories", "justification", "records", *ASKED)
"""What the asker said himself, so that a holder who reads it learns nothing that the asker does not know."""


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


def asker_of(caller: Caller) -> str:
    """Return as whom `caller` is remembered in decisions: a professional as his organisation, others as themselves."""
    return caller.organisation if caller.form == "professional" else caller.id


async def keep_questions(connection: AsyncConnection, committer: Committer, judged: Judged, request_id: str) -> None:
    """Keep the question of a request for every holder who has to decide, and that it was: `review.opened`.

    Who asks the same again while nobody decided adds nothing.
    """
    person = judged.gathered.person
    if person is None:
        return
    told = {name: value for name in _SAID if (value := judged.request.source.get(name)) is not None}
    asked = {"asker": _asker(judged.caller), **told}
    key = judged.gathered.keys[person, KeyClass.CONSENT]
    for holder in judged.waiting:
        alike = await _alike(committer.facts.keys, holder, person, asked)
        if (await connection.execute(_open().where(holder_question.c.alike == alike).limit(1))).first():
            continue
        question = str(uuid.uuid4())
        sealed = key.seal(canonical(asked), at=_place(question, holder, person), nonce=os.urandom(NONCE_BYTES))
        await connection.execute(
            insert(holder_question).values(
                id=question, holder=holder, person=person, alike=alike, key_version=key.version, sealed=sealed
            )
        )
        await committer.log.append(connection, _opened_event(judged, holder, question, request_id))


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
    name = question if len(question) == QUESTION_ID_LENGTH and question.isprintable() else ""
    row = (await connection.execute(select(holder_question).where(holder_question.c.id == name))).first()
    if row is None:
        return None
    still = (await connection.execute(_open().where(holder_question.c.id == name))).first()
    return _waiting(row, is_open=still is not None)


def _open() -> Select[Any]:
    decided = exists().where(fact.c.section == SECTION, fact.c.id == holder_question.c.id)
    return select(holder_question).where(~decided)


def _waiting(row: Any, *, is_open: bool) -> Waiting:
    return Waiting(row.id, row.holder, row.person, instant(row.opened_at), is_open, row.sealed)


async def _alike(keys: KeyService, holder: str, person: str, asked: Mapping[str, Any]) -> bytes:
    same = {name: value for name, value in asked.items() if name != "justification"}
    same["asker"] = {"form": asked["asker"]["form"], "as": asked["asker"]["as"]}
    return await keys.hmac(place("holder_question", holder, person) + canonical(same))


def _asker(caller: Caller) -> dict[str, Any]:
    role = None if caller.role is None else str(caller.role)
    return {
        "form": caller.form,
        "as": asker_of(caller),
        "id": caller.id,
        "organisation": caller.organisation,
        "role": role,
    }


def _place(question: str, holder: str, person: str) -> bytes:
    return place("holder_question", question, holder, person)


def _opened_event(judged: Judged, holder: str, question: str, request_id: str) -> Event:
    # The holder's event, and no word of it in the request's own open members: the asker must not learn from his log
    # who has to decide, and so who knows the person.
    return Event(
        kind=Kind.REVIEW_OPENED,
        outcome=EventOutcome.REVIEW,
        organisation=holder,
        person=judged.gathered.person,
        request_id=request_id,
        fields={
            Field.ACTOR: actor(judged.caller),
            Field.SUBJECT: judged.gathered.person,
            Field.PURPOSE: str(judged.request.purpose),
            Field.REQUEST: {"id": request_id},
            Field.DETAIL: {"question": question, "holder": holder},
        },
    )
