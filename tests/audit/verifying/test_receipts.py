"""A receipt held outside catches what no witness saw: the log promised an event, and does not have it any more."""

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.events import Field
from audit.export import export
from audit.receipt import WITHIN, NoReceiptError, Promise, Receipt, ReceiptError, read_receipt
from audit.signing import SigningKey
from audit.store import AuditLog, Pending
from audit.verifying.receipts import Held, verify_database_with, verify_folder_with
from tests.audit import make

KEYS = [make.LOG_KEY.verifier, make.WITNESS.verifier]
MISSED = "bad: seq 0..5: receipt `mine.json` promises an event that is not in the tree"


@dataclass
class House:
    """A log of which somebody holds receipts, and its administrator, who can take events out before anybody looks."""

    engine: AsyncEngine
    keys: make.KeyService
    out: Path
    clock: make.Clock
    log: AuditLog

    async def keep(self, *, after: timedelta = timedelta(), events: int = 1) -> list[Receipt]:
        self.clock.instant += after
        return await make.keep(self.engine, self.log, *(make.event() for _ in range(events)))

    def taken_out(self) -> Receipt:
        """Return the receipt of an event that was kept, and that its administrator took out with all that followed."""
        return self.log.receipt(Pending(self.log.build(make.event()), is_open=lambda: False))

    async def export(self, *, since: int = 0, open_with: make.KeyService | None = None) -> Path:
        await make.settle(self.engine, self.log)
        await export(self.engine, self.out, keys=KEYS, since=since, open_with=open_with)
        return self.out


@pytest.fixture
def house(sqlite: AsyncEngine, keys: make.KeyService, tmp_path: Path) -> House:
    clock = make.Clock()
    log = AuditLog(key=make.LOG_KEY, sealer=keys, now=clock)
    return House(sqlite, keys, tmp_path / "out", clock, log)


def held(receipt: Receipt, name: str = "mine.json", **changes: str) -> Held:
    return Held(name, orjson.dumps(receipt.document() | changes))


async def test_a_receipt_whose_event_is_there_is_counted(house: House) -> None:
    receipts = await house.keep(events=5)
    verdict = verify_folder_with(await house.export(), [held(each) for each in receipts])
    assert verdict.exit_status == 0
    assert verdict.line.startswith("ok: 5 events, root ")
    assert verdict.line.endswith(", 1 checkpoints, 0 cosignatures, 5 receipts")


async def test_a_receipt_is_taken_out_of_the_answer_that_carried_it(house: House) -> None:
    [receipt] = await house.keep()
    answer = Held("answer.json", orjson.dumps({"plan": [], "receipt": receipt.document()}))
    assert verify_folder_with(await house.export(), [answer]).exit_status == 0


async def test_without_receipts_the_line_is_as_ever(house: House) -> None:
    await house.keep()
    assert verify_folder_with(await house.export(), []).line.endswith(", 0 cosignatures")


@pytest.mark.parametrize("name", ["checkpoint", "hashes", "entries.ndjson", "keys", "since"])
async def test_a_pipe_in_place_of_a_file_of_the_export_is_not_waited_for(house: House, name: str) -> None:
    await house.keep()
    folder = await house.export()
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    assert verify_folder_with(folder, []).line == f"unreadable: `{name}`: it is no regular file"


async def test_an_event_that_was_promised_and_taken_out_makes_the_log_bad(house: House) -> None:
    await house.keep(events=2)
    mine = house.taken_out()
    await house.keep(after=WITHIN + timedelta(seconds=1), events=3)
    verdict = verify_folder_with(await house.export(), [held(mine)])
    assert (verdict.exit_status, verdict.line) == (1, MISSED)


async def test_of_several_receipts_the_one_that_is_missed_is_named(house: House) -> None:
    [first, second] = await house.keep(events=2)
    mine = house.taken_out()
    await house.keep(after=WITHIN + timedelta(seconds=1), events=3)
    receipts = [held(first, "first.json"), held(mine), held(second, "second.json")]
    assert verify_folder_with(await house.export(), receipts).line == MISSED


async def test_two_files_of_one_name_are_both_held_against_it(house: House) -> None:
    [first, *_] = await house.keep(events=2)
    mine = house.taken_out()
    await house.keep(after=WITHIN + timedelta(seconds=1), events=3)
    assert verify_folder_with(await house.export(), [held(mine), held(first)]).line == MISSED


@pytest.mark.parametrize(("beyond", "status"), [(timedelta(milliseconds=-1), 2), (timedelta(), 2), (WITHIN / 5000, 1)])
async def test_what_came_less_than_five_seconds_before_the_end_may_still_come(
    house: House, beyond: timedelta, status: int
) -> None:
    await house.keep()
    mine = house.taken_out()
    promised = house.clock.instant
    # The clock goes on by a millisecond when it is read for the event.
    house.clock.instant = promised + WITHIN + beyond - timedelta(milliseconds=1)
    await house.keep()
    verdict = verify_folder_with(await house.export(), [held(mine)])
    assert verdict.exit_status == status
    if status == 2:
        assert verdict.line.startswith(
            "undecided: receipt `mine.json`: its event is not in this export, which ends at 2026-"
        )
        assert verdict.line.endswith("export again and verify that")


async def test_a_young_receipt_whose_event_is_there_is_good(house: House) -> None:
    [*_, last] = await house.keep(events=3)
    assert verify_folder_with(await house.export(), [held(last)]).exit_status == 0


async def test_an_export_without_an_entry_decides_nothing(house: House) -> None:
    await house.keep(events=3)
    verdict = verify_folder_with(await house.export(since=3), [held(house.taken_out())])
    assert verdict.exit_status == 2
    assert "which has no entry" in verdict.line


async def test_a_partial_export_still_holds_every_promise(house: House) -> None:
    [first, *_] = await house.keep(events=5)
    assert verify_folder_with(await house.export(since=3), [held(first)]).exit_status == 0


async def test_a_very_long_last_entry_still_tells_when_it_was(house: House) -> None:
    await house.keep(events=4)
    mine = house.taken_out()
    house.clock.instant += WITHIN + timedelta(seconds=1)
    long = make.event(fields={Field.PURPOSE: "x" * 200_000})
    await make.keep(house.engine, house.log, long)
    verdict = verify_folder_with(await house.export(open_with=house.keys), [held(mine)])
    assert (verdict.exit_status, verdict.line) == (1, MISSED)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"at": "2026-03-02T12:00:00.999Z"}, "the receipt's signature does not verify"),
        ({"leaf_hash": "A" * 43 + "="}, "the receipt's signature does not verify"),
        ({"signature": "?"}, "the receipt's members are not as they must be"),
        ({"key": "somebody+00000000"}, "the receipt was not signed by a key that we know"),
    ],
)
async def test_a_receipt_that_the_log_did_not_sign_so_is_bad(house: House, changes: dict[str, str], why: str) -> None:
    [receipt] = await house.keep()
    verdict = verify_folder_with(await house.export(), [held(receipt, **changes)])
    assert (verdict.exit_status, verdict.line) == (1, f"bad: receipt `mine.json`: {why}")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff", b"[]", b"{}", b'"x"', b'{"receipt": 3}', b'{"receipt": {}}', b'{"event": 1, "event": 1}'],
)
async def test_a_file_that_holds_no_receipt_says_nothing_of_the_log(house: House, content: bytes) -> None:
    await house.keep()
    verdict = verify_folder_with(await house.export(), [Held("mine.json", content)])
    assert verdict.exit_status == 2
    assert verdict.line.startswith("unreadable: receipt `mine.json`: ")


async def test_what_is_wrong_with_the_log_comes_before_what_is_wrong_with_a_receipt(house: House) -> None:
    await house.keep(events=3)
    out = await house.export()
    lines = (out / "entries.ndjson").read_bytes().splitlines(keepends=True)
    (out / "entries.ndjson").write_bytes(b"".join([lines[0], lines[2], lines[1]]))
    for content in (b"", orjson.dumps(house.taken_out().document())):
        assert verify_folder_with(out, [Held("mine.json", content)]).line.startswith("bad: seq 1: ")


async def test_a_folder_without_keys_or_entries_cannot_be_read(house: House) -> None:
    [receipt] = await house.keep()
    out = await house.export()
    for name in ("entries.ndjson", "keys"):
        (out / name).unlink()
        assert verify_folder_with(out, [held(receipt)]).line == f"unreadable: `{name}`: No such file or directory"


@pytest.mark.parametrize("at", ["2026-03-02T12:00:00.123", "soon", ""])
def test_a_receipt_of_no_instant_promises_nothing(at: str) -> None:
    receipt = Receipt("event-1", bytes(32), at, make.LOG_KEY)
    with pytest.raises(ReceiptError, match="instant"):
        read_receipt(orjson.dumps(receipt.document()), KEYS)


def test_another_logs_receipt_is_bad_and_a_wrong_file_is_none() -> None:
    other = SigningKey.from_seed(make.ORIGIN, bytes(32))
    leaf_hash, at = bytes(32), "2026-03-02T12:00:00.123Z"
    document = Receipt("e", leaf_hash, at, other).document()
    assert read_receipt(json.dumps(document).encode(), [other.verifier]) == Promise(
        leaf_hash, make.NOON.replace(microsecond=123_000)
    )
    with pytest.raises(ReceiptError, match="not signed by a key that we know") as refused:
        read_receipt(json.dumps(document).encode(), KEYS)
    assert not isinstance(refused.value, NoReceiptError)


async def test_the_live_store_keeps_what_it_promised_also_what_waits_for_its_place(
    engine: AsyncEngine, keys: make.KeyService
) -> None:
    log = make.log(keys)
    placed = await make.keep(engine, log, make.event())
    await make.settle(engine, log)
    waiting = await make.keep(engine, log, make.event())
    receipts = [held(each) for each in (*placed, *waiting)]
    verdict = await verify_database_with(engine, receipts, keys=KEYS)
    assert (verdict.exit_status, verdict.line.rpartition(", ")[2]) == (0, "2 receipts")


async def test_the_live_store_is_bad_where_it_lacks_what_it_promised(
    engine: AsyncEngine, keys: make.KeyService
) -> None:
    log = make.log(keys)
    await make.keep(engine, log, *(make.event() for _ in range(5)))
    await make.settle(engine, log)
    mine = log.receipt(Pending(log.build(make.event()), is_open=lambda: False))
    verdict = await verify_database_with(engine, [held(mine)], keys=KEYS)
    assert (verdict.exit_status, verdict.line) == (1, MISSED)


async def test_a_wrong_receipt_is_told_of_the_live_store_too(engine: AsyncEngine, keys: make.KeyService) -> None:
    log = make.log(keys)
    [receipt] = await make.keep(engine, log, make.event())
    await make.settle(engine, log)
    for one, status in ((held(receipt, signature="?"), 1), (Held("mine.json", b"junk"), 2)):
        verdict = await verify_database_with(engine, [one], keys=KEYS)
        assert (verdict.exit_status, "receipt `mine.json`: " in verdict.line) == (status, True)
