"""Foster care that the executor of an order ended. Written from the two contracts.

Foster care says alone who is a foster parent, and it and the executor of an order end that at once. Opening is dear
(facts contract, F3 and *`foster-parent`*): what foster care said itself, before that end or under an order since, then
opens nothing but on the executor's word.
"""

from datetime import datetime

from tests.gateway.facts.sequences.said import Closed, Fact, Recorded, instant
from tests.gateway.facts.sequences.standing import Standing
from tests.gateway.facts.sequences.town import Hand

_PLACE = ("person", "of", "via")


def executes(known: Standing, hand: Hand, youth: str) -> bool:
    """Return whether the organisation of `hand` carries out, or carried out, an order about the youth."""
    return hand.organisation is not None and any(known.of("orders", subject=youth, executor=hand.organisation))


def waits_for_the_executor(known: Standing, one: Fact, at: datetime) -> bool:
    """Return whether another than foster care ended this place by `at`, and no executor said that `one` stands."""
    if one.given("confirmed_on"):
        return False
    place = {each.id for each in known.of("family", **{name: one.body[name] for name in _PLACE})}
    is_told = False
    for act in known.acts:
        if isinstance(act, Recorded) and act.fact == one.id:
            is_told = True
        elif isinstance(act, Closed) and act.fact in place and act.by.organisation != one.body["via"]:
            ends = act.at if act.on is None else instant(act.on)
            if ends <= at and (is_told or _under_another(known, one)):
                return True
    return False


def _under_another(known: Standing, one: Fact) -> bool:
    """Return whether another than its foster care carried out an order when it was recorded."""
    orders = known.of("orders", subject=one.body["of"])
    return any(each.in_force(one.at) and each.body.get("executor") not in {None, one.body["via"]} for each in orders)
