"""What happens elsewhere: to others, between others, in other organisations and in the gateway itself."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from audit.events import Kind
from consent.rulesets import rule_set_named
from gateway.database.engine import write_transaction
from gateway.erasing.erasing import Erasing
from gateway.erasing.journal import Journal
from gateway.registry.rows import Entry
from gateway.registry.store import record as register
from gateway.rules.store import confirm
from tests.gateway.emergency.house import DECLARED, EMERGENCIES
from tests.gateway.hidden.town import YES, Json, authority, helping, relative
from tests.gateway.log.office import indexed, second
from tests.gateway.notices.told import client_token
from tests.gateway.openapi.acts import DECIDED, EXPLAINED, FACTS, HOW, INQUIRY, LOG, REVIEWS, SIGNALS, stands_in
from tests.gateway.reviews.stage import found
from tests.gateway.running import PLAN, Running, question
from tests.gateway.signals.conftest import happened
from tests.gateway.worlds import record

Deed = Callable[[Running, Path], Awaitable[None]]
_NEIGHBOUR: Final = "buurkind"
_GONE: Final = ("broer-sem", "tante")
_OWN_YES: Final = {**YES, "holders": ["ggz-west"], "recipients": ["team-noord"]}


def others(told: Json) -> Json:
    """Return the world with neighbours whom nobody knows who comes, and with relatives who are forgotten later."""
    new: dict[str, list[Json]] = {
        "persons": [
            *({"id": name, "born": "2016-01-01"} for name in (_NEIGHBOUR, "broer-sem")),
            {"id": "buurvrouw", "born": "1990-01-01"},
        ],
        "family": [
            relative("buurvrouw", _NEIGHBOUR, "parent", lives_with=True),
            relative("broer-sem", "sem", "sibling", lives_with=True),
            relative("tante", "sem", "aunt", lives_with=True),
        ],
        "authority": [
            authority("a-buur", "buurvrouw", _NEIGHBOUR),
            authority("a-broer", "moeder", "broer-sem"),
        ],
        "involvements": [helping("ggz-west", name) for name in (_NEIGHBOUR, *_GONE)],
        "consents": [
            {"id": f"c-{name}", **_OWN_YES, "about": name, "given_by": giver}
            for name, giver in ((_NEIGHBOUR, "buurvrouw"), ("broer-sem", "moeder"), ("tante", "tante"))
        ],
        "records": [
            record(f"x-{'-'.join(about)}", about=list(about))
            for about in ((_NEIGHBOUR,), ("broer-sem",), ("tante",), ("sem", "broer-sem"), ("zus", "tante"))
        ],
    }
    return told | {section: [*entries, *told.get(section, ())] for section, entries in new.items()}


async def _act(gateway: Running, who: str, door: str, body: Any = None, *, status: int = 0) -> Json:
    method, path = door.split(" ")
    answer = await gateway.call(who, method, path, body)
    assert answer.status == status or (not status and answer.status in {200, 201}), (who, door, answer)
    told: Json = json.loads(answer.body)
    return told


async def in_an_emergency(gateway: Running, _: Path) -> None:
    """Another crisis service asks, the holder closes that, so that it is barred; what came of it is reviewed."""
    pull = question("sem", "emergency", categories=["risk"], emergency=DECLARED)
    opened = await _act(gateway, "kris", f"POST {PLAN}", pull)
    await _act(gateway, "officer:ggz-west", f"POST {EMERGENCIES}/{opened['request_id']}/close")
    await _act(gateway, "kris", f"POST {PLAN}", pull, status=403)
    await indexed(gateway)
    [item] = (await _act(gateway, "officer:ggz-west", f"GET {REVIEWS}"))["items"]
    for act, body in (("take", None), ("verdict", found())):
        await _act(gateway, "officer:ggz-west", f"POST {REVIEWS}/{item['id']}/{act}", body)
    duties = (await _act(gateway, "officer:ggz-west", "GET /api/v1/obligations"))["obligations"]
    await _act(gateway, "chris", f"POST /api/v1/obligations/{duties[0]['id']}/done", HOW)


async def between_others(gateway: Running, _: Path) -> None:
    """Others ask about the children and about others, a holder decides."""
    for person in (_NEIGHBOUR, "broer-sem", "tante"):
        await _act(gateway, "anna", f"POST {PLAN}", question(person, "coordinate-plan"))
    for child in ("sem", "zus"):
        decided = {**DECIDED, "about": child, "asker": {"organisation": "raad"}, "purpose": INQUIRY}
        await _act(gateway, "chris", "POST /api/v1/holder/decisions", decided)


async def looked_at(gateway: Running, _: Path) -> None:
    """An officer of the gateway searches for the children, opens what there is of them, and makes a letter."""
    await indexed(gateway)
    another = await second(gateway, "operator")
    for child in ("sem", "zus"):
        page = await _act(gateway, "officer", f"GET {LOG}?person={child}&reason=complaint")
        asking = {"reason": "complaint", "scope": {"person": child}}
        ticket = (await _act(gateway, "officer", f"POST {LOG}/tickets", asking))["id"]
        await _act(gateway, another, f"POST {LOG}/tickets/{ticket}/approve")
        event = page["events"][0]["id"]
        await _act(gateway, "officer", f"GET {LOG}/{event}")
        await _act(gateway, "officer", f"POST {LOG}/{event}/content", {"ticket": ticket})
        await _act(gateway, "officer", f"POST {LOG}/tickets", asking)
        await _act(gateway, "officer", f"POST {LOG}/access-report", {"person": child, "reader": "moeder"})


async def signalled(gateway: Running, _: Path) -> None:
    """Somebody of the team does what is a signal, and another is explained."""
    await _act(gateway, "officer:team-noord", f"POST {SIGNALS}/explained", EXPLAINED)
    await happened(gateway.gateway.exchange.committer, 5, account="noor", kind=Kind.EXCHANGE_DENIED)
    await indexed(gateway)
    await _act(gateway, "officer", f"GET {SIGNALS}")


async def switched(gateway: Running, _: Path) -> None:
    """Holders stop, one goes on, one opens his crisis set; a webhook is registered, and somebody stands in."""
    for holder in ("raad", "pleegzorg", "gi"):
        await _act(gateway, f"officer:{holder}", "POST /api/v1/holder/stop")
    for officer in ("officer:gi", await second(gateway, "gi")):
        await _act(gateway, officer, "POST /api/v1/holder/stop/lift")
    for administrator in ("administrator-of-pleegzorg", "second-administrator-of-pleegzorg"):
        await _act(gateway, administrator, "POST /api/v1/holder/crisis-set/open")
    await _act(gateway, "administrator-of-team-noord", f"POST {FACTS}/replacements", stands_in())
    await _act(gateway, "administrator-of-ggz-west", f"POST {FACTS}/professionals/wil/close", {})
    committer = gateway.gateway.exchange.committer
    body = {"url": "http://127.0.0.1:9/", "key": 1}
    webhook = Entry(kind="webhook", key="ggz-west", organisation="ggz-west", body=body)
    async with write_transaction(committer.engine) as connection:
        await register(connection, [webhook], log=committer.log, recorded_by="operator")
    gateway.hold("system of ggz-west", *await client_token(gateway, "ggz-west"))
    await _act(gateway, "system of ggz-west", "GET /api/v1/notices")


async def ruled(gateway: Running, _: Path) -> None:
    """Two officers confirm the rule set of next year."""
    committer = gateway.gateway.exchange.committer
    for officer in ("eva", "olaf"):
        async with write_transaction(committer.engine) as connection:
            said = {"officer": officer, "because": "Gelezen en goed bevonden.", "account": "x"}
            await confirm(connection, rule_set_named("2027-01"), **said, log=committer.log)


async def forgotten(gateway: Running, folder: Path) -> None:
    """A brother and an aunt are forgotten, of whom organisations and the log know something."""
    committer = gateway.gateway.exchange.committer
    journal = Journal(folder, committer.log.key)
    journal.begin(at="2026-11-26T00:00:00.000Z", epoch=1)
    for person in _GONE:
        await Erasing(committer, committer.engine, journal, lambda: 1).erase(person, acts=lambda _: {}, why={})


ELSEWHERE: Final = (in_an_emergency, between_others, looked_at, signalled, switched, ruled, forgotten)
