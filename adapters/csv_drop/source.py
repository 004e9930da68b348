"""Reads the files that an institution drops by night."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from adapters.contract import Leftover, Mapped, SourceMalformedError, SourceRecord, SourceSilentError
from adapters.csv_drop.folder import DropFolder, Sheet
from adapters.csv_drop.settings import DropFile, DropSettings
from adapters.mapping import LoadedMapping
from schemas.permits import Permit

_UNUSED: Final = "\0unused"
"""Marks what stands for a row or a file that is not used, so that `map` lists it. No column has a NUL in its name."""

_LISTED: Final = 100
"""Bad rows of one file that each answer lists; of more, only how many."""


def _now() -> datetime:
    return datetime.now(UTC)


class CSVDropSource:
    """The drop folder of one holder."""

    def __init__(
        self, organisation: str, mapping: LoadedMapping, settings: DropSettings, *, now: Callable[[], datetime] = _now
    ) -> None:
        self.organisation: Final = organisation
        self.system: Final = mapping.system
        self.identifier_system: Final = mapping.identifier_system
        self._mapping = mapping
        self._files = settings.files
        self._folder = DropFolder(settings)
        self._one_at_a_time = asyncio.Lock()
        self._now = now

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        """Return the rows of every file about `permit.identifiers`, and a mark for each row or file that is not used.

        A file that cannot be used does not stop the others.

        Raises:
            SourceSilentError: none of the files is there.
            SourceMalformedError: none of them can be used.
        """
        async with self._one_at_a_time:
            sheets = await asyncio.to_thread(lambda: [self._folder.sheet(each) for each in self._files])
        unusable = [each for each in sheets if each.unusable]
        if len(unusable) == len(sheets):
            why = "; ".join(str(each.unusable) for each in unusable)
            raise SourceSilentError(why) if all(each.missing for each in unusable) else SourceMalformedError(why)
        now = self._now()
        numbers = sorted(set(permit.identifiers.values()))
        return [
            record
            for file, sheet in zip(self._files, sheets, strict=True)
            for record in self._records(file, sheet, numbers, now)
        ]

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:
        """Turn rows into elements, by the mapping; what is not used is left over, with its place in the file."""
        unused = [each for each in records if _UNUSED in each.content]
        mapped = self._mapping.map([each for each in records if _UNUSED not in each.content], permit, self.organisation)
        return Mapped(
            mapped.elements,
            (*mapped.leftovers, *(Leftover(each.kind, each.id, str(each.content[_UNUSED])) for each in unused)),
        )

    async def close(self) -> None:
        """Do nothing: a file is open only while it is read."""

    def _records(self, file: DropFile, sheet: Sheet, numbers: Sequence[str], now: datetime) -> Iterable[SourceRecord]:
        if sheet.unusable:
            yield _mark(file.kind, "", sheet.unusable, now)
        for bad in sheet.bad[:_LISTED]:
            yield _mark(file.kind, f"{file.file}:{bad.line}", bad.why, now)
        if len(sheet.bad) > _LISTED:
            yield _mark(file.kind, file.file, f"{len(sheet.bad) - _LISTED} more rows that are no rows", now)
        # A row of two persons of the family is found twice, and is one row.
        rows = {id(row): row for number in numbers for row in sheet.rows.get(number, ())}
        for row in rows.values():
            record = self._mapping.record(file.kind, dict(row), now)
            yield record if record is not None else _mark(file.kind, file.file, "a row without an id", now)


def _mark(kind: str, place: str, why: str, now: datetime) -> SourceRecord:
    return SourceRecord(kind=kind, id=place, version=None, retrieved_at=now, content={_UNUSED: why})
