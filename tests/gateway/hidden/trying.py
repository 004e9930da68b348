"""Somebody who comes to every door, and the whole of what he is answered there, but for what differs each time."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.gateway.hidden.doors import Try, asks, confirms_and_ends, guesses, reads, says
from tests.gateway.hidden.town import Act, Json, Visitor
from tests.gateway.openapi.acts import FACTS
from tests.gateway.running import Running

Heard = list[tuple[Try, int, str]]
"""What was tried, and the status and the whole of what was answered."""

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_NOW: Final = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}(?:Z|[+-]\d\d:\d\d)")
_ITS_OWN: Final = frozenset({"receipt", "signature", "complete_to", "urn:schakel:fhir:receipt"})


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
    _ids: dict[str, str] = field(default_factory=dict)

    async def come(self) -> list[tuple[str, str]]:
        """Read, ask and say whatever can be; return the facts that he saw or recorded."""
        one = self.one
        await do(self.gateway, one.first)
        seen = await self._all(reads(one))
        assert {section for section, _ in seen} >= one.sees
        await self._all(asks(one))
        taken = await self._all(says(one))
        await self._all(guesses(one.child))
        return list(dict.fromkeys([*taken, *seen]))

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
            if status == 201 and each.path.startswith(FACTS):
                self._last = told["id"]
                facts.append((each.path.removeprefix(f"{FACTS}/"), told["id"]))
            if status == 200 and each.path == f"/api/v1/persons/{self.one.child}/facts":
                facts += [(fact["section"], fact["id"]) for fact in told["facts"]]
        return facts

    async def _try(self, one: Try) -> tuple[int, Json]:
        path = one.path.replace("LAST", self._last)
        sent = None if one.body is None else json.dumps(one.body).replace("LAST", self._last).encode()
        headers = await self.gateway.headers(self.one.who, one.method, path) | {"Content-Type": one.kind}
        headers |= {"Idempotency-Key": one.key} if one.key else {}
        async with self.gateway.session.request(
            one.method, f"{self.gateway.url}{path}", headers=headers, data=sent
        ) as answer:
            text, got = await answer.text(), {**answer.headers, "Date": "", "Content-Length": ""}
        said: Json = json.loads(text)
        tried = Try(one.method, self._named(one.path), one.body, self._named(one.key), one.kind)
        self.heard.append((tried, answer.status, f"{sorted(got.items())} {self._as_compared(said)}"))
        return answer.status, said

    def _as_compared(self, said: Json) -> str:
        text = _OF_NOW.sub("NOW", json.dumps(_bare(said)).replace(self.gateway.url, "URL"))
        # What lies ahead at one instant stands there in the order of ids.
        return _ID.sub("ID", text) if "ahead" in said else self._named(text)

    def _named(self, text: str) -> str:
        return _ID.sub(lambda each: self._ids.setdefault(each[0], f"ID-{len(self._ids)}"), text)


def _bare(told: Any) -> Any:
    if isinstance(told, dict):
        if told.get("url") in _ITS_OWN:
            return None
        return {name: _bare(each) for name, each in told.items() if name not in _ITS_OWN}
    return [_bare(each) for each in told] if isinstance(told, list) else told
