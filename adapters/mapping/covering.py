"""Builds the coverage of one record kind from what its makers read."""

from collections.abc import Iterable

from adapters.mapping.conditions import Condition, FieldIs, SomeItem
from adapters.mapping.coverage import Branches, Cover, Coverage, cover_items, cover_path
from adapters.mapping.elements import Maker
from adapters.mapping.mapping import PersonRule
from adapters.mapping.paths import Path
from adapters.mapping.rules import Rule


def coverage_of(
    always: Iterable[Path | None], makers: Iterable[Maker], persons: Iterable[PersonRule], names: frozenset[str]
) -> Coverage:
    """Return what is read of a record: `always` these paths, and what makers and person rules read where they apply."""
    root = Branches()
    for path in always:
        if path is not None:
            cover_path(root.under(), path).whole = True
    for maker in makers:
        _cover_maker(root, maker)
    for person in persons:
        branches = root if person.each is None else cover_items(root.under(), person.each)
        here = branches.under(person.when)
        _cover_conditions(root.under(), here, person.when)
        cover_path(root.under() if person.path.from_record else here, person.path).whole = True
    return Coverage(root, names)


def _cover_maker(root: Branches, maker: Maker) -> None:
    if maker.each is None:
        branches, of_record = root, maker.when
    else:
        branches = cover_items(root.under(), maker.each)
        branches.of_elements = True
        of_record = (SomeItem(maker.each, maker.when),)
        if maker.key is not None:
            cover_path(branches.under(), maker.key).whole = True
    _cover_conditions(root.under(of_record), branches.under(maker.when), maker.when)
    for slot in maker.slots:
        for rule in slot.rules:
            _cover_rule(rule, root.under(of_record), branches, maker.when)


def _cover_rule(rule: Rule, record: Cover, branches: Branches, when: tuple[Condition, ...]) -> None:
    if rule.each is None:
        here = branches.under((*when, *rule.when))
    else:
        start = record if rule.each.from_record else branches.under(when)
        here = cover_items(start, rule.each).under(rule.when)
    _cover_conditions(record, here, rule.when)
    if rule.converter is not None:
        cover_path(record if rule.path.from_record else here, rule.path).whole = True


def _cover_conditions(record: Cover, here: Cover, when: Iterable[Condition]) -> None:
    for condition in when:
        if isinstance(condition, FieldIs):
            cover_path(record if condition.path.from_record else here, condition.path).whole = True
