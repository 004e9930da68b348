"""`schakel audit nen7513`: the whole log as a NEN 7513 file with its code book, for a named officer of the gateway."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from audit.entry import Entry
from audit.events import Kind
from audit.part import WHOLE, part
from audit.read import SealBrokenError, entries
from audit.renderings.csv_safe import BOM
from audit.renderings.elements import Node
from audit.renderings.nen7513 import code_book, header, row
from audit.told import Told
from gateway.commands.log import act, log_of
from gateway.commands.operating import UNUSABLE, Said, run_work, unusable
from gateway.commands.proof import obstacle_to
from gateway.committing.commit import Committer
from gateway.erasing.opening import require_forgotten
from gateway.identity.keys import write_secret
from gateway.keys.officers import OfficerError, Opening, officer_of
from gateway.log.code_book import texts
from gateway.log.indexing import search_key
from gateway.log.rendering import node_at
from gateway.log.telling import UNREADABLE, bring_keys, tell
from gateway.settings_check import load_settings
from schemas.calendar import parse_moment

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Period:
    """From the first instant up to, not with, the last; None leaves that end open."""

    since: datetime | None
    until: datetime | None

    @classmethod
    def read(cls, since: str | None, until: str | None) -> "Period":
        """Return the period that is named.

        Raises:
            ValueError: an end is no day and no instant with its offset.
        """
        return cls(*(None if each is None else parse_moment(each) for each in (since, until)))

    def holds(self, at: datetime) -> bool:
        """Say whether `at` lies in it."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def as_json(self) -> dict[str, str | None]:
        """Return it as an event tells it."""
        ends = {"from": self.since, "until": self.until}
        return {name: None if each is None else each.isoformat() for name, each in ends.items()}


@unusable(OfficerError)
def run_nen7513(out: Path, *, since: str | None, until: str | None, opening: Opening) -> Said:
    """Write the log to the new file `out`, and its code book to the new file beside it, oldest event first."""
    settings = load_settings(os.environ)
    officer = officer_of(opening, settings)
    try:
        period = Period.read(since, until)
    except ValueError:
        return UNUSABLE, "expected days, or instants with their offset, such as 2026-11-26T09:00:00+01:00"
    book = out.with_name(f"{out.stem}-codeboek{out.suffix}")
    obstacle = next((why for each in (out, book, _unfinished(out)) if (why := obstacle_to(each)) is not None), None)
    if obstacle is not None:
        return UNUSABLE, obstacle

    async def work() -> Said:
        async with log_of(settings) as committer:
            await require_forgotten(settings, committer)
            detail = {"format": "nen7513", **period.as_json()}
            await committer.keep(act(Kind.LOG_EXPORTED, detail, officer))
            node = node_at(settings.public_url, WHOLE, await search_key(committer.facts.keys))
            count = await _write(out, _lines(committer, node, period))
            write_secret(book, (BOM + "".join(code_book(texts()))).encode())
        return 0, f"wrote {count} events to {out}, and what their codes mean to {book}"

    return run_work(work(), refusals=(SealBrokenError,))


async def _lines(committer: Committer, node: Node, period: Period) -> AsyncIterator[str]:
    """Yield the lines of all events of `period` that have a place in the tree, the oldest first."""
    since = 0
    while True:
        async with committer.engine.connect() as connection:
            found = [each async for each in entries(connection, since=since, size=since + _AT_ONCE)]
            await bring_keys(committer, connection, found)
        if not found:
            return
        since += len(found)
        for each in found:
            seen = part(_told(committer, each), WHOLE)
            if seen is not None and period.holds(seen.told.at):
                yield row(seen, node)


def _told(committer: Committer, entry: Entry) -> Told:
    try:
        return tell(committer, entry)
    except UNREADABLE as error:
        why = f"event {entry.event_id} was changed in the database; `schakel audit verify` tells more"
        raise SealBrokenError(why) from error


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


async def _write(path: Path, lines: AsyncIterator[str]) -> int:
    """Write header and `lines` to the new file `path`, for this account alone; return how many lines there were.

    The file has its name only when it is whole: before, it is called `path` with `.part` behind it.
    """
    unfinished = _unfinished(path)
    count = 0
    write_secret(unfinished, (BOM + header()).encode())
    try:
        with unfinished.open("a", encoding="utf-8", newline="") as file:
            async for each in lines:
                file.write(each)
                count += 1
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return count
