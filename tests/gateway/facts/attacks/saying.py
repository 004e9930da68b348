"""A yes of Sem to his team, as he or a helper of his says it."""

from typing import Any, Final

from tests.gateway.facts.test_rows_of_family import ASSISTED as SEEN_AND_SHOWN

Json = dict[str, Any]
YES: Final[Json] = {
    "about": "sem",
    "holders": ["ggz"],
    "recipients": ["team"],
    "purposes": ["coordinate-plan"],
    "categories": ["help-status"],
}
ASSISTED: Final[Json] = SEEN_AND_SHOWN | {"given_by": "sem"}
