"""`schakel keys`: new keys for persons; each month a new epoch of those that wrap them, and the end of the old ones."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from consent.keys import SealBrokenError
from consent.store.reading import read_audit_key
from consent.store.renewing import made_before
from gateway.commands.log import actor, log_of
from gateway.commands.operating import UNUSABLE, WRONG, Said, run_work
from gateway.commit import Committer
from gateway.database.engine import create_engine
from gateway.keys.epochs import (
    EpochsNeededError,
    add_epoch,
    destroy,
    destroyable,
    newest_of,
    reopen,
    retire,
    rewrap,
    unfinished,
)
from gateway.keys.files import read_content
from gateway.keys.renewal import renew_keys
from gateway.registry.snapshot import OPERATOR
from gateway.settings_check import SettingsError, load_settings
from gateway.wiring import utc_now

_DAYS: Final = re.compile(r"(\d{1,4})d")


def run_keys_rotate(database: str | None = None) -> Said:
    """Make a new epoch and wrap every person's keys under it; finish an earlier rotation that was broken off."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)
    path = settings.key_file

    async def work() -> Said:
        engine = create_engine(database or settings.database_url, pool_size=1)
        try:
            async with log_of(settings) as committer:
                if unfinished(path) is None and not await reopen(engine, path):
                    await committer.keep(_rotated({"begins": newest_of(read_content(path)) + 1}))
                    add_epoch(path)
                wrapped = await rewrap(engine, path)
                retire(path, now=utc_now())
                epoch = newest_of(read_content(path))
                await committer.keep(_rotated({"epoch": epoch, "wrapped": wrapped}))
        finally:
            await engine.dispose()
        return 0, f"epoch {epoch}: {wrapped} keys of persons wrapped under it\n{_COPY}"

    return run_work(work())


def run_keys_destroy(older_than: str) -> Said:
    """Destroy the keys of epochs that no backup needs any more."""
    days = _DAYS.fullmatch(older_than)
    if days is None:
        return UNUSABLE, "--older-than: expected days, as in 35d: how long you keep a backup"
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)

    async def work() -> Said:
        async with log_of(settings) as committer:
            age = timedelta(days=int(days[1]))
            over = await destroyable(committer.engine, settings.key_file, older_than=age, now=utc_now())
            await committer.keep(_rotated({"destroyed": over, "older_than_days": age.days}))
            destroy(settings.key_file, over)
        return 0, f"destroyed: epoch {', '.join(map(str, over))}\n{_DESTROY_COPIES}"

    return run_work(work(), refusals=(EpochsNeededError,))


def run_keys_renew(
    person: str | None, older_than: str | None, *, apply: bool = False, database: str | None = None
) -> Said:
    """Say whose keys would be renewed; with `apply`, renew them: those of `person`, or all that are older."""
    days = _DAYS.fullmatch(older_than or "")
    if (person is None) == (older_than is None) or (older_than is not None and days is None):
        return UNUSABLE, "name one person, or --older-than with days, as in 365d"
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        return UNUSABLE, "\n".join(error.problems)

    async def work() -> Said:
        engine = create_engine(database or settings.database_url, pool_size=1)
        try:
            async with log_of(settings) as committer:
                whose = await _whose(committer, person, days)
                if not apply:
                    return 0, f"persons whose keys would be renewed: {len(whose)}; nothing was renewed"
                scope = {} if days is None else {"older_than_days": int(days[1])}
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
    fields = {Field.ACTOR: actor(None, Kind.KEY_ROTATED, detail), Field.DETAIL: dict(detail)}
    return Event(kind=Kind.KEY_ROTATED, outcome=EventOutcome.OK, organisation=OPERATOR, fields=fields)


_LOOK: Final = "`schakel audit verify --database` and `schakel doctor` say more"
_COPY: Final = """\
copy the key file anew to where its copy is kept: the old copy does not open what is written from now on"""
_DESTROY_COPIES: Final = """\
destroy every copy of the key file that is older than this: it holds these keys still"""
