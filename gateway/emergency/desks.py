"""What the gateway has of emergencies beside the exchange itself, as one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.committing.commit import Committer
from gateway.emergency.closing import ClosingDesk
from gateway.emergency.counting import Frequency
from gateway.emergency.crisis_set import CrisisSet
from gateway.emergency.looking import EmergencyList


@dataclass(frozen=True)
class EmergencyDesks:
    """Closing, looking, counting, and a holder's opening of his crisis set."""

    closing: ClosingDesk
    listed: EmergencyList
    frequency: Frequency
    crisis_set: CrisisSet


def emergency_desks(
    committer: Committer,
    decided_at: Callable[[datetime], datetime],
    real_now: Callable[[], datetime],
    *,
    warned_from: int,
) -> EmergencyDesks:
    """Return the desks; `decided_at` turns real time into that of decisions."""

    def now() -> datetime:
        return decided_at(real_now())

    frequency = Frequency(committer.engine, now, warned_from)
    listed = EmergencyList(committer, now, warned_from)
    return EmergencyDesks(ClosingDesk(committer, decided_at), listed, frequency, CrisisSet(committer))
