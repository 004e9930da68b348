"""Who stands in the facts because he asks or is asked about, whatever is on record of him.

The caller stands there as token and registration say. Who is not known stands there as a stranger: a newborn, whom no
fact names, so nothing can be opened for him or about him, and the same work is done as for everybody.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from consent.entries import Person, Professional
from consent.facts import Facts
from gateway.flow.question import NOBODY
from gateway.identity.caller import Caller
from schemas.calendar import local_day
from schemas.words import Role


def with_parties(facts: Facts, caller: Caller, person: str | None, at: datetime) -> Facts:
    """Return `facts` with the caller and the person asked about (None: unknown) among them."""
    strangers = [NOBODY] if person is None else []
    if caller.form in {"person", "mentor"}:
        known = {each.id for each in facts.persons}
        strangers += [] if caller.id in known else [caller.id]
        return replace(facts, persons=(*facts.persons, *(_stranger(each, at) for each in strangers)))
    others = tuple(each for each in facts.professionals if each.id != caller.id)
    return replace(
        facts,
        professionals=(*others, _professional(caller)),
        persons=(*facts.persons, *(_stranger(each, at) for each in strangers)),
    )


def _stranger(name: str, at: datetime) -> Person:
    born = local_day(at)
    return Person(source={"id": name, "born": born.isoformat()}, id=name, born=born)


def _professional(caller: Caller) -> Professional:
    # A client that asks for itself, and an officer, are nobody to whom anything may go: never trusted.
    professional = caller.form == "professional" and caller.role is not None
    role = caller.role if professional and caller.role is not None else Role.OTHER
    trusted = caller.trusted and professional
    told: dict[str, Any] = {"id": caller.id, "organisation": caller.organisation, "role": str(role)}
    if not trusted:
        told["trusted"] = False
    return Professional(source=told, id=caller.id, organisation=caller.organisation, role=role, trusted=trusted)
