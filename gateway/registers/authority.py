"""Bringing in authority: each relation over a minor who is known here, and what an answer says by its silence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from consent.known.family import Family
from consent.registers.answered import Answered, kept, require_latest
from consent.registers.brp_gezag import GezagError, NotKnown, Relation, Unknown, relations_of
from consent.registers.over_minors import after_answer
from consent.registers.problems import Problem, RegisterError
from consent.registers.said import NUMBER_SYSTEM, AuthoritySaid, digest, relation_digest
from consent.registers.seen import Seen
from consent.representation import AUTHORITY
from consent.store.appending import new_id
from gateway.registers.taking import Takes
from gateway.registers.work import Work, known_person
from schemas.calendar import AMSTERDAM, age_at
from schemas.words import AuthorityKind

_GROWN: Final = 18
_NOT_GIVEN: Final = digest("not given")


@dataclass(frozen=True, slots=True)
class _Over:
    """What is said over one minor."""

    place: str
    relation: Relation
    answered: Answered


@dataclass(slots=True)
class _Heard:
    """What a file says over each minor of ours: in words, and by leaving him out."""

    told: dict[str, _Over] = field(default_factory=dict)
    left_out: dict[str, _Over] = field(default_factory=dict)


async def take_authority(takes: Takes, said: Sequence[AuthoritySaid], work: Work) -> None:
    """Take what a register says about authority."""
    heard = _Heard()
    found = [(each, await _families(takes, each)) for each in said]
    for person in sorted({person for _, families in found for person in families}):
        await takes.family(person)  # Held in one order, so that two imports never wait for each other.
    for each, families in found:
        if not families:
            work.nothing(each.place, "nobody of this answer is known here")
        for person in families:
            with work.telling(each.place):
                await _hear(takes, each, await takes.family(person), heard)
    for minor, over in (heard.left_out | heard.told).items():
        family = await takes.family(minor)
        with work.telling(over.place):
            known = known_person(family, minor, over.place)
            require_latest(known, over.answered, over.place)
            steps = after_answer(over.relation, over.answered.on, await takes.seen(family))
            await work.take(takes, minor, over.place, [*steps, *kept(known, over.answered)])


async def _families(takes: Takes, said: AuthoritySaid) -> list[str]:
    """Return somebody of each family here that the answer is about."""
    numbers = {said.number, *(each.minor for each in said.relationships)}
    found = [await takes.find(each) for each in sorted(numbers)]
    return sorted({each[1] for each in found if each is not None})


async def _hear(takes: Takes, said: AuthoritySaid, family: Family, heard: _Heard) -> None:
    # INVARIANT: only who is of the minor's family counts as known. A holder of another family cannot be recorded over
    # him, and to leave him out would make the yes of the others enough; so nobody is known to have authority.
    members = {number: name for name, number in family.identifiers.get(NUMBER_SYSTEM, {}).items()}
    asked = members.get(said.number, "")
    try:
        relations = relations_of(
            said.relationships,
            asked_about=asked,
            asked_on=said.answered_on.astimezone(AMSTERDAM),
            answer_id=new_id(),
            persons=members,
        )
    except GezagError as error:
        raise RegisterError(Problem(said.place, each) for each in error.problems) from None
    digests = {members[each.minor]: relation_digest(each) for each in said.relationships if each.minor in members}
    for relation in relations:
        over = _Over(said.place, relation, _answered(takes, said, digests[relation.minor]))
        before = heard.told.setdefault(relation.minor, over)
        if before.answered != over.answered:
            what = f"says something else about a minor than {before.place}; leave one out, or ask again"
            raise RegisterError([Problem(said.place, what)])
    for minor in _left_out(asked, family, await takes.seen(family), said):
        over = _Over(said.place, NotKnown(minor, Unknown.NOT_GIVEN), _answered(takes, said, _NOT_GIVEN))
        heard.left_out.setdefault(minor, over)


def _answered(takes: Takes, said: AuthoritySaid, of: str) -> Answered:
    return Answered(str(takes.by.kind), said.answered_on, of)


def _left_out(asked: str, family: Family, seen: Seen, said: AuthoritySaid) -> Iterator[str]:
    """Yield the minors over whom the answer should have said something: whom it asks about, and whose holder he was."""
    if not asked:
        return
    known = family.known.get(("persons", asked))
    if known is not None and age_at(date.fromisoformat(known.source["born"]), said.answered_on) < _GROWN:
        yield asked
    for fact in seen.of("authority"):
        concerns_him = asked in {fact.source["holder"], fact.source["over"]}
        about_minors = AuthorityKind(fact.source["kind"]) in AUTHORITY
        if concerns_him and about_minors and seen.told_by_register(fact) and seen.stands(fact):
            yield fact.source["over"]
