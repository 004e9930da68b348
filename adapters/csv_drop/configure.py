"""Builds the door to a drop folder from plain settings."""

from pathlib import Path

from adapters.contract import RecordSource
from adapters.csv_drop.settings import ENCODINGS, DropFile, DropSettings
from adapters.csv_drop.source import CSVDropSource
from adapters.entry import Entry
from adapters.mapping import LoadedMapping

_MOST_CHARACTERS = 131_072
"""The csv module's own limit to a field."""


def build(organisation: str, mapping: LoadedMapping, settings: Entry, deadline: float) -> RecordSource | None:  # noqa: ARG001  # as the other doors
    """Return the source that `settings` describe, or None with the reasons in its problems."""
    before = len(settings.problems)
    folder = settings.file("folder")
    if folder is None:
        settings.wrong("folder", "is missing")
    files = [file for each in settings.listed("files") if (file := _file(each, mapping))]
    for kind in mapping.kinds.keys() - {each.kind for each in files}:
        settings.wrong("files", f"no file gives the records of kind `{kind}`, which the mapping reads")
    try:
        drop = DropSettings(
            folder=folder or Path(),
            encoding=settings.one_of("encoding", ENCODINGS),
            delimiter=settings.text("delimiter"),
            files=tuple(files),
            checksum_required=settings.one_of("checksum", ("optional", "required"), "optional") == "required",
            size_limit=settings.whole("size_limit", 50_000_000, most=1_000_000_000),
            row_limit=settings.whole("row_limit", 200_000, most=10_000_000),
            field_limit=settings.whole("field_limit", 100_000, most=_MOST_CHARACTERS),
        )
    except ValueError as error:
        settings.problems.append(f"{settings.at}: {error}")
        return None
    settings.done()
    return CSVDropSource(organisation, mapping, drop) if len(settings.problems) == before else None


def _file(entry: Entry, mapping: LoadedMapping) -> DropFile | None:
    kind, file = entry.one_of("kind", mapping.kinds), entry.text("file")
    columns, person = entry.names("columns"), entry.names("person")
    digits = entry.whole("digits", 1, most=30)
    entry.done()
    if kind in mapping.kinds:
        covered = mapping.kinds[kind].coverage.covered_names()
        for column in columns:
            if column not in covered:
                entry.wrong("columns", f"`{column}` is neither read by the mapping nor ignored with a reason")
        for name in sorted(covered - set(columns)):
            entry.wrong("columns", f"the mapping reads `{name}`, which the file does not have")
    try:
        return DropFile(kind, file, columns, person, digits)
    except ValueError as error:
        entry.problems.append(f"{entry.at}: {error}")
        return None
