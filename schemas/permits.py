"""Leave to ask: the proof, handed to an adapter, that a question may be put to a source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.words import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """Leave to ask one system of one holder about some persons and categories, for one request, and no more.

    Only `gateway.flow.asking` makes one, from what `consent.decide` would release (tests/architecture); an adapter
    asks for one, so no source is asked by a path that skipped the question. `categories` says for each person (internal
    id) what may be asked; `identifiers` gives the number under which the source knows each person whom it may be asked
    about, `family` those of everybody a record may turn out to be about (never sent to the source, only to read its
    answer).
    """

    request_id: str
    holder: str
    system: str
    categories: Mapping[str, frozenset[Category]]
    identifiers: Mapping[str, str] = field(repr=False)
    family: Mapping[str, str] = field(repr=False)

    def covers(self, category: Category, persons: Iterable[str]) -> bool:
        """Say whether `persons` are all of the family, and `category` may be asked about one of them."""
        asked = False
        for person in persons:
            if person not in self.family:
                return False
            asked = asked or category in self.categories.get(person, ())
        return asked
