"""A plan as FHIR R4: plain dicts for `json_bytes`. What is never shown of an element is never written either."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from schemas.fhir.addresses import PERSONS
from schemas.fhir.family import COORDINATORS, LEAVES, TEAM, TEAMS, TRACED, WHOLE, Leave, Team, Traced, Whole
from schemas.fhir.forms import Names
from schemas.fhir.kinds import table_of
from schemas.plan import Element, Plan, Source

_ID: Final = re.compile(r"(?!x-[0-9a-f]{32}\Z)[A-Za-z0-9\-.]{1,64}", re.ASCII)
"""What can be an id, but for what an id of ours looks like that follows from another: else two could be one."""
_ACTIVITIES: Final = frozenset({"Appointment", "ServiceRequest", "Task"})
"""The resources of ours that `CarePlan.activity.reference` may name."""

Terms = Mapping[str, Mapping[str, Any]]
"""By element id: `basis`, `obligations` and `expires_at` of its release."""

_NO_TERMS: Final[Terms] = MappingProxyType({})


def fhir_id(name: str) -> str:
    """Return `name` where it can be the id of a resource, else an id that follows from it."""
    return name if _ID.fullmatch(name) else "x-" + hashlib.sha256(name.encode()).hexdigest()[:32]


def bundle_of(  # noqa: PLR0913 - by name, and most may be left out
    plan: Plan, *, base: str, kind: str = "collection", name: str = "plan", person: str = "", terms: Terms = _NO_TERMS
) -> dict[str, Any]:
    """Return `plan` as a Bundle of type `kind`; full URLs begin with `base`, the address of the door."""
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [
            {"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": each}
            for each in resources_of(plan, name=name, person=person, terms=terms)
        ],
    }


def resources_of(plan: Plan, *, name: str = "plan", person: str = "", terms: Terms = _NO_TERMS) -> list[dict[str, Any]]:
    """Return `plan` as resources: CarePlan (its id is `name`), Patients, CareTeams, elements, Provenances.

    References are relative. The elements stand in the order of the plan, and each has the `terms` of its release.
    Of several persons the first is the subject: `person`, who was asked about, wherever he is one of them.
    """
    names = _names(plan)
    elements = [replace(each, about=_first(person, each.about)) for each in plan.elements]
    plan = replace(plan, family=_first(person, plan.family))
    teams = list(_teams(plan, name, names))
    return [
        _care_plan(plan, name, names, tuple(f"CareTeam/{each['id']}" for each in teams)),
        *(_patient(each) for each in plan.family),
        *teams,
        *(_element(each, names, terms.get(each.id)) for each in elements),
        *_provenances(plan.elements, names),
    ]


def _first(person: str, persons: tuple[str, ...]) -> tuple[str, ...]:
    return (person, *(each for each in persons if each != person)) if person in persons else persons


def _names(plan: Plan) -> Names:
    told = {person for each in plan.elements for person in each.about}
    return Names(
        persons={each: f"Patient/{fhir_id(each)}" for each in {*plan.family, *told}},
        elements={each.id: f"{table_of(each).resource}/{fhir_id(each.id)}" for each in plan.elements},
    )


def _care_plan(plan: Plan, name: str, names: Names, teams: tuple[str, ...]) -> dict[str, Any]:
    goals, activities, others = list[str](), list[str](), list[str]()
    for each in plan.elements:
        resource = table_of(each).resource
        (goals if resource == "Goal" else activities if resource in _ACTIVITIES else others).append(each.id)
    whole = Whole(plan.family, plan.households, plan.gaps, teams, tuple(goals), tuple(activities), tuple(others))
    return WHOLE.write(whole, {"resourceType": "CarePlan", "id": fhir_id(name)}, names)


def _patient(person: str) -> dict[str, Any]:
    # Nothing is known here of a person but the id under which everybody names him.
    identifier = [{"system": PERSONS, "value": person}]
    return {"resourceType": "Patient", "id": fhir_id(person), "identifier": identifier}


def _teams(plan: Plan, name: str, names: Names) -> Iterator[dict[str, Any]]:
    for kind, members in ((TEAM, plan.team), (COORDINATORS, plan.coordinators)):
        if members:
            node = {"resourceType": "CareTeam", "id": fhir_id(f"{name}-{kind}")}
            yield TEAMS[kind].write(Team(plan.family, members), node, names)


def _element(element: Element, names: Names, leave: Mapping[str, Any] | None) -> dict[str, Any]:
    table = table_of(element)
    node = table.write(element, {"resourceType": table.resource, "id": fhir_id(element.id)}, names)
    if leave is not None:
        LEAVES.write((Leave(**leave),), node, names)
    return node


def _provenances(elements: tuple[Element, ...], names: Names) -> Iterator[dict[str, Any]]:
    by_source: dict[Source, list[str]] = {}
    for each in elements:
        by_source.setdefault(each.source, []).append(each.id)
    for position, (source, told) in enumerate(by_source.items(), 1):
        traced = Traced(
            source.organisation, source.system, source.record, source.version, source.retrieved_at, tuple(told)
        )
        yield TRACED.write(traced, {"resourceType": "Provenance", "id": f"source-{position}"}, names)
