"""How often the administrators of an organisation change what others depend on, and everybody's login.

A change of the registry has everybody begin anew who reads facts, or a log of his own, and each exchange that took from
it what changed (`consent.known.registered.Footing`); the third that comes in between ends them. So what an
administrator opens, or ends for later, has its turn; what ends at once waits for none (facts contract, F3).
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, select

from consent.store.reading import instant
from consent.store.tables import registry_fact
from consent.world.shape import WorldError
from gateway.administering.acting import Office
from gateway.registry.professionals import LATER_ROW
from gateway.registry.tables import registration

EACH_MINUTE: Final = 10
"""Changes of one organisation by its administrators, in all processes together."""

_MINUTE: Final = timedelta(minutes=1)
_LOOKED_BACK: Final = 200
"""Rows; who finds that many of the last minute, of whichever organisation, has to wait too."""
_CHANGES: Final = (
    select(registry_fact.c.section, registry_fact.c.id, registry_fact.c.recorded_at)
    .where((registry_fact.c.section == "involvements") | LATER_ROW)
    .order_by(registry_fact.c.version.desc())
    .limit(_LOOKED_BACK)
)


async def require_turn(office: Office, place: str) -> None:
    """Let pass where the organisation has a turn left this minute, by the database's clock.

    Raises:
        WorldError: it has not; `place` is the field that is named.
    """
    barred = select(registration.c.recorded_at).where(
        registration.c.kind == "barred", registration.c.organisation == office.organisation
    )
    bars = await _of_this_minute(office, barred.order_by(registration.c.id.desc()).limit(EACH_MINUTE))
    changes = await _of_this_minute(office, _CHANGES)
    own = sum(_home(office, each.section, each.id) == office.organisation for each in changes)
    if own + len(bars) >= EACH_MINUTE or len(changes) == _LOOKED_BACK:
        raise WorldError((f"{place}: enough was changed in the last minute; say it again in a minute",))


async def _of_this_minute(office: Office, rows: Select[Any]) -> list[Any]:
    found = await office.connection.execute(rows)
    return [each for each in found if office.now - instant(each.recorded_at) < _MINUTE]


def _home(office: Office, section: str, name: str) -> str | None:
    told = office.registry.source(section, name) or {}
    if section == "involvements":
        told = office.registry.source("professionals", told.get("professional", "")) or {}
    return told.get("organisation")
