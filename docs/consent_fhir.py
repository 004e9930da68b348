"""The page of Consent as FHIR: its prose (`consent_fhir_page.md`), with the tables of `consent.fhir` in it."""

from collections.abc import Iterable
from typing import Final

from consent.fhir.actors import ROLES, TYPES
from consent.fhir.addresses import CATEGORY, EXTENSION, POLICY, PURPOSE
from consent.fhir.extensions import EXTENSIONS, TOLD
from consent.fhir.purposes import MEANINGS, NOT_BY_CONSENT
from consent.fhir.refused import REFUSED
from docs.page import filled, lines, table
from schemas.words import Category, Purpose

_LABEL: Final = REFUSED["Consent.provision.securityLabel"]
_DATA: Final = REFUSED["Consent.provision.data"]
_PCF: Final = {
    "basic-research": ("(there is none)", "none of these opens anything here, so there is nothing to keep"),
    "intermediate-authoredby": ("only what one practitioner wrote", _DATA),
    "intermediate-data": ("only six resources, by name", _DATA),
    "intermediate-purpose": ("only for FooBar", f"no purpose known here; say it in `{PURPOSE}`"),
    "intermediate-timeframe": ("only what is of 2022", REFUSED["Consent.provision.dataPeriod"]),
    "advanced-normal": ("only normal data", _LABEL),
    "advanced-normal-restricted": ("only normal and restricted data", _LABEL),
    "advanced-normal-break-glass-restricted": (
        "restricted data to a group that breaks the glass",
        f"{REFUSED['Consent.provision.provision']}; and {_LABEL}",
    ),
}
"""What each refused example of IHE PCF wants, and why it is refused; a test holds it against the reading."""


def consent_fhir_page() -> str:
    """Return the page."""
    tables = {
        "policy": POLICY,
        "purpose": PURPOSE,
        "category": CATEGORY,
        "extension": EXTENSION,
        "purposes": _words(Purpose),
        "categories": _words(Category),
        "roles": table(("role", "ours", "who"), ((f"`{code}`", f"`{key}`", who) for code, (key, who) in ROLES.items())),
        "types": table(("type", "names"), ((f"`{kind}`", who) for kind, who in TYPES.items())),
        "meanings": table(("ActReason", "a yes opens", "a no closes", "why"), _meanings()),
        "extensions": table(
            ("extension", "value", "ours", "why"),
            ((f"`{row.name}`", f"`{row.value}`", f"`{row.key}` of {_of(row.sections)}", row.why) for row in EXTENSIONS),
        ),
        "told": table(
            ("extension", "value", "what"), ((f"`{name}`", f"`{value}`", what) for name, (value, what) in TOLD.items())
        ),
        "refused": table(("element", "why"), ((f"`{path}`", why) for path, why in REFUSED.items())),
        "pcf": lines((f"`{name}`", wants, f"refused: {why}") for name, (wants, why) in _PCF.items()),
    }
    return filled("consent_fhir_page.md", tables)


def _meanings() -> Iterable[tuple[str, ...]]:
    for each in MEANINGS:
        yield f"`{each.code}`", _words(each.opens) or "nothing", _words(each.closes), each.why
    for code, why in NOT_BY_CONSENT.items():
        yield f"`{code}`", "refused", "refused", why


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in words)


def _of(sections: tuple[str, ...]) -> str:
    return " and ".join({"consents": "a yes", "refusals": "a no"}[each] for each in sections)
