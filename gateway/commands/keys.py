"""`schakel keys`: new keys for persons; each month a new epoch of those that wrap them, and the end of the old ones."""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.events import Event, Kind
from consent.keys import SealBrokenError
from consent.store.reading import read_audit_key
from consent.store.renewing import made_before
from gateway.commands.log import act, log_of
from gateway.commands.operating import UNUSABLE, WRONG, Said, database_named, run_work, unusable
from gateway.committing.commit import Committer
from gateway.database.engine import create_engine
from gateway.keys.epochs import (
    EpochsNeededError,
    add_epoch,
    destroy,
    destroyable,
    newest_of,
    reopen,
    retire,
    unfinished,
)
from gateway.keys.files import read_content
from gateway.keys.renewal import renew_keys
from gateway.keys.rewrapping import Place, Rewrapped, rewrap
from gateway.settings_check import load_settings
from gateway.wiring import utc_now

_NAMED: Final = 20
_DAYS: Final = re.compile(r"(\d{1,4})d")


@unusable()
def run_keys_rotate(database: str | None = None) -> Said:
    """Make a new epoch and wrap every person's keys under it.

    Only where an earlier rotation was broken off and can be finished no new one is made, and it says so. A key that
    does not open is left as it is, and named; the others go on.
    """
    settings = load_settings(os.environ)
    path, url = settings.key_file, database_named(database, settings)

    async def work() -> Said:
        engine = create_engine(url, pool_size=1)
        try:
            async with log_of(settings) as committer:
                done, is_new = await _rotate(engine, path, committer)
                epoch = newest_of(read_content(path))
                await committer.keep(_rotated({"epoch": epoch, "wrapped": done.keys, "broken": len(done.broken)}))
        finally:
            await engine.dispose()
        told = [f"epoch {epoch}: {done.keys} keys of persons wrapped under it", *([] if is_new else [_FINISHED]), _COPY]
        return (WRONG, "\n".join([*told, _left(done.broken)])) if done.broken else (0, "\n".join(told))

    return run_work(work())


async def _rotate(engine: AsyncEngine, path: Path, committer: Committer) -> tuple[Rewrapped, bool]:
    """Return what was wrapped, and whether under a new epoch.

    INVARIANT: no new epoch is made only where the key file says that an earlier rotation was not finished, and it is
    now; whoever rotates is told. He may do it because keys are in other hands, whatever stands in the database.
    """
    was_unfinished = unfinished(path) is not None
    if not was_unfinished:
        await reopen(engine, path)
    elif not (done := await rewrap(engine, path)).broken:
        retire(path, now=utc_now())
        return done, False
    await committer.keep(_rotated({"begins": newest_of(read_content(path)) + 1}))
    add_epoch(path)
    done = await rewrap(engine, path)
    if not done.broken:
        retire(path, now=utc_now())
    return done, True


def _left(broken: Sequence[Place]) -> str:
    """Return which keys are left, by internal id: the command line names persons so (audit log contract, Export)."""
    named = [f"  person {person}, class {key_class}, version {version}" for person, key_class, version in broken]
    more = [f"  and {len(named) - _NAMED} more"] if len(named) > _NAMED else []
    return "\n".join([f"left as they are, {len(named)}: {_BROKEN}", *named[:_NAMED], *more])


@unusable()
def run_keys_destroy(older_than: str) -> Said:
    """Destroy the keys of epochs that no backup needs any more."""
    days = _DAYS.fullmatch(older_than)
    if days is None:
        return UNUSABLE, "--older-than: expected days, as in 35d: how long you keep a backup"
    settings = load_settings(os.environ)

    async def work() -> Said:
        async with log_of(settings) as committer:
            age = timedelta(days=int(days[1]))
            over = await destroyable(committer.engine, settings.key_file, older_than=age, now=utc_now())
            await committer.keep(_rotated({"destroyed": over, "older_than_days": age.days}))
            destroy(settings.key_file, over)
        return 0, f"destroyed: epoch {', '.join(map(str, over))}\n{_DESTROY_COPIES}"

    return run_work(work(), refusals=(EpochsNeededError,))


@unusable()
def run_keys_renew(
    person: str | None, older_than: str | None, *, apply: bool = False, database: str | None = None
) -> Said:
    """Say whose keys would be renewed; with `apply`, renew them: those of `person`, or all that are older."""
    days = _DAYS.fullmatch(older_than or "")
    if (person is None) == (older_than is None) or (older_than is not None and days is None):
        return UNUSABLE, "name one person, or --older-than with days, as in 365d"
    settings = load_settings(os.environ)
    url = database_named(database, settings)

    async def work() -> Said:
        engine = create_engine(url, pool_size=1)
        try:
            async with log_of(settings) as committer:
                whose = await _whose(committer, person, days)
                scope = {} if days is None else {"older_than_days": int(days[1])}
                if not apply:
                    # INVARIANT: who has a key is known here; where nothing is renewed, no other event says who asked.
                    await committer.keep(act(Kind.LOG_READ, {"read": "keys", "renews": len(whose), **scope}))
                    return 0, f"persons whose keys would be renewed: {len(whose)}; nothing was renewed"
                await committer.keep(_rotated({"renews": len(whose), **scope}))
                done = await renew_keys(engine, committer.facts, whose)
                await committer.keep(_rotated({"renewed": done.persons, "keys": done.keys, "broken": done.broken}))
        finally:
            await engine.dispose()
        said = f"persons with new keys: {done.persons}, {done.keys} keys"
        if done.broken:
            return WRONG, f"{said}\npersons of whom what is stored is not what was sealed: {done.broken}; {_LOOK}"
        return 0, said

    return run_work(work())


async def _has_key(connection: AsyncConnection, committer: Committer, person: str) -> bool:
    try:
        return await read_audit_key(connection, committer.facts.keys, person) is not None
    except SealBrokenError:
        return True  # one that does not fit: renewing says so


async def _whose(committer: Committer, person: str | None, days: re.Match[str] | None) -> list[str]:
    async with committer.engine.connect() as connection:
        if days is None:
            return [person] if person and await _has_key(connection, committer, person) else []
        now = await committer.facts.clock(connection)
        return await made_before(connection, now - timedelta(days=int(days[1])))


def _rotated(detail: Mapping[str, Any]) -> Event:
    return act(Kind.KEY_ROTATED, detail)


_LOOK: Final = "`schakel audit verify --database` and `schakel doctor` say more"
_BROKEN: Final = """\
what is stored is not what was wrapped, or the key file lacks its epoch. Put the row of `person_key` back from a \
backup, or the key file, then rotate again; until then no old epoch can be destroyed. Where no backup has it, the \
person can be erased: `schakel erase --key-broken` (docs/how-to/forget.md)"""
_FINISHED: Final = "an earlier rotation was finished; no new epoch was made: rotate again for one"
_COPY: Final = """\
copy the key file anew to where its copy is kept: the old copy does not open what is written from now on"""
_DESTROY_COPIES: Final = """\
destroy every copy of the key file that is older than this: it holds these keys still"""
