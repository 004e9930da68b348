"""Somebody who comes to every door, and the whole of what he is answered there, but for what differs each time."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from tests.gateway.hidden.doors import Try, asks, confirms_and_ends, guesses, opens, reads, says, searches
from tests.gateway.hidden.town import Act, Json, Visitor
from tests.gateway.log.followers import placed
from tests.gateway.log.office import indexed, second
from tests.gateway.openapi.acts import FACTS, LOG
from tests.gateway.running import Running

Heard = list[tuple[Try, int, str]]
"""What was tried, and the status and the whole of what was answered."""

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PSEUDONYM: Final = re.compile(r"\b(?:[0-9A-F]{8}|[0-9a-f]{32})\b")
_OF_NOW: Final = re.compile(
    r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}(?:Z|[+-]\d\d:\d\d)"
    r"|\d+ \w+ 2\d{3}, \d\d:\d\d"  # in a letter
    r"|~[\w-]{100,}"  # a person in a URL
    r"|(?<=to=)2[\w.%-]+"  # when he came
    r"|the first \d+ events of the log"
)
# Whether a head was signed by now: the sentence of a letter with its root, and a proof that waits for it.
_SIGNED: Final = re.compile(r', "[^"]*[\w+/]{43}=[^"]*"|(?<="proof_is": )"(?:given|pending)"')
_ITS_OWN: Final = frozenset(
    # How long the log is, and where in it an event stands, anybody can see at its checkpoint.
    {"receipt", "signature", "complete_to", "urn:schakel:fhir:receipt", "seq", "complete_up_to", "sha256", "proof"}
    | {"first", "last"}  # of a signal: instants
)


async def do(gateway: Running, acts: Iterable[Act]) -> None:
    """Have others do what they may, each after the other."""
    last = ""
    for who, path, body in acts:
        door = f"/api/v1/{path}" if path.startswith("holder/") else f"{FACTS}/{path}"
        answer = await gateway.call(who, "POST", door.replace("LAST", last), body)
        told = json.loads(answer.body)
        assert answer.status == 201, (who, path, told)
        last = told.get("id", last)


@dataclass
class Trying:
    """A visitor, and what he `heard`. Ids made just now he compares by the order in which they came to him."""

    gateway: Running
    one: Visitor
    heard: Heard = field(default_factory=list)
    _last: str = "none"
    _then: str = "2027-01-01"
    _ids: dict[str, str] = field(default_factory=dict)
    _events: dict[str, str] = field(default_factory=dict)

    async def come(self) -> list[tuple[str, str]]:
        """Read, ask and say whatever can be; return the facts that he saw or recorded."""
        one = self.one
        if one.watches:
            await self._watch()
            return []
        await do(self.gateway, one.first)
        seen = await self._all(reads(one))
        assert {section for section, _ in seen} >= one.sees
        await self._all(asks(one))
        taken = await self._all(says(one))
        await self._all(guesses(one.child))
        return list(dict.fromkeys([*taken, *seen]))

    async def _watch(self) -> None:
        """Read, search and open what an officer may, with the yes of a second one."""
        await second(self.gateway, self.one.at)
        await self.gateway.headers(self.one.who, "GET", LOG)
        # Only now, when both have their tokens: or it would differ what is found by now.
        await placed(self.gateway)
        await indexed(self.gateway)
        self._then = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        await self._all(reads(self.one))
        await self._all(searches(self.one))
        for event in [*self._events.values()]:
            await self._all(opens(self.one, event))

    async def come_again(self, facts: list[tuple[str, str]]) -> None:
        """Say it all again, read, confirm and end each of these facts in each way, and read what became of them."""
        await self._all(says(self.one))
        await self._all(reads(self.one))
        for section, fact in facts:
            await self._all(confirms_and_ends(section, fact))
        await self._all(reads(self.one))

    async def _all(self, tries: Iterable[Try]) -> list[tuple[str, str]]:
        """Try each; return the facts that he recorded or saw, by section and id."""
        facts: list[tuple[str, str]] = []
        for each in tries:
            status, told = await self._try(each)
            for event in told.get("events", ()) if each.path.startswith(LOG) else ():
                alike = f"{event['kind']} {event['outcome']} {event['person'] is None}"
                self._events.setdefault(alike, event["id"])
            if status == 200 and each.path == f"{LOG}/tickets" and each.body:
                self._last = told["id"]
            if status == 201 and each.path.startswith(FACTS):
                self._last = told["id"]
                facts.append((each.path.removeprefix(f"{FACTS}/"), told["id"]))
            if status == 200 and each.path == f"/api/v1/persons/{self.one.child}/facts":
                facts += [(fact["section"], fact["id"]) for fact in told["facts"]]
        return facts

    async def _try(self, one: Try) -> tuple[int, Json]:
        path = one.path.replace("LAST", self._last).replace("THEN", self._then)
        sent = None if one.body is None else json.dumps(one.body).replace("LAST", self._last).encode()
        headers = await self.gateway.headers(one.by or self.one.who, one.method, path) | {"Content-Type": one.kind}
        headers |= {"Idempotency-Key": one.key} if one.key else {}
        async with self.gateway.session.request(
            one.method, f"{self.gateway.url}{path}", headers=headers, data=sent
        ) as answer:
            text, got = await answer.text(), {**answer.headers, "Date": "", "Content-Length": ""}
        said: Json = json.loads(text)
        tried = Try(
            one.method, self._named(one.path), self._named(json.dumps(one.body)), self._named(one.key), one.kind
        )
        self.heard.append((tried, answer.status, f"{sorted(got.items())} {self._as_compared(said)}"))
        return answer.status, said

    def _as_compared(self, said: Json) -> str:
        text = _SIGNED.sub("", json.dumps(_bare(said)).replace(self.gateway.url, "URL"))
        text = _OF_NOW.sub("NOW", text)
        # What lies ahead at one instant stands there in the order of ids.
        return _ID.sub("ID", text) if "ahead" in said else self._named(text)

    def _named(self, text: str) -> str:
        for made in (_ID, _PSEUDONYM):
            text = made.sub(lambda each: self._ids.setdefault(each[0], f"ID-{len(self._ids)}"), text)
        return text


def _bare(told: Any) -> Any:
    if isinstance(told, dict):
        if told.get("url") in _ITS_OWN:
            return None
        return {name: _bare(each) for name, each in told.items() if name not in _ITS_OWN}
    return [_bare(each) for each in told] if isinstance(told, list) else told
