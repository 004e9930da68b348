"""Facts and conditions of the bases that rest on authority or on a place in the family.

Source: decision contract, section 4, LB-06, LB-09, LB-10, LB-18, LB-19, LB-25, LB-38, and their lines in 5.6.
"""

from collections.abc import Sequence
from typing import Final

from consent.ends import Support, together
from consent.entries import Authority, FamilyFact
from consent.law.basis import Question
from consent.representation import (
    Title,
    authority_over,
    chain,
    finding_support,
    holds_authority,
    title_support,
)
from schemas.calendar import local_day
from schemas.words import AuthorityKind, AuthorityScope, Category, OrganisationKind, Regime, Relation

CHECKED_DAYS: Final = 30
"""A check of authority counts for so many local days, the day of the check being day 0 (policy, LB-06)."""

GUARDIANS: Final = frozenset({AuthorityKind.GUARDIANSHIP, AuthorityKind.PROVISIONAL_GUARDIANSHIP})

PARTIAL: Final = {
    AuthorityScope.SCHOOL: frozenset({Category.SCHOOL, Category.IDENTITY}),
    AuthorityScope.MEDICAL: frozenset({Category.HEALTH, Category.MEDICATION, Category.IDENTITY}),
    AuthorityScope.RESIDENCE: frozenset[Category](),
}
"""What each scope of partial authority opens (BW 1:265e)."""


def _person(question: Question) -> str:
    return question.situation.person.id


def his_authority(question: Question) -> Sequence[Authority]:
    """The authority in force by which the requester has a say over the person, incompetent or not."""
    asker = question.situation.asker
    return [one for one in authority_over(question.situation, _person(question)) if one.holder == asker.id]


def his_guardianship(question: Question) -> Sequence[Authority]:
    """The guardianship in force of the requester, or of the organisation he works for."""
    asker = question.situation.asker
    guardian = asker.id if asker.professional is None else asker.professional.organisation
    over = authority_over(question.situation, _person(question))
    return [one for one in over if one.holder == guardian and one.kind in GUARDIANS]


def his_appointment(question: Question) -> Sequence[Authority]:
    """The requester's appointment as special representative in the matter of the request."""
    situation = question.situation
    matter = situation.request.matter
    return [
        one
        for one in situation.authority
        if one.kind is AuthorityKind.SPECIAL_REPRESENTATIVE
        and one.over == _person(question)
        and one.holder == situation.asker.id
        and situation.competent(one.holder)
        and matter is not None
        and one.matter == matter
    ]


def partial_authority(question: Question) -> Sequence[Authority]:
    """The partial authority in force of the requester's organisation."""
    situation = question.situation
    professional = situation.asker.professional
    return [
        one
        for one in situation.authority
        if one.kind is AuthorityKind.PARTIAL
        and one.over == _person(question)
        and professional is not None
        and one.holder == professional.organisation
    ]


def the_scope_fits(question: Question, authority: Authority) -> bool:
    """School: the holder is a school. Medical: the person is younger than 12, or incapable."""
    situation = question.situation
    if authority.scope is AuthorityScope.SCHOOL:
        holder = situation.organisations.get(question.holder)
        return holder is not None and holder.kind is OrganisationKind.SCHOOL
    if authority.scope is AuthorityScope.MEDICAL:
        return situation.age(_person(question)) < 12 or situation.incapable(_person(question))  # noqa: PLR2004
    return False


def the_scope_opens_it(question: Question, authority: Authority) -> bool:
    """The category is one that the scope of the authority opens."""
    return authority.scope is not None and question.category in PARTIAL[authority.scope]


def he_is_competent(question: Question, authority: Authority) -> bool:
    """The holder of the authority is of age and not under guardianship himself."""
    return question.situation.competent(authority.holder)


def it_was_checked_lately(question: Question, authority: Authority) -> bool:
    """The authority is undisputed and was verified at most 30 days ago."""
    situation = question.situation
    if not it_is_sure(question, authority) or authority.verified_on is None:
        return False
    return (local_day(situation.at) - local_day(authority.verified_on)).days <= CHECKED_DAYS


def it_is_sure(question: Question, authority: Authority) -> bool:
    """The authority is undisputed and verified."""
    return not authority.disputed and question.situation.reached(authority.verified_on)


def the_youth_of_12_to_15_does_not_refuse(question: Question, _: Authority) -> bool:
    """The person is not 12-15, or no refusal of his stands."""
    if not _is_12_to_15(question):
        return True
    hearing = question.consents.hearing(
        _person(question), question.holder, question.category, wgbo=question.regime is Regime.WGBO
    )
    return not hearing.standing(_person(question))


def _is_12_to_15(question: Question) -> bool:
    return 12 <= question.situation.age(_person(question)) < 16  # noqa: PLR2004


def his_authority_carries(question: Question, authority: Authority) -> Support:
    """Rest on the authority; from 16 on the finding of incapacity too; at 12-15 on what set refusals aside."""
    parts = [title_support(question.situation, authority)]
    if question.situation.age(_person(question)) >= 16:  # noqa: PLR2004
        parts.append(finding_support(question.situation, _person(question)))
    if _is_12_to_15(question):
        hearing = question.consents.hearing(
            _person(question), question.holder, question.category, wgbo=question.regime is Regime.WGBO
        )
        parts += hearing.set_aside(_person(question))
    return together(*parts)


def partial_authority_carries(question: Question, authority: Authority) -> Support:
    """Rest on the authority; in medical matters from 12 on the finding of incapacity too."""
    parts = [title_support(question.situation, authority)]
    if authority.scope is AuthorityScope.MEDICAL and question.situation.age(_person(question)) >= 12:  # noqa: PLR2004
        parts.append(finding_support(question.situation, _person(question)))
    return together(*parts)


def his_place_in_the_chain(question: Question) -> Sequence[Title]:
    """The facts by which the requester, or his organisation, stands on the first level of the chain."""
    situation = question.situation
    asker = situation.asker
    name = asker.id if asker.professional is None else asker.professional.organisation
    levels = chain(situation, _person(question))
    return [title for giver in levels[0] if giver.id == name for title in giver.titles] if levels else []


def his_place_carries(question: Question, title: Title) -> Support:
    """Rest on his place in the chain, and on the finding of incapacity."""
    situation = question.situation
    return together(title_support(situation, title), finding_support(situation, _person(question)))


def foster_parenthood(question: Question) -> Sequence[FamilyFact]:
    """The facts that make the requester foster parent of the person through the holder."""
    situation = question.situation
    return [
        one
        for one in situation.family
        if one.person == situation.asker.id
        and one.of == _person(question)
        and one.relation is Relation.FOSTER_PARENT
        and one.via == question.holder
    ]


def parenthood(question: Question) -> Sequence[FamilyFact]:
    """The facts that make the requester a legal parent of the person."""
    situation = question.situation
    return [
        one
        for one in situation.family
        if one.person == situation.asker.id and one.of == _person(question) and one.relation is Relation.PARENT
    ]


def he_is_without_authority(question: Question, parent: FamilyFact) -> bool:
    """The parent has no authority in force."""
    return not holds_authority(question.situation, parent.person, _person(question))


def no_contact_was_denied(question: Question, _: FamilyFact) -> bool:
    """None of the requester's facts as a parent says that contact was denied."""
    return not any(one.contact_denied for one in parenthood(question))


def family_fact_carries(question: Question, fact: FamilyFact) -> Support:
    """Rest on the family fact."""
    return title_support(question.situation, fact)
