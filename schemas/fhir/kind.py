"""What the tables of all kinds have in common: whom it is about, under which law, and how it stands."""

from typing import Final

from schemas.fhir.forms import ELEMENT, TEXT, word
from schemas.fhir.rows import Codes, Row
from schemas.fhir.table import Table, days, many, one, persons, said, standing
from schemas.plan import LifeDomain
from schemas.words import Category, Regime

EXTENSION_PERIOD: Final = days()


def about_in(first: str | None) -> Row:
    """Return the row of whom an element is about; the first stands at `first` where R4 has a place."""
    return persons("ext(about)[*].valueReference.reference", first=first)


def table_of_kind(kind: str, resource: str, *rows: Row, about: Row, status: tuple[Codes, str | None]) -> Table:
    """Return the table of a kind: what every element has, and `rows` of its own."""
    return Table(
        resource,
        (
            said("meta.tag{kind}.code", kind),
            one("category", "meta.tag{category}.code", word(Category)),
            one("id", "identifier{element}.value", TEXT),
            about,
            one("regime", "ext(regime).valueCode", word(Regime)),
            one("life_domain", "ext(life-domain).valueCode", word(LifeDomain)),
            standing(*status),
            *rows,
            many("goals", "ext(goal)[*].valueReference.reference", ELEMENT),
        ),
    )
