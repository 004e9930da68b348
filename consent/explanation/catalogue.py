"""The catalogue of sentences and words, in one language at a time.

One file for each audience in `texts/`, so that a translator needs no code. A test walks every reason, row, rule,
condition and duty in both languages; a text that is missing there fails the build.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from consent.documents import document
from schemas.calendar import AMSTERDAM

Language: TypeAlias = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")
FILES: Final = tuple(
    Path(__file__).with_name("texts") / f"{name}.yaml" for name in ("words", "rules", "officer", "client")
)


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogue in one language."""

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


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return every text by its key, and in it by language."""
    found: dict[str, Mapping[str, str]] = {}
    for path in FILES:
        texts: dict[str, Any] = document(path.read_bytes())
        if doubled := found.keys() & texts.keys():
            raise ValueError(f"texts stand in two files: {', '.join(sorted(doubled))}")
        found |= texts
    return found


@cache
def texts_in(language: Language) -> Texts:
    """Return the catalogue in `language`."""
    return Texts(language, {key: each[language] for key, each in catalogue().items()})
