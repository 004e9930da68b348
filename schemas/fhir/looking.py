"""One walk through a resource, which finds all that anybody here asks of one of its type."""

from collections.abc import Mapping
from typing import Any, Final

from schemas.fhir.family import LEAVES, PATIENT, TEAMS, TRACED, WHOLE
from schemas.fhir.kinds import BY_KIND, RELATED
from schemas.fhir.places import Place, Places, Seen, place
from schemas.fhir.table import Table, places_of

KINDS: Final = place("meta.tag{kind}")
CATEGORIES: Final = place("meta.tag{category}")

_OF_ALL: Final = (KINDS, CATEGORIES)
_TABLES: Final = (*BY_KIND.values(), RELATED, *TEAMS.values(), WHOLE, TRACED, PATIENT)


def look(resource: Mapping[str, Any]) -> Seen:
    """Return what stands where all are asked, and where the rows of each table of its type look."""
    of_type = resource.get("resourceType")
    places = _BY_TYPE.get(of_type, _BARE) if isinstance(of_type, str) else _BARE
    return places.look(resource, (), resource)


def _places(tables: list[Table]) -> Places:
    rows: list[Place] = [each for table in tables for each in places_of(table.rows)]
    return Places([*_OF_ALL, *rows, *places_of(LEAVES)])


_BARE: Final = Places(_OF_ALL)
_BY_TYPE: Final = {
    of_type: _places([each for each in _TABLES if each.resource == of_type])
    for of_type in {each.resource for each in _TABLES}
}
