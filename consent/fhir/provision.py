"""Reading `Consent.provision`: who receives, from whom, for what, which categories, until when.

Source: HL7 FHIR R4 `Consent.provision`. `purposes`, `actors` and `refused` say in tables what is understood.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from consent.fhir.actors import ROLES
from consent.fhir.addresses import ACT_REASON, CATEGORY, PARTICIPATION, PURPOSE
from consent.fhir.elements import Coded, Notes
from consent.fhir.issues import Issue, IssueCode
from consent.fhir.naming import Naming
from consent.fhir.purposes import NOT_BY_CONSENT, meaning
from schemas.words import Category, Purpose

PLACE: Final = "Consent.provision"
SECTIONS: Final = {"permit": "consents", "deny": "refusals"}
"""A yes is a consent, a no is a refusal."""

_KNOWN: Final = ("type", "period", "actor", "purpose", "class")


@dataclass(slots=True)
class Provision:
    """What was read. `lists` are ids by key of our entry, each with its place; a key without a list was not named."""

    section: str | None = None
    lists: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    until: str | None = None
    starts: str | None = None
    remarks: list[Issue] = field(default_factory=list)


def read_provision(value: Any, notes: Notes, naming: Naming) -> Provision:
    """Return what the root provision says; what is wrong with it is noted."""
    found = Provision()
    told = notes.members(value, PLACE, _KNOWN)
    if "type" not in told:
        notes.wrong(f"{PLACE}.type", IssueCode.REQUIRED, "is required: `permit` or `deny`")
        return found
    found.section = SECTIONS.get(told["type"]) if type(told["type"]) is str else None
    if found.section is None:
        notes.wrong(f"{PLACE}.type", IssueCode.CODE_INVALID, "expected `permit` or `deny`")
        return found
    _read_period(told, notes, found)
    _read_actors(told, notes, naming, found)
    _read_purposes(told, notes, found)
    _read_classes(told, notes, found)
    return found


def _read_period(told: Mapping[str, Any], notes: Notes, found: Provision) -> None:
    if "period" not in told:
        return
    place = f"{PLACE}.period"
    if found.section == "refusals":
        notes.wrong(place, IssueCode.NOT_SUPPORTED, "a no has no end here until it is taken back; leave it out")
        return
    period = notes.members(told["period"], place, ("start", "end"))
    if "start" in period:
        found.starts = notes.moment(period["start"], f"{place}.start")
    if "end" in period and (end := notes.moment(period["end"], f"{place}.end")) is not None:
        found.until = _exclusive(end, f"{place}.end", notes)


def _exclusive(end: str, place: str, notes: Notes) -> str | None:
    # FHIR's end is in the period, the contract's `until` is not. Of an instant the difference is that instant.
    if "T" in end:
        return end
    try:
        return str(date.fromisoformat(end) + timedelta(days=1))
    except OverflowError:
        notes.wrong(place, IssueCode.VALUE, "expected a day that has a next one")
        return None


def _read_actors(told: Mapping[str, Any], notes: Notes, naming: Naming, found: Provision) -> None:
    if "actor" not in told:
        return
    for place, item in notes.items(told["actor"], f"{PLACE}.actor"):
        actor = notes.members(item, place, ("role", "reference"))
        missing = [name for name in ("role", "reference") if name not in actor]
        for name in missing:
            notes.wrong(f"{place}.{name}", IssueCode.REQUIRED, "is required")
        if missing:
            continue
        key = _key_of(notes.concept(actor["role"], f"{place}.role"), f"{place}.role", notes)
        reference = notes.reference(actor["reference"], f"{place}.reference")
        if key is None or reference is None:
            continue
        for name in naming.ids(reference, f"{place}.reference"):
            found.lists.setdefault(key, {}).setdefault(name, f"{place}.reference")


def _key_of(role: Coded | None, place: str, notes: Notes) -> str | None:
    if role is None:
        return None
    system, code = role
    if system == PARTICIPATION and code in ROLES:
        return ROLES[code][0]
    said = ", ".join(f"`{each}`" for each in ROLES)
    notes.wrong(place, IssueCode.CODE_INVALID, f"this role is not understood; of v3 ParticipationType: {said}")
    return None


def _codings(value: Any, place: str, notes: Notes) -> Iterable[tuple[str, Coded]]:
    for each, item in notes.items(value, place):
        coded = notes.coding(item, each)
        if coded is not None:
            yield each, coded


def _read_purposes(told: Mapping[str, Any], notes: Notes, found: Provision) -> None:
    if "purpose" not in told:
        return
    place, meant = f"{PLACE}.purpose", dict[str, None]()
    before = len(notes.issues)
    for each, coded in _codings(told["purpose"], place, notes):
        meant |= dict.fromkeys(map(str, _purposes(coded, each, notes, found)))
    if not meant and len(notes.issues) == before:
        notes.wrong(place, IssueCode.NOT_SUPPORTED, "none of these opens anything here, so there is nothing to keep")
    found.words["purposes"] = list(meant)


def _purposes(coded: Coded, place: str, notes: Notes, found: Provision) -> tuple[Purpose, ...]:
    system, code = coded
    if system == PURPOSE and code in set(Purpose):
        return (Purpose(code),)
    meant = meaning(code) if system == ACT_REASON else None
    if meant is None:
        told = NOT_BY_CONSENT.get(code) if system == ACT_REASON else None
        notes.wrong(place, IssueCode.CODE_INVALID, told or f"no purpose known here; say it in `{PURPOSE}`")
        return ()
    if found.section == "refusals":
        return meant.closes
    if not meant.opens:
        found.remarks.append(Issue(place, IssueCode.INFORMATIONAL, "opens nothing here, and is not kept"))
    return meant.opens


def _read_classes(told: Mapping[str, Any], notes: Notes, found: Provision) -> None:
    if "class" not in told:
        return
    meant = dict[str, None]()
    for place, (system, code) in _codings(told["class"], f"{PLACE}.class", notes):
        if system == CATEGORY and code in set(Category):
            meant[code] = None
        else:
            notes.wrong(place, IssueCode.CODE_INVALID, f"no category known here; say it in `{CATEGORY}`")
    found.words["categories"] = list(meant)
