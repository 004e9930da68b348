"""Writing our entry as a FHIR R4 Consent. Reading what is written gives the same entry.

Source: HL7 FHIR R4 `Consent`; decision contract, section 2 (*Keys*: consents, refusals).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from consent.entries import Consent, Refusal
from consent.entry import EVERYTHING
from consent.fhir.actors import ROLES, KindOf
from consent.fhir.addresses import (
    CATEGORY,
    EXTENSION,
    FHIR_ID,
    NO,
    PARTICIPATION,
    PATIENT_CONSENT,
    POLICY,
    PRIVACY,
    PURPOSE,
    YES,
)
from consent.fhir.extensions import EXTENSIONS
from consent.fhir.extensions import Extension as Row
from consent.fhir.issues import InexpressibleError
from consent.fhir.standing import status_of
from schemas.calendar import local_day, midnight

_ROLE_OF: Final = {key: code for code, (key, _) in ROLES.items()}


def write(one: Consent | Refusal, *, kind_of: KindOf, at: datetime) -> dict[str, Any]:
    """Return the Consent that says `one`, with its status at `at`.

    Raises:
        InexpressibleError: an id in it is no id of FHIR, or a text is empty.
    """
    extensions = [told for row in EXTENSIONS if (told := _extension(row, one)) is not None]
    return {
        "resourceType": "Consent",
        "id": fhir_id(one),
        **({"extension": extensions} if extensions else {}),
        "status": status_of(one, at),
        "scope": _concept(*PRIVACY),
        "category": [_concept(*PATIENT_CONSENT)],
        "patient": {"reference": _reference(one.about, lambda _: "Patient")},
        "dateTime": _moment(one.on),
        "performer": [{"reference": _reference(one.given_by, kind_of)}],
        "policy": [{"uri": POLICY}],
        "provision": _provision(one, kind_of),
    }


def fhir_id(one: Consent | Refusal) -> str:
    """Return the id of the Consent that says `one`.

    Raises:
        InexpressibleError: its id is none of FHIR.
    """
    return _fitting((YES if isinstance(one, Consent) else NO) + one.id)


def _provision(one: Consent | Refusal, kind_of: KindOf) -> dict[str, Any]:
    until = one.until if isinstance(one, Consent) else None
    actors = [
        {"role": _concept(PARTICIPATION, _ROLE_OF[key]), "reference": {"reference": _reference(name, kind_of)}}
        for key in ("recipients", "holders")
        if isinstance(names := getattr(one, key), frozenset)
        for name in sorted(names)
    ]
    told = {
        "period": None if until is None else {"end": _inclusive(until)},
        "actor": actors,
        "purpose": _codings(PURPOSE, one.purposes),
        "class": _codings(CATEGORY, one.categories),
    }
    kind = "permit" if isinstance(one, Consent) else "deny"
    return {"type": kind, **{name: value for name, value in told.items() if value}}


def _codings(system: str, words: Any) -> list[dict[str, str]]:
    found: Iterable[Any] = () if words is EVERYTHING else words
    return [{"system": system, "code": code} for code in sorted(map(str, found))]


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _reference(name: str, kind_of: KindOf) -> str:
    return f"{kind_of(name)}/{_fitting(name)}"


def _fitting(name: str) -> str:
    if FHIR_ID.fullmatch(name) is None:
        raise InexpressibleError("an id that FHIR does not have")
    return name


def _extension(row: Row, one: Consent | Refusal) -> dict[str, Any] | None:
    value = getattr(one, row.key, None)
    section = "consents" if isinstance(one, Consent) else "refusals"
    if section not in row.sections or value is None:
        return None
    if row.name.startswith("any-"):
        value = value is EVERYTHING
    if row.only is not None and value is not row.only:
        return None
    if isinstance(value, str) and not value.strip():
        raise InexpressibleError("a text with nothing in it")
    told = _moment(value) if isinstance(value, datetime) else value
    return {"url": EXTENSION + row.name, row.value: told}


def _moment(instant: datetime) -> str:
    day = _day(instant)
    return instant.astimezone(UTC).isoformat() if day is None else day


def _inclusive(until: datetime) -> str:
    # FHIR's end is in the period, the contract's `until` is not.
    return str(local_day(until) - timedelta(days=1)) if _day(until) is not None else _moment(until)


def _day(instant: datetime) -> str | None:
    """Return the day that begins at an instant, if one does."""
    day = local_day(instant)
    try:
        return str(day) if midnight(day).astimezone(UTC) == instant else None
    except OverflowError:
        return None  # Amsterdam's first day of all begins before the calendar of UTC.
