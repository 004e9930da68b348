"""What a piece of code can be swapped for: each a small mistake that somebody could make."""

import ast
import copy
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final, TypeAlias

from consent.entry import Capability
from schemas import words

Swap: TypeAlias = tuple[str, ast.AST]

_COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Mult: ast.Add,
}
_NAMES: Final = {"any": "all", "all": "any", "min": "max", "max": "min", "must": "should", "should": "must"}
_ENUMERATIONS: Final[dict[str, list[str]]] = {
    name: list(found.__members__)
    for name, found in {**vars(words), "Capability": Capability}.items()
    if isinstance(found, type) and issubclass(found, StrEnum)
}


def swaps(node: ast.AST) -> Iterator[Swap]:
    """Return what can stand in place of `node`, and what each says."""
    for kind, find in _FINDERS:
        if isinstance(node, kind):
            yield from find(node)


def _shown(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:60]


def _comparison(node: ast.Compare) -> Iterator[Swap]:
    for place, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            new = copy.deepcopy(node)
            new.ops[place] = other()
            yield f"{_shown(node)} -> {_shown(new)}", new


def _boolean(node: ast.BoolOp) -> Iterator[Swap]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield f"{type(node.op).__name__} -> {type(other).__name__}: {_shown(node)}", ast.BoolOp(other, node.values)
    for place, value in enumerate(node.values):
        left = node.values[:place] + node.values[place + 1 :]
        yield f"without `{_shown(value)}`", left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def _negation(node: ast.UnaryOp) -> Iterator[Swap]:
    if isinstance(node.op, ast.Not):
        yield f"{_shown(node)} -> {_shown(node.operand)}", node.operand


def _arithmetic(node: ast.BinOp) -> Iterator[Swap]:
    other = _OPERATORS.get(type(node.op))
    if other is not None:
        yield f"{type(node.op).__name__} -> {other.__name__}: {_shown(node)}", ast.BinOp(node.left, other(), node.right)


def _condition(node: ast.If | ast.IfExp) -> Iterator[Swap]:
    for value in (True, False):
        new = copy.copy(node)
        new.test = ast.copy_location(ast.Constant(value), node.test)
        yield f"`{_shown(node.test)}` -> {value}", new


def _comprehension(node: ast.comprehension) -> Iterator[Swap]:
    for place, one in enumerate(node.ifs):
        new = copy.copy(node)
        new.ifs = node.ifs[:place] + node.ifs[place + 1 :]
        yield f"without `if {_shown(one)}`", new


def _constant(node: ast.Constant) -> Iterator[Swap]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} -> {not value}", ast.Constant(not value)
    elif isinstance(value, int):
        yield f"{value} -> {value + 1}", ast.Constant(value + 1)
        yield f"{value} -> {value - 1}", ast.Constant(value - 1)
    elif isinstance(value, str):
        yield f"'{value}' -> 'X{value}'", ast.Constant(f"X{value}")


def _call(node: ast.Call) -> Iterator[Swap]:
    if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
        new = copy.copy(node)
        new.func = ast.copy_location(ast.Name(_NAMES[node.func.id], ast.Load()), node.func)
        yield f"{_shown(node)} -> {_NAMES[node.func.id]}", new
    if isinstance(node.func, ast.Name) and node.func.id == "reversed":
        yield f"without reversed: {_shown(node)}", node.args[0]
    if len(node.args) > 1:
        for place, one in enumerate(node.args):
            new = copy.copy(node)
            new.args = node.args[:place] + node.args[place + 1 :]
            yield f"without the argument `{_shown(one)}`", new
    for place, keyword in enumerate(node.keywords):
        if keyword.arg in {"title", "articles", "looks_at_holder_only", "maxsize", "repr", "compare"}:
            continue
        new = copy.copy(node)
        new.keywords = node.keywords[:place] + node.keywords[place + 1 :]
        yield f"without `{_shown(keyword)}`", new


def _elements(node: ast.Tuple | ast.List | ast.Set) -> Iterator[Swap]:
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    for place, one in enumerate(node.elts):
        new = copy.copy(node)
        new.elts = node.elts[:place] + node.elts[place + 1 :]
        emptied = isinstance(node, ast.Set) and not new.elts
        yield f"without the element `{_shown(one)}`", ast.Call(ast.Name("set", ast.Load()), [], []) if emptied else new


def _member(node: ast.Attribute) -> Iterator[Swap]:
    if isinstance(node.value, ast.Name) and node.attr in (names := _ENUMERATIONS.get(node.value.id, [])):
        other = names[(names.index(node.attr) + 1) % len(names)]
        yield f"{_shown(node)} -> {other}", ast.Attribute(node.value, other, ast.Load())


def _statement(node: ast.stmt) -> Iterator[Swap]:
    yield f"without `{_shown(node)}`", ast.Pass()


_FINDERS: Final[tuple[tuple[Any, Callable[[Any], Iterator[Swap]]], ...]] = (
    (ast.Compare, _comparison),
    (ast.BoolOp, _boolean),
    (ast.UnaryOp, _negation),
    (ast.BinOp, _arithmetic),
    ((ast.If, ast.IfExp), _condition),
    (ast.comprehension, _comprehension),
    (ast.Constant, _constant),
    (ast.Call, _call),
    ((ast.Tuple, ast.List, ast.Set), _elements),
    (ast.Attribute, _member),
    ((ast.Expr, ast.AugAssign, ast.Continue), _statement),
)
