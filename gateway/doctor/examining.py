"""The whole examination: every check by itself, so that one thing that is broken hides no other."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.policy import PolicyError
from gateway.database.engine import create_engine, is_there
from gateway.doctor import journal, keys, log, logins, machine
from gateway.doctor.finding import Check, Finding, NoDatabaseError, Patient, WrongSettingError, bad
from gateway.identity.keys import KeyFileError
from gateway.registry.snapshot import RegistryError
from gateway.settings import Settings
from gateway.settings_check import as_they_are

CHECKS: Final[Mapping[str, Check]] = {
    "settings": machine.settings,
    "clock": machine.clock,
    "certificate": machine.certificate,
    "database": log.database,
    "fences": log.fences,
    "keys": keys.keys,
    "logins": logins.logins,
    "journal": journal.journal,
    "disk": machine.disk,
    "sequencer": log.sequencer,
    "anchor": log.anchor,
    "watching": log.watching,
}
"""What is looked at, in the order in which it is told."""

SECONDS: Final = 10
"""How long one look may take."""

_SHOWN: Final = (KeyFileError, PolicyError, RegistryError)
"""Errors whose text names a file or an entry, and nobody."""


async def examined(env: Mapping[str, str], *, now: Callable[[], datetime]) -> dict[str, Finding]:
    """Return what is found of each thing, whatever is broken. Changes nothing."""
    settings, wrong, problems = as_they_are(env)
    async with _engine(settings, wrong) as engine:
        patient = Patient(settings, wrong, problems, engine, now)
        found = await asyncio.gather(*(_looked(name, check, patient) for name, check in CHECKS.items()))
        return dict(zip(CHECKS, found, strict=True))


async def _looked(name: str, check: Check, patient: Patient) -> Finding:
    try:
        async with asyncio.timeout(SECONDS):
            return await check(patient)
    except WrongSettingError as error:
        return bad(f"not known: {error} is wrong or missing", "correct the settings")
    except NoDatabaseError:
        return _of_the_database(name, "there is no such file", "correct SCHAKEL_DATABASE_URL, or run `schakel migrate`")
    except TimeoutError:
        return _of_the_database(name, f"no answer within {SECONDS} seconds", "see whether it is up, and can be reached")
    except _SHOWN as error:
        return bad(str(error), "correct that")
    except (SQLAlchemyError, OSError) as error:
        # Their texts hold statements, values and addresses.
        why = f"it cannot be read ({type(error).__name__})"
        return _of_the_database(name, why, "see whether it is up, and can be reached; did you run `schakel migrate`?")
    except Exception as error:  # noqa: BLE001 - the other checks go on
        return bad(f"this could not be looked at ({type(error).__name__})", "tell who maintains Schakel")


def _of_the_database(name: str, why: str, do: str) -> Finding:
    # Said once; of what rests on it nothing is known.
    return bad(why, do) if name == "database" else bad("not known without the database", "see what `database` says")


@asynccontextmanager
async def _engine(settings: Settings, wrong: frozenset[str]) -> AsyncIterator[AsyncEngine | None]:
    if "database_url" in wrong or not is_there(settings.database_url):
        yield None
        return
    engine = create_engine(settings.database_url)
    try:
        yield engine
    finally:
        await engine.dispose()
