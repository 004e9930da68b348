"""The log as FHIR AuditEvents, for officers: each his own part, on record before anything leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.events import EventOutcome
from audit.finding.search import FIRST, find
from audit.part import Part
from audit.renderings.elements import Node
from audit.renderings.fhir import DECISION_ID, audit_events
from gateway.committing.calls import NotAllowedError
from gateway.fhir.audit_page import Page
from gateway.fhir.auditing import AuditSearch
from gateway.identity.caller import Caller
from gateway.log.following import place_of
from gateway.log.indexing import NAME
from gateway.log.question import Cursor, Question
from gateway.log.reading import looked
from gateway.log.rendering import node_at
from gateway.log.searching import Searching, told_question


@dataclass(frozen=True)
class AuditEvents:
    """Renders events when they are read. `address` is that of this gateway outside."""

    searching: Searching
    address: str

    async def find(self, search: AuditSearch, viewer: str, caller: Caller, request_id: str) -> Page:
        """Return a page of AuditEvents, the newest first, as the officer of `viewer` may see them.

        Raises:
            AuditUnavailableError: the log cannot be read or written now.
        """
        async with self.searching.look(caller, named=search.identifier or search.person) as look:
            page = await self._page(search, viewer, caller, request_id)
            look.tells = bool(page.resources)
        return page

    async def _page(self, search: AuditSearch, viewer: str, caller: Caller, request_id: str) -> Page:
        person = await self._person(search)
        key = await self.searching.key()
        async with self.searching.opened() as connection:
            size = await place_of(connection, NAME)
            asked = size if search.after is None else min(size, search.after.size)
            found: set[str] = set()
            for each in search.questions(person):
                wanted = self.searching.wanted(each, viewer, person, key, asked)
                found.update(await find(connection, wanted, most=search.count))
            ids = sorted(found, reverse=True)[: search.count]  # as many of the newest as fill a page
            seen = [each async for each in self.searching.parts(connection, viewer, ids)]
        [question, *_] = search.questions(person)
        held = [each for each in seen if question.holds(each.told.at)]
        resources, last = _fill(held, node_at(self.address, viewer, key), search.count)
        if last is None and len(ids) == search.count:
            last = ids[-1]
        about = None if person is None else await self.searching.persons.with_key(person)
        detail = {"read": "audit events", "question": _told(search, question), "events": len(resources)}
        await self.searching.committer.keep(looked(caller, request_id, detail, person=about))
        return Page(
            resources=resources,
            events=asked,
            person=None if person is None else self.searching.persons.sealed(person),
            next=None if last is None else Cursor(asked, last),
        )

    async def read(self, name: str, viewer: str, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return the AuditEvent of this id, as the officer of `viewer` may see it.

        Raises:
            NotAllowedError: it is not for him, or there is none; that he tried is in the log.
            AuditUnavailableError: the log cannot be read or written now.
        """
        event = _event_id(name)
        key = await self.searching.key()
        async with self.searching.opened() as connection:
            seen = [each async for each in self.searching.parts(connection, viewer, [event])]
        rendered = [one for each in seen for one in audit_events(each, node_at(self.address, viewer, key))]
        found = [each for each in rendered if each["id"] == name]
        about = seen[0].person if found else None
        kept = looked(
            caller,
            request_id,
            {"read": "audit event", "event": event},
            outcome=EventOutcome.OK if found else EventOutcome.DENY,
            person=None if about is None else await self.searching.persons.with_key(about),
        )
        await self.searching.committer.keep(kept)
        if not found:
            raise NotAllowedError
        return found[0]

    async def _person(self, search: AuditSearch) -> str | None:
        if search.identifier is not None:
            return await self.searching.persons.found(*search.identifier)
        return None if search.person is None else self.searching.persons.named(search.person)


def _fill(seen: Sequence[Part], node: Node, count: int) -> tuple[tuple[dict[str, Any], ...], str | None]:
    """Return what of `seen` fills a page of `count`, and the id of its last event where not all did."""
    resources: list[dict[str, Any]] = []
    last = None
    for each in seen:
        more = audit_events(each, node)
        if len(resources) + len(more) > count:
            return tuple(resources), last
        resources += more
        last = each.told.id
    return tuple(resources), None


def _event_id(name: str) -> str:
    """Return the id of the event that an AuditEvent is made of; of what is none, an id that no event has."""
    text = name.removesuffix(DECISION_ID)
    try:
        return text if str(UUID(text)) == text else FIRST
    except ValueError:
        return FIRST


def _told(search: AuditSearch, question: Question) -> dict[str, Any]:
    """Return a search as its event keeps it: whether it named a person, never whom."""
    of_agents = {str(what) for what, _ in search.agents}
    told = {name: value for name, value in told_question(question).items() if name not in of_agents}
    return told | {name: value for name, value in search.used if name == "agent"}
