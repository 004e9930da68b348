"""Plain settings (what YAML or JSON gives), taken apart so that every wrong one is named at once, with its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.mapping.problems import allowed


class ConfigurationError(Exception):
    """Settings of a source that are of no use. `problems` names all of them: `sources[0].settings.url: …`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(slots=True)
class Entry:
    """One mapping of settings at the place `at`. A getter that finds nothing of use notes why and gives a blank."""

    values: Mapping[str, Any]
    at: str
    problems: list[str]
    base: Path
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, values: object, at: str, problems: list[str], base: Path) -> "Entry":
        """Return the entry that `values` are, an empty one where they are none."""
        if isinstance(values, Mapping):
            return cls(values, at, problems, base)
        problems.append(f"{at}: words and values are expected")
        return cls({}, at, problems, base)

    def wrong(self, word: str, why: str) -> None:
        """Note that `word` is wrong."""
        self.problems.append(f"{self.at}.{word}: {why}")

    def text(self, word: str, default: str | None = None) -> str:
        """Return the text under `word`; required where there is no default."""
        value = self._value(word, default)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None and value != default:
            self.wrong(word, "a text is expected")
        return default or ""

    def one_of(self, word: str, words: Iterable[str], default: str | None = None) -> str:
        """Return the text under `word`, which is one of `words`."""
        value, words = self.text(word, default), tuple(words)
        if value and value not in words:
            self.wrong(word, f"no such word; {allowed(words, value)}")
        return value

    def number(self, word: str, default: float, *, most: float) -> float:
        """Return the number under `word`: above 0, at most `most`."""
        value = self._value(word, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most:
            return value
        self.wrong(word, f"a number above 0, at most {most:g}, is expected")
        return default

    def whole(self, word: str, default: int, *, most: int) -> int:
        """Return the whole number under `word`: from 1 to `most`."""
        value = self.number(word, default, most=most)
        if value != int(value):
            self.wrong(word, "a whole number is expected")
        return int(value)

    def flag(self, word: str) -> bool:
        """Return whether `word` is set; not there is no."""
        value = self._value(word, default=False)
        if not isinstance(value, bool):
            self.wrong(word, "true or false is expected")
        return value is True

    def file(self, word: str) -> Path | None:
        """Return the path under `word`, from `base` where it is relative, or None where there is none."""
        text = self.text(word, "")
        return self.base / text if text else None

    def names(self, word: str) -> tuple[str, ...]:
        """Return the texts under `word`; one text counts as a list of one."""
        value = self._value(word, None)
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list) and value and all(isinstance(each, str) and each for each in value):
            return tuple(value)
        if value is not None:
            self.wrong(word, "a text or a list of texts is expected")
        return ()

    def below(self, word: str) -> "Entry":
        """Return the entry under `word`."""
        return Entry.of(self._value(word, None) or {}, f"{self.at}.{word}", self.problems, self.base)

    def listed(self, word: str) -> list["Entry"]:
        """Return the entries of the list under `word`, at least one."""
        value = self._value(word, None)
        if isinstance(value, list) and value:
            return [Entry.of(each, f"{self.at}.{word}[{n}]", self.problems, self.base) for n, each in enumerate(value)]
        if value is not None:
            self.wrong(word, "a list is expected")
        return []

    def done(self) -> None:
        """Note every word that nobody asked for."""
        for word in self.values:
            if word not in self.asked:
                self.problems.append(f"{self.at}: unknown word `{word}`; {allowed(self.asked, str(word))}")

    def _value(self, word: str, default: object) -> Any:
        self.asked.add(word)
        value = self.values.get(word)
        if value is None and default is None:
            self.wrong(word, "is missing")
        return default if value is None else value
