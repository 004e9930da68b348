"""Which ends of facts are told, and whether an exchange relied on such a fact. Pure.

The evidence of a released element names what it rests on, exactly (decision contract, 5.6), so nothing need be kept
beside an exchange to find it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.events import ERASED
from schemas.calendar import parse_moment
from schemas.words import Result


@dataclass(frozen=True, slots=True)
class Ending:
    """An end that is told. `kind` is all that a notice says of it.

    `known_by` begins the numbers of the rules from which a recipient knows that he relies on such a fact.
    """

    kind: str
    known_by: str


TOLD: Final[Mapping[tuple[str, str], Ending]] = {
    ("consents", "withdrawn_on"): Ending("consent.withdrawn", known_by="CV-"),
}
"""By section and the field that ends a fact. Another end is one row more, once it is sure for whom it is a secret.

No row, on purpose: what lapses at an instant that was named beforehand (the answer said `expires_at`); a new refusal
(it is no end of what was relied on); an authority that is disputed or suspended, and a stop (they may be a secret, and
the next request hears no anyway); a mandate (no organisation receives anything on it). An end that may be set for later
needs a worker that waits for it, too.
"""


def relied_on(decision: Mapping[str, Any], fact: str, ending: Ending, *, at: datetime) -> bool:
    """Return whether something that `decision` (decision contract, section 6) released still rested on `fact` at `at`.

    Only where the answer itself named a rule of this kind. What left on another basis, and rests on somebody's consent
    only because he stands in the same record, does not count: to be told of it would tell a body that never asked for
    consent, such as Veilig Thuis, that somebody gave one and took it back. What had expired does not count either: the
    recipient was told when.
    """
    return any(
        each["result"] == Result.RELEASE
        and fact in each["evidence"]
        and any(rule.startswith(ending.known_by) for rule in each["rules"])
        and _stands(each["expires_at"], at)
        for each in decision["elements"].values()
    )


def _stands(expires_at: str | None, at: datetime) -> bool:
    # When it ended may have gone with somebody who was erased. Better told twice than not at all.
    return expires_at in {None, ERASED} or parse_moment(expires_at) > at
