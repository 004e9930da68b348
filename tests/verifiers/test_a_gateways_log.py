"""The log of a gateway that ran: every value that it committed to opens for programs that share no code with it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.export import export
from gateway.commands.opening import KeyBringer
from gateway.database.engine import write_transaction
from tests.gateway.running import running
from tests.gateway.worlds import record, world
from tests.verifiers.exports import WITNESSES, cosigned
from tests.verifiers.three import agreed

pytestmark = pytest.mark.server

HARD_IDS = ["\ufb00", "😀", "é", "Z", "a", "10", "9"]
"""Ids of records, which become names in the decision. The first two sort otherwise by code point than by UTF-16."""


async def ran(folder: Path, database_url: str) -> Path:
    """Return the opened export of a gateway that was asked a few things, and whose log two witnesses watch."""
    told = world(records=[record(each, holder="ggz-west", category="goals") for each in HARD_IDS])
    async with running(told, folder, database_url=database_url) as one:
        committer = one.gateway.exchange.committer
        for purpose in ("coordinate-plan", "give-help", "no-such-purpose"):
            await one.ask("anna", "sem", purpose)
            async with write_transaction(committer.engine) as connection:
                await cosigned(connection, committer.log)
        keys = [committer.log.key.verifier, *(each.verifier for each in WITNESSES)]
        await export(committer.engine, folder / "export", keys=keys, open_with=KeyBringer(committer))
    return folder / "export"


def numbers_within(value: Any) -> Iterator[int | float]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers_within(each)
    if isinstance(value, int | float):
        yield value


async def test_the_three_accept_the_opened_log_of_a_gateway(tmp_path: Path, database_url: str) -> None:
    folder = await ran(tmp_path, database_url)
    assert agreed(folder).startswith("ok: ")
    entries = [json.loads(each) for each in (folder / "entries.ndjson").read_text(encoding="utf-8").splitlines()]
    opened = [(name, field["value"]) for entry in entries for name, field in entry["opened"].items()]
    assert {name for name, _ in opened} >= {"actor", "answer", "decision", "elements", "facts", "purpose", "subject"}
    assert any(set(HARD_IDS) <= value["elements"].keys() for name, value in opened if name == "decision")
    # The product writes whole numbers as they are: RFC 8785 asks for the same as long as a double can hold them.
    assert all(type(each) is not float and abs(each) < 2**53 for _, value in opened for each in numbers_within(value))
