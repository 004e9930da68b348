"""What the contract answers on consent and under supervision, written from its text alone.

Source: decision contract, 5.1 to 5.4, and the row of LB-07 in section 4. Slow, flat and in the order of the text, so
that it can be held beside it line by line. Knows nothing of the code that it judges: no import from it.
"""

from dataclasses import dataclass
from typing import Final

SATISFIED: Final = "satisfied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What became of all that one giver said about the person (5.1); by default he said nothing."""

    spoke: bool = False
    """He has a consent or a refusal about the person, whatever became of it."""
    consented: bool = False
    """He has a consent about the person, whatever became of it."""
    names: bool = False
    """One of his consents names the requester, or `any`."""
    yes: bool = False
    """He has a matching consent that counts."""
    no: str | None = None
    """The day of his last standing refusal."""
    foreseen: bool = False
    """A standing refusal is written, from before the finding of incapacity."""
    missing: str = "CONSENT_MISSING_AUTHORITY"
    """Why his yes is missing, where it is (5.4)."""
    took_back: bool = False
    """He has a consent that would match had he not withdrawn it."""
    unsound: str | None = None
    """Why none of his matching consents is sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A competent holder of authority: what he said, whether all his titles are sure, how often he was sought."""

    said: Said
    sure: bool = True
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One consent question. `holders` stand by authority id; `levels` nearest first; `others` is whoever else spoke."""

    age: int
    capacity: str
    himself: Said
    holders: tuple[Holder, ...] = ()
    all_are_incompetent: bool = False
    levels: tuple[tuple[Said, ...], ...] = ()
    others: tuple[Said, ...] = ()
    wish: str | None = None
    """The day of his considered wish that names the requester."""


def required(case: Case) -> tuple[bool, bool, bool]:
    """The table of 5.2: whether he himself, every holder of authority, the first level of the chain must say yes."""
    able = case.capacity != "incapable"
    if case.age < 12:
        return False, True, False
    if case.age < 16:
        return able, True, False
    if case.age < 18:
        return able, not able, False
    return able, False, not able


def answer(case: Case) -> str:  # noqa: C901, PLR0912 - nine lines of the contract, one below the other
    """The first line of 5.3 that applies."""
    himself, holders, chain = required(case)
    asked = [one.said for one in case.holders] if holders else []
    level = case.levels[0] if chain and case.levels else ()
    everybody = [case.himself, *(one.said for one in case.holders), *sum(case.levels, ()), *case.others]
    young_and_able = 12 <= case.age < 16 and case.capacity != "incapable" and case.himself.yes
    # 1
    if not any(said.spoke for said in everybody):
        return "no NO_BASIS"
    # 2
    if case.himself.no is not None:
        if case.age >= 16 and case.capacity == "incapable" and case.himself.foreseen:
            return "no PRIOR_WRITTEN_REFUSAL"
        return {
            "capable": "no YOUTH_OBJECTION",
            "incapable": "review YOUTH_OBJECTION",
            "unclear": "review CAPACITY_UNCLEAR",
        }[case.capacity]
    # 3
    refused = [said.no for said in (*asked, *level) if said.no is not None]
    if refused:
        if young_and_able and case.wish is not None and all(case.wish >= day for day in refused):
            return "review CONSENT_MISSING_AUTHORITY"
        return "no CONSENT_MISSING_AUTHORITY"
    # 4
    if not any(said.names for said in everybody):
        return "no CONSENT_OUT_OF_SCOPE" if any(said.consented for said in everybody) else "no NO_BASIS"
    # 5
    found = missing(case, himself=himself, holders=holders, level=level, young_and_able=young_and_able)
    if found is not None:
        return found
    # 6
    if holders and case.all_are_incompetent:
        return "no AUTHORITY_INCOMPETENT"
    if holders and (not case.holders or not all(one.sure for one in case.holders)):
        return "review AUTHORITY_UNVERIFIED"
    if chain and not case.levels:
        return "review AUTHORITY_UNVERIFIED"
    # 7
    for giver in ((case.himself,) if himself else ()), *((said,) for said in asked), level:
        sound = any(said.yes and said.unsound is None for said in giver)
        unsound = [said.unsound for said in giver if said.yes and said.unsound is not None]
        if unsound and not sound:
            return f"review {unsound[0]}"
    # 8
    if case.age >= 12 and case.capacity == "unclear":
        return "review CAPACITY_UNCLEAR"
    # 9
    return SATISFIED


def missing(case: Case, *, himself: bool, holders: bool, level: tuple[Said, ...], young_and_able: bool) -> str | None:
    """Line 5, with the reasons of 5.4."""
    if himself and not case.himself.yes:
        return f"no {case.himself.missing if case.himself.consented else 'CONSENT_MISSING_YOUTH'}"
    exceptions = []
    for holder in case.holders if holders else ():
        if holder.said.yes:
            continue
        if young_and_able and holder.said.took_back:
            exceptions.append("review CONSENT_WITHDRAWN")
        elif not holder.said.spoke and holder.attempts >= 3:
            exceptions.append("review CONSENT_MISSING_AUTHORITY")
        else:
            return f"no {holder.said.missing}"
    if exceptions:
        return exceptions[0]
    if level and not consents(level):
        if any(consents(later) for later in case.levels[1:]):
            return "review AUTHORITY_UNVERIFIED"
        spoke = [said for said in level if said.consented]
        return f"no {spoke[0].missing if spoke else 'CONSENT_MISSING_AUTHORITY'}"
    return None


def consents(level: tuple[Said, ...]) -> bool:
    """5.2: somebody on it has a matching consent and nobody on it has a standing refusal."""
    return any(said.yes for said in level) and all(said.no is None for said in level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order about the person, as the requester meets it."""

    supervision: bool
    his: bool
    """His organisation executes it."""
    lets_him: bool
    """He is a worker, or replaces one, or no workers are named."""
    time: str
    """`ahead`, `now` or `over`; supervision is over at 18."""
    verified: bool


def under_supervision(orders: tuple[Order, ...], *, institution: bool, itemised: bool) -> str:
    """The row of LB-07: its conditions in their order; among several orders the one that gets furthest."""
    if not institution:
        return "no NO_BASIS"
    if not any(one.supervision for one in orders):
        return "no ORDER_TYPE_NO_BASIS" if any(one.his for one in orders) else "no NO_BASIS"
    conditions = (
        ("no ORDER_WRONG_GI", lambda one: one.his),
        ("no REQUESTER_UNTRUSTED", lambda one: one.lets_him),
        ("no ORDER_NOT_YET_VALID", lambda one: one.time != "ahead"),
        ("no ORDER_EXPIRED", lambda one: one.time != "over"),
        ("review EVIDENCE_INSUFFICIENT", lambda one: one.verified),
        ("review NOT_NECESSARY", lambda _: itemised),
    )
    left = [one for one in orders if one.supervision]
    for otherwise, holds in conditions:
        left = [one for one in left if holds(one)]
        if not left:
            return otherwise
    return SATISFIED


def between(answers: dict[str, str]) -> str:
    """Section 3, step 2, and the end of 5.4: what becomes of a record, of the bases in their order."""
    for basis, found in answers.items():
        if found == SATISFIED:
            return f"release {basis}"
    for found in answers.values():
        if found.startswith("review"):
            return found
    told = [found for found in answers.values() if found != "no NO_BASIS"]
    return (told or ["no NO_BASIS"])[0].replace("no ", "withhold ")
