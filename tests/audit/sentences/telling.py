"""Events as examples: who, what, about whom; everything else is as usual."""

from datetime import datetime
from typing import Any

from audit.events import EventOutcome, Field, Kind
from audit.sentences.catalogue import texts_in
from audit.sentences.hearer import Hearer
from audit.sentences.released import TOLD, left_of_released
from audit.sentences.sentence import Sentence, sentence
from audit.told import Told
from schemas.texts import Language

NAMES = {"team": "Wijkteam Noord", "school": "De Linde", "vt": "Veilig Thuis Oost", "huis": "Huis aan de Dijk"}
AT = "2026-03-02T09:00:00+00:00"


def professional(organisation: str = "team", role: str | None = "youth-professional") -> dict[str, Any]:
    return {"form": "professional", "id": "anna", "organisation": organisation, "role": role}


def person(name: str, form: str = "person") -> dict[str, Any]:
    return {"form": form, "id": name, "organisation": "person", "role": None}


def event(  # noqa: PLR0913 - what an example can change, each by name
    kind: Kind,
    *,
    by: dict[str, Any] | None = None,
    about: str = "sem",
    outcome: EventOutcome = EventOutcome.OK,
    at: str = AT,
    id_: str = "e1",
    **fields: Any,
) -> Told:
    actor = professional() if by is None else by
    told = {Field(name): value for name, value in fields.items()}
    return Told(
        seq=1,
        id=id_,
        at=datetime.fromisoformat(at),
        kind=kind,
        outcome=outcome,
        organisation=actor["organisation"],
        counterparties=(),
        rule_set=None,
        request_id=None,
        person=about,
        fields={Field.ACTOR: actor, Field.SUBJECT: about, **told},
    )


def disclosed(
    *records: dict[str, Any],
    basis: str = "LB-01",
    purpose: str = "coordinate-plan",
    obligations: tuple[str, ...] = (),
    **more: Any,
) -> Told:
    """An exchange that released `records` (by default goals about sem) on his yes and his mother's."""
    plain = {"about": ["sem"], "category": "goals"}
    found = {f"r{at}": {"id": f"r{at}", **plain, **each} for at, each in enumerate(records or ({},))}
    released = {"result": "release", "basis": basis, "evidence": ["ja-sem", "ja-moeder"]}
    consents = [
        {"id": "ja-sem", "given_by": "sem", "about": "sem", "on": "2026-02-01"},
        {"id": "ja-moeder", "given_by": "moeder", "about": "sem", "on": "2026-02-03"},
    ]
    decided = {name: {**released, "obligations": list(obligations)} for name in found}
    left = left_of_released("sem", elements=decided, records=found.values(), consents=consents)
    return event(
        Kind.EXCHANGE_DISCLOSED,
        outcome=EventOutcome.PERMIT,
        purpose=purpose,
        decision={"elements": decided},
        facts={"records": list(found.values()), "consents": consents},
        **{"detail": {TOLD: left}, **more},
    )


def said(told: Told, *, reader: str = "sem", language: Language = "nl", **more: Any) -> Sentence | None:
    hearer = Hearer(person="sem", reader=reader, names=NAMES, **more)
    return sentence(told, hearer, texts_in(language))


def text(told: Told, **more: Any) -> str | None:
    found = said(told, **more)
    return None if found is None else found.text
