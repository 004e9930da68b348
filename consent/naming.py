"""Whom an entry names: the person whose fact it is, the others it concerns, and the organisations in it.

Source: decision contract, section 2 (*Keys*); facts contract, F5.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

PERSON_SYSTEM: Final = "urn:schakel:person"
"""The identifier system of internal ids."""

OWNER: Final[Mapping[str, str]] = {
    "persons": "id",
    "family": "of",
    "authority": "over",
    "capacity": "person",
    "orders": "subject",
    "involvements": "about",
    "referrals": "about",
    "mandates": "youth",
    "consents": "about",
    "refusals": "about",
    "considered_wishes": "youth",
    "holder_decisions": "about",
}
"""The key that says whose fact an entry of each section is: it is sealed under his key. An assignment's is its
order's."""

WITHOUT_ID: Final = frozenset({"family", "capacity", "assignments", "considered_wishes"})
"""The sections whose entries have no id of their own."""

REGISTRY: Final = ("organisations", "professionals", "involvements")
"""The sections that are about no person whose records are shared; of the involvements the replacements only."""

_NAMES: Final = frozenset(
    {
        "about",
        "by",
        "executor",
        "given_by",
        "holder",
        "holders",
        "id",
        "mentor",
        "noted_by",
        "of",
        "organisations",
        "over",
        "person",
        "professional",
        "provider",
        "recipients",
        "replaces",
        "subject",
        "to",
        "via",
        "workers",
        "youth",
    }
)


def names_in(section: str, mapping: Mapping[str, Any]) -> Iterator[str]:
    """Yield every id of a person, professional or organisation in an entry, and `any` where it stands."""
    for key, value in mapping.items():
        if key == "parent_agreements":
            for agreement in value:
                yield agreement["by"]
            continue
        if key not in _NAMES or (key == "id" and section != "persons"):
            continue
        if isinstance(value, str):
            yield value
            continue
        yield from value


def is_about_nobody(section: str, mapping: Mapping[str, Any]) -> bool:
    """Say whether an entry belongs to the registry and to no person."""
    if section == "involvements":
        return mapping.get("kind") == "replacement"
    return section in REGISTRY
