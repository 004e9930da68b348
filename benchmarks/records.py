"""The record systems of the benchmarks: three holders whose records lie in memory and go through a real mapping file.

Six records of some fifty fields each become forty elements.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from adapters.contract import Mapped, RecordSource, SourceRecord
from adapters.mapping import LoadedMapping, load_mapping
from adapters.resilience import guarded
from benchmarks.family import HOLDERS
from schemas.permits import Permit

ELEMENTS: Final = 40
_DEADLINE: Final = timedelta(seconds=5)
_AT_ONE_TIME: Final = 4
_ABOUT: Final = (["tess"], ["mara", "tess"], ["tess"], ["jip", "tess"], ["tess"], ["koen", "tess"])
"""About whom each of the six records is; two a holder."""

_GOAL: Final = (
    "Ik wil elke dag op tijd naar school en na school een uur rust voordat er iets moet. Als het thuis te druk "
    "wordt ga ik naar mijn tante; zij belt dan met mijn moeder en we spreken af hoe laat ik weer thuis ben. Met mijn "
    "mentor kijk ik elke vrijdag hoe de week ging en wat er de week daarna anders kan. Drie weken achter elkaar is het "
    "gelukt, daarna een week niet; we proberen het opnieuw."
)
_HELP: Final = (
    "Elke dinsdagmiddag thuis: samen de week doornemen, oefenen met afspraken over slapen en gamen, en één keer in de "
    "maand een gesprek met beide ouders erbij over wat goed gaat en wat er nog nodig is."
)
_MEETING: Final = "Gesprek met iedereen die meehelpt, over wat is afgesproken en wie wat doet tot de volgende keer."


class KeptSource:
    """A record system that has its records at hand, so that what is measured is ours."""

    def __init__(self, organisation: str, mapping: LoadedMapping, records: Sequence[Mapping[str, Any]]) -> None:
        """Take the holder, its mapping and its records of the kind `plan`."""
        self.organisation: Final = organisation
        self.system: Final = mapping.system
        self.identifier_system: Final = mapping.identifier_system
        self._mapping = mapping
        self._records = [dict(each) for each in records]

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        """Return the records about `permit.identifiers`."""
        numbers, now = set(permit.identifiers.values()), datetime.now(UTC)
        about = [each for each in self._records if not numbers.isdisjoint(each["betreft"])]
        found = [self._mapping.record("plan", each, now) for each in about]
        return [each for each in found if each is not None]

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:
        """Turn records into elements, by the mapping file."""
        return self._mapping.map(records, permit, self.organisation)

    async def close(self) -> None:
        """Do nothing: there is nothing to give back."""


def sources(today: date) -> dict[str, list[RecordSource]]:
    """Return the three sources by holder, guarded as the gateway guards all of them."""
    mapping = load_mapping(Path(__file__).with_name("dossier.yaml"))
    records = [_record(today, number) for number in range(len(_ABOUT))]
    kept = [KeptSource(holder, mapping, records[2 * place : 2 * place + 2]) for place, holder in enumerate(HOLDERS)]
    return {each.organisation: [guarded(each, deadline=_DEADLINE, limit=_AT_ONE_TIME)] for each in kept}


def _record(today: date, number: int) -> dict[str, Any]:
    goals, help_, meetings = (4, 2, 1) if number < ELEMENTS % len(_ABOUT) else (3, 2, 1)
    return {
        "id": f"plan-{number}",
        "versie": "7",
        "opsteller": f"medewerker-{number}",
        "betreft": _ABOUT[number],
        "kader": "JW",
        "opgesteld": (today - timedelta(days=20)).isoformat(),
        "doelen": [_goal(today, n) for n in range(goals)],
        "inzet": [_activity(today, n) for n in range(help_)],
        "agenda": [_appointment(today, n) for n in range(meetings)],
    }


def _goal(today: date, number: int) -> dict[str, Any]:
    return {
        "nr": f"d{number}",
        "rubriek": "DSFE"[number],
        "leefgebied": "OSGN"[number],
        "tekst": _GOAL,
        "stand": "L",
        "vanaf": _dutch(today, 20),
        "streefdatum": _dutch(today, -90),
    }


def _activity(today: date, number: int) -> dict[str, Any]:
    return {
        "nr": f"h{number}",
        "leefgebied": "ON"[number],
        "tekst": _HELP,
        "fase": "LW"[number],
        "aanbieder": "Jeugdhulp aan huis",
        "vanaf": _dutch(today, 15),
    }


def _appointment(today: date, number: int) -> dict[str, Any]:
    day = _dutch(today, -7)
    return {
        "nr": f"a{number}",
        "tekst": _MEETING,
        "begin": f"{day} 15:30",
        "eind": f"{day} 16:30",
        "plaats": "Wijkcentrum, kamer 2",
    }


def _dutch(today: date, days_ago: int) -> str:
    return (today - timedelta(days=days_ago)).strftime("%d-%m-%Y")
