"""Facts and conditions of the bases that rest on help, on a referral, or on a mentor's mandate.

Source: decision contract, section 4, LB-04, LB-05, LB-26, and 5.5 for LB-27; their lines in 5.6.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

from consent.ends import BOUNDARIES, Support, birthday, first_ahead, last, months_on, together
from consent.entries import Involvement, Mandate, ParentAgreement, Referral
from consent.law.basis import Question
from consent.law.on_orders import involvement_support
from consent.representation import Giver, authority_over, competent_holders, titles_support
from schemas.words import Category, InvolvementKind, Regime

MANDATE_MONTHS: Final = 6
"""A mandate ends this many months after it began, if not sooner (policy, LB-27)."""

MENTOR_SEES: Final = frozenset({Category.GOALS, Category.APPOINTMENTS, Category.PROFESSIONALS, Category.SAFETY_PLAN})
"""What a mentor may see at most."""

Replaced: TypeAlias = tuple[Involvement, Involvement]
"""A replacement, and the help of the one replaced."""


# Directly involved: LB-04 and LB-05


def his_help(question: Question) -> Sequence[Involvement]:
    """The help in force that involves the requester's organisation directly in what the holder does."""
    professional = question.situation.asker.professional
    return [] if professional is None else _help_of(question, professional.organisation)


def _help_of(question: Question, organisation: str) -> list[Involvement]:
    return [one for one in question.situation.help if _involves(question, one, organisation)]


def _involves(question: Question, help_given: Involvement, organisation: str) -> bool:
    helpers = help_given.organisations
    if help_given.professional is not None:
        helpers |= {question.situation.speaker(help_given.professional)}
    if organisation not in helpers:
        return False
    if organisation == question.holder:
        return True
    jointly = help_given.kind is InvolvementKind.JOINT_HELP and help_given.client_informed
    return jointly and question.holder in helpers


def nobody_objected(question: Question, involvement: Involvement) -> bool:
    """Nobody objected to this help knowing of the person."""
    return not question.situation.reached(involvement.objection_on)


def help_of_the_replaced(question: Question) -> Sequence[Replaced]:
    """The replacements by the requester of somebody who would be directly involved, without an objection."""
    situation = question.situation
    return [
        (replacement, one)
        for replacement in situation.replacements
        if replacement.replaces is not None and replacement.replaces in situation.professionals
        for one in _help_of(question, situation.speaker(replacement.replaces))
        if nobody_objected(question, one)
    ]


def replacement_carries(question: Question, replaced: Replaced) -> Support:
    """Rest on the replacement and on the help."""
    return together(*(involvement_support(question, one) for one in replaced))


# Feedback to the referrer: LB-26


def his_referral(question: Question) -> Sequence[Referral]:
    """The referrals of the person by the requester, or his organisation, to the holder, that the person knows of."""
    situation = question.situation
    return [
        one
        for one in situation.referrals
        if one.by in situation.asker.names and one.to == question.holder and one.client_informed
    ]


def nobody_objected_to_it(question: Question, referral: Referral) -> bool:
    """Nobody objected to feedback."""
    return not question.situation.reached(referral.objection_on)


def medical_feedback(question: Question, _: Referral) -> bool:
    """The record is kept under the WGBO: feedback from youth care needs consent."""
    return question.regime is Regime.WGBO


def referral_carries(question: Question, referral: Referral) -> Support:
    """Rest on the referral."""
    return Support(first_ahead(question.situation.at, referral.objection_on), (referral.id,))


# The mentor (JIM): LB-27


def mandates_of_the_mentor(question: Question) -> Sequence[Mandate]:
    """The mandates of this mentor for this person, in force or not."""
    situation = question.situation
    return [one for one in situation.mandates if one.mentor == situation.asker.id]


def the_youth_chose_him(question: Question, mandate: Mandate) -> bool:
    """The youth chose this mentor."""
    return question.situation.reached(mandate.youth_chose_on)


def the_papers_are_complete(question: Question, mandate: Mandate) -> bool:
    """The youth did not withdraw, and identity and confidentiality statement of the mentor are there."""
    situation = question.situation
    return (
        not situation.reached(mandate.youth_withdrew_on)
        and situation.reached(mandate.identity_verified_on)
        and situation.reached(mandate.confidentiality_statement_on)
    )


def the_mentor_is_of_age(question: Question, mandate: Mandate) -> bool:
    """The mentor is 18 or older."""
    return question.situation.age(mandate.mentor) >= BOUNDARIES[-1]


def it_runs(question: Question, mandate: Mandate) -> bool:
    """The mandate has begun and has not ended, at most six months on."""
    at = question.situation.at
    return mandate.since <= at < min(mandate.until, months_on(mandate.since, MANDATE_MONTHS))


def it_outlived_no_birthday(question: Question, mandate: Mandate) -> bool:
    """Since it began the youth had no 12th, 16th or 18th birthday, or it was confirmed again after it."""
    situation = question.situation
    days = (birthday(situation.person.born, age) for age in BOUNDARIES)
    passed = [day for day in days if mandate.since < day <= situation.at]
    if not passed:
        return True
    again = mandate.reconfirmed_on
    return again is not None and situation.reached(again) and again >= max(passed)


def it_is_not_suspended(question: Question, mandate: Mandate) -> bool:
    """Nobody suspended the mandate."""
    return not question.situation.reached(mandate.suspended_on)


def somebody_holds_authority(question: Question, _: Mandate) -> bool:
    """The youth is 16 or older, or somebody holds authority over him."""
    return not _needs_parents(question) or bool(_parents(question))


def all_parents_agreed(question: Question, mandate: Mandate) -> bool:
    """Every holder of authority over a youth under 16 agreed at some time."""
    return all(_agreements(question, mandate, parent) for parent in _parents(question))


def no_parent_withdrew_under_12(question: Question, mandate: Mandate) -> bool:
    """Every holder of authority over a child under 12 agrees still."""
    return _age(question) >= 12 or _all_agree_still(question, mandate)  # noqa: PLR2004


def no_parent_withdrew_at_12_to_15(question: Question, mandate: Mandate) -> bool:
    """Every holder of authority over a youth of 12-15 agrees still."""
    return _all_agree_still(question, mandate)


def the_record_is_not_older(question: Question, mandate: Mandate) -> bool:
    """The record was made after the mandate began."""
    return question.created_on >= mandate.since


def the_mandate_names_it(question: Question, mandate: Mandate) -> bool:
    """The category is one that a mentor may see, and the youth switched it on."""
    return question.category in MENTOR_SEES and question.category in mandate.categories


def mandate_carries(question: Question, mandate: Mandate) -> Support:
    """Rest on the mandate, and under 16 on the agreement and the authority of each holder."""
    at = question.situation.at
    term = months_on(mandate.since, MANDATE_MONTHS)
    ends = first_ahead(at, mandate.until, term, mandate.suspended_on, mandate.youth_withdrew_on)
    parts = [Support(ends, (mandate.id,))]
    for parent in _parents(question):
        agreements = [
            one for one in _agreements(question, mandate, parent) if not question.situation.reached(one.withdrawn_on)
        ]
        parts += [
            last(Support(first_ahead(at, one.withdrawn_on)) for one in agreements),
            titles_support(question.situation, parent),
        ]
    return together(*parts)


def _age(question: Question) -> int:
    return question.situation.age(question.situation.person.id)


def _needs_parents(question: Question) -> bool:
    return _age(question) < 16  # noqa: PLR2004


def _parents(question: Question) -> tuple[Giver, ...]:
    """Return the holders of authority over a youth under 16 who must agree; from 16 they count for nothing here."""
    if not _needs_parents(question):
        return ()
    situation = question.situation
    return competent_holders(situation, authority_over(situation, situation.person.id))


def _agreements(question: Question, mandate: Mandate, parent: Giver) -> list[ParentAgreement]:
    situation = question.situation
    if not situation.knows(parent.id):
        return []
    return [
        one for one in mandate.parent_agreements if one.on <= situation.at and situation.speaker(one.by) == parent.id
    ]


def _all_agree_still(question: Question, mandate: Mandate) -> bool:
    return all(
        any(not question.situation.reached(one.withdrawn_on) for one in _agreements(question, mandate, parent))
        for parent in _parents(question)
    )
