"""What the entries of a world say about each other: doubled ids, and ids that nobody has.

Source: decision contract, section 2: organisations, professionals and persons share one id space, every other list
has its own. Looks at the JSON as it was written, so that a wrong entry does not hide another's mistake.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from consent.world.fields import step
from schemas.words import ANY

_ORGANISATION: Final = ("organisations",)
_PROFESSIONAL: Final = ("professionals",)
_PERSON: Final = ("persons",)
_ANYBODY: Final = ("organisations", "professionals", "persons")
_MAY_BE_ANY: Final = frozenset({"holders", "recipients"})
"""Only consents have these as a bare word; elsewhere the entry itself is wrong."""

_LINKS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "professionals": {"organisation": _ORGANISATION},
    "family": {"person": _PERSON, "of": _PERSON, "via": _ORGANISATION},
    "authority": {"holder": ("persons", "organisations"), "over": _PERSON},
    "capacity": {"person": _PERSON, "by": _PROFESSIONAL},
    "orders": {"subject": _PERSON, "executor": _ORGANISATION, "workers": _PROFESSIONAL},
    "assignments": {"order": ("orders",), "provider": _ORGANISATION},
    "involvements": {
        "about": _PERSON,
        "organisations": _ORGANISATION,
        "professional": _PROFESSIONAL,
        "replaces": _PROFESSIONAL,
    },
    "referrals": {"about": _PERSON, "by": ("professionals", "organisations"), "to": _ORGANISATION},
    "mandates": {"mentor": _PERSON, "youth": _PERSON},
    "consents": {
        "about": _PERSON,
        "given_by": _ANYBODY,
        "holders": _ORGANISATION,
        "recipients": _ANYBODY,
    },
    "refusals": {
        "about": _PERSON,
        "given_by": _ANYBODY,
        "holders": _ORGANISATION,
        "recipients": _ANYBODY,
    },
    "considered_wishes": {"youth": _PERSON, "recipients": _ANYBODY, "noted_by": _PROFESSIONAL},
    "records": {"holder": _ORGANISATION, "about": _PERSON, "confidential_from": _PERSON},
}
_AGREEMENT: Final = {"by": _ANYBODY}
_REQUEST: Final = {
    "about": _PERSON,
    "records": ("records",),
    "order": ("orders",),
    "referral": ("referrals",),
}
_REQUESTER: Final = {"professional": _PROFESSIONAL, "person": _PERSON, "mentor": _PERSON}
_HOLDER_DECISION: Final = {"holder": _ORGANISATION, "by": ("professionals", "persons")}


class Links:
    """The ids of one world, by section."""

    def __init__(self, world: Mapping[str, Any]) -> None:
        """Gather the ids of `world`, the JSON mapping of a world file, right or wrong."""
        self._world = world
        self._ids = {
            name: frozenset(item["id"] for item in _mappings(found) if type(item.get("id")) is str)
            for name, found in world.items()
        }

    def problems(self) -> list[str]:
        """Return the doubled and the dangling ids of all sections."""
        return self._doubled() + [
            problem
            for section, keys in _LINKS.items()
            for position, item in numbered(self._world.get(section))
            for problem in self._dangling(item, keys, f"{section}[{position}]")
        ]

    def of_mandates(self) -> list[str]:
        """Return the dangling ids of the agreements inside mandates."""
        return [
            problem
            for position, mandate in numbered(self._world.get("mandates"))
            for place, agreement in numbered(mandate.get("parent_agreements"))
            for problem in self._dangling(agreement, _AGREEMENT, f"mandates[{position}].parent_agreements[{place}]")
        ]

    def of_request(self, request: Any, path: str) -> list[str]:
        """Return the dangling ids of one request."""
        if type(request) is not dict:
            return []
        problems = self._dangling(request, _REQUEST, path)
        if type(requester := request.get("requester")) is dict:
            problems += self._dangling(requester, _REQUESTER, f"{path}.requester")
        for position, decision in numbered(request.get("holder_decisions")):
            problems += self._dangling(decision, _HOLDER_DECISION, f"{path}.holder_decisions[{position}]")
        return problems

    def of_elements(self, elements: Any, path: str) -> list[str]:
        """Return the expected elements that are no record."""
        if type(elements) is not dict:
            return []
        known = self._ids.get("records", frozenset())
        return [f"{path}.{step(name)}: unknown id" for name in elements if name not in known]

    def _dangling(self, item: Mapping[str, Any], keys: Mapping[str, tuple[str, ...]], path: str) -> list[str]:
        problems = []
        for key, sections in keys.items():
            value = item.get(key)
            if value == ANY and key in _MAY_BE_ANY:
                continue
            for place, name in enumerate(value) if type(value) is list else [(None, value)]:
                if type(name) is str and not self._known(name, sections):
                    where = f"{path}.{key}" if place is None else f"{path}.{key}[{place}]"
                    problems.append(f"{where}: unknown id among {' and '.join(sections)}: {name}")
        return problems

    def _known(self, name: str, sections: tuple[str, ...]) -> bool:
        return any(name in self._ids.get(section, ()) for section in sections)

    def _doubled(self) -> list[str]:
        problems = []
        shared: set[str] = set()
        for section, found in self._world.items():
            seen = shared if section in _ANYBODY else set()
            for position, item in numbered(found):
                name = item.get("id")
                if type(name) is not str:
                    continue
                if name in seen:
                    problems.append(f"{section}[{position}].id: doubled id: {name}")
                seen.add(name)
        return problems


def _mappings(found: Any) -> Iterator[dict[str, Any]]:
    return (item for _, item in numbered(found))


def numbered(found: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the mappings of a list with their positions, and nothing where it is no list."""
    if type(found) is not list:
        return iter(())
    return ((position, item) for position, item in enumerate(found) if type(item) is dict)
