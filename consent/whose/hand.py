"""Who records, confirms or ends a fact, as token and registration say (facts contract, F1)."""

from dataclasses import dataclass
from enum import StrEnum

from schemas.words import OrganisationKind, Role


class Form(StrEnum):
    """As what somebody acts."""

    PROFESSIONAL = "professional"
    PERSON = "person"
    MENTOR = "mentor"
    ADMINISTRATOR = "administrator"
    """Of an organisation: keeps its professionals."""
    OPERATOR = "operator"
    """Of the gateway."""
    REGISTER = "register"
    """A connected register, or a file of one that was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Somebody who acts. `organisation`, its `kind` and `role` are None where the form has none."""

    form: Form
    id: str
    organisation: str | None = None
    kind: OrganisationKind | None = None
    role: Role | None = None

    @property
    def voice(self) -> str:
        """The id under which his word is kept: an organisation speaks through any professional of it."""
        return self.organisation if self.form is Form.PROFESSIONAL and self.organisation is not None else self.id

    def is_one_with(self, other: "Hand") -> bool:
        """Return whether two hands are of one side: the same somebody, or colleagues.

        Persons and mentors are themselves only; operators are each other's second pair of eyes, and so are the
        administrators of one organisation.
        """
        if self.form is other.form and self.id == other.id:
            return True
        both = {self.form, other.form}
        return both == {Form.PROFESSIONAL} and self.organisation == other.organisation
