"""`schakel org add`, `end` and `list`: who may come in, by the word of two operators, and who no more, by one."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from audit.store import AuditUnavailableError
from consent.known.contradictions import ContradictionError
from gateway.commands.log import account, log_of
from gateway.commands.operating import UNUSABLE, Said, run_work, unusable
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.emergency.crisis_set import close_by_operator
from gateway.erasing.opening import remembering_at_once
from gateway.keys.first import make_first_keys, require_none_lost
from gateway.registry.file import RegistryFileError, read_registry_file
from gateway.registry.rows import Entry, EntryKind
from gateway.registry.said import NEEDED, ConfirmationError, officer_named, reason_given
from gateway.registry.snapshot import RegistryError
from gateway.registry.words import Operator, Waiting, Words, all_waiting
from gateway.settings_check import read_settings


@unusable(ConfirmationError)
def run_org_add(file: Path, *, operator: str) -> Said:
    """Say what a registry file says, and make the first keys where there are none; a second operator registers it."""
    by = _operator(operator)
    settings = read_settings(os.environ)
    try:
        told = read_registry_file(file, invented_people_only=settings.invented_people_only)
    except RegistryFileError as error:
        return UNUSABLE, "\n".join(error.problems)

    async def work() -> Said:
        await require_none_lost(settings)
        made = make_first_keys(settings)
        async with log_of(settings) as committer, _words(committer) as words:
            heard = await words.say(told.says, by)
        lines = [f"made key file {path}" for path in made]
        lines += [f"registered {_named(each)}" for each in heard.counts]
        lines += [f"taken back: what {by.name} said of {_named(each)}" for each in heard.taken_back]
        lines += [_waits(each) for each in heard.waits]
        return 0, "\n".join(lines or ["everything in the file was registered already"])

    return run_work(work(), refusals=(ContradictionError,))


@unusable(ConfirmationError)
def run_org_end(name: str, *, operator: str, because: str, kind: EntryKind | Literal["crisis-set"] | None) -> Said:
    """End what counts or waits under `name`, at once; of a crisis set what is open or proposed.

    When it says so the tombstone journal has it too: nobody need serve until the database is lost.
    """
    by, because = _operator(operator), reason_given(because)
    settings = read_settings(os.environ)

    async def work() -> Said:
        async with log_of(settings) as committer:
            if kind == "crisis-set":
                said, event_ids = await _crisis_set_closed(committer, name, by, because)
            else:
                said, event_ids = await _ended(committer, name, by, because, kind)
            try:
                await remembering_at_once(settings, committer).remember(event_ids)
            except (SQLAlchemyError, OSError) as error:
                raise AuditUnavailableError("the database is gone, perhaps with this; end it again") from error
        return 0, said

    return run_work(work())


@unusable()
def run_org_list() -> Said:
    """List what is registered and what was ended, and what waits for whose word."""
    settings = read_settings(os.environ)

    async def work() -> Said:
        async with log_of(settings) as committer, _words(committer) as words:
            known = await words.known()
        lines = [f"{_how(each)}: {_named(each)}" for each in known.entries.values()]
        lines += [_waits(each) for each in all_waiting(known)]
        return 0, "\n".join(lines or ["nobody is registered"])

    return run_work(work())


async def _ended(
    committer: Committer, name: str, by: Operator, because: str, kind: EntryKind | None
) -> tuple[str, list[str]]:
    """End it, and return what to say of that and the ids of its events."""
    async with _words(committer) as words:
        ended = await words.end(name, by, because=because, kind=kind)
    return "\n".join(f"ended {_named(each)}" for each in ended), words.event_ids


async def _crisis_set_closed(committer: Committer, holder: str, by: Operator, because: str) -> tuple[str, list[str]]:
    async with write_transaction(committer.engine) as connection:
        event_id = await close_by_operator(connection, committer, holder, by, because=because)
        if event_id is None:
            raise RegistryError(f"no crisis set of `{holder}` is open, or proposed to be opened")
    return f"closed the crisis set of {holder}", [event_id]


@asynccontextmanager
async def _words(committer: Committer) -> AsyncIterator[Words]:
    """Give the words of operators in a transaction, which ends with the block."""
    async with write_transaction(committer.engine) as connection:
        yield Words(connection, committer.facts, committer.log)


def _operator(name: str) -> Operator:
    try:
        return Operator(officer_named(name), account())
    except ConfirmationError:
        raise ConfirmationError("--as: an operator has a name; say whose word this is") from None


def _how(entry: Entry) -> str:
    if entry.kind == "barred":
        return "let in again" if entry.body is None else "barred"
    return "ended" if entry.body is None else "counts"


def _named(entry: Entry) -> str:
    if entry.kind == "organisation":
        return f"organisation {entry.key}"
    if entry.kind == "barred":
        return f"professional {entry.key} of {entry.organisation}"
    return f"{entry.kind} {entry.key} of {entry.organisation}"


def _waits(each: Waiting) -> str:
    said = f"waits: {_named(each.entry)}, said by {_and(each.said_by)}"
    if each.others:
        said += f" ({_and(each.others)} said something else)"
    if len(each.said_by) >= NEEDED and not each.organisation_counts:
        return f"{said}; its organisation does not count yet"
    if len(each.said_by) >= NEEDED:
        return f"{said}; say once more what is right"
    return f"{said}; a second operator must say the same"


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)
