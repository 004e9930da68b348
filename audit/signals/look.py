"""Looking at a period with every rule that is on."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from audit.signals.acts import Act
from audit.signals.finding import FINDERS
from audit.signals.looked import Looked
from audit.signals.rows import ROWS
from audit.signals.rule import Hit, Rule, Unable
from schemas.calendar import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of it. `explained` counts the acts that a rule left out because somebody explained them."""

    looked: int
    rules: tuple[Rule, ...]
    hits: tuple[Hit, ...]
    unable: tuple[Unable, ...]
    explained: int


def look(looked: Looked, *, explained: Callable[[Rule, Act], bool], off: Collection[str] = ()) -> Seen:
    """Return what every rule finds that is not `off` (by number). A rule does not see what is `explained` to it."""
    rules = tuple(rule for rule in ROWS if rule.number not in off)
    hits: list[Hit] = []
    unable: list[Unable] = []
    left_out = 0
    for rule in rules:
        acts = [act for act in looked.acts if local_day(act.at) >= rule.in_force_from]
        kept = [act for act in acts if not explained(rule, act)]
        left_out += len(acts) - len(kept)
        found = FINDERS[rule.number](rule, kept, looked)
        hits += found.hits
        unable += found.unable
    return Seen(looked=len(looked.acts), rules=rules, hits=tuple(hits), unable=tuple(unable), explained=left_out)
