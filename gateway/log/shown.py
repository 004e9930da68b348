"""An event as an officer sees it in a list: who, about whom (by a pseudonym), what, how it ended, why. Pure.

Never content, no name and no justification: those need a ticket.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from audit.events import Field
from audit.part import PEOPLE, Part, is_erased, said_in
from schemas.calendar import utc_milliseconds
from schemas.words import Result

_ACTOR: Final = ("form", "id", "role", "organisation", "client", "authentication", "officer")


@dataclass(frozen=True)
class Showing:
    """Writes parts of events for one viewer. `pseudonym` and `sealed` name a person in a list and in a URL."""

    pseudonym: Callable[[str], str]
    sealed: Callable[[str], str]

    def row(self, seen: Part) -> dict[str, Any]:
        """Return the event as one row."""
        told = seen.told
        return {
            "id": told.id,
            "seq": told.seq,
            "at": utc_milliseconds(told.at),
            "kind": None if seen.kind is None else str(seen.kind),
            "outcome": None if seen.outcome is None else str(seen.outcome),
            "actor": self.actor(seen),
            "organisation": told.organisation,
            "counterparties": list(seen.holders),
            "person": self.person(seen),
            "purpose": told.fields.get(Field.PURPOSE),
            "categories": told.fields.get(Field.CATEGORIES),
            "bases": sorted({each["basis"] for each in seen.elements if each["basis"] is not None}),
            "reasons": sorted({str(each["reason"]) for each in (*seen.elements, *seen.not_asked) if each["reason"]}),
            "elements": {str(each): sum(one["result"] == each for one in seen.elements) for each in Result},
            "not_asked": len(seen.not_asked),
            "rule_set": told.rule_set,
            "request_id": told.request_id,
            "erased": is_erased(seen.told),
        }

    def person(self, seen: Part) -> dict[str, str] | None:
        """Return how this viewer's lists name the person; None where there is nobody, or he may not know who."""
        return None if seen.person is None else self.named(seen.person)

    def named(self, person: str) -> dict[str, str]:
        """Return how this viewer's lists name `person`, and how he may ask for him in a URL."""
        return {"pseudonym": self.pseudonym(person), "url": self.sealed(person)}

    def actor(self, seen: Part) -> dict[str, Any]:
        """Return who acted: a person or mentor as lists name persons, anybody else by his account."""
        actor = said_in(seen.told, Field.ACTOR)
        told = {name: actor[name] for name in _ACTOR if actor.get(name) is not None}
        return told | self.named(str(told.pop("id"))) if told.get("form") in PEOPLE and "id" in told else told
