"""When a register last answered about somebody: kept beside who he is, so that an old answer never follows a newer one.

It must be kept of answers too that gave no fact: else an earlier file, brought once more, would open what the register
has said no longer to hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from consent.known.rows import Known
from consent.known.word import Word
from consent.registers.problems import Problem, RegisterError
from consent.registers.seen import Act, Amend, How, written
from schemas.calendar import parse_moment

EVIDENCE: Final = "registers"
"""The key in the evidence of a person under which the last answer of each register stands."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: of which `register`, `on` which moment, and the `digest` of what it said."""

    register: str
    on: datetime
    digest: str

    def as_json(self) -> dict[str, str]:
        """Return it as it is kept."""
        return {"answered_on": written(self.on), "said_sha256": self.digest}


def require_latest(person: Known, answered: Answered, place: str) -> None:
    """Let pass only an answer that no later one has replaced.

    Raises:
        RegisterError: it is older than one that is known, or another of the same moment.
    """
    last: Mapping[str, str] | None = person.word.evidence.get(EVIDENCE, {}).get(answered.register)
    if last is None:
        return
    before = parse_moment(last["answered_on"])
    if answered.on < before:
        what = "the register answered later than this already; ask it again, or leave this out"
        raise RegisterError([Problem(place, what)])
    if answered.on == before and answered.digest != last["said_sha256"]:
        what = "the register said something else at this same moment; write the moments with their time, or ask again"
        raise RegisterError([Problem(place, what)])


def kept_on(word: Word, answered: Answered) -> Word:
    """Return the word of a person with this answer in it."""
    registers: dict[str, Any] = {**word.evidence.get(EVIDENCE, {}), answered.register: answered.as_json()}
    return replace(word, evidence={**word.evidence, EVIDENCE: registers})


def kept(person: Known, answered: Answered) -> list[Amend]:
    """Return the step that keeps an answer; none where it is kept already."""
    word = kept_on(person.word, answered)
    if word == person.word:
        return []
    return [Amend((person.section, person.id), {}, Act.RECORD, word=word, how=How.NOTHING)]
