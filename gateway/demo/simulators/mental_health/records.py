"""What De Linde has on file, and how it is searched. No network here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gateway.demo.days import moved

CLIENT_NUMBER: Final = "https://de-linde.example/fhir/clientnummer"
RESOURCES: Final = Path(__file__).with_name("resources.ndjson")
TYPES: Final = frozenset(
    {"Patient", "Goal", "CarePlan", "CareTeam", "Appointment", "Condition", "DocumentReference", "Observation"}
)
BY_REFERENCE: Final = frozenset({"patient", "subject"})
BY_IDENTIFIER: Final = frozenset(
    {"patient.identifier", "subject.identifier", "patient:identifier", "subject:identifier", "identifier"}
)

Resource = dict[str, Any]


class UnknownParameterError(Exception):
    """A search parameter that this server does not know. Answer 400: a filter ignored would give too much."""


@dataclass(frozen=True, slots=True)
class Records:
    """Every resource of the server, in the order of the file."""

    resources: tuple[Resource, ...]

    @classmethod
    def on(cls, today: date) -> "Records":
        """Read the file with its days moved to `today`."""
        lines = moved(RESOURCES.read_text(encoding="utf-8"), today=today).splitlines()
        return cls(tuple(json.loads(line) for line in lines))

    def search(self, kind: str, parameters: Mapping[str, str]) -> list[Resource]:
        """Return the resources of `kind` that every parameter admits; none at all where no person is named.

        Raises:
            UnknownParameterError: a parameter that is none of the server's.
        """
        people = self.people(parameters)
        found = (each for each in self.resources if each["resourceType"] == kind)
        return [each for each in found if people & set(_persons_of(each))]

    def people(self, parameters: Mapping[str, str]) -> set[str]:
        """Return the ids of the Patients that `parameters` name."""
        chosen: set[str] | None = None
        for name, value in parameters.items():
            if name.startswith("_"):
                continue
            named = self._named(name, value.split(","))
            chosen = named if chosen is None else chosen & named
        return chosen or set()

    def client_numbers(self, people: set[str]) -> list[str]:
        """Return De Linde's client numbers of `people`, sorted."""
        return sorted(_client_number(each) for each in self._patients() if each["id"] in people)

    def _named(self, name: str, values: list[str]) -> set[str]:
        if name in BY_REFERENCE:
            return {value.removeprefix("Patient/") for value in values}
        if name in BY_IDENTIFIER:
            wanted = {value if "|" in value else f"{CLIENT_NUMBER}|{value}" for value in values}
            return {each["id"] for each in self._patients() if wanted & set(_tokens(each))}
        raise UnknownParameterError(f"unknown search parameter: {name}")

    def _patients(self) -> Iterator[Resource]:
        return (each for each in self.resources if each["resourceType"] == "Patient")


def _tokens(patient: Resource) -> Iterator[str]:
    return (f"{each['system']}|{each['value']}" for each in patient["identifier"])


def _client_number(patient: Resource) -> str:
    return next(str(each["value"]) for each in patient["identifier"] if each["system"] == CLIENT_NUMBER)


def _persons_of(resource: Resource) -> Iterator[str]:
    """Give the id of the Patient in whose file `resource` lies."""
    if resource["resourceType"] == "Patient":
        yield resource["id"]
    if "subject" in resource:
        yield resource["subject"]["reference"].removeprefix("Patient/")
    for each in resource.get("participant", []):
        yield each.get("actor", {}).get("reference", "").removeprefix("Patient/")
