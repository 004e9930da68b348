"""What the register answers, as the importer of a file reads it and asks what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consent.entries import Authority
from consent.registers.brp_gezag import ROOT, GezagError, Held, Relation, relations_of
from consent.registers.gezag_forms import relationships_of
from consent.world.fields import FieldError


@dataclass(frozen=True)
class Answer:
    relations: tuple[Relation, ...]

    def over(self, person: str) -> Relation:
        [found] = [one for one in self.relations if one.minor == person]
        return found

    @property
    def facts(self) -> tuple[Authority, ...]:
        return tuple(fact for one in self.relations if isinstance(one, Held) for fact in one.facts)


def read_answer(
    gezag: Any, *, asked_about: str, asked_on: datetime, answer_id: str, persons: Mapping[str, str]
) -> Answer:
    try:
        said = relationships_of(gezag)
    except FieldError as error:
        raise GezagError(tuple(f"{ROOT}{place}: {what}" for place, what in error.problems)) from None
    return Answer(relations_of(said, asked_about=asked_about, asked_on=asked_on, answer_id=answer_id, persons=persons))
