"""What came of an import so far: what is told, what is wrong, and steps taken one after the other."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from consent.known.contradictions import ContradictionError
from consent.known.family import Family
from consent.known.rows import Known
from consent.registers.problems import Problem, RegisterError
from consent.registers.seen import How, Note, Step
from consent.world.shape import WorldError
from gateway.registers.taking import Takes
from gateway.registers.telling import Line, line_of


@dataclass(slots=True)
class Work:
    """The lines and the problems of one import, in the order of the file."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    async def take(self, takes: Takes, person: str, place: str, steps: Sequence[Step]) -> None:
        """Take `steps` about the family of `person`, and tell of each; tell that nothing changes where it is so."""
        before = len(self.lines)
        with self.telling(place):
            for step in steps:
                if not isinstance(step, Note):
                    await takes.take(person, step)
                said = line_of(place, step)
                self.lines += [] if said is None else [said]
        if len(self.lines) == before:
            self.nothing(place)

    def nothing(self, place: str, what: str = "") -> None:
        """Tell that nothing becomes of a place, and why."""
        self.lines.append(Line(place, How.NOTHING, what))

    @contextmanager
    def telling(self, place: str) -> Iterator[None]:
        """Keep what is found wrong inside the block, and go on: in the end nothing is stored."""
        try:
            yield
        except RegisterError as error:
            self.problems += error.problems
        except ContradictionError as error:
            self.problems.append(Problem(place, f"`{error.field}`: {error.what}"))
        except WorldError as error:
            # Its text may name an id of somebody; a place and what to do are enough.
            fields = ", ".join(sorted({problem.partition(":")[0] for problem in error.problems}))
            self.problems.append(Problem(place, f"does not fit what is known here, at {fields}"))


def known_person(family: Family, person: str, place: str) -> Known:
    """Return who somebody is.

    Raises:
        RegisterError: only his number is known here.
    """
    found = family.known.get(("persons", person))
    if found is None:
        raise RegisterError([Problem(place, "is known here by his number only; import him as a person first")])
    return found
