"""The log as a NEN 7513 file, for officers: each his own part, on record before anything leaves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Final

from audit.events import Kind
from audit.finding.search import Wanted, find
from audit.renderings.csv_safe import BOM
from audit.renderings.elements import Node
from audit.renderings.nen7513 import header, row
from consent.fhir.addresses import NO, YES
from gateway.identity.caller import Caller
from gateway.log.following import place_of
from gateway.log.indexing import NAME
from gateway.log.persons import pseudonym
from gateway.log.question import Question
from gateway.log.reading import looked
from gateway.log.searching import Searching, told_question

AT_ONCE: Final = 500
"""Events of a file that are read in one go."""


def node_at(address: str, viewer: str, key: bytes) -> Node:
    """Return how renderings for `viewer` name this gateway and persons; `key` is that of the search."""
    return Node(address, {"consents": YES, "refusals": NO}, lambda person: pseudonym(key, viewer, person))


@dataclass(frozen=True)
class Nen7513Files:
    """Renders events when they are read. `address` is that of this gateway outside."""

    searching: Searching
    address: str

    async def lines(self, question: Question, viewer: str, caller: Caller, request_id: str) -> AsyncIterator[str]:
        """Return the lines of a NEN 7513 file of what `question` asks, the newest event first.

        That it is exported is on record before this returns; no event was opened by then.

        Raises:
            AuditUnavailableError: the log cannot be read or written now.
        """
        key = await self.searching.key()
        person = None if question.person is None else self.searching.persons.named(question.person)
        async with self.searching.look(caller, named=person) as look:
            about = None if person is None else await self.searching.persons.with_key(person)
            detail = {"format": "nen7513", "question": told_question(question)}
            kept = looked(caller, request_id, detail, kind=Kind.LOG_EXPORTED, person=about)
            await self.searching.committer.keep(kept)
            async with self.searching.opened() as connection:
                size = await place_of(connection, NAME)
                wanted = self.searching.wanted(question, viewer, person, key, size)
                first = await find(connection, wanted, most=AT_ONCE)
            look.tells = bool(first)
        return self._lines(question, viewer, node_at(self.address, viewer, key), wanted, first)

    async def _lines(
        self, question: Question, viewer: str, node: Node, wanted: Wanted, ids: list[str]
    ) -> AsyncIterator[str]:
        """Yield the lines of `ids`, and of what else is `wanted` behind them.

        That they are exported is not put on record here: the caller has done that.
        """
        yield BOM + header()
        while ids:
            # A connection for each bundle: who reads slowly must not hold one.
            async with self.searching.opened() as connection:
                seen = [each async for each in self.searching.parts(connection, viewer, ids)]
            for each in seen:
                if question.holds(each.told.at):
                    yield row(each, node)
            if len(ids) < AT_ONCE:
                return
            wanted = replace(wanted, before=ids[-1])
            async with self.searching.opened() as connection:
                ids = await find(connection, wanted, most=AT_ONCE)
