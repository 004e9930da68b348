"""What a giver can say, as entries of a world and as what the contract makes of them (5.1, 5.4).

Everybody speaks to `anna` of `team` about goals of `ggz`; the request is of 2 March 2026, the finding of incapacity
that counts is of 2 December 2025.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tests.properties.oracle import Said

Json = dict[str, Any]
OTHERS = "zorg"


@dataclass(frozen=True, slots=True)
class Words:
    """One thing to say: the consents and refusals, what it comes to, and to what for a medical record."""

    consents: tuple[Json, ...]
    refusals: tuple[Json, ...]
    said: Said
    medical: Said


def words(said: Said, *, yes: tuple[Json, ...] = (), no: tuple[Json, ...] = (), medical: Said | None = None) -> Words:
    return Words(yes, no, said, medical or said)


YES: Final = Said(spoke=True, consented=True, names=True, yes=True)


def lost(missing: str, **more: Any) -> Said:
    """A consent that does not match, and why his yes is missing."""
    return replace(YES, yes=False, missing=missing, **more)


NO: Final = Said(spoke=True, no="2026-02-10")
WITHDRAWN: Final = {"withdrawn_on": "2026-02-20"}

WORDS: Final[Mapping[str, Words]] = {
    "nothing": words(Said()),
    "yes": words(YES, yes=({},)),
    "yes, to anna by name": words(YES, yes=({"recipients": ["anna"], "holders": "any"},)),
    "yes, from tomorrow": words(Said(), yes=({"on": "2026-03-03"},)),
    "yes, until tomorrow": words(YES, yes=({"until": "2026-03-03"},)),
    "yes, to be taken back tomorrow": words(YES, yes=({"withdrawn_on": "2026-03-03"},)),
    "yes, taken back": words(lost("CONSENT_WITHDRAWN", took_back=True), yes=(WITHDRAWN,)),
    "yes, taken back and ended": words(lost("CONSENT_WITHDRAWN"), yes=(WITHDRAWN | {"until": "2026-02-25"},)),
    "yes, ended": words(lost("CONSENT_EXPIRED"), yes=({"until": "2026-02-25"},)),
    "yes, a year ago": words(lost("CONSENT_EXPIRED"), yes=({"on": "2025-03-02", "until": "2026-12-01"},)),
    "yes, to anybody": words(lost("CONSENT_UNSPECIFIC"), yes=({"recipients": "any"},)),
    "yes, not express": words(YES, yes=({"express": False},), medical=lost("CONSENT_UNSPECIFIC")),
    "yes, about another holder": words(lost("CONSENT_OUT_OF_SCOPE"), yes=({"holders": [OTHERS]},)),
    "yes, for another purpose": words(lost("CONSENT_OUT_OF_SCOPE"), yes=({"purposes": ["referral"]},)),
    "yes, for another category": words(lost("CONSENT_OUT_OF_SCOPE"), yes=({"categories": ["risk"]},)),
    "yes, to others": words(lost("CONSENT_OUT_OF_SCOPE", names=False), yes=({"recipients": [OTHERS]},)),
    "yes, not freely": words(replace(YES, unsound="CONSENT_NOT_FREE"), yes=({"free": False},)),
    "yes, by nobody known": words(replace(YES, unsound="EVIDENCE_INSUFFICIENT"), yes=({"identity_verified": False},)),
    "yes, not freely, later by nobody known": words(
        replace(YES, unsound="EVIDENCE_INSUFFICIENT"),
        yes=({"free": False}, {"on": "2026-02-05", "identity_verified": False}),
    ),
    "yes, not freely, and freely": words(YES, yes=({"on": "2026-02-05", "free": False}, {})),
    "no": words(NO, no=({},)),
    "no, to all": words(NO, no=({"recipients": None},)),
    "no, later": words(replace(NO, no="2026-02-20"), no=({"on": "2026-02-20"},)),
    "no, to others": words(Said(spoke=True), no=({"recipients": [OTHERS]},)),
    "no, of another category": words(Said(spoke=True), no=({"categories": ["risk"]},)),
    "no, taken back": words(Said(spoke=True), no=(WITHDRAWN,)),
    "no, from tomorrow": words(Said(), no=({"on": "2026-03-03"},)),
    "no, in writing": words(NO, no=({"written": True},)),
    "no, in writing, long ago": words(
        Said(spoke=True, no="2025-11-01", foreseen=True), no=({"written": True, "on": "2025-11-01"},)
    ),
    "yes, then no": words(replace(NO, consented=True, names=True), yes=({},), no=({},)),
    "yes and no at once": words(replace(NO, consented=True, names=True), yes=({"on": "2026-02-10"},), no=({},)),
    "no, then yes": words(YES, yes=({},), no=({"on": "2026-01-20"},)),
    "no, then yes, taken back": words(
        Said(spoke=True, consented=True, names=True, no="2026-01-20"), yes=(WITHDRAWN,), no=({"on": "2026-01-20"},)
    ),
}

FEW: Final = ("nothing", "yes", "no")
MOST: Final = (
    *FEW,
    *("yes, taken back", "yes, ended", "yes, to anybody", "yes, to others", "yes, not freely", "no, to others"),
)


def consents(giver: str, label: str) -> list[Json]:
    """The consents of `giver`, as a world has them."""
    plain: Json = {"about": "sem", "given_by": giver, "on": "2026-02-01", "holders": ["ggz"], "recipients": ["team"]}
    plain |= {"purposes": ["coordinate-plan", "supervision-order"], "categories": ["goals"]}
    return [{"id": f"c-{giver}-{position}"} | plain | one for position, one in enumerate(WORDS[label].consents)]


def refusals(giver: str, label: str) -> list[Json]:
    """The refusals of `giver`, as a world has them."""
    plain: Json = {"about": "sem", "given_by": giver, "on": "2026-02-10", "recipients": ["team"]}
    found: list[Json] = [
        {"id": f"n-{giver}-{position}"} | plain | one for position, one in enumerate(WORDS[label].refusals)
    ]
    return [{key: value for key, value in one.items() if value is not None} for one in found]
