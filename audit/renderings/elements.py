"""The small pieces of FHIR that agents and entities are made of. Pure.

Source: HL7 FHIR R4, data types; the extension `data-absent-reason`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from audit.renderings.codes import OWN, Code

Json: TypeAlias = dict[str, Any]

_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Node:
    """The gateway that tells.

    `address` is its own outside, `consents` how the ids of its Consents begin, by section of facts; `pseudonym` gives
    what stands for a person with one viewer, who cannot put it beside what another one was told.
    """

    address: str
    consents: Mapping[str, str]
    pseudonym: Callable[[str], str]


def absent(why: str) -> Json:
    """Return an element that says why it says nothing: `unknown`, `not-applicable`, `masked`."""
    return {"extension": [{"url": _ABSENT, "valueCode": why}]}


def coding(code: Code) -> Json:
    """Return a Coding."""
    return {"system": code.system, "code": code.code, "display": code.display}


def concept(code: Code) -> Json:
    """Return a CodeableConcept of one code."""
    return {"coding": [coding(code)]}


def own(name: str, code: str) -> Json:
    """Return a CodeableConcept of a word of ours, from the code system `name`."""
    return {"coding": [{"system": OWN + name, "code": code}]}


def named(system: str, value: str, kind: str | None = None) -> Json:
    """Return a Reference by identifier, and also by address where it is a resource of `kind` whose id FHIR takes."""
    told: Json = {"identifier": {"system": system, "value": value}}
    if kind is None:
        return told
    if _ID.fullmatch(value) is None:
        return {"type": kind, **told}
    return {"reference": f"{kind}/{value}", "type": kind, **told}


def organisation(name: str) -> Json:
    """Return a Reference to an organisation."""
    return named("urn:schakel:organisation", name, "Organization")


def person(node: Node, name: str) -> Json:
    """Return a Reference to the person of this internal id, by his pseudonym and by nothing else."""
    return {"type": "Patient", "identifier": {"system": "urn:schakel:pseudonym", "value": node.pseudonym(name)}}


def gateway(node: Node) -> Json:
    """Return a Reference to the gateway itself."""
    return named("urn:schakel:gateway", node.address)
