"""What may be wrong with a FHIR Consent, and with an entry that is to become one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_ISSUES: Final = 100
"""So many things are told to be wrong, the first of them; who puts those right hears of the next.

A small body may hold tens of thousands of them: reading on would keep everybody else waiting for an answer that nobody
reads.
"""


class IssueCode(StrEnum):
    """What sort of wrong: the words of FHIR's `issue-type` that this gateway uses."""

    STRUCTURE = "structure"
    REQUIRED = "required"
    VALUE = "value"
    CODE_INVALID = "code-invalid"
    NOT_SUPPORTED = "not-supported"
    BUSINESS_RULE = "business-rule"
    INFORMATIONAL = "informational"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to know: where (FHIRPath), what sort, and what to do about it. Never a value that was sent."""

    expression: str
    code: IssueCode
    what: str


class UnreadableConsentError(ValueError):
    """A Consent says what cannot be kept, or not so: show `issues` to who wrote it. Nothing of it was kept."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        """Take what is wrong, in the order of the resource."""
        super().__init__("; ".join(f"{each.expression}: {each.what}" for each in issues))
        self.issues = issues


class InexpressibleError(ValueError):
    """An entry that no FHIR Consent can carry: say that it is there, and show it by another way."""
