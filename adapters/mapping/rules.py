"""Rules: one field of a record into one field of an element, and the slot where rules for the same field meet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.mapping.conditions import Condition, all_hold
from adapters.mapping.converters import Converter, UnreadableError
from adapters.mapping.known import Known
from adapters.mapping.leftovers import Leftovers
from adapters.mapping.paths import HERE, MisfitError, Path, as_text
from adapters.mapping.straight import Straight, always, never, straight
from adapters.mapping.targets import Gives, Need, Target

NOTHING: Final = object()
"""What a slot gives where no rule has a value: the field keeps the default of its kind."""


class NotMadeError(Exception):
    """The element cannot be made: what must be known is not. `path` says where; no value anywhere."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(why)
        self.path = path


@dataclass(slots=True)
class Scope:
    """What a rule looks at: the record, the item of the element (the record itself without `each`), and who is who.

    One for all items of a record, each in its turn.
    """

    record: object
    item: object
    known: Known
    leftovers: Leftovers
    shared: dict[object, Any] = field(default_factory=dict)
    """What the record says for all of its items, by who reads it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, compiled. `label` names it in what is left over; `place` is its path from the record."""

    label: str
    place: str
    target: Target
    constant: object = None
    path: Path = HERE
    converter: Converter | None = None
    separator: str | None = None
    lines: bool = False
    default: object = None
    each: Path | None = None
    when: tuple[Condition, ...] = ()

    def values(self, scope: Scope) -> list[Any]:
        """Return what this rule gives here, in the source's order; empty where it gives nothing.

        Raises:
            NotMadeError: it cannot be read, and the element must not be made without it.
        """
        try:
            items = self._items(scope)
        except MisfitError as misfit:
            return self._unreadable(scope, str(misfit))
        if self.converter is None:
            return [self.constant] if items else self._default()
        try:
            texts = self._texts(scope, items)
        except MisfitError as misfit:
            return self._unreadable(scope, str(misfit))
        if texts:
            return self._read(scope, self.converter, texts)
        return self._default() if items or self.each else []

    @property
    def is_always(self) -> bool:
        """Whether it gives its constant for every record."""
        return self.converter is None and self.each is None and not self.when

    @property
    def is_of_record(self) -> bool:
        """Whether it looks at the record only, so that it gives the same for every item."""
        if self.each is not None:
            return self.each.from_record
        return not self.when and (self.converter is None or self.path.from_record)

    @property
    def straight(self) -> Straight:
        """The straight way, where one member is read or none at all, and that is all there is to it; else `never`."""
        steps, target = self.path.steps, self.target
        if self.is_always and not target.many:
            return always(self.constant)
        plain = self.each is None and not self.when and self.separator is None and not self.lines
        if not plain or self.converter is None or len(steps) != 1:
            return never
        absent = NOTHING if target.need is Need.FREE else None
        if self.default is not None:
            absent = (self.default,) if target.many else self.default
        return straight(steps[0], self.converter, absent=absent, many=target.many)

    def _items(self, scope: Scope) -> list[Any]:
        if self.each is None:
            return [scope.item] if not self.when or all_hold(self.when, scope.record, scope.item) else []
        found = self.each.find(scope.record, scope.item)
        return [each for each in found if all_hold(self.when, scope.record, each)] if self.when else found

    def _texts(self, scope: Scope, items: list[Any]) -> list[str]:
        texts = [text for item in items for value in self.path.find(scope.record, item) if (text := as_text(value))]
        if self.separator:
            return [text for each in texts for part in each.split(self.separator) if (text := part.strip())]
        return ["\n".join(texts)] if self.lines and texts else texts

    def _read(self, scope: Scope, converter: Converter, texts: list[str]) -> list[Any]:
        values: list[Any] = []
        for text in texts:
            try:
                value = converter.read(text, scope.known)
            except UnreadableError as error:
                values += self._unreadable(scope, str(error))
                value = error.instead
            if value is not None:
                values.append(value)
        return values

    def _default(self) -> list[Any]:
        return [] if self.default is None else [self.default]

    def _unreadable(self, scope: Scope, why: str) -> list[Any]:
        if self.target.need is not Need.FREE:
            raise NotMadeError(self.place, f"{self.label}: {why}")
        scope.leftovers.add(self.place, f"{self.label}: {why}")
        return []


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One target and its rules, in the file's order; `straight` is quick, for the commonest rules."""

    target: Target
    rules: tuple[Rule, ...]
    straight: Straight = never
    is_of_record: bool = False

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> "Slot":
        """Return the slot of `rules`, which all have one target."""
        first, is_of_record = rules[0], all(each.is_of_record for each in rules)
        if len(rules) > 1:
            return cls(first.target, tuple(rules), is_of_record=is_of_record)
        return cls(first.target, tuple(rules), straight=first.straight, is_of_record=is_of_record)

    def fill(self, scope: Scope) -> Any:
        """Return the value for the target, or `NOTHING`.

        Raises:
            NotMadeError: what must be known is missing or cannot be read.
        """
        value = scope.shared.get(self) if self.is_of_record else self.straight(scope.item, scope.known)
        return self._read(scope) if value is None else value

    def _read(self, scope: Scope) -> Any:
        value = self.straight(scope.record, scope.known) if self.is_of_record else None
        if value is None:
            value = self._several(scope) if self.target.many else self._single(scope)
        if self.is_of_record:
            scope.shared[self] = value
        return value

    def _single(self, scope: Scope) -> Any:
        chosen: Any = NOTHING
        for rule in self.rules:
            values = rule.values(scope)
            if not values:
                continue
            value = self._one(rule, values, scope)
            if chosen is NOTHING:
                chosen = value
            elif value is not NOTHING and value != chosen:
                chosen = self._second(rule, chosen, scope)
        if chosen is NOTHING and self.target.need is not Need.FREE:
            raise NotMadeError(self.rules[0].place, f"{self.rules[0].label}: `{self.target.name}` is missing")
        return chosen

    def _several(self, scope: Scope) -> Any:
        found = [value for rule in self.rules for value in rule.values(scope)]
        if not found and self.target.need is Need.REQUIRED:
            raise NotMadeError(self.rules[0].place, f"{self.rules[0].label}: `{self.target.name}` is missing")
        return tuple(dict.fromkeys(found)) if found else NOTHING

    def _one(self, rule: Rule, values: list[Any], scope: Scope) -> Any:
        if len(values) == 1 or all(value == values[0] for value in values):
            return values[0]
        if self._is_flag:
            return True  # one of them says yes: the protecting answer
        if self.target.need is not Need.FREE:
            raise NotMadeError(rule.place, f"{rule.label}: several values")
        scope.leftovers.add(rule.place, f"{rule.label}: several values where one fits")
        return NOTHING

    def _second(self, rule: Rule, chosen: Any, scope: Scope) -> Any:
        if self._is_flag:
            return True
        if not self.target.first_counts:
            raise NotMadeError(rule.place, f"{rule.label}: contradicts another rule")
        if self.target.need is not Need.FREE:
            return chosen  # a record's own date, and the date of its version behind it: nothing is lost
        scope.leftovers.add(rule.place, f"{rule.label}: another rule has filled `{self.target.name}`")
        return chosen

    @property
    def _is_flag(self) -> bool:
        return self.target.need is Need.GUARDED and Gives.YES_NO in self.target.takes
