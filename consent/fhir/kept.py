"""The fields of our entry as they are read from a Consent, each with the place where it stood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Kept:
    """Fields by key, and places by key and by item (`recipients[0]`)."""

    fields: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def keep(self, key: str, value: Any, place: str) -> None:
        """Keep one field; None, of what could not be read, is not kept."""
        if value is not None:
            self.fields[key], self.places[key] = value, place

    def keep_ids(self, key: str, found: Mapping[str, str], place: str) -> None:
        """Keep a list of ids, each with its own place."""
        self.keep(key, list(found), place)
        self.places |= {f"{key}[{position}]": each for position, each in enumerate(found.values())}
