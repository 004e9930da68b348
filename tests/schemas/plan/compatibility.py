"""What an earlier schema of the plan promised that a later one does not keep: `docs/reference/plan-versions.md`.

A later schema holds an earlier one: only members, kinds and words come with it. Everything else stays as it was, so
each plan of the earlier version is one of the later, and whoever reads only what he knows reads on.
"""

from collections.abc import Iterator
from typing import Any, Final

_TOLD: Final = frozenset({"title", "description", "default"})
"""What only people read, and what stands where a member is left out by the reader's own choice."""
_MEMBERS: Final = frozenset({"properties", "$defs"})
_CHOICES: Final = frozenset({"enum", "oneOf"})
_UNORDERED: Final = frozenset({"required", "enum", "oneOf", "anyOf"})


def broken(earlier: Any, later: Any, place: str = "") -> Iterator[str]:
    """Yield the place and the kind of each promise of `earlier` that `later` breaks; nothing where it keeps all."""
    if not isinstance(earlier, dict) or not isinstance(later, dict):
        if earlier != later:
            yield f"{place}: changed"
        return
    members = place.rpartition("/")[2] in _MEMBERS
    for word in earlier.keys() - (frozenset() if members else _TOLD):
        yield from _of_word(word, earlier[word], later, f"{place}/{word}")
    if not members:
        yield from (f"{place}/{word}: new condition" for word in later.keys() - earlier.keys() - _TOLD)


def _of_word(word: str, earlier: Any, later: dict[str, Any], place: str) -> Iterator[str]:
    if word not in later:
        yield f"{place}: removed"
    elif word in _UNORDERED and isinstance(earlier, list):
        yield from (f"{place}: {each} removed" for each in earlier if each not in later[word])
        if word not in _CHOICES:
            yield from (f"{place}: {each} added" for each in later[word] if each not in earlier)
    else:
        yield from broken(earlier, later[word], place)
