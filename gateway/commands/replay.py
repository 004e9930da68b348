"""What `schakel replay` does: past decisions made again, on the database of the settings."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from audit.events import Event, EventOutcome, Field, Kind
from audit.read import request_ids
from consent.world.shape import printable
from gateway.commands.log import account, log_of
from gateway.commands.operating import UNUSABLE, WRONG, Said, run_work, unusable
from gateway.registry.snapshot import OPERATOR
from gateway.replay.replays import Again, Replay, Replays, Result
from gateway.settings_check import read_settings

_WORDS: Final = {Result.ERASED: "erased", Result.UNKNOWN_RULE_SET: "by a rule set that this version does not have"}


@unusable()
def run_replay(request_id: str | None, *, every: bool, say: Callable[[str], None]) -> Said:
    """Decide again on one request, or on `every` one, and `say` a line for each, of ids only.

    Returns 0 where all are the same, 1 where one is not, 2 where one cannot be made again. A person who was erased is
    no fault among all, so that `every` then is still 0.
    """
    if (request_id is None) != every:
        return UNUSABLE, "name one of REQUEST_ID and --all"
    settings = read_settings(os.environ)

    async def work() -> Said:
        async with log_of(settings) as committer:
            replays = Replays(committer, settings.require_confirmed_rules)
            return await _one(replays, request_id, say) if request_id is not None else await _all(replays, say)

    return run_work(work())


async def _one(replays: Replays, request_id: str, say: Callable[[str], None]) -> Said:
    found = await replays.again(request_id)
    await replays.committer.keep(_looked(request_id, seen=found is not None))
    if found is None:
        return UNUSABLE, f"there is no decision on a request {printable(request_id)}"
    say(line_of(found))
    outcome = outcome_of(found)
    return (UNUSABLE if outcome is Result.ERASED else _CODES[outcome]), ""


async def _all(replays: Replays, say: Callable[[str], None]) -> Said:
    await replays.committer.keep(_looked(None, seen=True))
    async with replays.committer.engine.connect() as connection:
        asked = await request_ids(connection)
    counted: Counter[Result] = Counter()
    for each in asked:
        found = await replays.again(each)
        if found is not None:
            counted[outcome_of(found)] += 1
            say(line_of(found))
    say(", ".join(f"{counted[each]} {_WORDS.get(each, each)}" for each in Result))
    return max((_CODES[each] for each in _CODES if counted[each]), key=(0, UNUSABLE, WRONG).index, default=0), ""


_CODES: Final = {Result.SAME: 0, Result.ERASED: 0, Result.DIFFERENT: WRONG, Result.UNKNOWN_RULE_SET: UNUSABLE}


def outcome_of(replay: Replay) -> Result:
    """Return what came of it as a whole: the same only where both ways gave the same."""
    return replay.store.result if replay.event.result is Result.SAME else replay.event.result


def line_of(replay: Replay) -> str:
    """Return the line of one decision: ids, names of members, and nothing of what they say."""
    outcome = outcome_of(replay)
    if outcome is not Result.DIFFERENT:
        return f"{replay.request_id}: {_WORDS.get(outcome, outcome)}"
    ways = {"from its event": replay.event, "from the store": replay.store}
    told = [f"{way} {what}" for way, again in ways.items() for what in _told(again)]
    return printable(f"{replay.request_id}: {outcome}: {'; '.join(told)}")


def _told(again: Again) -> Iterator[str]:
    if again.fault is not None:
        yield again.fault
    if again.members:
        yield f"the decision in {', '.join(again.members)}"
    for each in again.facts:
        yield f"{each.section} {each.id} ({each.how})"


def _looked(request_id: str | None, *, seen: bool) -> Event:
    return Event(
        kind=Kind.LOG_READ,
        outcome=EventOutcome.OK if seen else EventOutcome.DENY,
        organisation=OPERATOR,
        fields={
            Field.ACTOR: {"operator": OPERATOR, "account": account()},
            Field.REQUEST: {"id": request_id},
            Field.DETAIL: {"read": "replay", "all": request_id is None},
        },
    )
