"""From an entry of `elements` to the maker of one kind of element."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from adapters.mapping.compiling import OPENING, Compiler
from adapters.mapping.elements import Maker
from adapters.mapping.paths import Path
from adapters.mapping.problems import allowed
from adapters.mapping.rules import Rule, Slot
from adapters.mapping.targets import Need, targets_of
from adapters.mapping.tree import Branch, Node, Text
from schemas.plan import KINDS

_HANDLING: Final = "handling."
_PERIOD: Final = "period."
_PART: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class MakerReader:
    """Reads entries of `elements`."""

    compiler: Compiler

    def maker(self, node: Node) -> Maker | None:
        """Return the maker that an entry of `elements` describes, or None where it is of no use."""
        required, optional = frozenset({"kind", "rules"}), frozenset({"part", "each", "key", "when"})
        branch = self.compiler.reader.branch(node, required=required, optional=optional)
        word = self.compiler.reader.text(branch, "kind")
        if word is None:
            return None
        if word.value not in KINDS:
            self.compiler.problems.add(word.place, f"kind: no such kind `{word.value}`; {allowed(KINDS, word.value)}")
            return None
        targets = targets_of(word.value)
        part, each, key = self._part(branch, word), self.compiler.list_path(branch), self._key(branch)
        nodes = self.compiler.reader.items(branch, "rules")
        rules = [
            rule
            for number, entry in enumerate(nodes, 1)
            if (rule := self.compiler.rule(entry, f"{part} rule {number}", targets, each))
        ]
        always = [name for name, target in targets.items() if target.need is Need.REQUIRED]
        slots = self._slots(branch, rules, always)
        if not slots.keys() >= set(always):
            return None
        about, category = slots.pop("about"), slots.pop("category")
        handling = {name: slot for name, slot in slots.items() if name.startswith(_HANDLING)}
        plain = {name: slot for name, slot in slots.items() if "." not in name}
        period = {name: slot for name, slot in slots.items() if name.startswith(_PERIOD)}
        return Maker(
            kind=KINDS[word.value],
            part=part,
            each=each,
            key=key,
            when=self.compiler.conditions(branch),
            about=about,
            category=category,
            fields=plain | period,
            handling={name.removeprefix(_HANDLING): slot for name, slot in handling.items()},
            handles_alike=all(slot.is_of_record for slot in handling.values()),
        )

    def _part(self, branch: Branch, kind: Text) -> str:
        text = self.compiler.reader.text(branch, "part")
        if text is None:
            return kind.value
        if not _PART.fullmatch(text.value):
            self.compiler.problems.add(text.place, "part: small letters, digits and `-`, at most 40")
        return text.value

    def _key(self, branch: Branch) -> Path | None:
        if ("each" in branch.members) is not ("key" in branch.members):
            self.compiler.problems.add(branch.place, "`each` and `key` go together: what tells the items apart")
        key = branch.members.get("key")
        if isinstance(key, Text) and key.value == "position":
            return None
        return self.compiler.path(branch, "key")

    def _slots(self, branch: Branch, rules: list[Rule], always: Iterable[str]) -> dict[str, Slot]:
        by_target: dict[str, list[Rule]] = {}
        for rule in rules:
            by_target.setdefault(rule.target.name, []).append(rule)
        for name in always:
            if name not in by_target:
                self.compiler.problems.add(branch.place, f"no rule fills `{name}`, and no element is made without it")
        for name, same in by_target.items():
            self._check_slot(branch, name, same)
        return {name: Slot.of(same) for name, same in by_target.items()}

    def _check_slot(self, branch: Branch, name: str, same: list[Rule]) -> None:
        for rule in same[:-1]:
            if rule.converter is None and not rule.when and rule.each is None and not rule.target.many:
                self.compiler.problems.add(
                    branch.place, f"{rule.label} always fills `{name}`, so a later rule never counts"
                )
        if name in OPENING and any(rule.when for rule in same) and (len(same) > 1 or same[0].default is not None):
            self.compiler.problems.add(
                branch.place,
                f"`{name}` with `when` may have no second rule and no default: what is not known must not open; "
                "use `as: code TABLE`, or two elements with `when`",
            )
