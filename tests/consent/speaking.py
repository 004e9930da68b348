"""Asking a small world who must say yes for `sem`: `sem + moeder`, or the levels of his chain, `moeder zus > luus`."""

from typing import Any

from consent.representation import Givers, givers_for
from consent.situation import Situation
from tests.consent.make import read, world

NOBODY = "nobody"


def givers(**sections: Any) -> Givers:
    """Return who must say yes for `sem` in a world."""
    found = read(world(**sections))
    [request] = found.requests
    return givers_for(Situation(request, found.facts, request.at), "sem")


def spoken(**sections: Any) -> str:
    """Return the same as one line; `nobody` where nobody can."""
    found = givers(**sections)
    one_by_one = ["sem"] * found.himself + [one.id for one in found.holders]
    levels = [" ".join(one.id for one in level) for level in found.levels]
    return " + ".join(one_by_one) or " > ".join(levels) or NOBODY
