"""What may be asked of whom, read off what is foreseen as the exchange reads it (`gateway.flow.asking`)."""

from collections.abc import Iterable

from consent.decide import Case
from schemas.words import Category


def may_ask(case: Case, holders: Iterable[str], categories: Iterable[Category]) -> frozenset[tuple[str, Category]]:
    wanted = [each for each in categories if each in case.request.categories]
    foreseen = case.foresee(sorted(holders), wanted, [])
    return frozenset(pair for pair, found in foreseen.items() if isinstance(found, list))
