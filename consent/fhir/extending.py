"""Reading the extensions of a Consent: those of the table, each once, and no other."""

from collections.abc import Mapping
from typing import Any, Final

from consent.fhir.addresses import EXTENSION
from consent.fhir.elements import Notes
from consent.fhir.extensions import BY_NAME, TOLD
from consent.fhir.extensions import Extension as Row
from consent.fhir.issues import IssueCode
from consent.fhir.kept import Kept
from consent.world.fields import FieldError, plain_text
from schemas.words import ANY

_PLACE: Final = "Consent.extension"
_UNKNOWN: Final = "this extension is not understood here; take it out"


def read_extensions(told: Mapping[str, Any], section: str, notes: Notes, kept: Kept) -> None:
    """Keep what the extensions say."""
    if "extension" not in told:
        return
    seen: set[str] = set()
    for place, item in notes.items(told["extension"], _PLACE):
        name = _name(item)
        row = BY_NAME.get(name)
        if name in TOLD:
            notes.wrong(place, IssueCode.BUSINESS_RULE, "only this gateway says this; take it out")
        elif row is None or section not in row.sections:
            notes.wrong(place, IssueCode.NOT_SUPPORTED, _UNKNOWN)
        elif name in seen:
            notes.wrong(place, IssueCode.STRUCTURE, "stands there twice")
        else:
            seen.add(name)
            _keep(row, item, place, notes, kept)


def _name(item: Any) -> str:
    url = item.get("url") if type(item) is dict else None
    return url.removeprefix(EXTENSION) if type(url) is str and url.startswith(EXTENSION) else ""


def _keep(row: Row, item: Mapping[str, Any], place: str, notes: Notes, kept: Kept) -> None:
    told, at = notes.members(item, place, ("url", row.value)), f"{place}.{row.value}"
    if row.value not in told:
        notes.wrong(at, IssueCode.REQUIRED, "is required")
        return
    kept.keep(row.key, _value(row, told[row.value], at, notes), place)


def _value(row: Row, value: Any, place: str, notes: Notes) -> Any:
    if row.only is not None:
        if value is not row.only:
            notes.wrong(
                place, IssueCode.VALUE, f"expected {str(row.only).lower()}; leave the extension out to say else"
            )
        return ANY if row.name.startswith("any-") else row.only
    if row.value == "valueDateTime":
        return notes.moment(value, place)
    try:
        return plain_text(value)
    except FieldError:
        notes.wrong(place, IssueCode.STRUCTURE, "expected a text")
        return None
