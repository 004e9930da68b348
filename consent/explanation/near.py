"""Facts that come near: of the kind that a basis rests on, about this person and this requester, and yet not enough.

Help that has ended, authority that was suspended, a referral of which the client was not told: a basis does not see
them, so it answers that there is nothing. Who asks why wants to see them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from consent.entry import Entry
from consent.law.basis import Basis, Question
from consent.naming import OWNER, names_in

_SECTIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("LB-04", "LB-05"), "involvements"),
    **dict.fromkeys(("LB-06", "LB-09", "LB-10", "LB-38"), "authority"),
    **dict.fromkeys(("LB-18", "LB-19"), "family"),
    **dict.fromkeys(("LB-07", "LB-08", "LB-28", "LB-29"), "orders"),
    "LB-11": "assignments",
    "LB-26": "referrals",
    "LB-27": "mandates",
}
"""Of which kind the facts are that a basis rests on."""


def near_facts(basis: Basis[Any], question: Question) -> tuple[Entry, ...]:
    """Return the facts of the basis's kind, of any date up to now, that name both the person and the requester."""
    section = _SECTIONS.get(basis.number)
    if section is None:
        return ()
    entries: Iterable[Entry] = getattr(question.situation.facts, section)
    return tuple(entry for entry in entries if _is_near(section, entry, question))


def _is_near(section: str, entry: Entry, question: Question) -> bool:
    situation = question.situation
    said_on = getattr(entry, "on", None)
    if said_on is not None and said_on > situation.at:
        return False  # Such an entry is not read at all (decision contract, 2, Time).
    owner = entry.source.get(OWNER.get(section, ""), situation.person.id)
    return owner == situation.person.id and not situation.asker.names.isdisjoint(names_in(section, entry.source))
