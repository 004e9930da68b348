"""Random logs of random families: everything that anybody of it, or about it, may have done, as the log tells it.

Exchanges are really decided; all else is drawn. Every text that a human being wrote, and every place, holds `SECRET`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st

from audit.events import EventOutcome, Field, Kind
from audit.sentences.released import TOLD, left_of_released
from audit.told import Told
from consent.decide import decide
from consent.facts import Facts
from consent.world.file import World, world_of
from schemas.calendar import parse_moment
from schemas.words import Outcome, Purpose
from tests.consent.make import PROFESSIONALS
from tests.consent.random_worlds import Grower

SECRET: Final = "SCHUILPLAATS-7"
"""What no line may ever hold."""
FAMILY: Final = ("sem", "zus", "moeder", "vader", "luus")
AT: Final = parse_moment("2026-03-02T10:00:00+01:00")
_KINDS: Final = {Outcome.DENY: Kind.EXCHANGE_DENIED, Outcome.REVIEW: Kind.EXCHANGE_REVIEWED}
_CHANGES: Final = (
    *(Kind.CONSENT_GIVEN, Kind.CONSENT_REFUSED, Kind.CONSENT_WITHDRAWN, Kind.CONSENT_CONFIRMED),
    *(Kind.FACT_RECORDED, Kind.FACT_CONFIRMED, Kind.FACT_CLOSED, Kind.AUTHORITY_CHANGED, Kind.ORDER_CHANGED),
    *(Kind.CAPACITY_RECORDED, Kind.MANDATE_CHANGED, Kind.HOLDER_DECIDED),
)
_SECTIONS: Final = (
    *("consents", "refusals", "consents", "refusals", "persons", "family", "authority", "capacity", "orders"),
    *("assignments", "involvements", "referrals", "mandates", "considered_wishes", "holder_decisions", "new-section"),
)
_SAID: Final = (
    *("given_by", "withdrawn_on", "until", "since", "reason", "disputed", "parent_agreements", "contact_denied"),
    *("organisations", "kind", "about", "objection_on", "address", "suspended_on", "identity_verified_on", "confirmed"),
)
_OTHERS: Final = (
    *(Kind.LOG_READ, Kind.LOG_READ, Kind.LOG_READ, Kind.LOG_EXPORTED, Kind.LOG_UNMASKED, Kind.FACT_REFUSED),
    *(Kind.NOTIFICATION_GIVEN, Kind.REVIEW_OPENED, Kind.REVIEW_DECIDED, Kind.OBLIGATION_DONE, Kind.EMERGENCY_OPENED),
    *(Kind.EMERGENCY_CLOSED, Kind.EXCHANGE_DELIVERED, Kind.EXCHANGE_ABORTED, Kind.SUBJECT_ERASED, Kind.SIMULATION),
)
_READ: Final = ("facts", "who-may-see", "forecast", "access-log", "search", "decision", "new-thing", "emergency")


@dataclass(frozen=True)
class Log:
    """A family, and the log about it, in the order in which it was written."""

    world: World = field(repr=False)
    events: tuple[Told, ...] = field(repr=False)
    seed: int = 0

    @property
    def facts(self) -> Facts:
        return self.world.facts


class Writer:
    """Writes one log."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = Random(seed)  # noqa: S311 - examples, no secrets
        self._grower = Grower(seed)
        told = self._grower.world()
        told["assignments"] = [
            {"order": each["id"], "provider": self._one("ggz", "zorg", "team"), "since": "2026-01-01"}
            for each in told["orders"]
            if self._random.random() < 1 / 2
        ]
        self._asked = told["request"]
        self._world = world_of(told)
        self._count = 0

    def log(self, most: int) -> Log:
        events = [self._event() for _ in range(self._random.randint(1, most))]
        return Log(self._world, tuple(sorted(events, key=lambda each: each.at)), self._seed)

    def _one(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def _event(self) -> Told:
        write = self._one(self._exchange, self._exchange, self._exchange, self._change, self._change, self._other)
        told: Told = write()
        if self._random.random() < 1 / 8:
            day = self._one("2026-03-01", "2026-03-02", "2026-03-02T10:00:01+01:00", "2027-01-01", "nonsense")
            return replace(told, fields={**told.fields, Field.DETAIL: {**told.fields[Field.DETAIL], "told_from": day}})
        return told

    def _exchange(self) -> Told:
        # Mostly the request to which this family said yes: of another little is released.
        asked = self._one(self._asked, self._asked, self._grower.request()) | {}
        asked["about"] = self._one("sem", "sem", "sem", "sem", "zus", "vader", "moeder")
        if self._random.random() < 1 / 5:
            asked["purpose"] = str(self._one(*Purpose))
        if self._random.random() < 1 / 5:
            asked["requester"] = self._one(
                *({"professional": each} for each in PROFESSIONALS), {"person": self._one(*FAMILY)}
            )
        world = world_of({**self._world_json(), "request": asked})
        [request] = world.requests
        decision = decide(request, world.facts, request.at)
        [(form, name)] = asked["requester"].items()
        told, facts = decision.as_json(), decision.facts.as_world()
        left = left_of_released(
            asked["about"],
            elements=told["elements"],
            records=facts.get("records", ()),
            consents=facts.get("consents", ()),
        )
        return self._told(
            _KINDS.get(decision.outcome, Kind.EXCHANGE_DISCLOSED),
            self._actor(form, name),
            asked["about"],
            {
                Field.PURPOSE: asked["purpose"],
                Field.CATEGORIES: asked["categories"],
                Field.DECISION: told,
                Field.FACTS: {**facts, "request": asked},
                Field.JUSTIFICATION: SECRET,
                Field.DETAIL: {"question": SECRET, "stopped": [], TOLD: left},
            },
            outcome=EventOutcome(decision.outcome),
        )

    def _world_json(self) -> dict[str, Any]:
        return {"schakel": "world/1", **{name: list(each) for name, each in self._world.facts.as_world().items()}}

    def _change(self) -> Told:
        said: dict[str, Any] = {
            name: self._value(name) for name in self._random.sample(_SAID, self._random.randint(0, 3))
        }
        facts = self._world.facts
        given = [*(one.id for one in facts.consents), *(one.id for one in facts.refusals)]
        detail = {"section": self._one(*_SECTIONS), "fact": self._one("unknown", *given), "version": 1, "said": said}
        return self._told(self._one(*_CHANGES), self._anybody(), self._one(*FAMILY), {Field.DETAIL: detail})

    def _value(self, name: str) -> Any:
        if name == "given_by":
            return self._one(*FAMILY)
        if name == "confirmed":
            return self._one("accepted_by", "verified_on", "parent_agreements", "confidentiality_statement_on")
        return SECRET if name in {"reason", "address", "organisations"} else self._one("2026-02-01", "2026-03-01")

    def _other(self) -> Told:
        detail = {"read": self._one(*_READ), "path": f"/api/v1/facts/{SECRET}", "notice": SECRET}
        outcome = self._one(EventOutcome.OK, EventOutcome.DENY)
        return self._told(
            self._one(*_OTHERS), self._anybody(), self._one(*FAMILY), {Field.DETAIL: detail}, outcome=outcome
        )

    def _anybody(self) -> dict[str, Any]:
        form = self._one("person", "person", "professional", "professional", "officer", "client", "mentor", "register")
        if form in {"person", "mentor"}:
            return self._actor(form, self._one(*FAMILY))
        if form == "professional":
            return self._actor(form, self._one(*PROFESSIONALS))
        organisation = (
            "operator" if form == "register" else self._one("operator", "team", "vt", "ggz", "politie", "weg")
        )
        return {"form": form, "id": f"{form}-{SECRET}", "organisation": organisation, "role": None}

    def _actor(self, form: str, name: str) -> dict[str, Any]:
        home, role = PROFESSIONALS.get(name, ("person", None))
        return {"form": form, "id": name, "organisation": home, "role": role, "client": SECRET, "network": SECRET}

    def _told(
        self,
        kind: Kind,
        actor: Mapping[str, Any],
        person: str,
        fields: Mapping[Field, Any],
        *,
        outcome: EventOutcome = EventOutcome.OK,
    ) -> Told:
        self._count += 1
        at = AT - timedelta(hours=self._random.choice((0, 1, 10, 11, 24, 26, 700)), milliseconds=self._count)
        return Told(
            seq=self._count,
            id=str(UUID(int=self._count)),
            at=at,
            kind=kind,
            outcome=outcome,
            organisation=actor["organisation"],
            counterparties=("ggz",),
            rule_set="2026-11",
            request_id=None,
            person=person,
            fields={Field.ACTOR: actor, Field.SUBJECT: person, Field.NETWORK: SECRET, **fields},
        )


def logs(most: int = 12) -> st.SearchStrategy[Log]:
    """Return logs of up to `most` events; one number, which a failing property prints, makes one."""
    return st.integers(0, 2**32 - 1).map(lambda seed: Writer(seed).log(most))
