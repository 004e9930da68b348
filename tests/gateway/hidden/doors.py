"""What somebody who wants to know more than he is told tries at every door."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from schemas.words import Purpose
from tests.gateway.emergency.house import DECLARED
from tests.gateway.fhir.plan_door import FHIR, OPERATION, SEARCH, asked, query
from tests.gateway.hidden.town import Json, Visitor
from tests.gateway.openapi.acts import DECIDED, EXPLAINED, FACTS, IDENTITY, INQUIRY, LOG, REVIEWS, SEEN, SIGNALS
from tests.gateway.openapi.acts import YES as ASSISTED
from tests.gateway.running import PERSON, PLAN, question

_API: Final = "/api/v1"
_WHY: Final = {"question": "Welke doelen heeft Sem nu, voor het gesprek van morgen?", "justification": "Voor morgen."}
_WEEK: Final = [date.today() + timedelta(days=days) for days in (-7, 2)]  # noqa: DTZ011 - the local day will do
_LOOKED_AT: Final = ("", "&status=active", "&actor=gijs", "&_lastUpdated=ge2020-01-01")


@dataclass(frozen=True)
class Try:
    """One request. `LAST` in it stands for what he recorded last, and `THEN` for when he came."""

    method: str
    path: str
    body: Any = None
    key: str = ""
    kind: str = "application/json"
    by: str = ""
    """Who helps him to it."""


def _post(path: str, body: Any, key: str = "", by: str = "") -> Try:
    return Try("POST", path, body, key, by=by)


def _get(path: str) -> Try:
    return Try("GET", path)


def reads(one: Visitor) -> Iterator[Try]:
    """Yield whatever can be read."""
    child = one.child
    views = ("facts", "facts?known_at=2027-01-01", "forecast?until=2045-01-01", "who-may-see")
    for person, view in (*itertools.product(("sem", "zus"), views), ("broer-sem", "facts")):
        yield _get(f"{_API}/persons/{person}/{view}")
    for more in _LOOKED_AT:
        yield _get(f"/fhir/Consent?patient=Patient/{child}{more}")
    for purpose in ("coordinate-plan", "give-help", "mentor-support"):
        yield _get(f"{SEARCH}?{query(child, purpose=purpose)}")
    yield _get(f"/fhir/AuditEvent?patient=Patient/{child}&reason=complaint")
    yield from (_get(each) for each in (f"{LOG}?person={child}&reason=complaint&to=THEN", f"{LOG}/tickets", REVIEWS))
    yield _get(f"{SIGNALS}?since={_WEEK[0]}&until={_WEEK[1]}")
    for person in ("sem", "zus", "moeder"):
        yield _get(f"{_API}/me/access-log?person={person}")
    for name in ("me/access-log", "holder/questions", "emergencies", "notices", "notices/webhook", "obligations"):
        yield _get(f"{_API}/{name}")


def asks(one: Visitor) -> Iterator[Try]:
    """Yield the question for the plan for every purpose, in every form; then what is tried where nothing is for him."""
    child, order, referral = one.child, f"o1-{one.child}", f"f1-{one.child}"
    for purpose in Purpose:
        yield _post(PLAN, question(child, purpose, **({"emergency": DECLARED} if purpose == "emergency" else _WHY)))
    for named in ("coordinate-plan", "give-help", "mentor-support", "supervision-order", "referral-feedback", INQUIRY):
        yield _post(PLAN, question(child, named, **_WHY, order=order, referral=referral) | {"categories": ["goals"]})
    yield _post(PLAN, question(child, "coordinate-plan", records=["r1", "r4", f"h1-{child}", f"h8-{child}"]))
    for person in ("sem", "zus", "vader", "broer-sem"):
        yield _post(PLAN, question(person, "give-help"))
    for named in ("coordinate-plan", "give-help", "mentor-support"):
        told = {"resourceType": "Parameters", "parameter": asked(child, named)}
        yield Try("POST", OPERATION, told, kind=FHIR)
    yield from _not_for_him(child, one.at)


def _not_for_him(child: str, at: str) -> Iterator[Try]:
    person = {"system": PERSON, "value": child}
    for asker in ({"organisation": at}, {"organisation": "raad"}, {"person": "vader"}, {"mentor": "opa"}):
        yield _post(f"{_API}/holder/decisions", {**DECIDED, "about": child, "asker": asker, "purpose": INQUIRY})
    yield _post(f"{_API}/holder/questions/none/decision", DECIDED)
    yield _post(f"{LOG}/access-report", {"person": child, "reason": "complaint"})
    yield _post(f"{LOG}/tickets", {"reason": "complaint", "scope": {"person": person}})
    yield _post(f"{LOG}/search", {"reason": "complaint", "person": person})
    yield _post(f"{SIGNALS}/explained", EXPLAINED)
    yield _post(f"{REVIEWS}/next", {})


def searches(one: Visitor) -> Iterator[Try]:
    """Yield what an officer looks for in the log, and the letters that he asks for."""
    narrowed = ("limit=200", "emergency=yes", "counterparty=ggz-west", "actor=anna", "person=zus&reason=complaint")
    yield from (_get(f"{LOG}?to=THEN&{each}") for each in narrowed)
    yield _get(f"{SIGNALS}/explained")
    yield from _not_for_him(one.child, one.at)
    for person, reader in itertools.product((one.child, "zus", "tante"), ("moeder", "vader", "papa", "oom")):
        yield _post(f"{LOG}/access-report", {"person": person, "reason": "complaint", "reader": reader})


def opens(one: Visitor, event: str) -> Iterator[Try]:
    """Yield what shows one event of the log, and what opens its content, with the yes of a second officer."""
    yield _get(f"{LOG}/{event}")
    yield _post(f"{LOG}/tickets", {"reason": "complaint", "scope": {"event": event}})
    yield _post(f"{LOG}/tickets/LAST/approve", {}, by=f"second-{one.who}")
    yield _post(f"{LOG}/{event}/content", {"ticket": "LAST"})


def says(one: Visitor) -> Iterator[Try]:
    """Yield whatever can be recorded of a child, under keys that are his again: what protects, opens, or is wrong."""
    if not one.first:
        return  # who helps nobody records nothing
    sayings = (*_protecting(one.child), *_opening(one.child, one.at))
    for number, (section, body) in enumerate(sayings):
        yield _post(f"{FACTS}/{section}", body, key=f"{one.child}-{number}")


def _protecting(child: str) -> Iterator[tuple[str, Json]]:
    about = {"about": child}
    for giver in ("oom", "moeder", "vader", child, "nobody"):
        yield "refusals", {**about, "given_by": giver, "recipients": ["school-1"]}
    yield "refusals", {**about, "given_by": "moeder", "holders": ["nowhere"]}
    for relation, person in itertools.product(("parent", "child", "sibling", "partner"), ("oom", "vader")):
        yield "family", {"person": person, "of": child, "relation": relation, "contact_denied": relation != "partner"}
    for person, of in (("opa", child), ("moeder", child), (child, "moeder")):
        yield "family", {"person": person, "of": of, "relation": "parent", "contact_denied": True, "lives_with": True}


def _opening(child: str, at: str) -> Iterator[tuple[str, Json]]:
    about = {"about": child}
    for giver in ("moeder", "vader", "opa", "nobody"):
        yield "consents", {**ASSISTED, **about, "given_by": giver, "recipients": [at]}
    yield "consents", {**ASSISTED, **about, "given_by": "vader", "until": "2020-01-01"}
    for via in (at, "pleegzorg"):
        yield "family", {"person": "opa", "of": child, "relation": "foster-parent", "via": via}
    for born in ("2020-01-01", "2030-01-01"):
        yield "persons", {"family_of": child, "born": born}
    day = itertools.count(1)
    for holder, kind in itertools.product(("vader", at), ("parental", "guardianship")):
        yield "authority", {"holder": holder, "over": child, "kind": kind, **_until(next(day))}
    yield "capacity", {"person": child, "capable": False, "reason": "Hij overziet het niet."}
    yield "considered_wishes", {"youth": child, "recipients": [at]}
    yield "mandates/m1/switches", {"categories": {"goals": False}}
    yield from _lasting(child, at, day)


def _lasting(child: str, at: str, day: Iterator[int]) -> Iterator[tuple[str, Json]]:
    for executor, kind in itertools.product((at, "gi"), ("supervision-order", "crisis-measure")):
        yield "orders", {"kind": kind, "subject": child, "executor": executor, **_until(next(day))}
    yield "orders", {"kind": "supervision-order", "subject": child, "executor": at, **_until(1), "since": "2028-01-01"}
    for order in ("LAST", "none"):
        yield "assignments", {"order": order, "provider": "ggz-west"}
    for partners in ([at, "team-noord"], [at, "ggz-west"], ["pleegzorg", "team-noord"]):
        yield "involvements", {"about": child, "kind": "joint-help", "organisations": partners, **_until(next(day))}
    for on in ("2026-11-20", "2027-01-01"):
        yield "referrals", {"about": child, "to": "ggz-west", "on": on}
    for mentor in ("oom", "tante", "opa"):
        yield "mandates", {"mentor": mentor, "youth": child, **_until(next(day)), "categories": ["goals"]}


def _until(day: int) -> Json:
    # Each on its own day: what lies ahead stands in the order of days, and of one day in that of ids.
    return {"since": "2026-11-23", "until": f"2027-06-{day:02}"}


_WORDS: Final[Mapping[str, tuple[Json, ...]]] = {
    "consents": ({"evidence": IDENTITY},),
    "family": (SEEN,),
    "authority": (SEEN,),
    "orders": (SEEN, {}),
    "involvements": (
        {"field": "confirmed_on"},
        {"field": "accepted_by"},
        {"field": "client_informed", "evidence": {"on": "2026-11-22", "how": "in-person"}},
    ),
    "mandates": (
        {"field": "identity_verified_on", "evidence": IDENTITY},
        {"field": "confidentiality_statement_on"},
        {"field": "parent_agreements"},
        {"field": "parent_agreements", "evidence": {"agreed_by": "moeder"}},
    ),
}
_ENDS: Final[Mapping[str, tuple[str, ...]]] = {
    "consents": ("withdrawn_on",),
    "refusals": ("withdrawn_on",),
    "family": ("until", "contact_denied"),
    "authority": ("disputed", "until"),
    "orders": ("ended_on",),
    "involvements": ("objection_on", "left_by", "until"),
    "referrals": ("objection_on",),
    "mandates": ("suspended_on", "until", "youth_withdrew_on"),
}


def confirms_and_ends(section: str, fact: str) -> Iterator[Try]:
    """Yield each way to confirm and to end a fact, and to end it again."""
    for body in _WORDS.get(section, ()):
        yield _post(f"{FACTS}/{section}/{fact}/confirm", body)
    for name, _ in itertools.product(_ENDS.get(section, ()), range(2)):
        yield _post(f"{FACTS}/{section}/{fact}/close", {"field": name}, key=f"{fact}-{name}")


def guesses(child: str) -> Iterator[Try]:
    """Yield what is tried on facts of others by ids, which nobody guesses; his own mandate among them."""
    for mandate, body in itertools.product(("m1", f"m2-{child}"), _WORDS["mandates"]):
        yield _post(f"{FACTS}/mandates/{mandate}/confirm", body)
    # Who says that he helps withdraws on somebody's word each yes of which he has the id.
    ends = {"refusals/n1": "withdrawn_on", "mandates/m2": "youth_withdrew_on", "orders/o1": "ended_on"}
    for fact, name in ends.items():
        yield _post(f"{FACTS}/{fact}-{child}/close", {"field": name})
    for fact, name in (("consents/c3", "identity_verified"), ("involvements/j1", "accepted_by")):
        yield _post(f"{FACTS}/{fact}-{child}/confirm", {"field": name})
    yield _get(f"/fhir/Consent/no-n1-{child}")
