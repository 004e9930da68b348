"""Which reasons a function of the core can answer, for a no or for a review, read off its source.

The lines of consent and the gates are code and no rows; so that the page cannot say another reason than they do, it
reads them.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from schemas.words import Reason

Function: TypeAlias = Callable[..., Any]
Ways: TypeAlias = dict[str, set[str]]
"""For each reason `NO`, `REVIEW`, or both."""

NO: Final = "No"
REVIEW: Final = "Review"
_UNCOVERED: Final = "Uncovered"


def ways_of(function: Function) -> Ways:
    """Return each reason in the source of a function, and of those of its module that it calls."""
    found: Ways = {}
    for called in _with_those_called(function, set()):
        for call in (node for node in ast.walk(_source(called)) if isinstance(node, ast.Call)):
            ways = _ways_of_call(call)
            for reason in _reasons_of_call(call, called) if ways else ():
                found.setdefault(reason, set()).update(ways)
    return found


def _with_those_called(function: Function, seen: set[Function]) -> set[Function]:
    seen.add(function)
    for call in (node for node in ast.walk(_source(function)) if isinstance(node, ast.Call)):
        for name in _names(call.func):
            other = _beside(function, name)
            if other is not None and other not in seen:
                _with_those_called(other, seen)
    return seen


def _ways_of_call(call: ast.Call) -> set[str]:
    names = _names(call.func)
    if _UNCOVERED not in names:
        return names & {NO, REVIEW}
    review = next((word.value for word in call.keywords if word.arg == "review"), None)
    if isinstance(review, ast.Constant):
        return {REVIEW if review.value else NO}
    return {NO, REVIEW}


def _reasons_of_call(call: ast.Call, function: Function) -> Iterator[str]:
    """Yield the reasons in the first argument, those of a function that finds one among them."""
    for argument in call.args[:1]:
        yield from _reasons(argument)
        for name in _names(argument):
            finder = _beside(function, name)
            if finder is not None:
                yield from _reasons(_source(finder))


def _reasons(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and one.attr in Reason.__members__:
            yield one.attr


def _names(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _beside(function: Function, name: str) -> Function | None:
    """Return the function of this name that the same module defines, if it does."""
    other = getattr(inspect.getmodule(function), name, None)
    return other if inspect.isfunction(other) and other.__module__ == function.__module__ else None


def _source(function: Function) -> ast.Module:
    return ast.parse(inspect.getsource(function))
