"""The demonstration says that all went well exactly where it did, and names the step where it did not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audit.verifying.folder import verify_folder
from gateway.demo import family, playing, proving
from gateway.demo.institutions import Institutions, running
from gateway.demo.stage import Said, Stage
from gateway.wiring import Gateway
from tests.gateway.demo.showing import TODAY, facts_without, show

pytestmark = pytest.mark.server

CONSENTS = [each["id"] for each in family.facts(today=TODAY)["consents"]]
PLAN = [each for each in CONSENTS if each.endswith(("-team", "-schulden", "-samen"))]
WHAT_FOLLOWS = {"step 7 who-looked"}
"""What the mother reads follows from what was shared in the steps before."""
SCHOOL = [each for each in CONSENTS if each.endswith("-school")]


@pytest.fixture(scope="module")
def institutions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institutions]:
    with running(tmp_path_factory.mktemp("institutions"), today=TODAY) as found:
        yield found


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Institutions]:
    """Institutions of one test, to be killed by it."""
    (tmp_path / "institutions").mkdir()
    with running(tmp_path / "institutions", today=TODAY) as found:
        yield found


async def test_every_step_is_as_the_story_says(institutions: Institutions, tmp_path: Path) -> None:
    shown = await show(institutions, tmp_path)
    assert shown.wrong == []
    assert shown.errors == ""
    assert "All 8 steps went as they must" in shown.printed


@pytest.mark.parametrize("holder", ["de_linde", "de_waard", "schuldhulp_stad"])
async def test_with_one_simulator_killed_the_steps_that_need_it_are_named(
    own: Institutions, tmp_path: Path, holder: str
) -> None:
    getattr(own, holder).stop()
    shown = await show(own, tmp_path)
    assert "step 1 team" in shown.steps()
    assert not shown.steps() & {"step 3 old-order", "step 6 withdrawn", "step 8 log"}
    assert any("did not answer" in line for line in shown.wrong)
    assert all(line in shown.errors for line in shown.wrong)


@pytest.mark.parametrize("consent", PLAN)
async def test_without_one_consent_to_the_plan_the_first_step_is_named(
    institutions: Institutions, tmp_path: Path, consent: str
) -> None:
    shown = await show(institutions, tmp_path, facts=facts_without("consents", consent))
    assert shown.steps() - WHAT_FOLLOWS == {"step 1 team"}


@pytest.mark.parametrize("consent", SCHOOL)
async def test_without_one_consent_to_the_school_the_second_step_is_named(
    institutions: Institutions, tmp_path: Path, consent: str
) -> None:
    shown = await show(institutions, tmp_path, facts=facts_without("consents", consent))
    assert "step 2 school" in shown.steps()
    assert "step 1 team" not in shown.steps()


def test_every_consent_of_the_family_is_tried() -> None:
    assert sorted(PLAN + SCHOOL) == sorted(CONSENTS)


async def test_without_the_mandate_the_fifth_step_is_named(institutions: Institutions, tmp_path: Path) -> None:
    shown = await show(institutions, tmp_path, facts=facts_without("mandates", "jim-luus"))
    assert shown.steps() == {"step 5 aunt"}


async def test_without_the_new_order_the_fourth_step_is_named(
    institutions: Institutions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def learn_nothing(*_: object) -> None:
        return

    monkeypatch.setattr(Stage, "learn", learn_nothing)
    assert (await show(institutions, tmp_path)).steps() == {"step 4 new-order", *WHAT_FOLLOWS}


async def test_without_the_withdrawal_the_sixth_step_is_named(
    institutions: Institutions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def withdraw_nothing(*_: object) -> Said:
        return Said(201, {})

    monkeypatch.setattr(playing, "_withdraw", withdraw_nothing)
    assert (await show(institutions, tmp_path)).steps() == {"step 6 withdrawn", *WHAT_FOLLOWS}


async def test_with_a_log_that_tells_the_mother_of_another_the_seventh_step_is_named(
    institutions: Institutions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.own_log.days.withheld", lambda _told, _sight: None)
    assert (await show(institutions, tmp_path)).steps() == WHAT_FOLLOWS


async def test_with_a_door_that_lets_her_not_read_the_seventh_step_is_named(
    institutions: Institutions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.log.own_view.reads_as", lambda *_: None)
    assert (await show(institutions, tmp_path)).steps() == WHAT_FOLLOWS


async def test_with_a_log_that_does_not_hold_the_last_step_is_named(
    institutions: Institutions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def prove_badly(gateway: Gateway, out: Path, copy: Path) -> proving.Proved:
        proved = await proving.prove(gateway, out, copy)
        return replace(proved, changed_status=0, changed_line="ok: 1 events")

    monkeypatch.setattr("gateway.demo.command.prove", prove_badly)
    assert (await show(institutions, tmp_path)).steps() == {"step 8 log"}


async def test_the_exported_log_verifies_and_the_changed_copy_is_another(
    institutions: Institutions, tmp_path: Path
) -> None:
    export = tmp_path / "deep" / "log"
    shown = await show(institutions, tmp_path, export=export)
    assert verify_folder(export).exit_status == 0
    changed = verify_folder(tmp_path / "changed-log")
    assert changed.exit_status == 1
    assert changed.line in shown.printed
    assert changed.line.startswith("bad: seq ")


async def test_a_gateway_that_does_not_answer_is_told_with_the_step(
    institutions: Institutions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "PLAN", "no-path")
    shown = await show(institutions, tmp_path)
    assert any(line.startswith("step 1 team: could not be played") for line in shown.wrong)
