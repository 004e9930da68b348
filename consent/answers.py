"""What a basis, or one line of it, answers.

Source: decision contract, section 3, step 2: satisfied, review(reason) or not satisfied(reason).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from consent.ends import SELF_EVIDENT, Support
from schemas.words import Reason


def _on_nothing() -> Support:
    return SELF_EVIDENT


class Once:
    """Finds what something rests on at the first call, and has it at hand from then on."""

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], Support]) -> None:
        """Take what finds it."""
        self._find = find
        self._found: Support | None = None

    def __call__(self) -> Support:
        """Return what was found."""
        if self._found is None:
            self._found = self._find()
        return self._found


@dataclass(frozen=True, slots=True)
class Satisfied:
    """It carries; `rules` are the numbers of `law.md` that were applied.

    `support` finds what it rests on, only when it is called: most answers serve to know what may be asked, not when
    a release ends.
    """

    support: Callable[[], Support] = _on_nothing
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody of the holder must look at it first."""

    reason: Reason
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class No:
    """It does not carry."""

    reason: Reason
    rules: tuple[str, ...] = ()


Answer: TypeAlias = Satisfied | Review | No
