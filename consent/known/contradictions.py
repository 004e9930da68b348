"""Whether something that is to be recorded fits what is known: facts contract, F7.

Pure: what is known is handed in.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from consent.entry import Entry
from consent.known.registered import Registered, Row, merged
from consent.known.rows import Known
from consent.known.word import NO_WORD, Word
from consent.naming import OWNER, WITHOUT_ID, names_in
from consent.world.births import of_births
from consent.world.entries import entry
from consent.world.links import Links
from consent.world.shape import WorldError

STARTS: Final = ("since", "on", "youth_chose_on")
"""The keys that say since when a fact holds."""

_ENDS: Final = ("ended_on", "withdrawn_on", "objection_on", "suspended_on", "youth_withdrew_on")
_FIXED: Final = frozenset({"id", "born", *OWNER.values(), "given_by", "mentor", "holder", "order", "kind"})


class ContradictionError(Exception):
    """What was to be recorded does not fit what is known: tell the recorder which `field`, and store nothing."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(f"{field}: {what}")
        self.field = field
        self.what = what


def require_recordable(
    section: str,
    told: Mapping[str, Any],
    known: Mapping[tuple[str, str], Known],
    registry: Registered,
    word: Word = NO_WORD,
) -> None:
    """Let pass what is an entry of `section` and fits what is known of the family and the registry.

    `word` says whose word it still needs.

    Raises:
        WorldError: it is no entry of its section, or names somebody unknown.
        ContradictionError: it does not fit.
    """
    read = entry(section, dict(told), section)
    if section not in WITHOUT_ID and (section, told["id"]) in known:
        raise ContradictionError("id", "this id is taken")
    _require_links(section, told, known, registry)
    _require_order(read)
    if section == "family" and not (word.waits and told.get("contact_denied")):
        # Anybody may deny contact who says that he helps: he is not told who is whose parent. Whoever confirms it is.
        _require_descent(told, known)


def _require_descent(told: Mapping[str, Any], known: Mapping[tuple[str, str], Known]) -> None:
    # What waits for a word says nothing yet of who comes from whom, and keeps nobody from saying it.
    family = (each for each in known.values() if each.section == "family" and not each.word.waits)
    before = [each.source for each in family if each.word.closed_on is None]
    # Of what was known already a circle may be a mistake of long ago; only one that this fact closes is its own.
    if len(of_births({"family": [*before, told]})) > len(of_births({"family": before})):
        raise ContradictionError("relation", "makes somebody his own ancestor")


def require_amendable(
    changed: Known,
    change: Mapping[str, Any],
    known: Mapping[tuple[str, str], Known],
    registry: Registered,
    word: Word | None = None,
) -> None:
    """Let pass a change after which `changed` is an entry and fits, or no entry: a mandate with all switches off.

    `word` is the one that it has from then on, where that changes.

    Raises:
        WorldError: it would be no entry of its section, or `change` names somebody unknown.
        ContradictionError: it does not fit, or the fact names somebody who is not known any more.
    """
    for name in sorted(_FIXED & change.keys()):
        if change[name] != changed.source.get(name):
            raise ContradictionError(name, "this cannot change; record another fact")
    source = merged(changed.source, change)
    if changed.section == "mandates" and source.get("categories") == []:
        entry(changed.section, {**source, "categories": ["goals"]}, changed.section)
        return
    read = entry(changed.section, source, changed.section)
    if next(names_in(changed.section, change), None) is not None:
        # An end names nobody: that somebody in the fact is not known any more must never keep it open (F3).
        _require_still_known(changed, source, known, registry)
        _require_links(changed.section, source, known, registry)
    _require_order(read)
    if changed.section == "family" and word is not None and changed.word.waits and not word.waits:
        _require_descent(source, known)


def _require_still_known(
    changed: Known, source: Mapping[str, Any], known: Mapping[tuple[str, str], Known], registry: Registered
) -> None:
    """Let nobody widen a fact in which somebody stands who was forgotten: nobody can say any more what it would do."""
    before = _dangling(changed.section, changed.source, known, registry)
    gone = [problem for problem in _dangling(changed.section, source, known, registry) if problem in before]
    if gone:
        field = gone[0].partition(":")[0].removeprefix(f"{changed.section}.")
        raise ContradictionError(field, "is not known any more; end this fact, and record another")


def _require_order(read: Entry) -> None:
    start = next((each for name in STARTS if (each := getattr(read, name, None)) is not None), None)
    for name in _ENDS:
        end = getattr(read, name, None)
        if start is not None and end is not None and end < start:
            raise ContradictionError(name, "before its start")


def _require_links(
    section: str, told: Mapping[str, Any], known: Mapping[tuple[str, str], Known], registry: Registered
) -> None:
    problems = _dangling(section, told, known, registry)
    if problems:
        raise WorldError(tuple(problems))


def _dangling(
    section: str, told: Mapping[str, Any], known: Mapping[tuple[str, str], Known], registry: Registered
) -> list[str]:
    """Return which ids in `told` are nobody's, each as place and what is wrong."""
    named = registry.named(names_in(section, told))
    world: dict[str, list[Mapping[str, Any]]] = {
        "organisations": [each.source for each in named.organisations],
        "professionals": [each.source for each in named.professionals],
        # Of the others only the ids count: what they say was checked when it was said.
        "persons": [{"id": each.id} for each in known.values() if each.section == "persons"],
        "orders": [{"id": each.id} for each in known.values() if each.section == "orders"],
    }
    world[section] = [*world.get(section, []), told] if section in world else [told]
    links = Links(world)
    problems = links.problems() + links.of_mandates()
    return [problem.replace(f"{section}[{len(world[section]) - 1}]", section) for problem in problems]


def require_registrable(rows: Sequence[Row], registry: Registered) -> None:
    """Let pass only rows with which the registry still holds together.

    Raises:
        WorldError: with everything that is wrong.
    """
    grown = registry.grown(rows)
    told = [(row.section, grown.source(row.section, row.id) or {}) for row in rows]
    named = grown.named(name for section, source in told for name in ({source["id"]} | set(names_in(section, source))))
    problems = Links(
        {
            "organisations": [each.source for each in named.organisations],
            "professionals": [each.source for each in named.professionals],
            "involvements": [each.source for each in named.replacements],
        }
    ).problems()
    if problems:
        raise WorldError(tuple(problems))
