"""`schakel audit prove` and `check`: one event's proof in a file of its own; and `officer-key`, who may open it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from audit.checkpoint import NoteError
from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.proof_file import check_proof
from audit.proving import NotProvenYetError, prove
from audit.read import SealBrokenError, event_named, fetch_and_open
from audit.sequence import checkpoint
from audit.signing import KeyFormatError, SigningKey, VerifierKey
from audit.verifying.checks import read_keys
from gateway.commands.log import act, log_of
from gateway.commands.opening import KeyBringer
from gateway.commands.operating import UNUSABLE, WRONG, Said, run_work, unusable
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.database.growing import growing
from gateway.erasing.opening import require_forgotten
from gateway.identity.keys import write_secret
from gateway.keys.officers import OfficerError, Opening, make_officer_key, officer_of
from gateway.settings_check import load_settings
from gateway.wiring import known_keys
from schemas.whole_file import whole

_NOT_PROVABLE: Final = (NotProvenYetError, NoteError, SealBrokenError)


@unusable(OfficerError)
def run_audit_prove(event_id: str, out: Path, *, opening: Opening | None = None) -> Said:
    """Write the proof of one event to the new file `out`; with an `opening` by an officer, its fields are opened."""
    try:
        wanted = str(UUID(event_id))
        chosen = {Field(each) for each in (opening.fields if opening else ())}
    except ValueError:
        return UNUSABLE, f"expected the id of an event (a UUID), and fields among {', '.join(Field)}"
    settings = load_settings(os.environ)
    officer = None if opening is None else officer_of(opening, settings)
    obstacle = obstacle_to(out)
    if obstacle is not None:
        return UNUSABLE, obstacle

    async def work() -> Said:
        async with log_of(settings) as committer:
            if officer is not None:
                await require_forgotten(settings, committer)
            async with committer.engine.connect() as connection:
                entry = await event_named(connection, wanted)
            await committer.keep(await _asked(committer, entry, wanted, chosen, officer))
            if entry is None:
                return WRONG, f"there is no event {wanted}; take its id from a receipt or an entry"
            keys = known_keys(settings, committer.log)
            async with growing(settings, committer.engine) as tree, write_transaction(tree) as connection:
                await checkpoint(connection, committer.log)
            proof = await _proof(committer, entry, chosen, keys, opened=officer is not None)
        return write_new(out, proof, told=f"wrote the proof of event {wanted} to {out}")

    return run_work(work(), refusals=_NOT_PROVABLE)


def obstacle_to(out: Path) -> str | None:
    """Return why no new file `out` can be written, as far as can be seen before anybody is asked anything."""
    try:
        if out.exists():
            return _is_there(out)
        return None if out.parent.is_dir() else f"{out.parent} is no folder; make it first, or name a file elsewhere"
    except OSError as error:
        return _unwritable(out, error)


def write_new(out: Path, content: bytes, *, told: str) -> Said:
    """Write `content` to the new file `out`, for this account alone; return `told`, or what stood in the way."""
    try:
        write_secret(out, content)
    except OSError as error:
        return UNUSABLE, _unwritable(out, error)
    return 0, told


def _is_there(out: Path) -> str:
    return f"{out} exists already; name a new file"


def _unwritable(out: Path, error: OSError) -> str:
    if isinstance(error, FileExistsError):
        return _is_there(out)
    return f"cannot write {out}: {error.strerror}; name a new file in a folder that you may write in"


async def _proof(
    committer: Committer, entry: Entry, chosen: set[Field], keys: Sequence[VerifierKey], *, opened: bool
) -> bytes:
    shown: dict[str, Any] | None = None
    if opened:
        found = await fetch_and_open(KeyBringer(committer), entry)
        shown = {name: each for name, each in found.items() if not chosen or name in chosen}
    async with committer.engine.connect() as connection:
        return await prove(connection, entry, keys=keys, opened=shown)


async def _asked(
    committer: Committer, entry: Entry | None, event_id: str, chosen: set[Field], officer: SigningKey | None
) -> Event:
    """Return the event that says what is asked for; of an opening its person finds it in his own log."""
    kind = Kind.LOG_READ if officer is None else Kind.LOG_UNMASKED
    detail: dict[str, object] = {"read": "proof", "event": event_id, "opened": sorted(chosen) if officer else []}
    if officer is not None and not chosen:
        detail["opened"] = "all"
    person = None
    if officer is not None and entry is not None and entry.person is not None:
        await KeyBringer(committer).bring(entry.person)
        person = entry.person
    outcome = EventOutcome.DENY if entry is None else EventOutcome.OK
    return act(kind, detail, officer, outcome=outcome, person=person)


def run_audit_check(file: Path, *, keys: Path | None) -> Said:
    """Check a proof offline: exit 0, 1 where it is bad, 2 where it cannot be read."""
    try:
        trusted = None if keys is None else read_keys(whole(keys))
        verdict = check_proof(whole(file), trusted=trusted)
    except OSError as error:
        return UNUSABLE, f"unreadable: `{error.filename or file}`: {error.strerror}"
    except KeyFormatError as error:
        return UNUSABLE, f"unreadable: `{keys}`: {error}"
    return verdict.exit_status, verdict.line


@unusable(OfficerError)
def run_officer_key(name: str, out: Path) -> Said:
    """Make an officer's key, and say the line that goes into the settings' file of officers."""
    try:
        return 0, make_officer_key(name, out).encoded()
    except OSError as error:
        return UNUSABLE, _unwritable(out, error)
