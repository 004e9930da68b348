"""The page of the log's renderings: its prose (`audit_renderings_page.md`), with the tables of the code in it."""

from collections.abc import Mapping
from typing import Final

from audit.events import Kind
from audit.renderings.codes import KINDS, REASONS
from audit.renderings.nen7513 import COLUMNS
from docs.page import filled, lines
from gateway.fhir.capability import AUDIT_PARAMETERS
from gateway.log.code_book import WORDS
from schemas.texts import read_catalogue

_PROFILES: Final[Mapping[Kind, str]] = {
    Kind.EXCHANGE_DISCLOSED: "`PrivacyDisclosure.Source`; its decision `AuthZconsent`",
    Kind.EXCHANGE_DENIED: "`AuthZconsent`",
    Kind.EXCHANGE_REVIEWED: "`AuthZconsent`",
    Kind.LOG_READ: "`PatientRead`, `Read`",
}


def audit_renderings_page() -> str:
    """Return the page."""
    words = read_catalogue([WORDS])
    tables = {
        "parameters": lines((f"`{name}`", told) for name, (_, told) in AUDIT_PARAMETERS.items()),
        "kinds": lines(_kind(kind) for kind in Kind),
        "purposes": lines((f"`{purpose}`", f"`{code}`") for purpose, code in REASONS.items()),
        "columns": lines((f"`{each.name}`", words[f"column.{each.name.replace(' ', '-')}"]["en"]) for each in COLUMNS),
    }
    return filled("audit_renderings_page.md", tables)


def _kind(kind: Kind) -> tuple[str, ...]:
    coded = KINDS[kind]
    subtype = "" if coded.subtype is None else f"`{coded.subtype.code}` {coded.subtype.display}"
    return (
        f"`{kind}`",
        f"`{coded.type.code}` {coded.type.display}",
        subtype,
        f"`{coded.action}`",
        _PROFILES.get(kind, ""),
    )
