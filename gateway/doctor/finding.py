"""What the doctor finds: of each thing one finding, with what to do where something is to be done."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.settings import PREFIX, Settings


class Grade(StrEnum):
    """How something is: as it must be, soon not any more, or not."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is (`said`) and what to do about it (`do`, empty where nothing)."""

    grade: Grade
    said: str
    do: str = ""


@dataclass(frozen=True)
class Patient:
    """What is looked at. Of each of `wrong` the `settings` hold a stand-in, which nothing may be said about.

    `problems` has a line for everything that is wrong with the settings; `engine` is None where there is no database to
    connect to.
    """

    settings: Settings
    wrong: frozenset[str]
    problems: Sequence[str]
    engine: AsyncEngine | None
    now: Callable[[], datetime]

    def require(self, *settings: str) -> None:
        """Let something be said that rests on `settings`.

        Raises:
            WrongSettingError: one of them is wrong.
        """
        for each in settings:
            if each in self.wrong:
                raise WrongSettingError(f"{PREFIX}{each.upper()}")

    def connectable(self) -> AsyncEngine:
        """Return the engine.

        Raises:
            WrongSettingError, NoDatabaseError: there is no database.
        """
        self.require("database_url")
        if self.engine is None:
            raise NoDatabaseError
        return self.engine


Check: TypeAlias = Callable[[Patient], Awaitable[Finding]]
"""Looks at one thing; what it raises is told as one more thing that is wrong."""


class NoDatabaseError(Exception):
    """The settings name a database that is not there; make it, or correct them."""


class WrongSettingError(Exception):
    """The setting that is named is wrong, so nothing is known of what rests on it; correct it."""


def ok(said: str) -> Finding:
    """Return that something is as it must be."""
    return Finding(Grade.OK, said)


def warn(said: str, do: str) -> Finding:
    """Return that something soon is not as it must be."""
    return Finding(Grade.WARN, said, do)


def bad(said: str, do: str) -> Finding:
    """Return that something is not as it must be."""
    return Finding(Grade.BAD, said, do)
