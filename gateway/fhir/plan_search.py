"""Reading a search for a CarePlan strictly: it states a question, and finds the plan that answers it. Pure.

Source: HL7 FHIR R4, *Search* and *RESTful API*; `docs/reference/fhir-door.md`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from consent.naming import PERSON_SYSTEM
from gateway.fhir.searching import BadSearchError, Reader, identifier, read_each, require_json_format, whole_number
from schemas.words import ALL, Category, Purpose

PATIENT: Final = "Patient/"
_LONGEST: Final = 200
_PERSON: Final = ("subject", "patient", "subject.identifier", "patient.identifier")
_NO_ID: Final = frozenset("/,|")
"""What stands in no id: of an address, of several values, and of a number behind its system."""


@dataclass(slots=True)
class PlanSearch:
    """What is looked for, as the members of the native question. `used` is what a link may repeat.

    Who is named by a number stands in no link: what it would name him by is his id, and that nobody may have told yet.
    """

    question: dict[str, Any] = field(default_factory=dict, repr=False)
    used: list[tuple[str, str]] = field(default_factory=list, repr=False)

    def link(self, base: str) -> str:
        """Return the address of this search."""
        return f"{base}/CarePlan?{urlencode(self.used, safe='/:,|')}"


def read_plan_search(parameters: Iterable[tuple[str, str]], *, in_url: bool) -> PlanSearch:
    """Return what `parameters` ask. What is not known is refused, also where the client would be lenient.

    A parameter that would be passed over could be one that limits, and then more would leave than was asked for.

    Raises:
        BadSearchError: with everything that is wrong.
    """
    search = PlanSearch()
    wrong, seen = read_each(parameters, _READERS, search, in_url=in_url, resource="CarePlan")
    wrong = wrong or _missing(seen)
    if wrong:
        raise BadSearchError(*wrong)
    return search


def _missing(seen: set[str]) -> list[tuple[str, str]]:
    wrong = []
    if len(seen.intersection(_PERSON)) != 1:
        wrong.append(("subject", "name one person: `subject`, or `subject.identifier` in a body"))
    if "purpose" not in seen:
        wrong.append(("purpose", f"say what it is for: one of {', '.join(Purpose)}"))
    if "category" not in seen:
        wrong.append(("category", f"say which categories, with a `,` between, or `{ALL}`"))
    return wrong


def _subject(name: str, search: PlanSearch, value: str) -> None:
    person = value.removeprefix(PATIENT)
    if not 0 < len(person) <= _LONGEST or not person.isprintable() or _NO_ID.intersection(person):
        raise ValueError("expected one person: `Patient/` and an id")
    search.question["person"] = {"system": PERSON_SYSTEM, "value": person}
    search.used.append((name, f"{PATIENT}{person}"))


def _number(search: PlanSearch, value: str) -> None:
    system, number = identifier(value)
    search.question["person"] = {"system": system, "value": number}


def _purpose(search: PlanSearch, value: str) -> None:
    if value not in set(Purpose):
        raise ValueError(f"expected one of {', '.join(Purpose)}")
    search.question["purpose"] = value
    search.used.append(("purpose", value))


def _category(search: PlanSearch, value: str) -> None:
    wanted = value.split(",")
    if value != ALL and (not set(wanted) <= set(Category) or len(set(wanted)) != len(wanted)):
        raise ValueError(f"expected `{ALL}`, or some of {', '.join(Category)}, with a `,` between")
    search.question["categories"] = ALL if value == ALL else wanted
    search.used.append(("category", value))


def _count(_search: PlanSearch, value: str) -> None:
    # A search finds one plan or is refused, so a page of one or more holds all there is.
    if whole_number(value) < 1:
        raise ValueError("expected 1 or more: there is one plan or none that may be seen")


_READERS: Final[Mapping[str, Reader[PlanSearch]]] = {
    "subject": partial(_subject, "subject"),
    "patient": partial(_subject, "patient"),
    "subject.identifier": _number,
    "patient.identifier": _number,
    "purpose": _purpose,
    "category": _category,
    "_count": _count,
    "_format": require_json_format,
}
