"""What a line of the own log says is so, whatever became of the request."""

from pathlib import Path
from typing import Any

import pytest

from tests.consent.make import JOINT, authority, consent, mandate, world
from tests.gateway.log.test_own_view import read, texts
from tests.gateway.running import running

YES = [consent("sem"), consent("moeder"), consent("vader")]
HELP: dict[str, Any] = {"id": "h", "kind": "help", "about": "sem", "organisations": ["team"], "since": "2026-01-01"}
PARENTS = [authority("moeder"), authority("vader")]


async def test_who_was_allowed_to_ask_and_found_nothing_is_not_told_of_as_one_who_was_not(tmp_path: Path) -> None:
    async with running({**world(authority=PARENTS, consents=YES), "records": []}, tmp_path) as one:
        assert (await one.ask("professional:anna", "sem", "coordinate-plan")).status == 403
        [tried] = texts(await read(one, "sem"))
        assert tried == "Iemand van team (jeugdprofessional) wilde iets over jou lezen. Er is niets gegeven."


@pytest.mark.parametrize("help_", [HELP, JOINT])
async def test_who_helps_alone_is_not_told_of_as_one_who_helps_together(tmp_path: Path, help_: dict[str, Any]) -> None:
    value = world(involvements=[help_], record={"holder": "team"})
    async with running(value, tmp_path) as one:
        assert (await one.ask("professional:anna", "sem", "coordinate-plan")).status == 200
        [looked] = texts(await read(one, "sem"))
        assert looked.endswith(" Dat mocht, want zij helpen jou.")


async def test_an_emergency_in_which_a_person_looks_first_is_told_as_one(tmp_path: Path) -> None:
    value = world(record={"category": "risk", "regime": None})
    value["organisations"] = [each | {"emergency_opt_in": each["id"] == "ggz"} for each in value["organisations"]]
    told = {"reason_code": "danger", "text": "Hij staat op het dak en wil springen; wij staan er nu bij."}
    held = {"live_contact": True, "cannot_consent": True, "holder_unreachable": True}
    async with running(value, tmp_path) as one:
        asked = await one.ask("professional:kris", "sem", "emergency", categories=["risk"], emergency=told | held)
        assert asked.status == 403
        [line] = texts(await read(one, "sem", "?emergency=true"))
        assert line == (
            "Iemand van crisis (crisismedewerker) wilde met spoed iets over jou lezen. Een mens kijkt eerst of dat mag."
        )


@pytest.mark.parametrize(
    ("section", "field", "line"),
    [
        ("mandates/m1", "youth_withdrew_on", "Jij schreef iets op over de mentor (JIM)."),
        ("involvements/i1", "objection_on", "Jij paste iets aan over welke hulp er is."),
        ("referrals/ref1", "objection_on", "Jij paste iets aan over wie jou doorstuurde."),
    ],
)
async def test_what_he_took_back_himself_a_youth_reads(tmp_path: Path, section: str, field: str, line: str) -> None:
    referral = {"id": "ref1", "about": "sem", "by": "zorg", "to": "ggz", "on": "2026-01-08", "client_informed": True}
    value = world(involvements=[JOINT], mandates=[mandate()], referrals=[referral])
    async with running(value, tmp_path) as one:
        answer = await one.call("person:sem", "POST", f"/api/v1/facts/{section}/close", {"field": field})
        assert answer.status == 201, answer.body
        assert texts(await read(one, "sem")) == [line]


async def test_that_a_partner_left_joint_help_stands_in_the_log_of_who_is_helped(tmp_path: Path) -> None:
    """Facts contract, F6."""
    async with running(world(involvements=[JOINT]), tmp_path) as one:
        answer = await one.call("anna", "POST", "/api/v1/facts/involvements/i1/close", {"field": "left_by"})
        assert answer.status == 201, answer.body
        left = "Iemand van team (jeugdprofessional) paste iets aan over welke hulp er is."
        assert texts(await read(one, "sem")) == [left]
