"""Sentences and words for people, in one language at a time, read from catalogues that a translator edits without code.

What the words of the decision contract are called stands in `words.yaml` beside this module. Whoever has sentences of
his own keeps them in files of the same form, and reads both together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import yaml

from schemas.calendar import AMSTERDAM

Language: TypeAlias = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")
WORDS: Final = Path(__file__).with_name("words.yaml")

Catalogue: TypeAlias = Mapping[str, Mapping[str, str]]
"""Every text by its key, and in it by language."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A catalogue in one language."""

    language: Language
    said: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of `key` with `values` filled in; a key that is not there is a defect."""
        return self.said[key].format(**values)

    def __contains__(self, key: object) -> bool:
        return key in self.said

    def listed(self, each: Sequence[str]) -> str:
        """Return `each` as a list in a sentence."""
        if len(each) < 2:  # noqa: PLR2004 - one stands alone
            return "".join(each)
        return f"{', '.join(each[:-1])} {self('and')} {each[-1]}"

    def day(self, day: date) -> str:
        """Return a calendar day, or the Amsterdam day of an instant, with its month as a word."""
        local = day.astimezone(AMSTERDAM) if isinstance(day, datetime) else day
        return self("day", day=local.day, month=self._month(local), year=local.year)

    def moment(self, instant: datetime) -> str:
        """Return an instant in Amsterdam time, to the minute."""
        local = instant.astimezone(AMSTERDAM)
        return self("moment", day=local.day, month=self._month(local), year=local.year, time=f"{local:%H:%M}")

    def _month(self, day: date) -> str:
        return self("months").split()[day.month - 1]


def read_catalogue(files: Iterable[Path]) -> Catalogue:
    """Return what stands in `files`, together.

    Raises:
        ValueError: a text stands in two of them.
    """
    found: dict[str, Mapping[str, str]] = {}
    for path in files:
        # Every scalar is text: nothing in a catalogue is a date, a number or a truth.
        texts: dict[str, Any] = yaml.load(path.read_bytes(), Loader=yaml.BaseLoader)  # noqa: S506 - makes no objects
        if doubled := found.keys() & texts.keys():
            raise ValueError(f"texts stand in two files: {', '.join(sorted(doubled))}")
        found |= texts
    return found


def in_language(catalogue: Catalogue, language: Language) -> Texts:
    """Return `catalogue` in `language`."""
    return Texts(language, {key: each[language] for key, each in catalogue.items()})
