"""Conditions on who asks, about whom and with what: sentences about the request that are true or not.

Source: decision contract, section 4, the columns before the first fact.
"""

from collections.abc import Callable

from consent.entries import Authority
from consent.law.basis import Question
from schemas.words import OrganisationKind, Regime, Role


def a_professional_asks(question: Question) -> bool:
    """The requester is a professional."""
    return question.situation.asker.professional is not None


def a_person_asks(question: Question) -> bool:
    """The requester asks in his own name, as a person (not as a mentor)."""
    return question.situation.asker.form == "person"


def a_mentor_asks(question: Question) -> bool:
    """The requester asks as a mentor."""
    return question.situation.asker.form == "mentor"


def the_person_himself_asks(question: Question) -> bool:
    """The requester is the person whom the request is about."""
    return a_person_asks(question) and question.situation.asker.id == question.situation.person.id


def asks_from(*kinds: OrganisationKind) -> Callable[[Question], bool]:
    """Return the condition that the requester belongs to an organisation of one of these kinds."""

    def the_requester_belongs_to_it(question: Question) -> bool:
        organisation = question.situation.asker.organisation
        return organisation is not None and organisation.kind in kinds

    return the_requester_belongs_to_it


def asks_as(role: Role, *kinds: OrganisationKind) -> Callable[[Question], bool]:
    """Return the condition that the requester has this role, in an organisation of one of these kinds (none: any)."""

    def the_requester_has_the_role(question: Question) -> bool:
        asker = question.situation.asker
        if asker.professional is None or asker.professional.role is not role:
            return False
        return not kinds or (asker.organisation is not None and asker.organisation.kind in kinds)

    return the_requester_has_the_role


def the_holder_wants_to_tell(question: Question) -> bool:
    """The holder acts on his own initiative; nobody asked him."""
    return question.situation.request.initiative == "holder"


def somebody_asks_the_holder(question: Question) -> bool:
    """The holder was asked; he does not act on his own initiative."""
    return not the_holder_wants_to_tell(question)


def a_question_is_given(question: Question) -> bool:
    """The request says in a question what must be known, and why."""
    return question.situation.request.question is not None


def the_record_is_medical(question: Question) -> bool:
    """The record is kept under the WGBO."""
    return question.regime is Regime.WGBO


def the_record_is_not_medical(question: Question) -> bool:
    """The record is kept under another regime than the WGBO, or it is unknown under which."""
    return not the_record_is_medical(question)


def the_holder_opted_in(question: Question) -> bool:
    """The holder opened his crisis set to emergency pulls."""
    holder = question.situation.organisations.get(question.holder)
    return holder is not None and holder.emergency_opt_in


def the_person_is_under(age: int) -> Callable[..., bool]:
    """Return the condition that the person is younger than `age`."""

    def the_person_is_younger(question: Question, _: object = None) -> bool:
        return question.situation.age(question.situation.person.id) < age

    return the_person_is_younger


def the_person_decides_for_himself_from_12(question: Question) -> bool:
    """The person is 12 or older and not found incapable."""
    situation = question.situation
    return situation.age(situation.person.id) >= 12 and not situation.incapable(situation.person.id)  # noqa: PLR2004


def the_person_is_an_incapable_adult(question: Question) -> bool:
    """The person is 18 or older and found incapable."""
    situation = question.situation
    return situation.age(situation.person.id) >= 18 and situation.incapable(situation.person.id)  # noqa: PLR2004


def he_is_not_16_and_capable(question: Question, _: Authority) -> bool:
    """The person is younger than 16, or found incapable: from 16 he decides alone."""
    situation = question.situation
    return situation.age(situation.person.id) < 16 or situation.incapable(situation.person.id)  # noqa: PLR2004


def no_mentor_asks(question: Question) -> bool:
    """The requester does not ask as a mentor."""
    return question.situation.asker.form != "mentor"
