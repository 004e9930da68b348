"""One after another, everybody does what he may: so each door that asks for two, or for an order, succeeds once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from audit.events import Kind
from gateway.api.keyed import HEADER
from gateway.database.engine import write_transaction
from gateway.identity.keys import new_signing_key
from gateway.identity.routes import FORM
from gateway.identity.service import TOKEN_PATH
from gateway.identity.token_request import CLIENT_CREDENTIALS, TOKEN_EXCHANGE
from gateway.registry.rows import Entry
from gateway.registry.store import record
from gateway.sandbox.call import Answer, proof, token_form
from gateway.signals.pseudonyms import Pseudonyms
from tests.gateway.emergency.house import DECLARED
from tests.gateway.log.office import indexed, second
from tests.gateway.openapi.sweeping import Asked, Given, answers_of, filled, send
from tests.gateway.reviews.stage import Stage, found
from tests.gateway.running import PLAN, Running, question
from tests.gateway.signals.conftest import happened

Json = dict[str, Any]

FACTS: Final = "/api/v1/facts"
LOG: Final = "/api/v1/log"
REVIEWS: Final = "/api/v1/reviews"
SIGNALS: Final = "/api/v1/signals"
SEEN: Final = {"evidence": {"document_sha256": "ab" * 32}}
IDENTITY: Final = {"identity": "identity-document"}
HOW: Final = {"how": "Wij hebben de moeder gebeld."}
EXPLAINED: Final = {
    "rule": "SG-01", "organisation": "team-noord", "account": "0" * 32, "until": "2026-12-05",
    "because": "Zij neemt een maand lang waar voor haar collega.",
}  # fmt: skip
YES: Final = {
    "about": "sem", "holders": ["ggz-west"], "recipients": ["team-noord"], "purposes": ["coordinate-plan"],
    "categories": ["goals"], "given_by": "sem", "form": "in-person", "identity": "known-in-person",
    "text_sha256": "0f" * 32,
}  # fmt: skip
PARENT: Final = {"person": "oom", "of": "sem", "relation": "parent"}
CIRCLE: Final = {"person": "moeder", "of": "sem", "relation": "child"}
GUARDIAN: Final = {"holder": "oom", "over": "sem", "kind": "guardianship", "since": "2026-01-01"}
ORDER: Final = {
    "kind": "supervision-order", "subject": "sem", "executor": "gi", "since": "2026-11-01", "until": "2027-11-01",
}  # fmt: skip
MANDATE: Final = {
    "mentor": "tante", "youth": "sem", "since": "2026-11-01", "until": "2027-02-01", "categories": ["goals"],
}  # fmt: skip
INQUIRY: Final = "child-protection-inquiry"
FULL: Final = 256
DECIDED: Final = {"approved": False, "reason": "Sem heeft ons gevraagd dit niet te delen."}


@dataclass
class Acting:
    """A gateway, the document of its doors, and what was asked and answered until now."""

    gateway: Running
    document: Mapping[str, Any]
    done: list[Given] = field(default_factory=list)

    async def act(
        self, who: str, door: str, body: Any = None, *, status: int = 0, key: str | None = None, **parts: str
    ) -> Json:
        """Ask `door` (METHOD PATH) as `who`, and return what must be an answer of `status`, or a success."""
        headers = {"Content-Type": "application/json", HEADER: key or f"act-{len(self.done)}"}
        sent = None if body is None else json.dumps(body).encode()
        path = filled(door.partition(" ")[2], lambda name: parts[name])
        told: Json = json.loads((await self.send(who, door, path, headers, sent, status=status)).body)
        return told

    async def send(  # noqa: PLR0913 - each is one part of a request
        self, who: str | None, door: str, path: str, headers: Mapping[str, str], body: bytes | None, *, status: int = 0
    ) -> Answer:
        """Send it, keep what was answered, and return it."""
        method, described = door.split(" ")
        answers = answers_of(self.document, door)
        given = await send(
            self.gateway, who, Asked(f"{method.lower()} {described}", method, path, headers, body, answers)
        )
        self.done.append(given)
        assert given.answer.status == status or (not status and given.succeeded), (door, given.answer)
        return given.answer

    async def fact(self, who: str, section: str, body: Mapping[str, Any], **more: Any) -> str:
        """Record a fact, and return its id."""
        return str((await self.act(who, f"POST {FACTS}/{section}", body, **more))["id"])

    async def confirm(self, who: str, section: str, fact: str, body: Mapping[str, Any]) -> None:
        await self.act(who, f"POST {FACTS}/{section}/{{fact_id}}/confirm", body, fact_id=fact)

    async def close(self, who: str, section: str, fact: str, body: Mapping[str, Any], *, status: int = 0) -> None:
        await self.act(who, f"POST {FACTS}/{section}/{{fact_id}}/close", body, status=status, fact_id=fact)


async def all_acts(acting: Acting) -> None:
    """Do all of them."""
    await tokens(acting)
    await family(acting)
    await help_(acting)
    await own_word(acting)
    await emergency(acting)
    await holder(acting)
    await administrators(acting)
    await log(acting)
    await reviews(acting)
    await signals(acting)
    await tree(acting)


async def tokens(acting: Acting) -> None:
    credentials, url = acting.gateway.credentials, f"{acting.gateway.url}{TOKEN_PATH}"
    for grant, without in ((TOKEN_EXCHANGE, ()), (CLIENT_CREDENTIALS, ("subject_token", "subject_token_type"))):
        form = token_form(credentials, credentials.named("anna")) | {"grant_type": grant}
        sent = {name: said for name, said in form.items() if name not in without}
        headers = {"Content-Type": FORM, "DPoP": proof(new_signing_key(), "POST", url)}
        await acting.send(None, f"POST {TOKEN_PATH}", TOKEN_PATH, headers, urlencode(sent).encode())


async def family(acting: Acting) -> None:
    of_age = {"family_of": "sem", "born": "2010-01-01", "declared_of_age": True}
    await acting.confirm("chris", "persons", await acting.fact("anna", "persons", of_age), SEEN)
    parent = await acting.fact("anna", "family", PARENT)
    await acting.confirm("chris", "family", parent, SEEN)
    await acting.close("anna", "family", parent, {"field": "until"})
    guardian = await acting.fact("anna", "authority", GUARDIAN)
    await acting.confirm("chris", "authority", guardian, SEEN)
    await acting.close("bo", "authority", guardian, {"field": "disputed"})
    await acting.act("anna", f"POST {FACTS}/family", CIRCLE, status=409)
    later = await acting.fact("anna", "authority", {**GUARDIAN, "since": "2027-06-01"})
    await acting.close("bo", "authority", later, {"field": "suspended_on", "on": "2027-01-01"}, status=409)
    await acting.close("bo", "authority", later, {"field": "until"})


async def help_(acting: Acting) -> None:
    order = await acting.fact("gijs", "orders", ORDER)
    await acting.confirm("chris", "orders", order, SEEN)
    assignment = await acting.fact("gijs", "assignments", {"order": order, "provider": "linde"})
    await acting.confirm("lies", "assignments", assignment, {})
    await acting.close("lies", "assignments", assignment, {})
    await acting.close("gijs", "orders", order, {})
    later = await acting.fact("gijs", "orders", {**ORDER, "since": "2027-06-01"})
    await acting.close("gijs", "orders", later, {"on": "2027-01-01"}, status=409)
    together = {"kind": "joint-help", "about": "sem", "organisations": ["team-noord", "linde"]}
    joint = await acting.fact("anna", "involvements", together)
    await acting.confirm("lies", "involvements", joint, {"field": "accepted_by"})
    await acting.close("lies", "involvements", joint, {"field": "left_by"})
    referral = await acting.fact("anna", "referrals", {"about": "sem", "to": "linde"})
    await acting.close("person:sem", "referrals", referral, {})
    mandate = await acting.fact("person:sem", "mandates", MANDATE)
    await acting.confirm("chris", "mandates", mandate, {"field": "identity_verified_on", "evidence": IDENTITY})
    await acting.act(
        "person:sem", f"POST {FACTS}/mandates/{{fact_id}}/switches", {"categories": {"goals": False}}, fact_id=mandate
    )
    await acting.close("person:sem", "mandates", mandate, {"field": "youth_withdrew_on"})
    later = await acting.fact("person:sem", "mandates", {**MANDATE, "since": "2027-01-20"})
    await acting.close("chris", "mandates", later, {"field": "suspended_on", "on": "2027-01-01"}, status=409)


async def own_word(acting: Acting) -> None:
    yes = await acting.fact("anna", "consents", YES, key="once")
    assert await acting.fact("anna", "consents", YES, key="once") == yes
    await acting.act("anna", f"POST {FACTS}/consents", {**YES, "holders": "any"}, key="once", status=409)
    await acting.confirm("chris", "consents", yes, {"evidence": IDENTITY})
    await acting.close("person:sem", "consents", yes, {})
    no = await acting.fact("person:sem", "refusals", {"about": "sem", "recipients": ["politie"]})
    await acting.close("person:sem", "refusals", no, {})
    wish = await acting.fact("chris", "considered_wishes", {"youth": "sem", "recipients": ["team-noord"]})
    await acting.close("person:sem", "considered_wishes", wish, {})
    finding = await acting.fact("chris", "capacity", {"person": "oom", "capable": False, "reason": "onderzoek"})
    await acting.close("person:oom", "capacity", finding, {})
    await acting.fact("person:oom", "refusals", {"about": "oom", "recipients": ["politie"]})


async def emergency(acting: Acting) -> None:
    pull = question("sem", "emergency", categories=["risk"], emergency=DECLARED)
    opened = await acting.act("kris", f"POST {PLAN}", pull)
    await acting.act("officer", "GET /api/v1/emergencies")
    await acting.act("officer", "POST /api/v1/emergencies/{emergency}/close", emergency=opened["request_id"])


async def holder(acting: Acting) -> None:
    await acting.act("bo", f"POST {PLAN}", question("sem", INQUIRY, categories=["goals"]), status=403)
    await indexed(acting.gateway)
    [waits] = (await acting.act("chris", "GET /api/v1/holder/questions"))["questions"]
    decision = "POST /api/v1/holder/questions/{question}/decision"
    await acting.act("chris", decision, DECIDED, question=waits["id"])
    of_own_accord = {**DECIDED, "about": "sem", "asker": {"organisation": "raad"}, "purpose": INQUIRY}
    await acting.act("chris", "POST /api/v1/holder/decisions", of_own_accord)
    another = await second(acting.gateway, "school-1")
    for act in ("crisis-set/open", "crisis-set/close"):
        await acting.act("administrator-of-school-1", f"POST /api/v1/holder/{act}")
    for act in ("stop", "stop/lift"):
        await acting.act("officer:school-1", f"POST /api/v1/holder/{act}")
        await acting.act(another, f"POST /api/v1/holder/{act}")


def stands_in() -> Json:
    """Return who stands in for whom, for some days from now on."""
    today = date.today()  # noqa: DTZ011 - the local day will do
    return {"professional": "wim", "replaces": "anna", "until": (today + timedelta(days=9)).isoformat()}


async def administrators(acting: Acting) -> None:
    by = "administrator-of-team-noord"
    await acting.close(by, "replacements", await acting.fact(by, "replacements", stands_in()), {})
    by = "administrator-of-linde"
    await acting.close(by, "professionals", "lies", {})
    await acting.fact(by, "professionals", {"id": "lies", "role": "youth-professional"})
    committer = acting.gateway.gateway.exchange.committer
    webhook = Entry(kind="webhook", key="linde", organisation="linde", body={"url": "http://127.0.0.1:9/", "key": 1})
    async with write_transaction(committer.engine) as connection:
        await record(connection, [webhook], log=committer.log, recorded_by="operator")
    ended = {"kind": "webhook", "name": "linde", "because": "Wij halen het voortaan op."}
    await acting.act(by, f"POST {FACTS}/organisations/close", ended)


async def log(acting: Acting) -> None:
    asked = await acting.act("professional:anna", f"POST {PLAN}", question("sem", "coordinate-plan"))
    await indexed(acting.gateway)
    event = asked["receipt"]["event"]
    asking = {"reason": "complaint", "scope": {"event": event}}
    ticket = await acting.act("officer", f"POST {LOG}/tickets", asking)
    another = await second(acting.gateway, "operator")
    await acting.act(another, f"POST {LOG}/tickets", asking)
    await acting.act(another, f"POST {LOG}/tickets/{{ticket}}/approve", ticket=ticket["id"])
    await acting.act("officer", f"POST {LOG}/{{event_id}}/content", {"ticket": ticket["id"]}, event_id=event)
    await acting.act("officer", f"POST {LOG}/tickets/{{ticket}}/withdraw", ticket=ticket["id"])
    await acting.act("officer", f"POST {LOG}/access-report", {"person": "sem"})


async def reviews(acting: Acting) -> None:
    stage = Stage(acting.gateway)
    released = await stage.released()
    await stage.follow()
    [item], [duty, *_] = await stage.items(released), await stage.owed(released)
    judge, one = f"POST {REVIEWS}/{{item}}/verdict", str(item.id)
    await acting.act("officer:ggz-west", judge, found(), item=one, status=409)
    await acting.act("officer:ggz-west", f"POST {REVIEWS}/{{item}}/take", item=one)
    await acting.act("officer", f"POST {REVIEWS}/{{item}}/take", item=one, status=409)
    await acting.act("officer:ggz-west", judge, found(), item=one)
    await acting.act("officer:ggz-west", judge, found(), item=one, status=409)
    await acting.act("officer:ggz-west", f"POST {REVIEWS}/{{item}}/take", item=one, status=409)
    await acting.act("officer", f"POST {REVIEWS}/next")
    await acting.act("officer", f"POST {REVIEWS}/{{item}}/take", item=one)
    await acting.act("officer", judge, found(), item=one)
    late = await second(acting.gateway, "ggz-west")
    await acting.act(late, f"POST {REVIEWS}/{{item}}/take", item=one, status=409)
    await acting.act(late, judge, found(), item=one, status=409)
    done = "POST /api/v1/obligations/{obligation}/done"
    await acting.act("chris", done, HOW, obligation=str(duty.id))
    await acting.act("chris", done, HOW, obligation=str(duty.id), status=409)


async def signals(acting: Acting) -> None:
    await acting.act("officer", f"GET {SIGNALS}")
    kept = await acting.act("officer:team-noord", f"POST {SIGNALS}/explained", EXPLAINED)
    end = f"POST {SIGNALS}/explained/{{explained}}/end"
    await acting.act("officer:team-noord", end, explained=kept["id"])
    committer = acting.gateway.gateway.exchange.committer
    pseudonyms = Pseudonyms(committer.facts.keys)
    himself = await pseudonyms.of_account("team-noord", "professional", "officer-of-team-noord")
    own = {**EXPLAINED, "account": himself}
    await acting.act("officer:team-noord", f"POST {SIGNALS}/explained", own, status=409)
    await happened(committer, 5, account="noor", kind=Kind.EXCHANGE_DENIED)
    await indexed(acting.gateway)
    account = await pseudonyms.of_account("team-noord", "professional", "noor")
    seen = {"rule": "SG-04", "organisation": "team-noord", "account": account}
    await acting.act("officer:team-noord", f"POST {SIGNALS}/review", seen)


async def tree(acting: Acting) -> None:
    """Read the log's files, and what somebody saw as a file."""
    note = (await acting.send(None, "GET /audit/checkpoint", "/audit/checkpoint", {}, None)).body.decode()
    size = int(note.split("\n")[1])
    name = "000" if size >= FULL else f"000.p/{size}"
    for who, door, path in (
        (None, "GET /audit/tile/{name}", f"/audit/tile/0/{name}"),
        ("officer", "GET /audit/tile/entries/{name}", f"/audit/tile/entries/{name}"),
        ("officer", "GET /api/v1/log/breach", f"{LOG}/breach?account=anna"),
    ):
        await acting.send(who, door, path, {}, None)
    entries = f"/audit/tile/entries/{name}"
    await acting.send("anna", "GET /audit/tile/entries/{name}", entries, {}, None, status=403)
