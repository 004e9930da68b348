"""All single changes of a module: what is changed, and the module's tree with it."""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tests.mutants.swaps import swaps

SKIPPED_CALLS: Final = frozenset({"Title", "TypeVar", "ParamSpec", "noqa"})
"""Texts for readers, and what only a type checker looks at: a change there decides nothing."""
SKIPPED_KEYWORDS: Final = frozenset(
    {"title", "articles", "frozen", "slots", "kw_only", "eq", "repr", "maxsize", "looks_at_holder_only"}
)
"""Titles, shapes of classes, and what only saves work: without it the same is weighed again, to the same answer."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `number` counts the changes of the module, `line` is where it is."""

    module: str
    number: int
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} #{self.number} {self.what}"


class _Walk:
    """Walks a tree, counting the places that can change, and changes one of them."""

    def __init__(self, wanted: int | None = None) -> None:
        self.found: list[tuple[int, str]] = []
        self._wanted = wanted

    def offer(self, node: ast.AST, what: str, change: Callable[[], None]) -> None:
        """Take note of a change, and make it if it is the wanted one."""
        if len(self.found) == self._wanted:
            change()
        self.found.append((getattr(node, "lineno", 0), what))

    def walk(self, node: ast.AST) -> None:
        for name, value in _children(node):
            if isinstance(value, list):
                for place, one in enumerate(list(value)):
                    self._one(node, name, one, (value, place))
            else:
                self._one(node, name, value, None)

    def _one(self, parent: ast.AST, name: str, node: ast.AST, at: tuple[list[ast.AST], int] | None) -> None:
        if _is_for_readers(node):
            return

        def put(new: ast.AST) -> Callable[[], None]:
            ast.copy_location(new, node)

            def change() -> None:
                if at is None:
                    setattr(parent, name, new)
                else:
                    at[0][at[1]] = new

            return change

        for what, new in swaps(node):
            self.offer(node, what, put(new))
        self.walk(node)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST | list[ast.AST]]]:
    """The fields that run: no annotations, no decorators."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases", "type_params"}:
            continue
        several = isinstance(value, list) and all(isinstance(one, ast.AST) for one in value)
        if isinstance(value, ast.AST) or several:
            yield name, value


def _is_for_readers(node: ast.AST) -> bool:
    """Return whether a node is a docstring, an error's text, a title, an import or an alias of types."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Raise | ast.JoinedStr | ast.arguments):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.dump(node.annotation):
        return True
    if isinstance(node, ast.keyword):
        return node.arg in SKIPPED_KEYWORDS
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SKIPPED_CALLS


def mutants_of(module: str, source: str) -> list[Mutant]:
    """Return every change of a module, in the order of its lines."""
    walk = _Walk()
    walk.walk(ast.parse(source))
    return [Mutant(module, number, line, what) for number, (line, what) in enumerate(walk.found)]


def changed(mutant: Mutant, sources: Mapping[str, str]) -> ast.Module:
    """Return the tree of the mutant's module with its change made."""
    tree = ast.parse(sources[mutant.module])
    _Walk(mutant.number).walk(tree)
    return ast.fix_missing_locations(copy.deepcopy(tree))
