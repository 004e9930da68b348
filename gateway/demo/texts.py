"""What the demonstration says, in one language: sentences, words and names from one catalogue (`texts.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from gateway.demo import family
from schemas import texts
from schemas.texts import Language, in_language, read_catalogue

CATALOGUE: Final = Path(__file__).with_name("texts.yaml")


@dataclass(frozen=True, slots=True)
class Texts(texts.Texts):
    """The catalogue in one language, and what everybody in the story is called."""

    names: Mapping[str, str]

    def word(self, kind: str, word: str) -> str:
        """Return what a `category`, `reason`, `life-domain` or `purpose` is called; the bare word where none is."""
        return self.said.get(f"{kind}.{word}", word)

    def name(self, id_: str) -> str:
        """Return what an organisation, professional or person is called."""
        return self.names.get(id_, id_)

    def day(self, day: date) -> str:
        """Return `day` with its month as a word."""
        return f"{day.day} {self('months').split()[day.month - 1]} {day.year}"


def texts_in(language: Language) -> Texts:
    """Return the catalogue in `language`."""
    return Texts(language, in_language(read_catalogue([CATALOGUE]), language).said, family.names())
