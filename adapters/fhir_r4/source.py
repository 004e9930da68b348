"""Asks a FHIR R4 server: first who the persons are there, then each kind of record about them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from adapters.contract import Leftover, Mapped, SourceError, SourceMalformedError, SourceRecord
from adapters.fhir_r4.bundles import Page, check_total, read_page
from adapters.fhir_r4.patients import has_number, why_not
from adapters.fhir_r4.unread import Unpassable
from adapters.http import HTTPClient, HTTPSettings
from adapters.mapping import LoadedMapping
from schemas.fhir.modifiers import unusable
from schemas.permits import Permit

ACCEPT: Final = "application/fhir+json"

_PATIENT: Final = "Patient"
_BY_IDENTIFIER: Final = ":identifier"
_NOBODY: Final[Mapping[str, str]] = {"_id": "schakel-asks-about-nobody"}
"""A search that finds nothing: it only shows whether the server answers searches."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FHIRSettings:
    """The server, and for each record kind the search parameter that takes a patient.

    A parameter that ends in `:identifier` (`subject:identifier`) is given the persons' numbers themselves; every other
    one is given references to the Patient resources that hold them.
    """

    http: HTTPSettings
    searches: Mapping[str, str]
    page_limit: int = 20
    page_size: int = 200


class FHIRSource:
    """A FHIR R4 server of one holder. Every search is a POST, so that no number of a person stands in a URL of ours."""

    def __init__(
        self, organisation: str, mapping: LoadedMapping, settings: FHIRSettings, *, now: Callable[[], datetime] = _now
    ) -> None:
        self.organisation: Final = organisation
        self.system: Final = mapping.system
        self.identifier_system: Final = mapping.identifier_system
        self._mapping = mapping
        self._settings = settings
        self._client = HTTPClient(settings.http)
        self._now = now

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        """Return the Patient resources of `permit.identifiers` and every resource found about them.

        Raises:
            SourceSilentError: no answer to one of the searches.
            SourceMalformedError: one of them is refused, or not answered with pages of a search.
        """
        numbers = sorted(set(permit.identifiers.values()))
        if not numbers:
            await self._page(_PATIENT if self._needs_patients() else next(iter(self._settings.searches)), _NOBODY)
            return []
        tokens = ",".join(f"{_escaped(self.identifier_system)}|{_escaped(each)}" for each in numbers)
        patients = await self._patients(tokens, frozenset(numbers)) if self._needs_patients() else []
        references = ",".join(f"{_PATIENT}/{each['id']}" for each in patients)
        searches = [
            (kind, parameter, tokens if parameter.endswith(_BY_IDENTIFIER) else references)
            for kind, parameter in self._settings.searches.items()
        ]
        found = await _together([self._search(*each) for each in searches if each[2]])
        now = self._now()
        return [self._record(each, now) for resources in (patients, *found) for each in resources]

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:
        """Turn resources into elements, by the mapping; one that may not be used is left over as a whole.

        So is what does not read of a resource what may not be passed over (`unread`).
        """
        plain: list[SourceRecord] = []
        left: list[Leftover] = []
        for record in records:
            found = unusable(record.content) or self._says_nobody(record)
            if found is None:
                plain.append(record)
            else:
                left.append(Leftover(record.kind, *found))
        mapped = self._mapping.map(plain, permit, self.organisation, Unpassable(self.identifier_system))
        return Mapped(mapped.elements, (*mapped.leftovers, *dict.fromkeys(left)))

    async def close(self) -> None:
        """Give back the connections."""
        await self._client.close()

    def _needs_patients(self) -> bool:
        return not all(each.endswith(_BY_IDENTIFIER) for each in self._settings.searches.values())

    async def _patients(self, tokens: str, numbers: frozenset[str]) -> list[dict[str, Any]]:
        page = await self._page(_PATIENT, {"identifier": tokens})
        if page.next_url is not None:
            # A next page's address may repeat the numbers, and so few persons fit one page.
            raise SourceMalformedError(f"{_PATIENT}: more than one page")
        check_total([page], _PATIENT)
        # A server that does not know the parameter may answer with everybody.
        return [
            each
            for each in page.resources
            if each["resourceType"] == _PATIENT and has_number(each, self.identifier_system, numbers)
        ]

    def _says_nobody(self, record: SourceRecord) -> tuple[str, str] | None:
        kind = self._mapping.kinds.get(record.kind)
        if record.kind != _PATIENT or kind is None:
            return None
        passed_over = kind.coverage.covered_names()
        return why_not(record.content, self.identifier_system, record.retrieved_at, passed_over=passed_over)

    async def _search(self, kind: str, parameter: str, value: str) -> list[dict[str, Any]]:
        page = await self._page(kind, {parameter: value})
        pages = [page]
        while page.next_url is not None:
            if len(pages) == self._settings.page_limit:
                raise SourceMalformedError(f"{kind}: more than {self._settings.page_limit} pages")
            answer = await self._client.get(page.next_url)
            page = read_page(answer.status, answer.content, f"{kind}: page {len(pages) + 1}")
            pages.append(page)
        check_total(pages, kind)
        return [resource for each in pages for resource in each.resources]

    async def _page(self, kind: str, fields: Mapping[str, str]) -> Page:
        size = {"_count": str(self._settings.page_size)}
        answer = await self._client.post_form(f"{kind}/_search", {**fields, **size})
        return read_page(answer.status, answer.content, f"{kind}: page 1")

    def _record(self, resource: dict[str, Any], now: datetime) -> SourceRecord:
        kind: str = resource["resourceType"]
        if kind not in self._mapping.kinds:
            return SourceRecord(kind=kind, id=resource["id"], version=None, retrieved_at=now, content=resource)
        record = self._mapping.record(kind, resource, now)
        if record is None:
            raise SourceMalformedError(f"{kind}: a resource without what the mapping calls its id")
        return record


async def _together(searches: Iterable[Any]) -> list[list[dict[str, Any]]]:
    """Run searches side by side; one that fails stops the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in searches]
    except BaseExceptionGroup as failures:
        raise next((each for each in failures.exceptions if isinstance(each, SourceError)), failures) from None
    return [each.result() for each in tasks]


def _escaped(value: str) -> str:
    """Escape what a search parameter reads as a separator (FHIR R4, search.html 3.1.1.5.9)."""
    for sign in "\\$,|":
        value = value.replace(sign, f"\\{sign}")
    return value
