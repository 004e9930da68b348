"""The page of the log's renderings: its prose (`audit_renderings_page.md`), with the tables of the code in it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from audit.events import Kind
from audit.renderings.codes import KINDS, REASONS
from audit.renderings.nen7513 import COLUMNS
from gateway.fhir.capability import AUDIT_PARAMETERS
from gateway.log.code_book import WORDS
from schemas.texts import read_catalogue

_PROSE: Final = Path(__file__).with_name("audit_renderings_page.md")
_MARK: Final = re.compile(r"<!-- (\w+) -->")
_PROFILES: Final[Mapping[Kind, str]] = {
    Kind.EXCHANGE_DISCLOSED: "`PrivacyDisclosure.Source`; its decision `AuthZconsent`",
    Kind.EXCHANGE_DENIED: "`AuthZconsent`",
    Kind.EXCHANGE_REVIEWED: "`AuthZconsent`",
    Kind.LOG_READ: "`PatientRead`, `Read`",
}


def audit_renderings_page() -> str:
    """Return the page.

    Raises:
        KeyError: the prose asks for a table that there is not.
    """
    tables = _tables()
    return _MARK.sub(lambda mark: tables[mark[1]], _PROSE.read_text(encoding="utf-8"))


def _tables() -> Mapping[str, str]:
    words = read_catalogue([WORDS])
    return {
        "parameters": _rows((f"`{name}`", told) for name, (_, told) in AUDIT_PARAMETERS.items()),
        "kinds": _rows(_kind(kind) for kind in Kind),
        "purposes": _rows((f"`{purpose}`", f"`{code}`") for purpose, code in REASONS.items()),
        "columns": _rows((f"`{each.name}`", words[f"column.{each.name.replace(' ', '-')}"]["en"]) for each in COLUMNS),
    }


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


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(each)} |" for each in rows)
