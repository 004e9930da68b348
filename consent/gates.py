"""What can still stop a record for which a basis was found.

Source: decision contract, section 3, steps 3 to 5, 7 and 8 (step 6 is `consent.cover`).
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from consent.answers import No, Review
from consent.entries import Record
from consent.law.basis import Basis, Question
from consent.law.holder import names_the_category
from consent.representation import holds_authority
from consent.situation import Situation
from schemas.words import Category, OrganisationKind, Reason, RecordSource

Gate: TypeAlias = Callable[[Basis[Any], Question, Record], No | Review | None]

_MAY_HAVE_BSN: Final = frozenset(
    {
        OrganisationKind.LOCAL_TEAM,
        OrganisationKind.YOUTH_CARE,
        OrganisationKind.YOUTH_MENTAL_HEALTH,
        OrganisationKind.DISABILITY_CARE,
        OrganisationKind.FOSTER_CARE,
        OrganisationKind.SECURE_YOUTH_CARE,
        OrganisationKind.CERTIFIED_INSTITUTION,
        OrganisationKind.CHILD_PROTECTION_BOARD,
        OrganisationKind.SAFE_AT_HOME,
        OrganisationKind.GENERAL_PRACTICE,
        OrganisationKind.YOUTH_HEALTH,
        OrganisationKind.MUNICIPALITY,
    }
)
_OPENS_JUSTICE: Final = frozenset({"LB-07", "LB-08", "LB-20"})
NAMED_BY_GATES: Final = frozenset({Category.BSN, Category.JUSTICE})
"""The categories that a gate names."""
_OWN_ACCESS: Final = "LB-20"
_SUPERVISION: Final = "LB-07"
_AVERTS_HARM: Final = "LB-23"
_OLD_ENOUGH_TO_BE_ASKED: Final = 12


def the_regime_is_known(_: Basis[Any], __: Question, record: Record) -> No | Review | None:
    """Step 3: under an unknown regime nobody can say which law opens a record (G-01)."""
    return Review(Reason.REGIME_UNKNOWN, ("G-01",)) if record.regime is None else None


def the_category_may_go_there(basis: Basis[Any], question: Question, record: Record) -> No | Review | None:
    """Step 4: a citizen service number goes to few, what is about justice on few bases."""
    if record.category is Category.BSN and basis.number != _OWN_ACCESS:
        organisation = question.situation.asker.organisation
        if organisation is None or organisation.kind not in _MAY_HAVE_BSN:
            return No(Reason.CATEGORY_EXCLUDED, ("G-06",))
    if record.category is Category.JUSTICE and basis.number not in _OPENS_JUSTICE:
        return No(Reason.CATEGORY_EXCLUDED, ("G-06",))
    return None


def no_informant_is_betrayed(basis: Basis[Any], _: Question, record: Record) -> No | Review | None:
    """Step 5: what a third party told stays, but for the duty under supervision (G-07)."""
    if record.origin is RecordSource.THIRD_PARTY and basis.number != _SUPERVISION:
        return No(Reason.THIRD_PARTY_PRIVACY, ("G-07",))
    return None


def good_care_allows_it(basis: Basis[Any], _: Question, record: Record) -> No | Review | None:
    """Step 7: a good professional may keep it; against a duty he must be heard first (G-08)."""
    if not record.good_care_veto:
        return None
    return (Review if basis.is_duty else No)(Reason.GOOD_CARE_VETO, ("G-08",))


def no_confidence_is_broken(basis: Basis[Any], question: Question, record: Record) -> No | Review | None:
    """Step 8: what somebody told in confidence, or wants kept from this person, is not shown to him."""
    situation = question.situation
    if not _is_kept_from(situation, record):
        return None
    if basis.number == _AVERTS_HARM and names_the_category(
        situation, record.holder, record.category, by_itself=basis.approves_by_itself
    ):
        return None
    if any(situation.age(person) < _OLD_ENOUGH_TO_BE_ASKED for person in record.about):
        return Review(Reason.BEST_INTEREST, ("G-08",))
    return No(Reason.YOUTH_OBJECTION, ("G-08",))


def _is_kept_from(situation: Situation, record: Record) -> bool:
    asker = situation.asker
    if asker.professional is not None or asker.id in record.about:
        return False
    return record.told_in_confidence or asker.id in record.confidential_from


def talk_with_the_youth_first(situation: Situation) -> bool:
    """Return whether a confidence kept from this requester calls for a talk with the youth (OB-YOUTH1)."""
    return bool(holds_authority(situation, situation.asker.id, situation.person.id))


BEFORE_COVER: Final[tuple[Gate, ...]] = (
    the_regime_is_known,
    the_category_may_go_there,
    no_informant_is_betrayed,
)
AFTER_COVER: Final[tuple[Gate, ...]] = (good_care_allows_it, no_confidence_is_broken)
