"""Whether somebody may be forgotten: every look at it, in one place, for whoever erases.

Source: `gateway.erasing.keeping`, `gateway.erasing.speaking`.
"""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from consent.keys import KeyService
from consent.store.reading import read_what_opens
from gateway.erasing.keeping import (
    kept_until,
    require_asked,
    require_no_exception,
    require_over,
    require_read,
    require_told,
)
from gateway.erasing.speaking import require_speaks_for_nobody
from schemas.calendar import local_day


async def require_free(  # noqa: PLR0913 - who, why and when, and what may stay unread
    connection: AsyncConnection,
    keys: KeyService,
    person: str,
    *,
    asked: date | None,
    now: datetime,
    key_broken: bool = False,
) -> None:
    """Let `person` be forgotten because his term ended, or because he `asked` for it on a day.

    Reads, and locks nothing: who asks holds his family. Where his `key_broken`, as an officer says, what lies under it
    is not looked at.

    Raises:
        MustBeKeptError: he must be kept; the message says until when, or why, and what to do.
    """
    await require_told(connection, person)
    family, broken = await read_what_opens(connection, keys, person)
    require_read(broken, person, key_broken=key_broken)
    require_speaks_for_nobody(family, person, now)
    if asked is None:
        require_over(await kept_until(connection, person), now)
        return
    require_asked(asked, local_day(now))
    await require_no_exception(connection, family, person, now)
