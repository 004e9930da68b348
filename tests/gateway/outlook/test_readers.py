"""As what somebody looks at a person: the boundaries of age, authority, help and login, on both sides."""

from typing import Any, cast

import pytest

from consent.known.family import Gathered, Versions
from consent.known.registered import EMPTY
from gateway.identity.caller import Caller
from gateway.identity.tokens import Form
from gateway.outlook.readers import Reader, reader_of
from schemas.calendar import parse_moment
from schemas.words import Role
from tests.consent.make import AT, authority, read, world

CHILD = {"id": "sem", "born": "2014-05-04"}
LAST = "2026-05-03T23:59:59+02:00"
TWELVE = "2026-05-04T00:00:00+02:00"
HELP = {"id": "h1", "kind": "help", "about": "sem", "organisations": ["ggz"], "since": "2026-01-01"}
DENIED = {"person": "moeder", "of": "sem", "relation": "parent", "contact_denied": True}


def caller(form: str, name: str, organisation: str = "person", **more: Any) -> Caller:
    known: dict[str, Any] = {"role": None, "trusted": True, "officer_of": None, "client_id": "c", "acr": None}
    return Caller(form=cast("Form", form), id=name, organisation=organisation, **{**known, **more})


def gathered(person: str | None = "sem", *, members: tuple[str, ...] = ("sem", "moeder"), **sections: Any) -> Gathered:
    sections.setdefault("authority", [authority("moeder", until="2040-01-01")])
    return Gathered(
        person=person,
        at=parse_moment(AT),
        facts=read(world(persons=[CHILD], **sections)).facts,
        versions=Versions(tuple((name, 1) for name in members), 1),
        footing=EMPTY.footing(frozenset()),
        identifiers={},
        keys={},
    )


SEM, MOTHER = caller("person", "sem"), caller("person", "moeder")
CHRIS = caller("professional", "chris", "ggz", role=Role.THERAPIST)
OFFICER = caller("officer", "o", "operator", officer_of="gateway", trusted=False)


@pytest.mark.parametrize(
    ("who", "at", "found"),
    [
        (SEM, LAST, None),
        (SEM, TWELVE, Reader.HIMSELF),
        (MOTHER, LAST, Reader.AUTHORITY),
        (MOTHER, TWELVE, None),
        (caller("person", "vader"), LAST, None),
        (caller("mentor", "moeder"), LAST, None),
        (caller("mentor", "sem"), TWELVE, None),
        (caller("client", "ggz-system", "ggz"), LAST, None),
        (caller("officer", "o", "ggz", officer_of="ggz"), LAST, None),
        (OFFICER, LAST, Reader.OFFICER),
        (OFFICER, TWELVE, Reader.OFFICER),
        (caller("person", "sem", trusted=False), TWELVE, None),
        (caller("person", "moeder", trusted=False), LAST, None),
    ],
)
def test_who_looks_as_what(who: Caller, at: str, found: Reader | None) -> None:
    assert reader_of(who, gathered(), parse_moment(at)) is found


@pytest.mark.parametrize(
    "section",
    [
        {"authority": []},
        {"authority": [authority("moeder", disputed=True)]},
        {"authority": [authority("moeder", verified_on="2026-05-04")]},
        {"authority": [authority("moeder", until="2026-03-02")]},
        {"authority": [authority("moeder", suspended_on="2026-03-02")]},
        {"family": [DENIED]},
        {"family": [{"person": "sem", "of": "moeder", "relation": "child", "contact_denied": True}]},
        {"members": ("sem",)},
    ],
)
def test_who_does_not_surely_hold_authority_or_is_denied_contact_does_not_look(section: dict[str, Any]) -> None:
    assert reader_of(MOTHER, gathered(**section), parse_moment(AT)) is None


def test_a_denial_of_contact_that_has_ended_keeps_nobody_out() -> None:
    ended = gathered(family=[{**DENIED, "until": "2026-03-02"}])
    assert reader_of(MOTHER, ended, parse_moment(AT)) is Reader.AUTHORITY


@pytest.mark.parametrize(
    ("who", "involvements", "found"),
    [
        (CHRIS, [HELP], Reader.HELPER),
        (CHRIS, [], None),
        (CHRIS, [{**HELP, "until": "2026-03-02"}], None),
        (CHRIS, [{**HELP, "about": "vader"}], None),
        (caller("professional", "anna", "team", role=Role.YOUTH_PROFESSIONAL), [HELP], None),
        (caller("professional", "chris", "ggz", role=Role.THERAPIST, trusted=False), [HELP], None),
    ],
)
def test_who_helps_looks_while_he_helps(who: Caller, involvements: list[dict[str, Any]], found: Reader | None) -> None:
    assert reader_of(who, gathered(involvements=involvements), parse_moment(AT)) is found


@pytest.mark.parametrize("who", [SEM, MOTHER, CHRIS, OFFICER])
def test_nobody_looks_at_nobody(who: Caller) -> None:
    assert reader_of(who, gathered(None, members=()), parse_moment(AT)) is None
