"""What a register says about authority, in a file: CSV with the codes of the national register, or its own JSON.

A code says which of the two legal parents have authority, so a line names them by their numbers. An empty code says
that nothing is noted, not that nobody has it (*Logisch Ontwerp BRP*, category 11): who has it is then not known here.

Source: docs/how-to/import-a-register.md; `Gezag` of the BRP interfaces.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from consent.registers import columns
from consent.registers.columns import Values, values_of
from consent.registers.gezag_codes import BUILT_IN, MEANINGS, Code
from consent.registers.gezag_forms import Named, Relationship, citizen_service_number, relationships_of
from consent.registers.problems import Problem, RegisterError, cell
from consent.registers.said import AuthoritySaid
from consent.registers.text_table import MOST_LINES, decoded, read_table
from consent.world.fields import FieldError, Reader, items, moment
from consent.world.shape import Shape, shape
from schemas.calendar import local_day
from schemas.words import AuthorityKind

COLUMNS: Final[Mapping[str, Reader]] = {
    "bsn!": columns.number,
    "authority": columns.name,
    "answered_on!": columns.instant,
    "parent_1": columns.number,
    "parent_2": columns.number,
    "third_1": columns.number,
    "third_2": columns.number,
    "under_investigation": columns.yes_or_no,
}
_THIRDS: Final = ("third_1", "third_2")


def read_authority(content: bytes, codes: Mapping[str, Code] = BUILT_IN) -> tuple[AuthoritySaid, ...]:
    """Return what a file says about authority, in its order. JSON where it begins with a brace, else CSV.

    Raises:
        RegisterError: with everything that is wrong.
    """
    text = decoded(content)
    if text.lstrip().startswith("{"):
        return _of_json(text)
    problems: list[Problem] = []
    found = [_of_line(each, codes, problems) for each in values_of(read_table(content), COLUMNS, problems)]
    if problems:
        raise RegisterError(problems)
    return tuple(found)


# CSV


def _of_line(values: Values, codes: Mapping[str, Code], problems: list[Problem]) -> AuthoritySaid:
    return AuthoritySaid(
        place=values.place,
        number=values.get("bsn"),
        answered_on=values.get("answered_on"),
        relationships=(_relationship(values, codes, problems),),
    )


def _relationship(values: Values, codes: Mapping[str, Code], problems: list[Problem]) -> Relationship:
    doubted = values.get("under_investigation") is True
    code = values.get("authority")
    if code is None:
        return Relationship(minor=values.get("bsn"), undetermined=True, under_investigation=doubted)
    place = cell(values.number, "authority")
    meaning = MEANINGS.get(code)
    if meaning is None:
        problems.append(Problem(place, f"expected one of {', '.join(MEANINGS)}, or nothing where nothing is noted"))
        return Relationship(minor=values.get("bsn"), undetermined=True)
    if code not in codes or not codes[code].holds_on(local_day(values.get("answered_on"))):
        problems.append(Problem(place, "this code is not in the table of codes, or not on the day of the answer"))
    holders = [Named(f"parent_{n}", AuthorityKind.PARENTAL, values.get(f"parent_{n}")) for n in meaning.parents]
    thirds = [found for each in _THIRDS if (found := values.get(each)) is not None]
    if thirds and not meaning.third:
        problems.append(Problem(place, "speaks of no third party, and the line names one; correct one of them"))
    if meaning.third:
        kind = AuthorityKind.JOINT_NON_PARENT if meaning.parents else AuthorityKind.GUARDIANSHIP
        holders += [Named("third", kind, each) for each in thirds] or [Named("third", kind, None, unknown=True)]
    return Relationship(minor=values.get("bsn"), holders=tuple(holders), under_investigation=doubted)


# JSON


def _values(*, source: Mapping[str, Any], **values: Any) -> dict[str, Any]:  # noqa: ARG001 - every shape hands it over
    return values


_ANSWER: Final[Shape[dict[str, Any]]] = shape(
    _values,
    {"burgerservicenummer!": citizen_service_number, "answered_on!": moment, "gezag!": relationships_of},
    note=False,
)
_FILE: Final[Shape[dict[str, Any]]] = shape(_values, {"answers!": items(_ANSWER.read)}, note=False)


def _of_json(text: str) -> tuple[AuthoritySaid, ...]:
    try:
        read = _FILE.read(json.loads(text, object_pairs_hook=_once))["answers"]
    except FieldError as error:
        raise RegisterError(Problem(place.lstrip("."), what) for place, what in error.problems) from None
    except (ValueError, RecursionError):
        raise RegisterError([Problem("file", "begins as JSON, and is none")]) from None
    if len(read) > MOST_LINES:
        raise RegisterError([Problem("answers", f"split the file: at most {MOST_LINES} answers are taken at a time")])
    return tuple(
        AuthoritySaid(
            place=f"answers[{place}]",
            number=each["burgerservicenummer"],
            answered_on=each["answered_on"],
            relationships=tuple(each["gezag"]),
        )
        for place, each in enumerate(read)
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise FieldError(("file", "names a key twice in one mapping; leave one out"))
    return found
