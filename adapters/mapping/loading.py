"""Reads a mapping file, once, at the start of the gateway."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from types import MappingProxyType
from typing import Final

from adapters.mapping.compiling import Compiler
from adapters.mapping.converters import PersonNumber
from adapters.mapping.covering import coverage_of
from adapters.mapping.elements import Maker
from adapters.mapping.expressions import Expressions
from adapters.mapping.making import MakerReader
from adapters.mapping.mapping import LoadedMapping, MappingIdentity, PersonRule, RecordKind
from adapters.mapping.paths import Path
from adapters.mapping.problems import MappingError, Place, Problem, Problems, allowed
from adapters.mapping.tables import Table, TableReader
from adapters.mapping.targets import Gives, Need, Target
from adapters.mapping.tree import MAX_BYTES, Branch, Node, Reader, read_tree
from schemas.plan import Goal

_PERSON: Final = Target("person", frozenset({Gives.PERSON}), many=False, need=Need.REQUIRED, constant=None)
_MAX_VERSION: Final = 1_000_000


def load_mapping(file: File) -> LoadedMapping:
    """Return the mapping that `file` holds.

    Raises:
        MappingError: it cannot be read or says something wrong; `problems` holds everything at once.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise MappingError([Problem(Place(str(file), 1, 1), f"cannot be read: {error.strerror}")]) from None
    return read_mapping(content, str(file), file.parent)


def read_mapping(content: bytes, name: str, folder: File) -> LoadedMapping:
    """Return the mapping that `content` holds; `name` stands in messages, tables' files lie in `folder`.

    Raises:
        MappingError: as `load_mapping`.
    """
    problems = Problems()
    tree = read_tree(content, name, problems)
    problems.raise_if_any()
    if tree is None:
        raise MappingError([])  # `read_tree` gives None only with a problem; this line is for the type
    loaded = _Loading(problems, folder).mapping(tree, hashlib.sha256(content).hexdigest())
    problems.raise_if_any()
    return loaded


@dataclass(frozen=True, slots=True)
class _Loading:
    """The sections of one file, in their order."""

    problems: Problems
    folder: File

    @property
    def _reader(self) -> Reader:
        return Reader(self.problems)

    def mapping(self, tree: Node, sha256: str) -> LoadedMapping:
        required, optional = frozenset({"mapping", "version", "source", "records"}), frozenset({"persons", "tables"})
        top = self._reader.branch(tree, required=required, optional=optional)
        source = (
            self._reader.branch(top.members.get("source", top), required=frozenset({"system", "identifier_system"}))
            if "source" in top.members
            else Branch({}, {}, top.place)
        )
        tables = self._tables(top)
        compiler = Compiler(self.problems, Expressions(tables, self.problems))
        persons = [rule for node in self._reader.items(top, "persons") if (rule := self._person(node, compiler))]
        kinds = self._kinds(top, compiler, persons)
        self._check_references(compiler, kinds, persons)
        return LoadedMapping(
            identity=MappingIdentity(
                self._text(top, "mapping"),
                self._version(top),
                sha256,
                tuple(sorted((each.name, each.sha256) for each in tables.values() if each.sha256)),
            ),
            system=self._text(source, "system"),
            identifier_system=self._text(source, "identifier_system"),
            persons=tuple(persons),
            kinds=MappingProxyType({each.kind: each for each in kinds}),
            names=frozenset({*(each.kind for each in kinds), *_names(compiler.used)}),
        )

    def _text(self, branch: Branch, word: str) -> str:
        text = self._reader.text(branch, word)
        return "" if text is None else text.value.strip()

    def _version(self, top: Branch) -> int:
        text = self._text(top, "version")
        if text.isascii() and text.isdigit() and 0 < int(text) < _MAX_VERSION:
            return int(text)
        if text:
            self.problems.add(top.members["version"].place, "version: a whole number from 1")
        return 0

    def _tables(self, top: Branch) -> dict[str, Table]:
        node = top.members.get("tables")
        if node is None:
            return {}
        if not isinstance(node, Branch):
            self.problems.add(node.place, "tables: names are expected, each with its rows or its file")
            return {}
        reader = TableReader(self.folder, self.problems)
        return {name: reader.table(name, each) for name, each in node.members.items()}

    def _person(self, node: Node, compiler: Compiler) -> PersonRule | None:
        required, optional = frozenset({"record", "from", "as"}), frozenset({"each", "when"})
        branch = self._reader.branch(node, required=required, optional=optional)
        path, each, when = (
            compiler.path(branch, "from"),
            compiler.list_path(branch),
            compiler.conditions(branch),
        )
        text = self._reader.text(branch, "as")
        if text is None or path is None:
            return None
        try:
            converter = compiler.expressions.reading(text.value, _PERSON).converter
        except ValueError as error:
            self.problems.add(text.place, f"as: {error}")
            return None
        if not isinstance(converter, PersonNumber):
            self.problems.add(text.place, "as: `person` or `person digits 9`")
            return None
        return PersonRule(self._text(branch, "record"), each, when, path, converter)

    def _kinds(self, top: Branch, compiler: Compiler, persons: Sequence[PersonRule]) -> list[RecordKind]:
        kinds: dict[str, RecordKind] = {}
        for node in self._reader.items(top, "records"):
            kind = self._kind(node, compiler, persons)
            if kind is None:
                continue
            if kind.kind in kinds:
                self.problems.add(node.place, f"kind: `{kind.kind}` stands twice: put its elements together")
            kinds[kind.kind] = kind
        return list(kinds.values())

    def _kind(self, node: Node, compiler: Compiler, persons: Sequence[PersonRule]) -> RecordKind | None:
        required, optional = frozenset({"kind", "id"}), frozenset({"version", "elements", "ignore"})
        branch = self._reader.branch(node, required=required, optional=optional)
        name, identity, version = (
            self._text(branch, "kind"),
            compiler.path(branch, "id"),
            compiler.path(branch, "version"),
        )
        nodes = self._reader.items(branch, "elements")
        makers = [maker for each in nodes if (maker := MakerReader(compiler).maker(each))]
        self._check_parts(branch, makers)
        ignored = [path for each in self._reader.items(branch, "ignore") if (path := self._ignored(each, compiler))]
        if identity is None or not name:
            return None
        explained = [rule for rule in persons if rule.record == name]
        coverage = coverage_of([identity, version, *ignored], makers, explained, frozenset(_names(compiler.used)))
        return RecordKind(name, identity, version, tuple(makers), coverage)

    def _ignored(self, node: Node, compiler: Compiler) -> Path | None:
        branch = self._reader.branch(node, required=frozenset({"from", "because"}))
        self._text(branch, "because")
        return compiler.path(branch, "from")

    def _check_parts(self, branch: Branch, makers: Sequence[Maker]) -> None:
        seen: set[str] = set()
        for maker in makers:
            if maker.part in seen:
                self.problems.add(
                    branch.place, f"two elements are called `{maker.part}`: give each a `part` of its own"
                )
            seen.add(maker.part)

    def _check_references(self, compiler: Compiler, kinds: Sequence[RecordKind], persons: Sequence[PersonRule]) -> None:
        goals = {(kind.kind, maker.part) for kind in kinds for maker in kind.makers if maker.kind is Goal}
        for element, place in compiler.elements_named:
            if (element.kind, element.part) not in goals:
                named = {f"{kind} {part}" for kind, part in goals}
                self.problems.add(
                    place, f"as: no goal is made of it; {allowed(named, f'{element.kind} {element.part}')}"
                )
        explained = {rule.record for rule in persons}
        for reference, place in compiler.persons_via:
            for kind in set(reference.kinds) - explained:
                self.problems.add(place, f"as: `persons` explains no `{kind}`; {allowed(explained, kind)}")


def _names(paths: Iterable[Path]) -> Iterable[str]:
    return (step.name for path in paths for step in path.steps)
