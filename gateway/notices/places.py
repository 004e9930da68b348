"""Named places between the steps of a notice, where a test may stop the process."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeAlias


class Place(StrEnum):
    """The places, in the order in which a notice passes them."""

    LOOKED = "looked"
    """Who relied on it was found; nothing of that is kept yet."""
    GIVEN = "given"
    """The notices are kept."""
    CLAIMED = "claimed"
    """An attempt is kept; nothing is sent yet."""
    SENT = "sent"
    """The other side answered; that is not kept yet."""


Reached: TypeAlias = Callable[[Place], Awaitable[None]]
"""What is called at each place."""


async def nothing(_place: Place) -> None:
    """Go on: what every place does unless a test says otherwise."""
