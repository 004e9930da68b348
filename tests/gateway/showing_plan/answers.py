"""What the tests of showing a plan share: small answers, made of what each test is about."""

from datetime import date
from typing import Any

import orjson

from gateway.showing_plan.reading import Answer, read_answer
from gateway.showing_plan.rows import Row
from gateway.showing_plan.sheet import Sheet, sheet_of
from gateway.showing_plan.words import texts_in
from schemas.plan_json import SCHEMA_ID, VERSION

DAY = date(2026, 11, 26)
SOURCE = {"organisation": "de-waard", "system": "dossier", "record": "1", "retrieved_at": "2026-11-26T10:00:00Z"}


def element(id_: str = "e1", kind: str = "goal", **members: Any) -> dict[str, Any]:
    common = {"category": "goals", "regime": "jeugdwet", "source": SOURCE, "status": "active"}
    return {"kind": kind, "id": id_, "about": ["milan"], **common, **members}


def plan(*elements: dict[str, Any], **members: Any) -> dict[str, Any]:
    lists: dict[str, Any] = {"coordinators": [], "team": [], "gaps": [], "households": []}
    return {"schema": SCHEMA_ID, "version": VERSION, "family": ["milan"], **lists, "elements": elements, **members}


def answer(*elements: dict[str, Any], released: Any = None, sources: Any = (), **members: Any) -> Answer:
    body = {"plan": plan(*elements, **members), "released": released or {}, "sources": sources}
    return read_answer(orjson.dumps(body))


def sheet(*elements: dict[str, Any], language: Any = "en", **members: Any) -> Sheet:
    return sheet_of(answer(*elements, **members), texts_in(language), day=DAY)


def row(one: dict[str, Any], **members: Any) -> Row:
    [section] = sheet(one, **members).sections
    [found] = section.rows
    return found


def named(found: Sheet, word: str) -> tuple[str, ...]:
    return next((each.lines for each in found.named if each.word == word), ())
