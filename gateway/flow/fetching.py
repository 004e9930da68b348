"""Steps 5 and 6 of the exchange: ask the sources side by side, and map what they give.

A source that is silent, slow, wrong or hostile never stops the others and never widens anything.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adapters.contract import (
    Leftover,
    RecordSource,
    SourceError,
    SourceRecord,
    SourceRestingError,
    SourceSilentError,
)
from gateway.flow.believing import Believing, bsns_among, readable, readable_text, writable
from schemas.canonical_json import canonical
from schemas.permits import Permit
from schemas.plan import Element, renamed


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one source answered to one permit.

    `failure` says why it gave nothing, `silent` that this was no answer at all, `rests` that it was not asked now.
    """

    source: RecordSource
    permit: Permit
    records: Sequence[SourceRecord] = ()
    failure: str | None = None
    silent: bool = False
    rests: bool = False


@dataclass(frozen=True, slots=True)
class Gleaned:
    """What the sources' answers come to: elements to decide on, by id, and what was left over of each source."""

    elements: Mapping[str, Element]
    leftovers: Mapping[str, tuple[Leftover, ...]]
    """By `organisation/system`, as `failures`."""
    failures: Mapping[str, str]
    """Why a source gave nothing."""
    silent: frozenset[str]
    """The holders of whom a source did not answer. One that answered badly is none: only who has something can."""


@dataclass(frozen=True, slots=True)
class _Mapped:
    permit: Permit
    elements: list[Element]
    leftovers: tuple[Leftover, ...]
    failure: str | None = None

    @property
    def name(self) -> str:
        return f"{self.permit.holder}/{self.permit.system}"


async def fetch(permits: Iterable[Permit], sources: Mapping[str, Sequence[RecordSource]]) -> list[Fetched]:
    """Ask every source that a permit is for.

    One that knows none of the persons is only asked whether it answers: else its status would tell who is known there.
    """
    asked = [(source, permit) for permit in permits for source in _sources_of(permit, sources)]
    return await asyncio.gather(*(_fetch_one(source, permit) for source, permit in asked))


def _sources_of(permit: Permit, sources: Mapping[str, Sequence[RecordSource]]) -> list[RecordSource]:
    return [each for each in sources[permit.holder] if permit.system == each.system]


async def _fetch_one(source: RecordSource, permit: Permit) -> Fetched:
    try:
        return Fetched(source, permit, await source.fetch(permit))
    except SourceError as error:
        silent, rests = isinstance(error, SourceSilentError), isinstance(error, SourceRestingError)
        return Fetched(source, permit, failure=readable_text(str(error)), silent=silent, rests=rests)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # Nobody cancelled us: a library of the adapter let its own cancelling out.
        return Fetched(source, permit, failure="unforeseen failure: CancelledError")
    except Exception as error:  # noqa: BLE001 - an adapter of a third party may fail in any way; the others must go on
        # The text of an unforeseen error may hold a record's content, so only its kind is kept.
        return Fetched(source, permit, failure=f"unforeseen failure: {type(error).__name__}")


def glean(fetched: Sequence[Fetched], key: bytes | None, *, numbers: Iterable[str]) -> Gleaned:
    """Map every answer, and drop what was not asked for, before anything is decided.

    An element that names another holder, lies outside its permit, or shares its id with another one of its source is
    not believed, nor one that its source calls by a BSN: by any of the `numbers` of the family that is one, in whatever
    system. Each gets an id that follows from its source and its id there, under `key` (32 bytes, the gateway's own).
    None leaves them their ids: then what sources call their elements must tell them all apart, as in the file of a
    sandbox.
    """
    bsns = bsns_among(numbers)
    mapped = [_map(answer, bsns) for answer in fetched]
    elements = [element for each in mapped for element in (each.elements if key is None else _named(each, key))]
    return Gleaned(
        elements={each.id: each for each in _single(elements)},
        leftovers={each.name: each.leftovers for each in mapped if each.failure is None},
        failures={each.name: each.failure for each in mapped if each.failure is not None},
        # A record that cannot be read, or breaks its mapping, tells that there is one: outside it counts as an answer.
        silent=frozenset(each.permit.holder for each in fetched if each.silent),
    )


def _map(answer: Fetched, bsns: Sequence[str]) -> _Mapped:
    permit = answer.permit
    if answer.failure is not None:
        return _Mapped(permit, [], (), answer.failure)
    try:
        mapped = answer.source.map(answer.records, permit)
        single = _single(writable([*filter(Believing(permit, bsns).believes, mapped.elements)]))
        lied = len(mapped.elements) - len(single)
        dropped = (Leftover("*", "*", f"{lied} outside the permit, doubled or malformed"),) if lied else ()
        return _Mapped(permit, single, (*map(readable, mapped.leftovers), *dropped))
    except Exception as error:  # noqa: BLE001 - as in `_fetch_one`
        return _Mapped(permit, [], (), f"unforeseen failure in mapping: {type(error).__name__}")


def _single(elements: list[Element]) -> list[Element]:
    """Return those of `elements` whose id is their own."""
    seen = {each.id for each in elements}
    if len(seen) == len(elements):
        return elements
    times = Counter(each.id for each in elements)
    return [each for each in elements if times[each.id] == 1]


def _named(mapped: _Mapped, key: bytes) -> list[Element]:
    """Return the elements under the ids of the gateway, and their links to goals likewise.

    INVARIANT: they follow from the source and its own words alone. If two sources could use one id, what one of them
    has would change how the other's element is called, or take it away. And nobody can work them out without `key`:
    else who is shown one element of a record could try where in it that stands, and so what it has besides.
    """
    ids = _Ids(key, mapped.permit.holder, mapped.permit.system)
    return [renamed(each, ids[each.id], map(ids.__getitem__, each.goals)) for each in mapped.elements]


class _Ids(dict[str, str]):
    """The gateway's id of what a source calls so."""

    def __init__(self, key: bytes, holder: str, system: str) -> None:
        super().__init__()
        self._key = key
        self._named = canonical([holder, system])[:-1] + b","

    def __missing__(self, name: str) -> str:
        # Keyed (RFC 7693 section 2.9): in a fourth of the time of an HMAC.
        told = hashlib.blake2b(self._named + canonical(name) + b"]", key=self._key, digest_size=12)
        found = self[name] = "e-" + told.hexdigest()
        return found
