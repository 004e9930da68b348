"""Who must say yes for a person: he himself, who holds authority over him, or who represents him as an adult.

The law stands here as two tables: `TABLE` (who, by age and capability) and `CHAIN` (who speaks for an incapable
adult, nearest first). Everything below them looks up who that is in one world, at one instant.

Source: decision contract, 5.2; Jw 7.3.4, 7.3.5, 7.3.15; BW 1:245, 1:246, 7:465; table B of `law.md`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from consent.ends import Support, day_after_days, first_ahead, last
from consent.entries import Authority, FamilyFact
from consent.entry import Capability
from consent.situation import FINDING_DAYS, OF_AGE, Situation
from schemas.words import AuthorityKind, Relation

AUTHORITY: Final = frozenset(
    {
        AuthorityKind.PARENTAL,
        AuthorityKind.JOINT_NON_PARENT,
        AuthorityKind.GUARDIANSHIP,
        AuthorityKind.PROVISIONAL_GUARDIANSHIP,
    }
)
"""*Authority*, wherever the word stands alone."""

_CURATORS: Final = frozenset({AuthorityKind.CURATOR, AuthorityKind.ADULT_MENTOR})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of 5.2: whose yes is needed, and its number in table B."""

    rule: str
    himself: bool = False
    holders: bool = False
    chain: bool = False


TABLE: Final[Mapping[tuple[int, Capability], Row]] = {
    (0, Capability.CAPABLE): Row("CV-01", holders=True),  # Under 12 no finding is read.
    (12, Capability.CAPABLE): Row("CV-09", himself=True, holders=True),
    (12, Capability.UNCLEAR): Row("CV-13", himself=True, holders=True),
    (12, Capability.INCAPABLE): Row("CV-12", holders=True),
    (16, Capability.CAPABLE): Row("CV-14", himself=True),
    (16, Capability.UNCLEAR): Row("CV-16", himself=True),
    (16, Capability.INCAPABLE): Row("CV-15", holders=True),
    (OF_AGE, Capability.CAPABLE): Row("CV-17", himself=True),
    (OF_AGE, Capability.UNCLEAR): Row("CV-17", himself=True),
    (OF_AGE, Capability.INCAPABLE): Row("CV-19", chain=True),
}
"""By the birthday from which it holds, and by capability."""

_BIRTHDAYS: Final = tuple(sorted({birthday for birthday, _ in TABLE}, reverse=True))


@dataclass(frozen=True, slots=True)
class Level:
    """Who stands side by side in the chain: by appointment or proxy, or as family."""

    kinds: frozenset[AuthorityKind] = frozenset()
    relations: frozenset[Relation] = frozenset()


CHAIN: Final = (
    Level(kinds=_CURATORS),
    Level(kinds=frozenset({AuthorityKind.WRITTEN_PROXY})),
    Level(relations=frozenset({Relation.PARTNER})),
    Level(relations=frozenset({Relation.PARENT, Relation.CHILD, Relation.SIBLING})),
)
"""Who speaks for an incapable adult, nearest first."""

Title: TypeAlias = Authority | FamilyFact
"""The fact by which somebody speaks for another."""


@dataclass(frozen=True, slots=True)
class Giver:
    """Somebody who speaks for a person, and the facts by which he does."""

    id: str
    titles: tuple[Title, ...]


@dataclass(frozen=True, slots=True)
class Givers:
    """Who must say yes for one person now.

    `himself` and `holders` (by authority id) must each say yes. `levels` is the chain of an incapable adult, nearest
    first: its first level is one giver. `entries` is all authority in force, incompetent holders included.
    """

    himself: bool
    holders: tuple[Giver, ...]
    levels: tuple[tuple[Giver, ...], ...]
    entries: tuple[Authority, ...]
    needs_holder: bool
    needs_level: bool
    capability: Capability
    rule: str


def givers_for(situation: Situation, person: str) -> Givers:
    """Return who must say yes for `person` (table of 5.2)."""
    capability = situation.capability(person)
    row = row_for(situation.age(person), capability)
    entries = authority_over(situation, person)
    levels = chain(situation, person) if row.chain else ()
    return Givers(
        himself=row.himself,
        holders=competent_holders(situation, entries) if row.holders else (),
        levels=levels,
        entries=entries,
        needs_holder=row.holders,
        needs_level=row.chain,
        capability=capability,
        rule=_rule(row, entries, levels),
    )


def row_for(age: int, capability: Capability) -> Row:
    """Return the row that holds at `age`, in whole years; who is not born yet counts as a newborn."""
    for birthday in _BIRTHDAYS:
        if birthday <= age:
            return TABLE[birthday, capability]
    return TABLE[0, capability]


def authority_over(situation: Situation, person: str) -> tuple[Authority, ...]:
    """Return all authority in force over a minor, incompetent holders included."""
    return tuple([one for one in situation.authority if one.over == person and one.kind in AUTHORITY])


def holds_authority(situation: Situation, holder: str, over: str) -> tuple[Authority, ...]:
    """Return the authority in force by which `holder`, if competent, has a say over a minor; mostly empty."""
    if not situation.competent(holder):
        return ()
    return tuple(one for one in authority_over(situation, over) if one.holder == holder)


def competent_holders(situation: Situation, entries: tuple[Authority, ...]) -> tuple[Giver, ...]:
    """Return who of the holders is competent, or unknown, each once, by lowest authority id.

    Whose yes is needed does not hang on what we know of him: a holder who is gone from the facts is needed still, and
    cannot give it (`consent.voices`).
    """
    titles = _by_name([(one.holder, one) for one in sorted(entries, key=lambda one: one.id)])
    return tuple(
        [
            Giver(name, tuple(held))
            for name, held in titles.items()
            if situation.competent(name) or not situation.knows(name)
        ]
    )


def chain(situation: Situation, person: str) -> tuple[tuple[Giver, ...], ...]:
    """Return the levels of the chain of an incapable adult that have somebody, nearest first."""
    appointed = [one for one in situation.authority if one.over == person]
    kin = [one for one in situation.family if one.of == person]
    levels = (
        _by_name(
            [
                *((one.holder, one) for one in appointed if one.kind in level.kinds),
                *((one.person, one) for one in kin if one.relation in level.relations),
            ]
        )
        for level in CHAIN
    )
    standing = (_those_who_stand(situation, level) for level in levels)
    return tuple(level for level in standing if level)


def _by_name(titles: Iterable[tuple[str, Title]]) -> dict[str, list[Title]]:
    found: dict[str, list[Title]] = {}
    for name, title in titles:
        found.setdefault(name, []).append(title)
    return found


def _those_who_stand(situation: Situation, level: dict[str, list[Title]]) -> tuple[Giver, ...]:
    """Return who of a level can stand in the chain: the file's persons, then its organisations, each in their order.

    Behind them stands whom the facts do not know: nobody further off speaks because somebody is gone from them.
    """
    unknown = sorted(name for name in level if not situation.knows(name))
    return tuple(
        Giver(name, tuple(level[name]))
        for name in (*situation.persons, *situation.organisations, *unknown)
        if name in level and _stands(situation, name)
    )


def _stands(situation: Situation, name: str) -> bool:
    person = situation.persons.get(name)
    if person is None:
        return True
    return situation.age(name) >= OF_AGE and not situation.incapable(name) and not person.under_guardianship


def title_support(situation: Situation, title: Title) -> Support:
    """Return when a title ends, and its name."""
    at = situation.at
    if isinstance(title, FamilyFact):
        return Support(first_ahead(at, title.until), (situation.name(title),))
    ends = first_ahead(at, title.until, title.suspended_on, situation.authority_end(title))
    return Support(ends, (title.id,))


def titles_support(situation: Situation, giver: Giver) -> Support:
    """Return when the title of `giver` ends that ends last, and its name."""
    return last([title_support(situation, title) for title in giver.titles])


def finding_support(situation: Situation, person: str) -> Support:
    """Return when the finding that makes a person incapable stops counting, and its name."""
    finding = situation.finding(person)
    if finding is None:
        raise LookupError("no finding of incapacity to rest on")
    return Support(day_after_days(finding.on, FINDING_DAYS), (situation.name(finding),))


def _rule(row: Row, entries: tuple[Authority, ...], levels: tuple[tuple[Giver, ...], ...]) -> str:
    """Return the number in table B, which tells some rows apart by who speaks."""
    if row is TABLE[0, Capability.CAPABLE]:
        return _rule_of_child(entries)
    title = levels[0][0].titles[0] if levels else None
    appointed = isinstance(title, Authority) and title.kind in _CURATORS
    return "CV-18" if appointed else row.rule


def _rule_of_child(entries: tuple[Authority, ...]) -> str:
    kinds = {one.kind for one in entries}
    if not entries:
        return "CV-06"
    if kinds & {AuthorityKind.GUARDIANSHIP, AuthorityKind.PROVISIONAL_GUARDIANSHIP}:
        return "CV-04"
    if AuthorityKind.JOINT_NON_PARENT in kinds:
        return "CV-03"
    return "CV-02" if len({one.holder for one in entries}) == 1 else "CV-01"
