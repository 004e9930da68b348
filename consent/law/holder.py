"""The decision of the holder, where the law leaves it to him.

Source: decision contract, section 4, *A holder decision*.
"""

from consent.answers import No, Review
from consent.entry import EVERYTHING
from consent.request import HolderDecision
from consent.situation import Situation
from schemas.words import Category, Reason


def decision_that_counts(
    situation: Situation, holder: str, category: Category, *, by_itself: frozenset[Category] | None
) -> HolderDecision | No | Review:
    """Return the approval that counts for a category, or why there is none.

    `by_itself` is what an approval that names no categories covers where the law lists it (LB-23).
    """
    entries = [one for one in situation.request.holder_decisions if one.holder == holder and one.on <= situation.at]
    own = [one for one in entries if one.reason is not None and _is_the_holders(situation, one)]
    if not own:
        somebody_else = any(not _is_the_holders(situation, one) for one in entries)
        return Review(Reason.EVIDENCE_INSUFFICIENT if somebody_else else Reason.HOLDER_DECISION_PENDING)
    covering = [one for one in own if _covers(situation, one, category, by_itself)]
    if not covering:
        return No(Reason.CATEGORY_EXCLUDED)
    # `max` keeps the first of equals: at one instant the refusal, else the first in the list.
    latest = max(covering, key=lambda one: (one.on, not one.approved))
    if not latest.approved:
        return No(Reason.HOLDER_REFUSED)
    if _is_incomplete(situation, latest, by_itself):
        return Review(Reason.HOLDER_DECISION_PENDING)
    return latest


def _is_the_holders(situation: Situation, decision: HolderDecision) -> bool:
    professional = situation.professionals.get(decision.by)
    return professional is not None and professional.organisation == decision.holder


def _covers(
    situation: Situation,
    decision: HolderDecision,
    category: Category,
    by_itself: frozenset[Category] | None,
) -> bool:
    if decision.categories is not None:
        return category in decision.categories
    if not decision.approved:
        return True
    return category in (situation.request.categories if by_itself is None else by_itself)


def _is_incomplete(situation: Situation, decision: HolderDecision, by_itself: frozenset[Category] | None) -> bool:
    """Return whether an approval names no categories while the request says `all`."""
    asked_for_all = situation.request.categories is EVERYTHING
    return decision.categories is None and by_itself is None and asked_for_all


def names_the_category(
    situation: Situation, holder: str, category: Category, *, by_itself: frozenset[Category] | None
) -> bool:
    """Return whether the decision that counts lists the category in its own `categories` (step 8, LB-23)."""
    decision = decision_that_counts(situation, holder, category, by_itself=by_itself)
    return isinstance(decision, HolderDecision) and decision.categories is not None
