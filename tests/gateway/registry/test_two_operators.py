"""Who comes in comes in by the word of two operators; one alone opens nothing, however often he says it."""

import ast
import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from audit.store import AuditLog, AuditUnavailableError
from consent.store.recording import register
from gateway.commands.log import account
from gateway.database.engine import write_transaction
from gateway.identity.keys import new_signing_key
from gateway.registry.file import read_registry_file
from gateway.registry.rows import append
from tests.gateway.registry.town import ALL, CLIENT, FILE, ISSUER, Town, town

HOUSE = Path(__file__).resolve().parents[3]
WAITS = "; a second operator must say the same"


@pytest.fixture
async def place(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with town(tmp_path, database_url, monkeypatch) as made:
        yield made


async def test_one_operator_alone_opens_nothing(place: Town) -> None:
    assert await place.add("anna") == [f"waits: {each}, said by anna{WAITS}" for each in ALL]
    assert not await place.gets_token()
    assert not await place.knows_west()


async def test_the_second_operator_opens(place: Town) -> None:
    await place.add("anna")
    assert await place.add("bert") == [f"registered {each}" for each in ALL]
    assert await place.gets_token()
    assert await place.status() != 401
    assert await place.knows_west()


@pytest.mark.parametrize("again", ["anna", "Anna", "  ANNA ", "\uff41nna"])
async def test_the_same_operator_twice_opens_nothing_however_he_writes_his_name(place: Town, again: str) -> None:
    await place.add("anna")
    rows = await place.rows()
    assert await place.add(again) == [f"waits: {each}, said by anna{WAITS}" for each in ALL]
    assert not await place.gets_token()
    assert (await place.rows(), len(await place.events())) == (rows, 1)


async def test_of_two_at_once_one_waits_and_the_other_opens(place: Town) -> None:
    (place.folder / "same.toml").write_text(FILE, encoding="utf-8")
    both = await asyncio.gather(place.adding("anna", name="a.toml"), place.adding("bert", name="b.toml"))
    assert sorted(said.split(":")[0].split(" ")[0] for _, said in both) == ["registered", "waits"]
    assert await place.gets_token()


async def test_a_file_that_was_changed_between_the_two_waits_again(place: Town) -> None:
    await place.add("anna")
    place.publish(new_signing_key())
    said = await place.add("bert")
    assert said[0] == "registered organisation west"
    assert said[1:] == [f"waits: {each}, said by bert (anna said something else){WAITS}" for each in ALL[1:]]
    assert not await place.gets_token()
    assert await place.add("anna") == [f"registered {each}" for each in ALL[1:]]


async def test_what_is_of_an_organisation_that_waits_waits_with_it(place: Town) -> None:
    await place.add("anna")
    said = await place.add("bert", file=FILE.replace("local-team", "school").replace("youth-professional", "teacher"))
    assert said[1] == f"waits: {ALL[1]}, said by anna and bert; its organisation does not count yet"
    assert not await place.gets_token()
    assert await place.add("bert") == [f"registered {each}" for each in ALL]
    assert await place.gets_token()


async def test_new_keys_wait_and_the_old_ones_count_meanwhile(place: Town) -> None:
    await place.add("anna")
    await place.add("bert")
    assert await place.gets_token()
    place.publish(new_signing_key())
    await place.add("anna")
    assert await place.status() != 401
    await place.add("bert")
    assert await place.status() == 401
    assert not await place.gets_token()


async def test_who_says_again_what_counts_takes_back_what_he_said_before(place: Town) -> None:
    await place.add("anna")
    await place.add("bert")
    other = FILE.replace('"substantial"', '"low"')
    await place.add("anna", file=other)
    assert await place.add("anna") == [f"taken back: what anna said of {ALL[2]}"]
    assert (await place.events())[-1]["detail"].keys() == {"taken-back"}
    assert await place.add("bert", file=other) == [
        f"waits: {ALL[2]}, said by bert (anna said something else){WAITS}",
    ]
    assert await place.gets_token()


async def test_what_counts_already_needs_nobody(place: Town) -> None:
    await place.add("anna")
    await place.add("bert")
    rows = await place.rows()
    assert await place.add("carla") == ["everything in the file was registered already"]
    assert await place.rows() == rows


async def test_a_client_of_another_organisation_is_taken_over_by_nobody(place: Town) -> None:
    stolen = FILE.replace("west-system", "team-noord-system")
    code, said = await place.adding("anna", file=stolen)
    assert (code, said) == (1, "client `team-noord-system` is registered for organisation `team-noord`")
    assert await place.events() == []


async def test_two_organisations_that_want_one_client_do_not_confirm_each_other(place: Town) -> None:
    await place.add("anna")
    await place.add("bert", file=FILE.replace('"west"', '"oost"'))
    assert not await place.gets_token()
    assert f"waits: {ALL[1]}, said by anna (bert said something else){WAITS}" in await place.listed()


async def test_what_was_registered_before_operators_had_names_counts_as_it_did(place: Town) -> None:
    (place.folder / "west.toml").write_text(FILE, encoding="utf-8")
    file = read_registry_file(place.folder / "west.toml", invented_people_only=True)
    committer = place.gateway.gateway.exchange.committer
    async with write_transaction(committer.engine) as connection:
        # The rows that a version before this one wrote: no word of anybody, and `operator` for whoever it was.
        told = {"id": "west", "name": "Team West (verzonnen)", "kind": "local-team"}
        await register(connection, committer.facts, [("organisations", told)])
        await append(connection, file.entries, recorded_by="operator")
    assert await place.gets_token()
    assert await place.add("anna") == ["everything in the file was registered already"]
    await place.end("west")
    assert await place.status() == 401
    assert [line.split(",")[0] for line in await place.add("anna")] == [f"waits: {each}" for each in ALL]


async def test_each_step_is_in_the_log_with_who_and_whether_it_counts(place: Town) -> None:
    await place.add("anna")
    await place.add("bert")
    first, second = await place.events()
    assert [each["leaf"]["outcome"] for each in (first, second)] == ["review", "ok"]
    assert [each["leaf"]["counterparty"] for each in (first, second)] == ["west", "west"]
    assert first["actor"] == {"operator": "anna", "account": account()}
    assert second["actor"] == {"operator": "bert", "account": account()}
    told = [(each["kind"], each["key"], each["said_by"]) for each in first["detail"]["waits"]]
    assert told == [
        ("organisation", "west", ["anna"]),
        ("client", CLIENT, ["anna"]),
        ("identity-provider", ISSUER, ["anna"]),
    ]
    assert [each["said_by"] for each in second["detail"]["registered"]] == [["anna", "bert"]] * 3
    assert [each["digest"] for each in second["detail"]["registered"]] == [
        each["digest"] for each in first["detail"]["waits"]
    ]


def test_only_sandbox_and_demo_register_as_if_two_had_said_it() -> None:
    # `record` of the registry counts at once; `Words` alone may say what counts besides.
    allowed = {
        "record": {"gateway/sandbox/running.py"},
        "append": {"gateway/registry/barred.py", "gateway/registry/store.py", "gateway/registry/words.py"},
    }
    for path in (HOUSE / "gateway").rglob("*.py"):
        imported = {
            each.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module in {"gateway.registry.store", "gateway.registry.rows"}
            for each in node.names
        }
        for name, places in allowed.items():
            assert name not in imported or str(path.relative_to(HOUSE)) in places, path


def test_no_other_module_writes_registrations() -> None:
    found = {
        str(path.relative_to(HOUSE))
        for path in (HOUSE / "gateway").rglob("*.py")
        if "insert(registration)" in path.read_text(encoding="utf-8")
    }
    assert found == {"gateway/registry/rows.py"}


@pytest.mark.parametrize("operator", ["", " ", "a\u0000b", "x" * 101])
async def test_who_has_no_name_is_no_operator(place: Town, operator: str) -> None:
    code, said = await place.adding(operator)
    assert (code, said) == (2, "--as: an operator has a name; say whose word this is")
    assert await place.events() == []


async def test_the_list_says_what_counts_and_what_waits_for_whom(place: Town) -> None:
    await place.add("anna")
    listed = await place.listed()
    assert "counts: organisation team-noord" in listed
    assert listed[-3:] == [f"waits: {each}, said by anna{WAITS}" for each in ALL]
    await place.add("bert")
    listed = await place.listed()
    assert all(f"counts: {each}" in listed for each in ALL)
    assert not [line for line in listed if line.startswith("waits")]


async def test_what_the_log_does_not_take_is_not_recorded(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise AuditUnavailableError("the log takes nothing now")

    await place.add("anna")
    rows = await place.rows()
    with monkeypatch.context() as broken:
        broken.setattr(AuditLog, "append", refuse)
        assert await place.adding("bert") == (1, "the log takes nothing now")
        assert await place.end("team-noord") == (1, "the log takes nothing now")
    assert (await place.rows(), await place.knows_west()) == (rows, False)
    assert not await place.gets_token()


ALONE = """
[[organisations]]
id = "west"
name = "Team West (verzonnen)"
kind = "local-team"
"""


async def test_what_both_said_before_its_organisation_counted_counts_as_soon_as_that_does(place: Town) -> None:
    await place.add("anna")
    await place.add("bert", file=FILE.replace("Team West", "Team Oost"))
    assert await place.add("bert", file=ALONE) == [f"registered {each}" for each in ALL]
    assert await place.gets_token()
    assert [line for line in await place.listed() if line.startswith("waits")] == []
    assert [each["said_by"] for each in (await place.events())[-1]["detail"]["registered"]] == [
        ["anna", "bert"],
        ["anna", "bert"],
        ["anna", "bert"],
    ]


async def test_of_two_things_that_were_said_as_often_neither_counts_until_it_is_said_again(place: Town) -> None:
    other = FILE.replace('"substantial"', '"low"')
    for operator, file in (("anna", FILE), ("bert", FILE), ("carla", other), ("dirk", other)):
        await place.add(operator, file=file.replace("Team West", f"Team {operator}"))
    await place.add("anna", file=ALONE)
    said = await place.add("carla", file=ALONE)
    assert said == [f"registered {each}" for each in ALL[:2]]
    waiting = [line for line in await place.listed() if line.startswith("waits")]
    assert [line.rpartition("; ")[2] for line in waiting] == ["say once more what is right"] * 2
    assert not await place.gets_token()


async def test_a_provider_of_roles_that_its_organisation_cannot_have_does_not_count(place: Town) -> None:
    await place.add("anna", file=FILE)
    await place.add("bert", file=FILE.replace("local-team", "youth-care"))
    school = ALONE.replace("local-team", "school")
    await place.add("carla", file=school)
    assert await place.add("dirk", file=school) == [f"registered {each}" for each in ALL[:2]]
    assert not await place.gets_token()


async def test_an_organisation_becomes_of_no_kind_that_its_provider_does_not_fit(place: Town) -> None:
    await place.add("anna")
    await place.add("bert")
    school = ALONE.replace("local-team", "school")
    await place.add("anna", file=school)
    code, said = await place.adding("bert", file=school)
    assert code == 1
    assert said.startswith(
        f"identity provider `{ISSUER}` gives roles that nobody has in an organisation of kind `school`"
    )
