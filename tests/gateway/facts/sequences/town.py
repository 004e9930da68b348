"""Who lives and works in the town of the sequences, and what its holders keep. Words and names only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

START: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When every sequence begins, on the clock of decisions."""

KINDS: Final = {
    "team": "local-team",
    "ggz": "youth-mental-health",
    "zorg": "youth-care",
    "vreemd": "youth-care",
    "school": "school",
    "gi": "certified-institution",
    "gi-2": "certified-institution",
    "raad": "child-protection-board",
    "pleeg": "foster-care",
    "stad": "municipality",
}
HOMES: Final = {
    "anna": ("team", "youth-professional"),
    "arie": ("team", "youth-professional"),
    "piet": ("ggz", "therapist"),
    "pia": ("ggz", "psychiatrist"),
    "zoe": ("zorg", "youth-professional"),
    "vera": ("vreemd", "youth-professional"),
    "tom": ("school", "teacher"),
    "gijs": ("gi", "family-guardian"),
    "geert": ("gi", "family-guardian"),
    "gea": ("gi-2", "family-guardian"),
    "ruud": ("raad", "board-investigator"),
    "fenna": ("pleeg", "foster-care-worker"),
    "mila": ("stad", "access-officer"),
}
ADULTS: Final = {"mara": "1984-05-01", "koen": "1983-05-01", "tante": "1980-01-01"}
YOUTH, SISTER = "sem", "zus"
BORN: Final = {
    11: date(2014, 3, 20),
    13: date(2012, 9, 1),
    15: date(2010, 3, 20),
    16: date(2009, 9, 1),
    17: date(2008, 3, 20),
    19: date(2006, 9, 1),
}
"""Of the youth, by his age when it begins: three of these days are near, so that he grows up on the way."""
PERSONS: Final = (YOUTH, SISTER, *ADULTS)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts or asks: as what, of which organisation; `strong` says that his login was."""

    form: str
    id: str
    organisation: str | None = None
    role: str | None = None
    strong: bool = True


def hand(name: str, *, strong: bool = True) -> Hand:
    """Return the hand of somebody by his name; `mentor:tante` is she as a mentor."""
    if name in HOMES:
        organisation, role = HOMES[name]
        return Hand("professional", name, organisation, role, strong)
    form, _, bare = name.rpartition(":")
    return Hand(form or "person", bare, strong=strong)


def asker_of(one: Hand) -> tuple[str, str]:
    """Return for whom a decision counts that is about a request of `one`."""
    return one.form, one.organisation or one.id


def renamed(told: Any, names: Mapping[str, str]) -> Any:
    """Return what was told with other names in it for those that are in `names`."""
    if isinstance(told, Hand):
        return Hand(told.form, names.get(told.id, told.id), told.organisation, told.role, told.strong)
    if isinstance(told, Mapping):
        return {name: renamed(each, names) for name, each in told.items()}
    if isinstance(told, list | tuple):
        return [renamed(each, names) for each in told]
    return names.get(told, told) if isinstance(told, str) else told


@dataclass(frozen=True, slots=True)
class Kept:
    """One record of the youth at a holder."""

    holder: str
    name: str
    about: tuple[str, ...]
    category: str
    regime: str
    in_confidence: bool = False


RECORDS: Final = tuple(
    Kept(*each)
    for each in (
        ("ggz", "plain", (YOUTH,), "goals", "jeugdwet"),
        ("ggz", "medical", (YOUTH,), "health", "wgbo"),
        ("ggz", "status", (YOUTH,), "help-status", "wgbo"),
        ("ggz", "mother", ("mara", YOUTH), "goals", "jeugdwet"),
        ("ggz", "sister", (YOUTH, SISTER), "goals", "jeugdwet"),
        ("ggz", "told", (YOUTH,), "goals", "jeugdwet", True),
        ("team", "plain", (YOUTH,), "goals", "jeugdwet"),
        ("gi", "plain", (YOUTH,), "goals", "gi-measure"),
        ("pleeg", "plain", (YOUTH,), "goals", "jeugdwet"),
    )
)
RECORD: Final = {f"{each.holder}-{each.name}": each for each in RECORDS}
CREATED: Final = date(2026, 3, 1)
CATEGORIES: Final = ("goals", "health", "help-status")

_HELP: Final = {"kind": "help", "about": YOUTH, "since": "2026-01-01"}
BEGINNINGS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "team helps": ("involvements", _HELP | {"organisations": ["team"]}),
    "clinic helps": ("involvements", _HELP | {"organisations": ["ggz"]}),
    "school helps": ("involvements", _HELP | {"organisations": ["school"]}),
    "they help together": (
        "involvements",
        _HELP | {"kind": "joint-help", "organisations": ["team", "ggz"], "client_informed": True},
    ),
    "mother has authority": (
        "authority",
        {"holder": "mara", "over": YOUTH, "kind": "parental", "since": "2014-01-01", "verified_on": "2026-02-20"},
    ),
    "father has authority": (
        "authority",
        {"holder": "koen", "over": YOUTH, "kind": "parental", "since": "2014-01-01", "verified_on": "2026-02-20"},
    ),
    "mother over the sister": (
        "authority",
        {"holder": "mara", "over": SISTER, "kind": "parental", "since": "2018-01-01", "verified_on": "2026-02-20"},
    ),
    "mother is a parent": (
        "family",
        {"person": "mara", "of": YOUTH, "relation": "parent", "lives_with": True},
    ),
    "father is a parent": ("family", {"person": "koen", "of": YOUTH, "relation": "parent"}),
    "supervision": (
        "orders",
        {
            "kind": "supervision-order",
            "subject": YOUTH,
            "executor": "gi",
            "since": "2026-01-01",
            "until": "2026-09-01",
            "verified_on": "2026-01-05",
        },
    ),
    "mother said yes": (
        "consents",
        {
            "about": YOUTH,
            "given_by": "mara",
            "on": "2026-02-01",
            "holders": ["ggz"],
            "recipients": ["team"],
            "purposes": ["coordinate-plan"],
            "categories": ["goals", "health"],
        },
    ),
}
"""What a register told before it begins; a sequence has some of them."""


def born_of(age: int) -> dict[str, date]:
    """Return when everybody was born, where the youth is `age` when it begins."""
    adults = {name: date.fromisoformat(born) for name, born in ADULTS.items()}
    return {YOUTH: BORN[age], SISTER: date(2018, 6, 1), **adults}
