"""The page of the plan in FHIR: its prose (`fhir_door_page.md`), with the tables of the code in it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gateway.fhir.capability import PLAN_PARAMETERS
from gateway.fhir.plan_parameters import PARAMETERS, Asked

_PROSE: Final = Path(__file__).with_name("fhir_door_page.md")
_MARK: Final = re.compile(r"<!-- (\w+) -->")


def fhir_door_page() -> str:
    """Return the page.

    Raises:
        KeyError: the prose asks for a table that there is not.
    """
    emergency = PARAMETERS["emergency"].parts or {}
    tables: Mapping[str, str] = {
        "parameters": "\n".join(_parameter(name, each) for name, each in PARAMETERS.items()),
        "emergency": "\n".join(f"| `{name}` | `{each.kind}` | {each.told} |" for name, each in emergency.items()),
        "search": "\n".join(f"| `{name}` | {told} |" for name, (_, told) in PLAN_PARAMETERS.items()),
    }
    return _MARK.sub(lambda mark: tables[mark[1]], _PROSE.read_text(encoding="utf-8"))


def _parameter(name: str, asked: Asked) -> str:
    return f"| `{name}` | `{asked.kind or 'part'}` | {'one or more' if asked.several else 'once'} | {asked.told} |"
