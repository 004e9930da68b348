"""What somebody tries at every door, and the whole of what he is answered, but for what differs each time."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from schemas.words import Purpose
from tests.gateway.emergency.house import DECLARED
from tests.gateway.fhir.plan_door import asked
from tests.gateway.hidden.town import MENTOR, SAYS
from tests.gateway.running import PLAN, Running, question

FACTS: Final = "/api/v1/facts"
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_NOW: Final = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}(?:Z|[+-]\d\d:\d\d)")
_ITS_OWN: Final = frozenset({"receipt", "signature", "urn:schakel:fhir:receipt"})
_WHY: Final = {"question": "Welke doelen heeft Sem nu, voor het gesprek van morgen?", "justification": "Voor morgen."}
_ASSISTED: Final = {"form": "in-person", "identity": "known-in-person", "text_sha256": "0f" * 32}
_SCOPE: Final = {"holders": ["ggz-west"], "purposes": ["coordinate-plan"], "categories": ["goals"]}


@dataclass(frozen=True)
class Try:
    """One request. `LAST` in its path or body stands for the fact that he recorded last."""

    method: str
    path: str
    body: Any = None
    key: str | None = None
    kind: str = "application/json"


def tries(who: str) -> Iterator[Try]:
    """Yield what `who` tries, one after another."""
    if who == SAYS:
        yield _fact("involvements", kind="help", about="sem")
    yield from _exchanges()
    yield from _fhir()
    if who == MENTOR:
        yield from _of_a_mentor()
    else:
        yield from _protecting()
        yield from _opening()
        yield from _holder()
    yield from _by_ids()
    yield from _looks()


def _post(path: str, body: Any, key: str | None = None) -> Try:
    return Try("POST", path, body, key)


def _fact(section: str, **body: Any) -> Try:
    return _post(f"{FACTS}/{section}", body)


def _close(fact: str, field: str, **more: Any) -> Try:
    return _post(f"{FACTS}/{fact}/close", {"field": field, **more})


def _confirm(fact: str, field: str, **evidence: Any) -> Try:
    return _post(f"{FACTS}/{fact}/confirm", {"field": field, **({"evidence": evidence} if evidence else {})})


def _exchanges() -> Iterator[Try]:
    for purpose in Purpose:
        yield _post(PLAN, question("sem", purpose, **({"emergency": DECLARED} if purpose == "emergency" else _WHY)))
    for named in ("coordinate-plan", "give-help", "mentor-support", "supervision-order", "child-protection-inquiry"):
        yield _post(PLAN, question("sem", named, **_WHY, order="o1") | {"categories": ["goals"]})
        yield _post(PLAN, question("sem", named, referral="f1", records=["r1", "r4", "h1", "h8"]))
    for person in ("zus", "vader", "broer"):
        yield _post(PLAN, question(person, "give-help"))


def _fhir() -> Iterator[Try]:
    for purpose in ("coordinate-plan", "give-help", "mentor-support"):
        told = {"resourceType": "Parameters", "parameter": asked("sem", purpose)}
        yield Try("POST", "/fhir/CarePlan/$family-plan", told, kind="application/fhir+json")
        looked_for = {"subject": "Patient/sem", "purpose": purpose, "category": "all"}
        yield Try("GET", f"/fhir/CarePlan?{urlencode(looked_for, safe='/')}")


def _looks() -> Iterator[Try]:
    for person, view in itertools.product(
        ("sem", "zus", "broer"),
        ("facts", "facts?known_at=2027-01-01", "forecast?until=2041-01-01", "who-may-see"),
    ):
        yield Try("GET", f"/api/v1/persons/{person}/{view}")
    for asked_for in ("", "&status=active", "&actor=moeder", "&_count=1"):
        yield Try("GET", f"/fhir/Consent?patient=Patient/sem{asked_for}")
    for path in (
        "me/access-log",
        "log",
        "reviews",
        "obligations",
        "signals",
        "holder/questions",
        "emergencies",
        "notices",
    ):
        yield Try("GET", f"/api/v1/{path}")
    yield Try("GET", "/fhir/AuditEvent?patient=Patient/sem")
    yield _post("/api/v1/log/access-report", {"person": "sem"})


def _protecting() -> Iterator[Try]:
    for giver in ("moeder", "vader", "opa", "sem", "niemand", "ggz-west"):
        yield _fact("refusals", about="sem", given_by=giver, recipients=["gi"])
    for _ in range(2):
        yield _post(f"{FACTS}/refusals", {"about": "sem", "given_by": "moeder"}, key="again")
    pairs = (("vader", "sem"), ("sem", "vader"), ("opa", "sem"), ("zus", "sem"))
    for relation, (person, of) in itertools.product(("parent", "sibling", "partner", "grandparent", "child"), pairs):
        yield _fact("family", person=person, of=of, relation=relation, contact_denied=True)
    yield _close("family/LAST", "until")
    for via in ("vreemd", "pleegzorg"):
        yield _fact("family", person="opa", of="sem", relation="foster-parent", via=via, until="2027-06-01")
        yield _confirm("family/LAST", "confirmed_on", document_sha256="ab" * 32)


def _opening() -> Iterator[Try]:
    lasting = {"since": "2026-11-01", "until": "2027-11-01"}
    for kind in ("supervision-order", "crisis-measure"):
        yield _fact("orders", kind=kind, subject="sem", executor="vreemd", **lasting)
        yield _confirm("orders/LAST", "verified_on")
        yield _close("orders/LAST", "ended_on", on="2026-12-01")
        yield _fact("assignments", order="LAST", provider="ggz-west", until="2027-06-01")
    for partners in (["team-noord", "ggz-west"], ["ggz-west"], ["team-noord"]):
        yield _fact("involvements", kind="joint-help", about="sem", organisations=["vreemd", *partners], **lasting)
        yield _confirm("involvements/LAST", "client_informed", on="2026-11-22", how="verteld")
    yield _close("involvements/LAST", "left_by")
    yield _fact("referrals", about="sem", to="ggz-west", client_informed=True)
    yield _close("referrals/LAST", "objection_on")
    yield _fact("persons", family_of="sem", born="2020-01-01")
    for person in ("vader", "opa"):
        yield _fact("family", person=person, of="sem", relation="parent")
        yield _fact("authority", holder=person, over="sem", kind="guardianship", since="2026-01-01")
        yield _fact("mandates", mentor=person, youth="sem", categories=["goals"], **lasting)
        yield _fact("consents", about="sem", given_by=person, recipients=["vreemd"], **_SCOPE, **_ASSISTED)
    yield _fact("capacity", person="sem", capable=False, reason="Hij overziet het niet.")
    yield _fact("considered_wishes", youth="sem", recipients=["linde"])


def _holder() -> Iterator[Try]:
    for asker in ({"organisation": "linde"}, {"person": "vader"}, {"mentor": "opa"}):
        said = {"about": "sem", "asker": asker, "purpose": "parent-information", "approved": False, "reason": "Nee."}
        yield _post("/api/v1/holder/decisions", said)


def _by_ids() -> Iterator[Try]:
    """Yield what is tried on facts of others by ids, which nobody guesses."""
    # Who says that he helps withdraws on somebody's word each yes of which he has the id.
    for fact, ends in (("refusals/n1", "withdrawn_on"), ("mandates/m2", "youth_withdrew_on")):
        yield _close(fact, ends)
    yield _confirm("consents/c3", "identity_verified")
    yield _confirm("mandates/m2", "identity_verified_on", identity="known-in-person")
    yield _confirm("involvements/j1", "accepted_by")
    yield Try("GET", "/fhir/Consent/no-n1")


def _of_a_mentor() -> Iterator[Try]:
    yield _confirm("mandates/m1", "confidentiality_statement_on")
    yield _confirm("mandates/m1", "identity_verified_on", identity="known-in-person")
    yield _confirm("mandates/m1", "parent_agreements")
    yield _post(f"{FACTS}/mandates/m1/switches", {"categories": {"goals": True}})
    yield _confirm("mandates/m2", "confidentiality_statement_on")
    yield _fact("refusals", about="sem", given_by="vader")


class Trying:
    """Somebody who tries doors. Ids that were made just now he compares by the order in which they came to him."""

    def __init__(self, gateway: Running, who: str) -> None:
        """Take where and as whom he tries."""
        self.gateway, self.who, self._last = gateway, who, "none"
        self._ids: dict[str, str] = {}

    async def told(self, one: Try) -> tuple[int, str]:
        """Return the status, and all of the answer as it compares."""
        path = one.path.replace("LAST", self._last)
        sent = None if one.body is None else json.dumps(one.body).replace("LAST", self._last).encode()
        headers = await self.gateway.headers(self.who, one.method, path) | {"Content-Type": one.kind}
        headers |= {} if one.key is None else {"Idempotency-Key": one.key}
        url = f"{self.gateway.url}{path}"
        async with self.gateway.session.request(one.method, url, headers=headers, data=sent) as answer:
            text, got = await answer.text(), {**answer.headers, "Date": "", "Content-Length": ""}
        said = json.loads(text)
        self._last = said["id"] if answer.status == 201 and path.startswith(FACTS) else self._last
        return answer.status, f"{sorted(got.items())} {self._as_compared(said)}"

    def _as_compared(self, said: Any) -> str:
        text = _OF_NOW.sub("NOW", json.dumps(_bare(said)).replace(self.gateway.url, "URL"))
        if "ahead" in said:  # what lies ahead at one instant stands there in the order of ids
            return _ID.sub("ID", text)
        return _ID.sub(lambda each: self._ids.setdefault(each[0], f"ID-{len(self._ids)}"), text)


def _bare(told: Any) -> Any:
    if isinstance(told, dict):
        if told.get("url") in _ITS_OWN:
            return None
        return {name: _bare(each) for name, each in told.items() if name not in _ITS_OWN}
    return [_bare(each) for each in told] if isinstance(told, list) else told
