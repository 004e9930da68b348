"""How long the log has waited for its witnesses, and whether anything may still be disclosed.

A head is *anchored* when the cosignatures on it meet the policy. The *age* is how long the first signed head that is
larger than the newest anchored one has waited: nothing waits where the tree did not grow, however long that is.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from gateway.health.wait import Wait

WARN_FROM: Final = timedelta(minutes=15)
STOP_FROM: Final = timedelta(hours=4)


@dataclass
class Anchor(Wait):
    """What is known of the anchor: what waits is a head, named by its size."""

    confirmed: bool = False
    """Whether since the start so many witnesses found what they signed in our tree that no quorum is without one."""
    silent: dict[str, str] = field(default_factory=dict)
    """Why a witness of the policy, by its name there, did not cosign the last time that it was asked."""

    def obstacle(self) -> str | None:
        """Return why nothing may be disclosed now, or None where something may."""
        if not self.confirmed or not self.was_seen:
            return "too few witnesses have confirmed since the start that they know no longer log than this one"
        if self.age >= STOP_FROM:
            return f"no checkpoint was anchored for {_minutes(self.age)} minutes; reach the witnesses"
        return None

    def warnings(self) -> list[str]:
        """Return what an operator should know."""
        why = self.obstacle()
        said = [f"nothing is disclosed: {why}"] if why else []
        if why is None and self.age >= WARN_FROM:
            left = _minutes(STOP_FROM) - _minutes(self.age)
            waited = _minutes(self.age)
            said.append(f"no checkpoint was anchored for {waited} minutes; in {left} nothing is disclosed any more")
        return [*said, *(f"witness `{name}` did not cosign: {why}" for name, why in sorted(self.silent.items()))]


def _minutes(age: timedelta) -> int:
    return int(age.total_seconds() // 60)
