"""`schakel serve`, `migrate` and `check-settings`, and how every command runs: it gives its exit code and what to say.

Each other command stands in a module of its own of this folder, so that serving loads none of them.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import wraps
from typing import Any, Final, ParamSpec

import uvloop
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from adapters.configure import ConfigurationError
from audit.durability import UnsafeDatabaseError
from audit.grow import BrokenTreeError
from audit.policy import PolicyError
from audit.store import AuditUnavailableError
from consent.keys import KeyUnavailableError, SealBrokenError
from consent.known.rows import StoreBrokenError
from gateway.database.engine import folder_of
from gateway.database.steps import OldDatabaseError
from gateway.database.takeover import TakenOverError
from gateway.erasing.erasing import NOT_ALLOWED, MayNotEraseError
from gateway.erasing.tombstone import JournalError
from gateway.identity.keys import KeyFileError as TokenKeyFileError
from gateway.keys.files import KeyFileError
from gateway.logs import configure_logs, logger
from gateway.migrations.migrate import migrate
from gateway.registry.snapshot import RegistryError
from gateway.rules.confirmed import concerned, said_at, warnings
from gateway.serving import listen, serve
from gateway.settings import EXPECTED_DATABASE, Settings, is_database
from gateway.settings_check import SettingsError, load_settings, read_settings
from gateway.wiring import utc_now
from gateway.witness.watching import RestoredBackupError

Said = tuple[int, str]
P = ParamSpec("P")

WRONG: Final = 1
UNUSABLE: Final = 2
UNFINISHED: Final = 3
"""What was asked is done for good, and something that belongs to it is still to do: the last lines say what."""

BROKEN_OFF: Final = 130
"""Ctrl-C: a shell's exit code for a command that this signal stopped."""

_REFUSALS: Final = (
    OldDatabaseError,
    UnsafeDatabaseError,
    KeyFileError,
    TokenKeyFileError,
    KeyUnavailableError,
    RegistryError,
    AuditUnavailableError,
    BrokenTreeError,
    StoreBrokenError,
    SealBrokenError,
    PolicyError,
    RestoredBackupError,
    JournalError,
    MayNotEraseError,
    TakenOverError,
)


def unusable(*wrong: type[Exception]) -> Callable[[Callable[P, Said]], Callable[P, Said]]:
    """Have a command end with code 2 and a line that says so where its settings, or something typed, cannot be used.

    `wrong` are the errors that say it of what was typed; their text may be shown.
    """

    def checked(command: Callable[P, Said]) -> Callable[P, Said]:
        @wraps(command)
        def run(*args: P.args, **kwargs: P.kwargs) -> Said:
            try:
                return command(*args, **kwargs)
            except SettingsError as error:
                return UNUSABLE, "\n".join(error.problems)
            except wrong as error:
                return UNUSABLE, str(error)

        return run

    return checked


def run_work(
    work: Coroutine[Any, Any, Said], *, refusals: tuple[type[Exception], ...] = (), level: int = logging.WARNING
) -> Said:
    """Run a command's `work`, and turn what may stand in its way into a line that says so.

    `refusals` are what this command alone may meet, whose text may be shown. What is logged meanwhile, from `level` on,
    goes to standard error.
    """
    configure_logs(level=level)
    told: tuple[type[Exception], ...] = (*_REFUSALS, *refusals)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except told as error:
        return WRONG, str(error)
    except ConfigurationError as error:
        return WRONG, "\n".join(error.problems)
    except SQLAlchemyError as error:
        if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == NOT_ALLOWED:
            return (
                WRONG,
                "this login of the database may not do that: see docs/how-to/database-roles.md",
            )
        # Its text holds the statement and its values.
        return WRONG, f"the database cannot be used ({type(error).__name__}); did you run `schakel migrate`?"
    except OSError as error:
        return WRONG, f"cannot go on: {error.strerror or type(error).__name__}"
    except KeyboardInterrupt:
        return BROKEN_OFF, "broken off; run it again, for it may be done in part"


@unusable()
def run_serve() -> Said:
    """Serve with the settings of the environment."""
    settings = load_settings(os.environ)
    configure_logs()
    logger().info("gateway.starting", environment=settings.environment, host=settings.host, port=settings.port)

    async def work() -> Said:
        with listen(settings.host, settings.port) as listening:
            await serve(settings, listening, ready=lambda: None)
        return 0, ""

    return run_work(work(), level=logging.INFO)


def database_named(given: str | None, settings: Settings) -> str:
    """Return the database that `--database` names, or without it that of the settings.

    Raises:
        SettingsError: it names none; an empty one is a variable of a shell that was not set, and never that of the
            settings.
    """
    if given is None:
        return settings.database_url
    if not is_database(given):
        raise SettingsError([f"--database: {EXPECTED_DATABASE}"])
    return given


@unusable()
def run_migrate(database: str | None = None) -> Said:
    """Bring the database of the settings up to date, or `database`: the same under another login."""
    url = database_named(database, read_settings(os.environ))
    folder = folder_of(url)
    # Never made here: where a disk is not mounted the database would lie on another.
    if folder is not None and not folder.is_dir():
        return UNUSABLE, f"there is no folder {folder} for the database; make it, or mount it"

    async def work() -> Said:
        await migrate(url)
        return 0, "the database is up to date"

    return run_work(work())


def run_check_settings(*, now: Callable[[], datetime] = utc_now) -> Said:
    """Name every wrong setting; where all are right, warn of a rule set that ends or is not confirmed."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        return WRONG, "\n".join(error.problems)
    at = now()

    async def work() -> Said:
        said = await said_at(settings.database_url, concerned(at))
        warned = warnings(at, said, required=settings.require_confirmed_rules)
        return 0, "\n".join(["the settings are right", *(f"warning: {each}" for each in warned)])

    return run_work(work())
