"""What the demonstration says, in one language: sentences, words and names from one catalogue (`texts.yaml`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from consent.world.documents import document
from gateway.demo import family

Language = Literal["nl", "en"]

CATALOGUE: Final = Path(__file__).with_name("texts.yaml")


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogue in one language, and what everybody in the story is called."""

    language: Language
    said: Mapping[str, str]
    names: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of `key` with `values` filled in; a key that is not there is a defect."""
        return self.said[key].format(**values)

    def word(self, kind: str, word: str) -> str:
        """Return what a `category`, `reason`, `life-domain` or `purpose` is called; the bare word where none is."""
        return self.said.get(f"{kind}.{word}", word)

    def name(self, id_: str) -> str:
        """Return what an organisation, professional or person is called."""
        return self.names.get(id_, id_)

    def listed(self, each: Sequence[str]) -> str:
        """Return `each` as a list in a sentence."""
        if len(each) < 2:  # noqa: PLR2004 - one stands alone
            return "".join(each)
        return f"{', '.join(each[:-1])} {self('and')} {each[-1]}"

    def day(self, day: date) -> str:
        """Return `day` with its month as a word."""
        return f"{day.day} {self('months').split()[day.month - 1]} {day.year}"


def texts_in(language: Language) -> Texts:
    """Return the catalogue in `language`."""
    found = document(CATALOGUE.read_bytes())
    return Texts(language, {key: each[language] for key, each in found.items()}, family.names())
