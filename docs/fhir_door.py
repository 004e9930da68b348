"""The page of the plan in FHIR: its prose (`fhir_door_page.md`), with the tables of the code in it."""

from docs.page import filled, lines
from gateway.fhir.capability import PLAN_PARAMETERS
from gateway.fhir.plan_parameters import PARAMETERS, Asked


def fhir_door_page() -> str:
    """Return the page."""
    emergency = PARAMETERS["emergency"].parts or {}
    tables = {
        "parameters": lines(_parameter(name, each) for name, each in PARAMETERS.items()),
        "emergency": lines((f"`{name}`", f"`{each.kind}`", each.told) for name, each in emergency.items()),
        "search": lines((f"`{name}`", told) for name, (_, told) in PLAN_PARAMETERS.items()),
    }
    return filled("fhir_door_page.md", tables)


def _parameter(name: str, asked: Asked) -> tuple[str, ...]:
    return f"`{name}`", f"`{asked.kind or 'part'}`", "one or more" if asked.several else "once", asked.told
