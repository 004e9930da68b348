"""What becomes of who somebody is, and of his parents and partners, when a register of persons has answered.

A parent or partner whom the register no longer names ends. A partner whom a person recorded stays: who live together
are partners without any register (BW 7:465 lid 3). A legal parent of a minor whom a person recorded, and whom the
register would know, ends too: as a parent he only sees and speaks, he takes no say from anybody.

Source: facts contract, *Who* (person, other family facts), F3 and F4.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from consent.known.rows import Known
from consent.registers.problems import Problem, RegisterError
from consent.registers.said import NotSaid, Numbers, PersonSaid
from consent.registers.seen import Act, Amend, New, Note, Seen, Step, ended, surely_ended, written
from schemas.calendar import age_at
from schemas.words import Relation

_GROWN: Final = 18
_FLAGS: Final = ("declared_of_age", "under_guardianship")


def fields_of(said: PersonSaid) -> dict[str, Any]:
    """Return the fields of a person whom nobody here knew."""
    return {"born": str(said.born)} | {name: True for name in _FLAGS if getattr(said, name) is True}


def after_answer(said: PersonSaid, person: Known, members: Mapping[str, str], seen: Seen) -> list[Step]:
    """Return the steps that an answer leads to. `members` gives who of the family has which number.

    Raises:
        RegisterError: it contradicts what cannot change.
    """
    if person.source["born"] != str(said.born):
        what = "he is known here with another day of birth, which cannot change; find out whose number this is"
        raise RegisterError([Problem(said.place, f"`born`: {what}")])
    return [
        *_flags(said, person),
        *_relatives(said, Relation.PARENT, said.parents, members, seen),
        *_relatives(said, Relation.PARTNER, said.partners, members, seen),
    ]


def _flags(said: PersonSaid, person: Known) -> Iterator[Amend]:
    told = {name: getattr(said, name) for name in _FLAGS}
    changed = {
        name: value
        for name, value in told.items()
        if not isinstance(value, NotSaid) and value is not person.source.get(name, False)
    }
    if changed:
        yield Amend(("persons", person.id), changed, Act.RECORD)


def _relatives(
    said: PersonSaid, relation: Relation, numbers: Numbers | NotSaid, members: Mapping[str, str], seen: Seen
) -> Iterator[Step]:
    if isinstance(numbers, NotSaid):
        return
    of = members[said.number]
    named = {members[number] for number in numbers if number in members}
    if len(named) < len(numbers):
        yield Note(f"a {relation} is nobody here, so nothing is recorded of him; give him a line of his own")
    about = list(seen.of("family", of=of, relation=str(relation)))
    standing = [each for each in about if seen.stands(each)]
    own = {each.source["person"] for each in standing if seen.told_by_register(each)}
    for each in standing:
        if each.source["person"] not in named:
            yield from _no_longer(said, each, frozenset(members.values()), seen)
    yield from (
        surely_ended(each) for each in about if _is_doubted_end(each, seen) and each.source["person"] not in named
    )
    for name in sorted(named - own):
        if _is_ended_by_hand([each for each in about if each.source["person"] == name], seen):
            yield Note(f"somebody here ended a {relation} whom the register names; it stays ended until recorded anew")
        else:
            yield _told(name, of, relation, said.answered_on, seen)


def _no_longer(said: PersonSaid, fact: Known, numbered: frozenset[str], seen: Seen) -> Iterator[Step]:
    if seen.told_by_register(fact):
        yield ended(fact, "until", said.answered_on)
        return
    if fact.source["relation"] != Relation.PARENT:
        return
    if fact.source["person"] in numbered and age_at(said.born, seen.at) < _GROWN:
        yield ended(fact, "until", said.answered_on)
    else:
        yield Note(f"a parent whom somebody recorded is not in the register, and stays: family {fact.id}")


def _is_doubted_end(fact: Known, seen: Seen) -> bool:
    """Return whether hands ended what the register told, and it is not sure; of what it never told it says nothing."""
    return fact.word.ended_by is not None and not seen.stands(fact) and seen.told_by_register(fact)


def _is_ended_by_hand(same: Sequence[Known], seen: Seen) -> bool:
    """Return whether hands ended one of `same`, about the same two, and told none of them since that stands."""
    return any(map(seen.is_ended_by_hand, same)) and not seen.told_anew(same)


def _told(name: str, of: str, relation: Relation, on: datetime, seen: Seen) -> New:
    fields = {"person": name, "of": of, "relation": str(relation), "since": written(on)}
    # INVARIANT: beside a fact that denies contact no other about the same two may open what it closes.
    denied = any(each.source.get("contact_denied") for each in seen.of("family", person=name, of=of))
    return New("family", fields | ({"contact_denied": True} if denied else {}))
