"""Reading the parameters of a search for Consents strictly. Pure.

Source: HL7 FHIR R4, *Search* (parameters, prefixes, `Prefer: handling`) and *RESTful API*.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, TypeVar

from consent.fhir.actors import TYPES
from consent.fhir.addresses import STATES
from consent.fhir.frame import STATUSES
from consent.world.fields import FieldError, calendar_day, moment
from gateway.fhir.showing import Shown
from schemas.calendar import days_after, midnight

LARGEST: Final = 100
"""Consents on a page."""
_PAGE: Final = 50
_LONGEST: Final = 200
_SECOND: Final = timedelta(seconds=1)

IDENTIFIER: Final = "patient.identifier"

S = TypeVar("S")
Reader: TypeAlias = Callable[[S, str], None]
"""Puts the value of a parameter into what is looked for.

Raises:
    ValueError: it cannot be that; the message says what is expected.
"""


class BadSearchError(ValueError):
    """A search that cannot be done: fix each parameter of `wrong`, pairs of its name and what to do."""

    def __init__(self, *wrong: tuple[str, str]) -> None:
        """Take everything that is wrong."""
        super().__init__("; ".join(f"{name}: {what}" for name, what in wrong))
        self.wrong = wrong


@dataclass(slots=True)
class Search:
    """What is looked for. `person` is an internal id; `identifier` a system and a number, in a body only.

    `used` are the parameters that a link may repeat: what it holds of a person is his internal id.
    """

    person: str | None = None
    identifier: tuple[str, str] | None = None
    count: int = _PAGE
    offset: int = 0
    used: list[tuple[str, str]] = field(default_factory=list)
    tests: list[Callable[[Shown], bool]] = field(default_factory=list)

    def finds(self, one: Shown) -> bool:
        """Return whether a Consent is looked for. What FHIR cannot say is found by its patient alone."""
        return all(test(one) for test in self.tests)


def read_search(parameters: Iterable[tuple[str, str]], *, in_url: bool, lenient: bool) -> Search:
    """Return what `parameters` ask. Where it is `lenient`, one that is not known is passed over and not in `used`.

    Raises:
        BadSearchError: with everything that is wrong.
    """
    search, wrong, seen = Search(), list[tuple[str, str]](), set[str]()
    for name, value in parameters:
        if in_url and "identifier" in name.lower():
            # INVARIANT: also where it is lenient, and however a chain is spelled: a number of a person has no place in
            # an address, nor in its answer.
            wrong.append((shown_name(name), "a number of a person never stands in an address; POST it to _search"))
            continue
        read = _READERS.get(name)
        if read is None:
            if not lenient:
                wrong.append((shown_name(name), "is not known here; take it out or check its spelling"))
            continue
        if name in seen and name not in _SEVERAL:
            wrong.append((name, "expected once"))
            continue
        seen.add(name)
        try:
            read(search, value)
        except ValueError as error:
            wrong.append((name, str(error)))
    if len({"patient", IDENTIFIER} & seen) != 1 and not wrong:
        wrong.append(("patient", f"name one person: `patient`, or `{IDENTIFIER}` in a body"))
    if wrong:
        raise BadSearchError(*wrong)
    return search


def read_each(  # noqa: PLR0913 - what the searches differ in
    parameters: Iterable[tuple[str, str]],
    readers: Mapping[str, Reader[S]],
    search: S,
    *,
    in_url: bool,
    resource: str,
    several: frozenset[str] = frozenset(),
) -> tuple[list[tuple[str, str]], set[str]]:
    """Have `readers` put `parameters` into `search`, each once but for `several`; return what is wrong, and the names.

    What is not known is wrong. `resource` is what is searched for: an address that holds a number names it.
    """
    wrong, seen = list[tuple[str, str]](), set[str]()
    for name, value in parameters:
        # INVARIANT: before all else: nothing of the number may stand in the answer either.
        if in_url and "identifier" in name.lower():
            why = f"a number of a person never stands in an address; POST it to {resource}/_search"
            wrong.append((shown_name(name), why))
        elif name not in readers:
            wrong.append((shown_name(name), f"is not known here; known are {', '.join(readers)}"))
        elif name in seen and name not in several:
            wrong.append((name, "expected once"))
        else:
            seen.add(name)
            try:
                readers[name](search, value)
            except ValueError as error:
                wrong.append((name, str(error)))
    return wrong, seen


def shown_name(name: str) -> str:
    """Return the name of a parameter as an answer may repeat it."""
    # A name is a text of the sender: one that could be anything is not repeated.
    return name if name.replace(":", "").replace(".", "").replace("-", "").lstrip("_").isalpha() else "(parameter)"


def _patient(search: Search, value: str) -> None:
    name = value.removeprefix("Patient/")
    if not name or "/" in name or "," in name:
        raise ValueError("expected one person: `Patient/` and an id")
    search.person = name


def _identifier(search: Search, value: str) -> None:
    search.identifier = identifier(value)


def identifier(value: str) -> tuple[str, str]:
    """Return the system and the number that a token names.

    Raises:
        ValueError: it does not name both.
    """
    system, bar, number = value.partition("|")
    if not (system and bar and number) or len(value) > _LONGEST:
        raise ValueError("expected a system, a `|` and a number")
    return system, number


def _status(search: Search, value: str) -> None:
    wanted = {each.removeprefix(f"{STATES}|") for each in value.split(",")}
    if not wanted <= STATUSES:
        raise ValueError("expected one or more consent states of FHIR R4, with a `,` between")
    search.tests.append(lambda one: one.resource is None or one.resource["status"] in wanted)
    search.used.append(("status", value))


def _actor(search: Search, value: str) -> None:
    wanted = value.split(",")
    for each in wanted:
        kind, bar, name = each.partition("/")
        if not each or len(each) > _LONGEST or (bar and (kind not in TYPES or not name)):
            raise ValueError(f"expected an id, or one of {', '.join(TYPES)}, a `/` and an id")
    search.tests.append(lambda one: one.resource is None or bool(_actors(one.resource) & set(wanted)))
    search.used.append(("actor", value))


def _actors(resource: Mapping[str, Any]) -> set[str]:
    found = {each["reference"]["reference"] for each in resource["provision"].get("actor", ())}
    return found | {each.partition("/")[2] for each in found}


_COMPARED: Final[Mapping[str, Callable[[datetime, datetime, datetime], bool]]] = {
    "eq": lambda told, begins, ends: begins <= told < ends,
    "ge": lambda told, begins, _: told >= begins,
    "gt": lambda told, _, ends: told >= ends,
    "le": lambda told, _, ends: told < ends,
    "lt": lambda told, begins, _: told < begins,
}
"""Whether what was changed at an instant fits a day or second that begins and ends."""


def _last_updated(search: Search, value: str) -> None:
    prefix, wanted = (value[:2], value[2:]) if value[:2] in _COMPARED else ("eq", value)
    try:
        begins, ends = span(wanted)
    except (FieldError, OverflowError):
        said = ", ".join(_COMPARED)
        raise ValueError(f"expected one of {said}, and a whole date or an instant with an offset") from None
    compare = _COMPARED[prefix]
    search.tests.append(lambda one: compare(one.updated, begins, ends))
    search.used.append(("_lastUpdated", value))


def span(wanted: str) -> tuple[datetime, datetime]:
    """Return the first instant of a day, second or millisecond, and the first behind it.

    Raises:
        FieldError, OverflowError: it is none of these.
    """
    if "T" not in wanted:
        day = calendar_day(wanted)
        return midnight(day), midnight(days_after(day, 1))
    at = moment(wanted)
    # Without a fraction it is the whole second (R4, *Search*, date).
    return at, at + (timedelta(microseconds=1000) if "." in wanted else _SECOND)


def _count(search: Search, value: str) -> None:
    search.count = min(whole_number(value), LARGEST)
    search.used.append(("_count", str(search.count)))


def _offset(search: Search, value: str) -> None:
    search.offset = whole_number(value)


def whole_number(value: str) -> int:
    """Return the number that a parameter holds.

    Raises:
        ValueError: it holds none; the message says what is expected.
    """
    if not (value.isascii() and value.isdecimal() and len(value) <= len(str(10**6))):
        raise ValueError("expected a whole number from 0")
    return int(value)


def require_json_format(_search: object, value: str) -> None:
    """Go on only where `_format` asks for JSON.

    Raises:
        ValueError: it asks for something else.
    """
    if value not in {"json", "application/json", "application/fhir+json", "application/fhir json"}:
        raise ValueError("expected `json`")


OFFSET: Final = "_offset"
_READERS: Final[Mapping[str, Reader[Search]]] = {
    "patient": _patient,
    IDENTIFIER: _identifier,
    "status": _status,
    "actor": _actor,
    "_lastUpdated": _last_updated,
    "_count": _count,
    OFFSET: _offset,
    "_format": require_json_format,
}
_SEVERAL: Final = frozenset({"_lastUpdated", "actor", "status"})
"""What may be asked several times: all of it must hold."""
