"""The three institutions of the demonstration: their record systems running, and the settings that reach them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gateway.demo.simulators import debt_counselling, mental_health, youth_care

MAPPINGS: Final = Path(__file__).with_name("mappings")
KINDS: Final = ("Goal", "CarePlan", "CareTeam", "Appointment", "Condition", "DocumentReference", "Observation")
DOSSIERS: Final = ("situatie", "doel", "afspraak", "inzet", "agenda", "verslag", "kenmerk")
"""Views whose rows may be about two persons."""


@dataclass(frozen=True, slots=True)
class Institutions:
    """De Linde, De Waard and Schuldhulp Stad, running."""

    de_linde: mental_health.MentalHealth
    de_waard: youth_care.YouthCare
    schuldhulp_stad: debt_counselling.DebtCounselling

    def stop(self) -> None:
        """Stop all three."""
        self.de_linde.stop()
        self.de_waard.stop()
        self.schuldhulp_stad.stop()

    def sources_config(self) -> list[dict[str, Any]]:
        """Return one entry of settings for each record system (docs/reference/mapping-language.md)."""
        return [self._fhir(), self._sql(), self._csv()]

    def _fhir(self) -> dict[str, Any]:
        return {
            "door": "fhir-r4",
            "organisation": "de-linde",
            "system": "epd",
            "identifier_system": "https://de-linde.example/fhir/clientnummer",
            "mapping": str(MAPPINGS / "de-linde.yaml"),
            "settings": {
                "base_url": self.de_linde.url,
                "insecure_plain_http": True,
                "searches": dict.fromkeys(KINDS, "patient"),
                "token_file": str(self.de_linde.token_file),
            },
        }

    def _sql(self) -> dict[str, Any]:
        views = [_view(kind, ["clientnr", "mede_clientnr"]) for kind in DOSSIERS]
        return {
            "door": "sql-view",
            "organisation": "de-waard",
            "system": "dossier",
            "identifier_system": "urn:de-waard:clientnummer",
            "mapping": str(MAPPINGS / "de-waard.yaml"),
            "settings": {
                "url": f"sqlite+aiosqlite:///{self.de_waard.path}",
                "views": [*views, _view("betrokkene", ["clientnr"])],
            },
        }

    def _csv(self) -> dict[str, Any]:
        return {
            "door": "csv-drop",
            "organisation": "schuldhulp-stad",
            "system": "export",
            "identifier_system": "urn:schuldhulp-stad:klantnummer",
            "mapping": str(MAPPINGS / "schuldhulp-stad.yaml"),
            "settings": {
                "folder": str(self.schuldhulp_stad.path),
                "encoding": debt_counselling.ENCODING,
                "delimiter": ";",
                "checksum": "required",
                "files": [_file("dossier", ["Klant", "Betreft ook"]), _file("agenda", ["Klant"])],
            },
        }


def _view(kind: str, person: list[str]) -> dict[str, Any]:
    return {"kind": kind, "view": f"v_schakel_{kind}", "person": person, "number": "integer"}


def _file(kind: str, person: list[str]) -> dict[str, Any]:
    return {"kind": kind, "file": f"{kind}.csv", "columns": list(debt_counselling.HEADERS[kind]), "person": person}


@contextmanager
def running(folder: Path, *, today: date) -> Iterator[Institutions]:
    """Run the three in `folder`, filled as on `today`, and stop them afterwards."""
    institutions = start(folder, today=today)
    try:
        yield institutions
    finally:
        institutions.stop()


def start(folder: Path, *, today: date) -> Institutions:
    """Start the three in `folder`, filled as on `today`; the caller stops them."""
    youth = youth_care.start(folder, today=today)
    debts = debt_counselling.start(folder, today=today)
    return Institutions(mental_health.start(folder, today=today), youth, debts)
