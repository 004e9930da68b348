"""From the tree of a mapping file to paths, conditions and rules; every mistake with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.mapping.conditions import Condition, parse_condition
from adapters.mapping.converters import ElementOf, PersonReference
from adapters.mapping.expressions import Expressions, Reading
from adapters.mapping.paths import HERE, Path, parse_path
from adapters.mapping.problems import Place, Problems, allowed
from adapters.mapping.rules import Rule
from adapters.mapping.targets import Gives, Need, Target
from adapters.mapping.tree import Branch, Items, Node, Reader, Text

MAX_RULES: Final = 5_000

_RULE_WORDS: Final = frozenset({"value", "from", "as", "default", "each", "when"})
OPENING: Final = frozenset({"category", "regime"})
"""What decides which law and which rule an element falls under; a second guess at them could open."""


@dataclass(slots=True)
class Compiler:
    """Compiles rules. `used` collects every path, so that coverage can name the file's own names."""

    problems: Problems
    expressions: Expressions
    rules: int = 0
    used: list[Path] = field(default_factory=list)
    elements_named: list[tuple[ElementOf, Place]] = field(default_factory=list)
    persons_via: list[tuple[PersonReference, Place]] = field(default_factory=list)

    @property
    def reader(self) -> Reader:
        """The reader of the tree, which reports to the same problems."""
        return Reader(self.problems)

    def path(self, branch: Branch, word: str) -> Path | None:
        """Return the path under `word`, or None where there is none."""
        text = self.reader.text(branch, word)
        if text is None:
            return None
        try:
            path = parse_path(text.value.strip())
        except ValueError as error:
            self.problems.add(text.place, f"{word}: {error}")
            return None
        self.used.append(path)
        return path

    def list_path(self, branch: Branch) -> Path | None:
        """Return the path under `each`, which must end at a list."""
        path = self.path(branch, "each")
        if path is None or (path.steps and path.steps[-1].many):
            return path
        self.problems.add(branch.members["each"].place, f"each: a list is expected: write `{path}*`")
        return None

    def conditions(self, branch: Branch) -> tuple[Condition, ...]:
        """Return the conditions under `when`, none where the word is not there."""
        node = branch.members.get("when")
        nodes: tuple[Node, ...] = node.items if isinstance(node, Items) else () if node is None else (node,)
        conditions: list[Condition] = []
        for each in nodes:
            try:
                condition = parse_condition(each.value if isinstance(each, Text) else "")
            except ValueError as error:
                self.problems.add(each.place, f"when: {error}")
                continue
            conditions.append(condition)
            self.used.append(condition.path)
        if node is not None and not nodes:
            self.problems.add(node.place, "when: a condition is expected")
        return tuple(conditions)

    def rule(self, node: Node, label: str, targets: Mapping[str, Target], outer: Path | None) -> Rule | None:
        """Return the rule that an entry of `rules` describes; `label` names it, `outer` is the list of its element."""
        self.rules += 1
        if self.rules > MAX_RULES:
            self.problems.add(node.place, f"more than {MAX_RULES} rules")
            return None
        branch = self.reader.branch(node, required=frozenset({"to"}), optional=_RULE_WORDS)
        to = self.reader.text(branch, "to")
        if to is None:
            return None
        target = targets.get(to.value)
        if target is None:
            self.problems.add(to.place, f"to: no such field `{to.value}`; {allowed(targets, to.value)}")
            return None
        each, path, when = self.list_path(branch), self.path(branch, "from"), self.conditions(branch)
        self._check_words(branch, target)
        if path is not None and not path.steps and each is None and outer is None:
            self.problems.add(branch.members["from"].place, "from: `.` is the item of an `each`, and there is none")
        reading = self._reading(branch, target)
        return Rule(
            label=label,
            place=_place(outer, each, path),
            target=target,
            constant=self._constant(branch, "value", target),
            path=path or HERE,
            converter=reading.converter if reading else None,
            separator=reading.separator if reading else None,
            lines=bool(reading and reading.lines),
            default=self._constant(branch, "default", target),
            each=each,
            when=when,
        )

    def _check_words(self, branch: Branch, target: Target) -> None:
        words = branch.members.keys()
        if ("value" in words) is ("from" in words):
            self.problems.add(branch.place, "a rule has either `value` or `from`")
        if "value" in words and "as" in words:
            self.problems.add(branch.words["as"], "`as` belongs to `from`; `value` is in the plan's own words")
        if {"value", "default"} <= words and "each" not in words:
            self.problems.add(branch.words["default"], "`default` beside `value` needs an `each`")
        guarded = target.need is not Need.FREE and target.name not in OPENING
        if guarded and "when" in words:
            self.problems.add(
                branch.words["when"],
                f"`{target.name}` may have no `when`: what it does not take would open; use `as: code TABLE`, "
                "or two elements with `when`",
            )

    def _reading(self, branch: Branch, target: Target) -> Reading | None:
        if "from" not in branch.members:
            return None
        text = self.reader.text(branch, "as")
        if text is None:
            if "as" not in branch.members and Gives.TEXT not in target.takes:
                self.problems.add(branch.place, f"`{target.name}` needs an `as`: it takes no plain text")
            return self.expressions.reading("text", target) if Gives.TEXT in target.takes else None
        try:
            reading = self.expressions.reading(text.value, target)
        except ValueError as error:
            self.problems.add(text.place, f"as: {error}")
            return None
        if isinstance(reading.converter, ElementOf):
            self.elements_named.append((reading.converter, text.place))
        if isinstance(reading.converter, PersonReference):
            self.persons_via.append((reading.converter, text.place))
        return reading

    def _constant(self, branch: Branch, word: str, target: Target) -> object:
        text = self.reader.text(branch, word)
        if text is None:
            return None
        if target.constant is None:
            self.problems.add(
                text.place, f"{word}: `{target.name}` can have none: only a record says who or what it is"
            )
            return None
        try:
            return target.constant(text.value.strip())
        except ValueError as error:
            self.problems.add(text.place, f"{word}: {error}")
            return None


def _place(outer: Path | None, each: Path | None, path: Path | None) -> str:
    parts: list[str] = []
    for step in (outer, each, path):
        if step is None:
            continue
        if step.from_record:
            parts.clear()
        if step.steps:
            parts.append(str(step).removeprefix("/"))
    return ".".join(parts)
