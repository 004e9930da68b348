"""Whom the references of one Consent mean, by id; and as what each id was named."""

import re
from dataclasses import dataclass, field
from typing import Final

from consent.fhir.actors import TYPES
from consent.fhir.around import Around
from consent.fhir.elements import Notes
from consent.fhir.issues import IssueCode

_OURS: Final = re.compile(rf"({'|'.join(TYPES)})/([A-Za-z0-9\-.]{{1,64}})", re.ASCII)


@dataclass(slots=True)
class Naming:
    """Gives ids for references, and keeps which type each id was named as, and where first."""

    around: Around
    notes: Notes
    claims: dict[str, tuple[str, str]] = field(default_factory=dict)

    def ids(self, reference: str, place: str) -> tuple[str, ...]:
        """Return whom `reference` names; nobody where it cannot be said, which is noted."""
        if self.around.actors is not None:
            found = self.around.actors.get(reference, ())
            if not found:
                self.notes.wrong(place, IssueCode.VALUE, "names nobody whom the table of actors knows")
            return found
        ours = _OURS.fullmatch(reference)
        if ours is None:
            self.notes.wrong(place, IssueCode.VALUE, f"expected one of {', '.join(TYPES)}, a `/` and an id")
            return ()
        kind, name = ours.groups()
        if self.claims.setdefault(name, (kind, place))[0] != kind:
            self.notes.wrong(place, IssueCode.VALUE, "the same id is named as something else elsewhere")
        return (name,)

    def one(self, reference: str | None, place: str) -> str | None:
        """Return the one somebody whom `reference` names."""
        found = () if reference is None else self.ids(reference, place)
        if len(found) > 1:
            self.notes.wrong(place, IssueCode.VALUE, "names more than one; a Consent is of one giver about one person")
        return found[0] if len(found) == 1 else None
