"""The addresses of code systems and extensions that stand in a plan as FHIR."""

from typing import Final

ROOT: Final = "urn:schakel:fhir:"
"""Every code system, list of identifiers and extension of ours begins so; the next word says which."""

PLAN_EXTENSION: Final = ROOT + "plan:"
"""What of a plan FHIR R4 has no element for: one extension each."""

ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
SERVES_GOAL: Final = "http://hl7.org/fhir/StructureDefinition/resource-pertainsToGoal"

KIND: Final = ROOT + "kind"
CATEGORY: Final = ROOT + "category"
PERSONS: Final = ROOT + "person"
ELEMENTS: Final = ROOT + "element"
"""The kinds of element and the categories of the decision contract, and the ids of persons and of elements."""


def extension_url(name: str) -> str:
    """Return the address of the extension that a table calls `name`."""
    return _EXTENSIONS_OF_FHIR.get(name, PLAN_EXTENSION + name)


def system_url(name: str) -> str:
    """Return the address of the code system that a table calls `name`: one of ours, unless FHIR has the list."""
    return _SYSTEMS_OF_FHIR.get(name, ROOT + name)


_EXTENSIONS_OF_FHIR: Final = {"absent": ABSENT, "goal": SERVES_GOAL}
_SYSTEMS_OF_FHIR: Final = {
    "flag-category": "http://terminology.hl7.org/CodeSystem/flag-category",
    "observation-category": "http://terminology.hl7.org/CodeSystem/observation-category",
    "condition-category": "http://terminology.hl7.org/CodeSystem/condition-category",
    "condition-category-stu3": "http://hl7.org/fhir/condition-category",
    "condition-clinical": "http://terminology.hl7.org/CodeSystem/condition-clinical",
    "flag-category-stu3": "http://hl7.org/fhir/flag-category",
    "care-plan-activity-stu3": "http://hl7.org/fhir/care-plan-activity-category",
    "snomed": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
