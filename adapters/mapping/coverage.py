"""Coverage: what of a record no rule reads and nobody ignored with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.mapping.conditions import Condition, all_hold
from adapters.mapping.leftovers import Leftovers, shown_name
from adapters.mapping.paths import MAX_ITEMS, Path
from adapters.mapping.unread import Unread


@dataclass(slots=True)
class Cover:
    """What is covered at one place: all of it (`whole`), some members, or the items of a list."""

    whole: bool = False
    members: dict[str, "Cover"] = field(default_factory=dict)
    items: "Branches | None" = None
    _read: frozenset[str] | None = None

    @property
    def read(self) -> frozenset[str]:
        """The members of which all is covered. To be asked when nothing is added any more."""
        if self._read is None:
            self._read = frozenset(name for name, member in self.members.items() if member.whole)
        return self._read

    def reads_all(self, items: Iterable[object]) -> bool:
        """Say whether each of `items` has members, and all of every member is covered."""
        read = self.read
        for item in items:  # noqa: SIM110  # a generator costs more than what it would ask
            if type(item) is not dict or not read.issuperset(item):
                return False
        return True


@dataclass(slots=True)
class Branches:
    """What is covered of a record or an item, by the conditions under which it is read.

    Of items that elements are made of (`of_elements`), one that none takes says nothing of the others.
    """

    by_condition: dict[tuple[Condition, ...], Cover] = field(default_factory=dict)
    of_elements: bool = False

    @property
    def always(self) -> Cover | None:
        """The one cover there is, where it counts for every item."""
        return self.by_condition.get(()) if len(self.by_condition) == 1 else None

    def under(self, when: tuple[Condition, ...] = ()) -> Cover:
        """Return the cover of what is read where all of `when` hold."""
        return self.by_condition.setdefault(when, Cover())

    def active(self, record: object, item: object) -> list[Cover]:
        """Return the covers that count for this record or item."""
        return [cover for when, cover in self.by_condition.items() if not when or all_hold(when, record, item)]


def cover_path(cover: Cover, path: Path) -> Cover:
    """Note under `cover` that what stands at `path` is read; return the cover of that place."""
    for step in path.steps:
        cover = cover.members.setdefault(step.name, Cover())
        if step.many:
            cover.items = cover.items or Branches()
            cover = cover.items.under()
    return cover


def cover_items(cover: Cover, path: Path) -> Branches:
    """Return the branches of the items that the list at the end of `path` holds."""
    last = cover_path(cover, Path(path.steps[:-1])).members.setdefault(path.steps[-1].name, Cover())
    last.items = last.items or Branches()
    return last.items


@dataclass(frozen=True, slots=True)
class Coverage:
    """The cover of one record kind; `names` are the names that the mapping file itself uses."""

    root: Branches
    names: frozenset[str]

    def check(self, record: Mapping[str, Any], leftovers: Leftovers) -> list[Unread]:
        """List what of `record` is not covered, and return it but for what no element is made of.

        Goes no deeper than the mapping does, so depth is no trap.
        """
        covers = self.root.active(record, record)
        if not covers:
            leftovers.add("", "no element takes this record")
            return []
        look = _Look(record, self.names, leftovers)
        look.at_members(record, covers, "")
        return look.unread

    def covered_names(self) -> frozenset[str]:
        """Return the members of a record that are read or ignored, whatever the conditions."""
        return frozenset(name for cover in self.root.by_condition.values() for name in cover.members)


@dataclass(frozen=True, slots=True)
class _Look:
    """One walk through a record."""

    record: object
    names: frozenset[str]
    leftovers: Leftovers
    unread: list[Unread] = field(default_factory=list)

    def at_members(self, value: Mapping[Any, Any], covers: list[Cover], path: str) -> None:
        read = covers[0].read.union(*(each.read for each in covers[1:]))
        if value.keys() <= read:
            return  # the commonest case
        for name, member in value.items():
            if name in read:
                continue
            found = [each.members[name] for each in covers if name in each.members]
            if _is_read(member, found) or _is_empty(member):
                continue
            self._at_one(Unread(path + shown_name(name, self.names), value, name, member), found)

    def _at_one(self, member: Unread, covers: list[Cover]) -> None:
        value = member.value
        lists = [each.items for each in covers if each.items]
        if isinstance(value, list | tuple) and lists and len(value) <= MAX_ITEMS:
            for item in value:
                self._at_item(member._replace(path=f"{member.path}*", value=item), lists)
        elif isinstance(value, dict) and any(each.members for each in covers):
            self.at_members(value, covers, f"{member.path}.")
        else:
            self.leftovers.add(member.path, "not in the mapping")
            self.unread.append(member)

    def _at_item(self, item: Unread, lists: list[Branches]) -> None:
        covers = [cover for each in lists for cover in each.active(self.record, item.value)]
        if not covers:
            self.leftovers.add(item.path, "nothing takes this item")
            if not any(each.of_elements for each in lists):
                self.unread.append(item)
        elif not any(each.whole for each in covers) and not _is_empty(item.value):
            self._at_one(item, covers)


def _is_read(value: object, covers: list[Cover]) -> bool:
    """Say of a list, the quick way, that all of every item is read, whatever stands in it."""
    if type(value) is not list or len(value) > MAX_ITEMS:
        return False
    for each in covers:
        always = each.items.always if each.items else None
        if always is not None and (always.whole or always.reads_all(value)):
            return True
    return False


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {}, ()) or (isinstance(value, str) and not value.strip())
