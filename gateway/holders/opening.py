"""Opening the questions that wait for a holder, behind the log: each once.

Never on the way of a request: of somebody whom no holder knows there is nothing to open, and time would tell the asker
which it was. Nor is it an event: anybody may know how many events there are, and who just asked would count from that
how many holders know the person. The event of what was asked says already who has to decide. Source: `design.md` 1.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Field
from audit.part import EXCHANGE, said_in
from audit.told import Told
from consent.keys import KeyClass, KeyService, SealBrokenError, place
from consent.known.rows import StoreBrokenError
from consent.store.holding import there
from consent.store.reading import read_family
from gateway.committing.commit import Committer
from gateway.holders.questions import asker_of, has_waited, keep_question
from gateway.logs import logger, where
from schemas.canonical_json import canonical

NAME: Final = "questions"
_OF_THE_ASKER: Final = ("form", "id", "organisation", "role")
_SAID: Final = {"categories": Field.CATEGORIES, "justification": Field.JUSTIFICATION, "purpose": Field.PURPOSE}


@dataclass(frozen=True)
class QuestionOpener:
    """Follows the log (`gateway.log.following.Follower`)."""

    name: str = NAME

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        """Open what `events` wait for; nothing about who was forgotten meanwhile, nor where his facts are broken."""
        waiting = [each for each in events if _waits(each)]
        if not waiting:
            return
        # All of them at once, before anything is kept: whoever forgets somebody waits for nobody who waits for him.
        known = await there(connection, [str(each.person) for each in waiting])
        for event in waiting:
            if event.person in known:
                await _open(connection, committer, event, event.person)


def _waits(event: Told) -> bool:
    # The version before step 0015 kept the questions with the event, which has no `asked`.
    detail = said_in(event, Field.DETAIL)
    return event.kind in EXCHANGE and event.person is not None and "asked" in detail and bool(detail["waiting"])


async def _open(connection: AsyncConnection, committer: Committer, event: Told, person: str) -> None:
    """Open the question of `event` for every holder who has to decide.

    Who asks the same again while nobody decided adds nothing, also where that is decided by now.
    """
    keys, detail = committer.facts.keys, said_in(event, Field.DETAIL)
    try:
        asked, since = _asked(event), datetime.fromisoformat(detail["known"]["at"])
        key = (await read_family(connection, keys, person)).keys[person, KeyClass.CONSENT]
    except (SealBrokenError, StoreBrokenError, LookupError, TypeError, ValueError) as error:
        # Nobody can decide about him now, or a later version said it otherwise. It stops nobody who comes behind; who
        # asks again, once he can be read, has the question opened.
        logger().error("holder.question_lost", **where(error))
        return
    for holder in detail["waiting"]:
        alike = await _alike(keys, holder, person, asked)
        if not await has_waited(connection, alike, since):
            await keep_question(connection, key, holder, alike=alike, asked=asked)


def _asked(event: Told) -> dict[str, Any]:
    """Return who asks, and what he said himself: a holder who reads it learns nothing that the asker does not know."""
    actor = event.fields[Field.ACTOR]
    asker = {**{name: actor[name] for name in _OF_THE_ASKER}, "as": asker_of(actor)}
    said = {name: event.fields[field] for name, field in _SAID.items() if field in event.fields}
    return {"asker": asker, **said, **said_in(event, Field.DETAIL)["asked"]}


async def _alike(keys: KeyService, holder: str, person: str, asked: Mapping[str, Any]) -> bytes:
    same = {name: value for name, value in asked.items() if name != "justification"}
    same["asker"] = {"form": asked["asker"]["form"], "as": asked["asker"]["as"]}
    return await keys.hmac(place("holder_question", holder, person) + canonical(same))
