"""`schakel reviews`: what is still to be reviewed or done, late first. Names nobody, and is read on record."""

import os
from collections.abc import Sequence
from datetime import date
from typing import Final

from audit.events import Event, Kind
from audit.review.verdicts import standing
from audit.signing import SigningKey
from gateway.commands.log import act, log_of
from gateway.commands.operating import Said, run_work, unusable
from gateway.keys.officers import OfficerError, Opening, officer_of
from gateway.reviews.duties import Duty, open_duties
from gateway.reviews.items import Item, open_items, verdicts
from gateway.settings_check import load_settings
from schemas.calendar import local_day

MOST: Final = 1000
"""How many of each are shown."""

_LATE: Final = "late"
_DUE: Final = "due"


@unusable(OfficerError)
def run_reviews(opening: Opening, *, organisation: str | None) -> Said:
    """List what is open of one organisation (`gateway` for the gateway's officer) or of all, the first due first."""
    settings = load_settings(os.environ)
    officer = officer_of(opening, settings)

    async def work() -> Said:
        async with log_of(settings) as committer:
            async with committer.engine.connect() as connection:
                today = local_day(await committer.facts.clock(connection))
                items = await open_items(connection, organisation, limit=MOST)
                given = await verdicts(connection, [each.id for each in items])
                duties = await open_duties(connection, organisation, limit=MOST)
            await committer.keep(_read(officer, organisation, items, duties))
        how = {each.id: standing([one for one, _ in given.get(each.id, [])], judges=each.judges) for each in items}
        lines = [_item(each, str(how[each.id]), today) for each in items] + [_duty(each, today) for each in duties]
        return 0, "\n".join([_headline(items, duties, today), *lines])

    return run_work(work())


def _headline(items: Sequence[Item], duties: Sequence[Duty], today: date) -> str:
    if not items and not duties:
        return "nothing is waiting"
    late = sum(due < today for due in [*(each.due for each in items), *(each.due for each in duties)])
    return f"{len(items)} reviews and {len(duties)} obligations are open; {late} late"


def _item(item: Item, how: str, today: date) -> str:
    return f"{_when(item.due, today)}  review      {item.reason}  {item.organisation}  {how}  {item.id}"


def _duty(duty: Duty, today: date) -> str:
    return f"{_when(duty.due, today)}  obligation  {duty.code}  {duty.organisation}  {duty.id}"


def _when(due: date, today: date) -> str:
    return f"{_LATE if due < today else _DUE:<4}  {due}"


def _read(officer: SigningKey, organisation: str | None, items: Sequence[Item], duties: Sequence[Duty]) -> Event:
    detail = {
        "read": "reviews",
        "organisation": organisation,
        "items": [each.id for each in items],
        "obligations": [each.id for each in duties],
    }
    return act(Kind.LOG_READ, detail, officer)
