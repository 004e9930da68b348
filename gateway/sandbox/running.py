"""`schakel sandbox`: a whole gateway round one world file, for who integrates with it.

Its records come from a source that answers from memory, under their own ids; its facts count as confirmed by a
register; the clock of decisions stands at the request's `at`, while tokens and checkpoints keep real time.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from adapters.memory import MemorySource
from consent.entries import Record
from consent.law.purposes import is_only_told
from consent.naming import PERSON_SYSTEM
from consent.request import Request
from consent.world.file import World as WorldFile
from gateway.database.engine import create_engine, write_transaction
from gateway.keys.first import make_first_keys
from gateway.migrations.migrate import migrate
from gateway.registry.rows import Entry
from gateway.registry.snapshot import OPERATOR
from gateway.registry.store import record
from gateway.sandbox.credentials import Credentials, make_credentials, write_credentials
from gateway.sandbox.loading import load_world
from gateway.serving import listen, serve
from gateway.settings import Settings
from gateway.wiring import World, open_log
from schemas.calendar import written
from schemas.plan import Activity, Appointment, Contact, Element, Goal, Handling, Report, Source
from schemas.words import Category

SYSTEM: Final = "sandbox"
"""The name of the built-in record system of every holder."""

_KINDS: Final[dict[Category, type[Element]]] = {
    Category.GOALS: Goal,
    Category.APPOINTMENTS: Appointment,
    Category.PROFESSIONALS: Contact,
    Category.HELP_STATUS: Activity,
}


class SandboxError(Exception):
    """The sandbox cannot be opened as asked; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a sandbox is opened. `request` counts from 0; `port` 0 takes a free one; `credentials` None writes none."""

    request: int = 0
    port: int = 0
    credentials: Path | None = None
    failpoint: str | None = None
    database_url: str | None = None


async def run_sandbox(file: WorldFile, options: Options, *, say: Callable[[str], None]) -> None:
    """Serve `file` until the process is stopped; `say` hears the one line `ready URL`.

    Raises:
        SandboxError: there is no such request, or the credentials file exists.
        OSError: the port is taken.
    """
    request = _request(file, options.request)
    with listen("127.0.0.1", options.port) as listening, _folder() as folder:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = sandbox_settings(folder, url, options)
        credentials = await prepare(file, settings)
        if options.credentials is not None:
            _write(options.credentials, credentials.with_first(request.requester.form, request.requester.id))
        world = world_of(file, request)
        await serve(settings, listening, world=world, ready=lambda: say(f"ready {url}"))


def _request(file: WorldFile, position: int) -> Request:
    if not 0 <= position < len(file.requests):
        raise SandboxError(f"--request {position}: the world has requests 0 to {len(file.requests) - 1}")
    return file.requests[position]


def sandbox_settings(folder: Path, url: str, options: Options) -> Settings:
    """Return settings for invented people, with everything in `folder`."""
    return Settings(
        environment="sandbox",
        public_url=url,
        database_url=options.database_url or f"sqlite+aiosqlite:///{folder / 'schakel.db'}",
        key_file=folder / "keys.json",
        log_key_file=folder / "log.key",
        token_key_file=folder / "tokens.json",
        require_confirmed_rules=False,
        insecure_builtin_identity_provider=True,
        insecure_failpoint=options.failpoint,
    )


async def prepare(
    file: WorldFile,
    settings: Settings,
    *,
    identifiers: Mapping[str, Mapping[str, str]] | None = None,
    sources: Iterable[Entry] = (),
) -> Credentials:
    """Make keys, tables, facts and registrations for `file`; return the keys with which to ask as anybody in it.

    `identifiers` are the persons' numbers by system, `sources` record systems to register besides.
    """
    make_first_keys(settings)
    await migrate(settings.database_url)
    entries, credentials = make_credentials(
        gateway_url=settings.public_url,
        organisations=[each.id for each in file.facts.organisations],
        professionals=file.facts.professionals,
        persons=[each.id for each in file.facts.persons],
        mentors=[*(each.mentor for each in file.facts.mandates), *_who_ask_as_mentor(file)],
    )
    engine = create_engine(settings.database_url)
    try:
        committer = await open_log(settings, engine)
        async with write_transaction(engine) as connection:
            await load_world(connection, committer.facts, file.facts, identifiers=identifiers)
            await record(connection, [*entries, *sources], log=committer.log, recorded_by=OPERATOR)
    finally:
        await engine.dispose()
    return credentials


def _who_ask_as_mentor(file: WorldFile) -> list[str]:
    # Somebody may ask as a mentor who has no mandate: he must be able to hear no.
    return [each.requester.id for each in file.requests if each.requester.form == "mentor"]


def world_of(file: WorldFile, request: Request) -> World:
    """Return what the gateway needs of `file` besides its facts."""
    records: dict[str, list[Element]] = {}
    for each in file.facts.records:
        if each.created_on <= request.at:  # what lies ahead is not read at all (decision contract, *Time*)
            records.setdefault(each.holder, []).append(element_of(each))
    sources = {
        holder: [
            MemorySource(organisation=holder, system=SYSTEM, identifier_system=PERSON_SYSTEM, elements=tuple(elements))
        ]
        for holder, elements in records.items()
    }
    began = request.initiative if is_only_told(request.purpose) else None
    return World(sources, lambda _now: request.at, request.holder_decisions, began, ids_stand=True)


def element_of(record: Record) -> Element:
    """Return the element that a record of a world file stands for; it has no content."""
    kind = _KINDS.get(record.category, Report)
    return kind(
        id=record.id,
        about=tuple(sorted(record.about)),
        category=record.category,
        regime=record.regime,
        source=Source(
            organisation=record.holder, system=SYSTEM, record=record.id, version=None, retrieved_at=datetime.now(UTC)
        ),
        handling=Handling(
            created_on=written(record.created_on),
            told_by=record.origin,
            told_in_confidence=record.told_in_confidence,
            confidential_from=tuple(sorted(record.confidential_from)),
            good_care_veto=record.good_care_veto,
            restricted=record.restricted,
        ),
    )


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="schakel-sandbox-") as folder:
        yield Path(folder)


def _write(path: Path, credentials: Credentials) -> None:
    try:
        write_credentials(path, credentials)
    except FileExistsError:
        raise SandboxError(f"--credentials {path}: there is such a file; name another, or move it away") from None
    except OSError as error:
        raise SandboxError(f"--credentials {path}: cannot be written: {error.strerror}") from None
