"""Bringing in persons: who is new gets an id, and comes into the family of those whom his line names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from consent.known.word import NO_WORD
from consent.registers.answered import Answered, kept, kept_on, require_latest
from consent.registers.of_persons import after_answer, fields_of
from consent.registers.problems import Problem
from consent.registers.said import NUMBER_SYSTEM, NotSaid, PersonSaid
from consent.registers.seen import How, New
from consent.store.appending import group_of, new_id
from consent.store.recording import register_person
from gateway.registers.taking import Takes
from gateway.registers.telling import Line
from gateway.registers.work import Work, known_person


@dataclass(slots=True)
class _Together:
    """Which numbers belong in one family: each is kept with the one that stands for all of them."""

    _above: dict[str, str] = field(default_factory=dict)

    def first_of(self, number: str) -> str:
        above = self._above.setdefault(number, number)
        while above != self._above[above]:
            above = self._above[above]
        self._above[number] = above
        return above

    def join(self, numbers: Iterable[str]) -> None:
        first, *others = map(self.first_of, numbers)
        for each in others:
            self._above[self.first_of(each)] = self.first_of(first)


@dataclass(frozen=True, slots=True)
class _Here:
    """Who is known already: his id and his family, by number."""

    persons: Mapping[str, str]
    groups: Mapping[str, str]


async def take_persons(takes: Takes, said: Sequence[PersonSaid], work: Work) -> None:
    """Take what a register says about persons, who is new first."""
    here = await _here(takes, said)
    together, groups = _Together(), dict[str, str]()
    for each in said:
        _join(each, together, here, groups, work)
    for person in sorted(set(here.persons.values())):
        await takes.family(person)  # Held in one order, so that two imports never wait for each other.
    if work.problems:
        return
    persons = dict(here.persons)
    for each in said:
        if each.number not in here.persons:
            group = groups.setdefault(together.first_of(each.number), new_id())
            with work.telling(each.place):
                persons[each.number] = await _add(takes, each, group)
    for each in said:
        await _answer(takes, each, persons, here, work)


async def _here(takes: Takes, said: Sequence[PersonSaid]) -> _Here:
    persons, groups = dict[str, str](), dict[str, str]()
    for number in sorted({number for each in said for number in _numbers(each)}):
        found = await takes.find(number)
        if found is not None:
            persons[number] = found[0]
            groups[number] = await group_of(takes.connection, found[0])
    return _Here(persons, groups)


def _numbers(said: PersonSaid) -> list[str]:
    parents = () if isinstance(said.parents, NotSaid) else said.parents
    partners = () if isinstance(said.partners, NotSaid) else said.partners
    return [said.number, *parents, *partners]


def _join(said: PersonSaid, together: _Together, here: _Here, groups: dict[str, str], work: Work) -> None:
    """Put everybody whom a line names in one family, where they are not in two already."""
    numbers = _numbers(said)
    known = {here.groups[number] for number in numbers if number in here.groups}
    known |= {groups[first] for first in map(together.first_of, numbers) if first in groups}
    if len(known) > 1:
        what = "names people of two families here, which cannot be joined yet; take one of them out of the line"
        work.problems.append(Problem(said.place, what))
        return
    together.join(numbers)
    if known:
        groups[together.first_of(said.number)] = known.pop()


async def _add(takes: Takes, said: PersonSaid, group: str) -> str:
    person = new_id()
    await register_person(takes.connection, takes.facts, person, family=group, identifiers={NUMBER_SYSTEM: said.number})
    word = kept_on(NO_WORD, _answered(takes, said))
    await takes.take(person, New("persons", {"id": person, **fields_of(said)}, word))
    return person


def _answered(takes: Takes, said: PersonSaid) -> Answered:
    return Answered(str(takes.by.kind), said.answered_on, said.digest)


async def _answer(takes: Takes, said: PersonSaid, persons: Mapping[str, str], here: _Here, work: Work) -> None:
    person = persons.get(said.number)
    if person is None:
        return  # He could not be added, which is told already.
    if said.number not in here.persons:
        work.lines.append(Line(said.place, How.NEW, f"person {person}"))
    family = await takes.family(person)
    members = {number: name for name, number in family.identifiers.get(NUMBER_SYSTEM, {}).items()}
    with work.telling(said.place):
        known = known_person(family, person, said.place)
        require_latest(known, _answered(takes, said), said.place)
        steps = after_answer(said, known, members, await takes.seen(family))
        if steps or said.number in here.persons:
            await work.take(takes, person, said.place, [*steps, *kept(known, _answered(takes, said))])
