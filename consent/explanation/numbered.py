"""What a number of the law is called, in one language: a basis, a gate, a rule on consent, a duty."""

from typing import Any, Final

from consent.explanation.catalogue import Texts
from consent.law.basis import Basis, Title
from consent.law.numbers import Number
from consent.law.purposes import PURPOSES
from consent.law.rows_beside import BESIDE
from consent.law.rows_consents import CONSENTS
from consent.law.rows_gates import GATES
from consent.law.rows_obligations import OBLIGATIONS

ROWS: Final[dict[str, Basis[Any]]] = {basis.number: basis for bases in PURPOSES.values() for basis in bases}
"""Every basis, by its number."""

NUMBERS: Final[dict[str, Number]] = {one.number: one for one in (*GATES, *CONSENTS, *OBLIGATIONS, *BESIDE)}
"""Everything else that has a number."""


def named(texts: Texts, number: str) -> str:
    """Return a number with its title, as `LB-05 Replacement`."""
    return f"{number} {_in(texts, (ROWS.get(number) or NUMBERS[number]).title)}"


def with_articles(texts: Texts, number: str) -> str:
    """Return a number with its title and the articles of law behind it, where it is law and no mere policy."""
    articles = (ROWS.get(number) or NUMBERS[number]).articles
    return f"{named(texts, number)} ({'; '.join(articles)})" if articles else named(texts, number)


def says(texts: Texts, number: str) -> str:
    """Return what a rule says in a sentence or two; nothing for a basis, whose conditions are told one by one."""
    return _in(texts, NUMBERS[number].says) if number in NUMBERS else ""


def _in(texts: Texts, title: Title) -> str:
    return title.nl if texts.language == "nl" else title.en
