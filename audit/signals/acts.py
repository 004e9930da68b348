"""What the rules look at: who did what, when, and whether the facts of the event say that he works with this family.

Each as the officer who looks may see it (`audit.part`): of what gave the asking side nothing he learns neither whom it
was about nor whether it waits, or he would learn who is known to youth care.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from audit.events import Field, Kind
from audit.part import WHOLE, Part, part
from audit.signals.bases import needs_no_relation
from audit.told import Told
from schemas.calendar import parse_moment

LOOKED: Final = Kind.EXCHANGE_DISCLOSED
REFUSED: Final = frozenset({Kind.EXCHANGE_DENIED, Kind.EXCHANGE_REVIEWED, Kind.FACT_REFUSED})
"""What gave nothing. What waits for somebody is in it: a signal that is missing would tell that something is there."""
EMERGENCY: Final = Kind.EMERGENCY_OPENED
COMPARED: Final = frozenset({LOOKED, EMERGENCY})
"""The kinds of event that are compared with the weeks before."""
KINDS: Final = frozenset({*COMPARED, *REFUSED})
"""The kinds of event that a rule may look at; the rest need not be opened."""

_AT_WORK: Final = frozenset({"professional", "client"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One event of somebody at work. The gateway puts pseudonyms in `account` and `person` before a rule sees them.

    `related` says whether a fact of the event shows a working relation with this family at that instant, or the law
    asked for none; None where that cannot be known. `person` is None for what is about nobody, after erasure, and where
    the officer who looks may not learn whom it was about.
    """

    event: str
    at: datetime
    kind: Kind
    organisation: str
    account: str = field(repr=False)
    form: str = "professional"
    role: str | None = None
    person: str | None = field(default=None, repr=False)
    related: bool | None = None

    @property
    def is_of_a_human(self) -> bool:
        """Whether somebody did it, not a system for itself."""
        return self.form == "professional"


def act_of(told: Told, viewer: str = WHOLE) -> Act | None:
    """Return the act that `told` is to the officer of `viewer`, or None where no rule shows him such an event.

    He sees what his own people did, and the gateway's own officer (`audit.part.WHOLE`) what everybody did. What persons
    and mentors do with what is their own is no signal: they may look at night and as often as they like.
    """
    actor = told.fields.get(Field.ACTOR)
    if told.kind not in KINDS or not isinstance(actor, Mapping) or actor.get("form") not in _AT_WORK:
        return None
    seen = part(told, viewer) if viewer in {WHOLE, told.organisation} else None
    if seen is None:
        return None
    # Of what was erased only the open members are left: whether something was given stands in them.
    kind = told.kind if seen.kind is None else seen.kind
    return Act(
        event=told.id,
        at=told.at,
        kind=kind,
        organisation=told.organisation,
        account=str(actor.get("id")),
        form=actor["form"],
        role=actor.get("role"),
        person=seen.person,
        related=_related(seen, actor) if kind is LOOKED else None,
    )


def _related(seen: Part, actor: Mapping[str, Any]) -> bool | None:
    if needs_no_relation(seen):
        return True
    facts = seen.told.fields.get(Field.FACTS)
    if not isinstance(facts, Mapping):
        return None
    try:
        # The clock of the decision, which is another than the log's in a sandbox.
        at = parse_moment(facts["request"]["at"])
        return _helps(facts, actor, at) or _executes(facts, actor, at)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _helps(facts: Mapping[str, Any], actor: Mapping[str, Any], at: datetime) -> bool:
    return any(
        _is_on(each, at)
        and each.get("professional") in {None, actor["id"]}
        and (each.get("professional") == actor["id"] or actor["organisation"] in _listed(each, "organisations"))
        for each in facts.get("involvements", ())
    )


def _executes(facts: Mapping[str, Any], actor: Mapping[str, Any], at: datetime) -> bool:
    """Say whether he runs a measure of this family, or works for whom the measure engaged."""
    orders = [each for each in facts.get("orders", ()) if _is_on(each, at)]
    runs = any(
        each.get("executor") == actor["organisation"]
        and (each.get("workers") is None or actor["id"] in _listed(each, "workers"))
        for each in orders
    )
    engaged = {each["id"] for each in orders}
    return runs or any(
        each["order"] in engaged and each.get("provider") == actor["organisation"] and _is_on(each, at)
        for each in facts.get("assignments", ())
    )


def _is_on(entry: Mapping[str, Any], at: datetime) -> bool:
    ends = [parse_moment(entry[name]) for name in ("until", "ended_on", "objection_on") if entry.get(name)]
    return parse_moment(entry["since"]) <= at and all(at < end for end in ends)


def _listed(entry: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = entry.get(name)
    return found if isinstance(found, list) else [found]
