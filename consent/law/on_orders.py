"""Facts and conditions of the bases that rest on an order of a court.

Source: decision contract, section 4, LB-07, LB-08, LB-11, LB-28, LB-29 and youth probation, and their lines in 5.6.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from consent.ends import Support, first_ahead, last, together
from consent.entries import Assignment, Involvement, Order
from consent.entry import EVERYTHING
from consent.law.basis import Question
from consent.situation import SUPERVISION
from schemas.words import OrderKind, OrganisationKind, Role

WVGGZ: Final = frozenset({OrderKind.COMPULSORY_MENTAL_HEALTH, OrderKind.CRISIS_MEASURE})
WZD: Final = frozenset({OrderKind.COMPULSORY_DISABILITY_CARE})
Engagement: TypeAlias = tuple[Assignment, Order]
"""An assignment and the order under which it was given."""


def order_support(question: Question, order: Order) -> Support:
    """Return when an order ends, and its id."""
    situation = question.situation
    return Support(first_ahead(situation.at, *situation.order_ends(order)), (order.id,))


# Supervision: LB-07 and LB-08


def supervision_orders(question: Question) -> Sequence[Order]:
    """The supervision orders about the person, provisional ones too, of any date."""
    return [one for one in question.situation.orders if one.kind in SUPERVISION]


def no_order_of_another_kind_is_claimed(question: Question) -> bool:
    """There is supervision, or at least no other order about the person that the requester's organisation executes."""
    if supervision_orders(question):
        return True
    return not any(it_is_executed_by_his_organisation(question, one) for one in question.situation.orders)


def it_is_executed_by_his_organisation(question: Question, order: Order) -> bool:
    """The requester's organisation executes the order."""
    professional = question.situation.asker.professional
    return professional is not None and order.executor == professional.organisation


def he_works_on_it(question: Question, order: Order) -> bool:
    """The requester is a worker of the order, or replaces one; without a list every professional of the executor is."""
    return order.workers is None or _is_worker(question, order) or bool(_replacing(question, order))


def _is_worker(question: Question, order: Order) -> bool:
    return order.workers is not None and question.situation.asker.id in order.workers


def _replacing(question: Question, order: Order) -> list[Involvement]:
    workers = order.workers or frozenset()
    return [one for one in question.situation.replacements if one.replaces in workers]


def it_has_begun(question: Question, order: Order) -> bool:
    """The order has begun."""
    return order.since <= question.situation.at


def it_has_not_ended(question: Question, order: Order) -> bool:
    """The order has not run out or been ended, and a person under supervision is younger than 18."""
    situation = question.situation
    return not any(situation.reached(end) for end in situation.order_ends(order))


def it_was_verified(question: Question, order: Order) -> bool:
    """Somebody saw that the order exists."""
    return question.situation.reached(order.verified_on)


def it_is_itemised(question: Question, _: Order) -> bool:
    """The request has a question and a list of categories: the whole file is never itemised."""
    request = question.situation.request
    return request.question is not None and request.categories is not EVERYTHING


def supervision_carries(question: Question, order: Order) -> Support:
    """Rest on the order, and on the replacement where the requester is no worker himself."""
    own = order_support(question, order)
    if order.workers is None or _is_worker(question, order):
        return own
    return together(own, last(involvement_support(question, one) for one in _replacing(question, order)))


def involvement_support(question: Question, involvement: Involvement) -> Support:
    """Return when help or a replacement ends, and its id."""
    ends = first_ahead(question.situation.at, involvement.until, involvement.objection_on)
    return Support(ends, (involvement.id,))


# The institution to the provider that it engages: LB-11


def engagements(question: Question) -> Sequence[Engagement]:
    """The assignments in force to the requester's organisation, under a supervision order that the holder executes."""
    situation = question.situation
    professional = situation.asker.professional
    orders = {one.id: one for one in supervision_orders(question) if one.executor == question.holder}
    return [
        (one, orders[one.order])
        for one in situation.assignments
        if professional is not None and one.provider == professional.organisation and one.order in orders
    ]


def its_order_has_begun(question: Question, engagement: Engagement) -> bool:
    """The order of the assignment has begun."""
    return it_has_begun(question, engagement[1])


def its_order_has_not_ended(question: Question, engagement: Engagement) -> bool:
    """The order of the assignment has not ended."""
    return it_has_not_ended(question, engagement[1])


def engagement_carries(question: Question, engagement: Engagement) -> Support:
    """Rest on the assignment and on its order."""
    assignment, order = engagement
    ends = first_ahead(question.situation.at, assignment.until)
    named = Support(ends, (question.situation.name(assignment),))
    return together(named, order_support(question, order))


# Compulsory care: LB-28 and LB-29


def it_is_about_disability_care(question: Question) -> bool:
    """The request names a Wzd order, or names none and a Wzd but no Wvggz order about the person is in force."""
    situation = question.situation
    named = situation.request.order
    if named is not None:
        return any(one.id == named and one.kind in WZD for one in situation.facts.orders)
    kinds = {one.kind for one in situation.orders_in_force}
    return bool(kinds & WZD) and not kinds & WVGGZ


def it_is_about_mental_health(question: Question) -> bool:
    """The care is not under the Wzd, so it is under the Wvggz."""
    return not it_is_about_disability_care(question)


def has_a_task_in(kinds: frozenset[OrderKind]) -> Callable[[Question], bool]:
    """Return the condition that the requester is a psychiatrist, or works for a municipality or an executor."""

    def the_requester_has_a_task(question: Question) -> bool:
        if question.situation.asker.professional is None:
            return False
        return _has_a_place_of_his_own(question) or bool(_executed_by_him(question, kinds))

    return the_requester_has_a_task


def _has_a_place_of_his_own(question: Question) -> bool:
    asker = question.situation.asker
    if asker.professional is not None and asker.professional.role is Role.PSYCHIATRIST:
        return True
    return asker.organisation is not None and asker.organisation.kind is OrganisationKind.MUNICIPALITY


def _in_force(question: Question, kinds: frozenset[OrderKind]) -> list[Order]:
    return [one for one in question.situation.orders_in_force if one.kind in kinds]


def _executed_by_him(question: Question, kinds: frozenset[OrderKind]) -> list[Order]:
    orders = _in_force(question, kinds)
    return [one for one in orders if it_is_executed_by_his_organisation(question, one)]


def ordered_or_prepared(kinds: frozenset[OrderKind]) -> Callable[[Question], bool]:
    """Return the condition that such an order is in force, or that a question prepares one."""

    def there_is_an_order_or_a_question(question: Question) -> bool:
        return bool(_in_force(question, kinds)) or question.situation.request.question is not None

    return there_is_an_order_or_a_question


def ordered(kinds: frozenset[OrderKind]) -> Callable[[Question], bool]:
    """Return the condition that such an order is in force: what prepares one is always looked at first."""

    def there_is_an_order(question: Question) -> bool:
        return bool(_in_force(question, kinds))

    return there_is_an_order


def orders_for_his_task(kinds: frozenset[OrderKind]) -> Callable[[Question], Sequence[Order]]:
    """Return the finder of the orders in force that the requester can rest on; as mere executor only his own."""

    def find(question: Question) -> Sequence[Order]:
        if _has_a_place_of_his_own(question):
            return _in_force(question, kinds)
        return _executed_by_him(question, kinds)

    return find


# Youth probation opens nothing: NB-04


def there_is_no_youth_probation(question: Question) -> bool:
    """No youth probation of the person is known, of any date."""
    return not any(one.kind is OrderKind.YOUTH_PROBATION for one in question.situation.orders)


def never(_: Question) -> bool:
    """Open nothing."""
    return False
