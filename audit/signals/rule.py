"""What a rule is, what it finds, and what it says when it could not look."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

Language = Literal["nl", "en"]


@dataclass(frozen=True, slots=True)
class Both:
    """A text in both languages."""

    nl: str
    en: str

    def said_in(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.nl if language == "nl" else self.en


def times(count: int) -> str:
    """Return so many times in English; Dutch says `keer` of one and of many."""
    return f"{count} time{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row: what is looked for, from which day on, and from how many times in how long it is told.

    `says` gets `organisation`, `count` or (in English) `times`, and `who`: an employee or a system. `threshold` is the
    fewest times that are told, within any `window`; `factor` how many times what is normal, where the rule knows a
    normal.
    """

    number: str
    title: Both
    says: Both
    threshold: int
    window: timedelta
    in_force_from: date
    factor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a rule found. It is a question, not an answer: it carries no score, and nothing follows from it by itself.

    `account` is a pseudonym, and None where a team is meant; `persons` are those of whom it was about, each once.
    `of_a_system` says that a system did it for itself. `normal` is None where no normal is known. `events` are the ids
    of the events counted, oldest first.
    """

    rule: Rule
    organisation: str
    account: str | None
    count: int
    normal: int | None
    first: datetime
    last: datetime
    events: tuple[str, ...] = field(repr=False)
    persons: tuple[str, ...] = field(default=(), repr=False)
    of_a_system: bool = False

    def why(self, language: Language) -> str:
        """Return what happened as one or two sentences, with the numbers."""
        who = (_SYSTEM if self.of_a_system else _EMPLOYEE).said_in(language)
        said = self.rule.says.said_in(language).format(
            who=who, organisation=self.organisation, count=self.count, times=times(self.count)
        )
        return f"{said} {self._normal(language)}"

    def _normal(self, language: Language) -> str:
        if self.normal is None:
            return _UNKNOWN.said_in(language)
        return _NORMAL.said_in(language).format(normal=self.normal, times=times(self.normal))


@dataclass(frozen=True, slots=True)
class Unable:
    """A rule that could not look at all of it: never passed over in silence."""

    rule: Rule
    why: Both


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule gave."""

    hits: tuple[Hit, ...] = ()
    unable: tuple[Unable, ...] = ()


_EMPLOYEE: Final = Both("Een medewerker", "An employee")
_SYSTEM: Final = Both("Een systeem", "A system")
_NORMAL: Final = Both("Normaal is dat {normal} keer.", "Normal is {times}.")
_UNKNOWN: Final = Both("Wat normaal is, weten we nog niet.", "What is normal is not known yet.")
