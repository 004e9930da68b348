"""Builds a source from plain settings: one entry of the gateway's list of sources.

The words are described in docs/reference/mapping-language.md.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from adapters.contract import RecordSource
from adapters.csv_drop import configure as csv_drop
from adapters.entry import ConfigurationError, Entry
from adapters.mapping import LoadedMapping, MappingError, load_mapping
from adapters.resilience import guarded
from adapters.sql_view import configure as sql_view

__all__ = ["DOORS", "ConfigurationError", "source_from"]

Builder = Callable[[str, LoadedMapping, Entry, float], RecordSource | None]


def _fhir_r4(organisation: str, mapping: LoadedMapping, settings: Entry, deadline: float) -> RecordSource | None:
    # An HTTP client is 7 MiB in memory, and not every gateway asks a FHIR server.
    from adapters.fhir_r4 import configure  # noqa: PLC0415

    return configure.build(organisation, mapping, settings, deadline)


DOORS: Final[Mapping[str, Builder]] = {
    "csv-drop": csv_drop.build,
    "fhir-r4": _fhir_r4,
    "sql-view": sql_view.build,
}
"""Every door by the word that settings give it."""


def source_from(config: Mapping[str, Any], *, base: Path = Path(), at: str = "source") -> RecordSource:
    """Return the source that `config` describes, with its deadline, limit and breaker round it.

    `base` is where relative paths start; `at` names the entry in messages (`sources[0]`). Opens no connection.

    Raises:
        ConfigurationError: `problems` names everything that is wrong, with its place.
    """
    problems: list[str] = []
    entry = Entry.of(config, at, problems, base)
    door, organisation = entry.one_of("door", DOORS), entry.text("organisation")
    deadline = float(entry.number("deadline", 5.0, most=60.0))
    limit = entry.whole("concurrency", 4, most=64)
    mapping, settings = _mapping(entry), entry.below("settings")
    entry.done()
    source = DOORS[door](organisation, mapping, settings, deadline) if mapping is not None and door in DOORS else None
    if problems or source is None:
        raise ConfigurationError(problems)
    return guarded(source, deadline=timedelta(seconds=deadline), limit=limit)


def _mapping(entry: Entry) -> LoadedMapping | None:
    system, identifier_system = entry.text("system"), entry.text("identifier_system")
    file = entry.file("mapping")
    if file is None:
        entry.wrong("mapping", "is missing")
        return None
    try:
        mapping = load_mapping(file)
    except MappingError as error:
        entry.problems += [f"{entry.at}.mapping: {each}" for each in error.problems]
        return None
    if system and system != mapping.system:
        entry.wrong("system", f"the mapping is for `{mapping.system}`")
    if identifier_system and identifier_system != mapping.identifier_system:
        entry.wrong("identifier_system", f"the mapping is for `{mapping.identifier_system}`")
    return mapping
