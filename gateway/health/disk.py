"""How full the disk of the log is, and whether anything may still be disclosed.

It stops before the disk is full, so that what must never fail for want of room still finds it: recording that a yes is
withdrawn. Where the disk cannot be looked at nothing is known of its room, and nothing is disclosed.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from gateway.logs import logger
from gateway.settings import Settings

LOOK_EVERY: Final = timedelta(seconds=1)
WARN_AT: Final = 4
"""It warns from so many times the least that must be free."""
_MEBIBYTE: Final = 1024**2


def free_bytes(folder: Path) -> int:
    """Return what this account may still write on the disk of `folder`.

    Raises:
        OSError: it cannot be looked at.
    """
    stats = os.statvfs(folder)
    return stats.f_bavail * stats.f_frsize


@dataclass
class Disk:
    """Looks at the disk of `folder` when somebody asks, at most once a second; room that came back counts at once."""

    folder: Path
    minimum: int
    free: Callable[[Path], int] = free_bytes
    monotonic: Callable[[], float] = time.monotonic
    _seen: int | None = field(default=None, init=False)
    _looked: float | None = field(default=None, init=False)
    _told: str = field(default="", init=False)

    def obstacle(self) -> str | None:
        """Return why nothing may be disclosed now, or None where something may."""
        seen = self._look()
        if seen is None:
            return f"the room on the disk of the database cannot be seen; look at {self.folder}"
        if seen < self.minimum:
            return f"{_told(seen)} are free on the disk of the database, of at least {_told(self.minimum)}; make room"
        return None

    def warnings(self) -> list[str]:
        """Return what an operator should know."""
        why = self.obstacle()
        if why is not None:
            return [f"nothing is disclosed: {why}"]
        seen = self._seen or 0
        if seen >= self.minimum * WARN_AT:
            return []
        return [f"{_told(seen)} are free on the disk of the database; below {_told(self.minimum)} nothing is disclosed"]

    def _look(self) -> int | None:
        now = self.monotonic()
        if self._looked is None or now - self._looked >= LOOK_EVERY.total_seconds():
            self._looked = now
            try:
                self._seen = self.free(self.folder)
            except OSError:
                self._seen = None
            self._tell()
        return self._seen

    def _tell(self) -> None:
        """Say it in the running log where it becomes another than it was."""
        is_little = self._seen is None or self._seen < self.minimum * WARN_AT
        state = "stop" if self._seen is None or self._seen < self.minimum else "warn" if is_little else ""
        if state == self._told:
            return
        self._told = state
        if state:
            logger().warning("disk.filling", why=self.warnings()[0])
        else:
            logger().info("disk.enough")


def disk_of(settings: Settings) -> Disk | None:
    """Return the disk of the database of `settings`, or None where this machine cannot see it."""
    folder = settings.disk_folder
    url = make_url(settings.database_url)
    if folder is None and url.get_backend_name() == "sqlite":
        folder = Path(url.database or "").resolve().parent
    return None if folder is None else Disk(folder, settings.disk_minimum_free)


def _told(size: int) -> str:
    return f"{size // _MEBIBYTE} MiB"
