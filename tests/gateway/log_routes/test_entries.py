"""`GET /audit/tile/entries/INDEX`: what stands in the log, for the gateway's own officer, and on record."""

import asyncio
import json
from base64 import b64decode
from hashlib import sha256

import pytest

from audit.entry import Entry
from audit.events import Field
from audit.published import published
from audit.read import event_named, opened
from audit.tiles import Tile
from gateway.sandbox.call import Answer
from tests.gateway.log.office import second
from tests.gateway.log_routes.conftest import Published
from tests.gateway.log_routes.fetching import Reader, fetch, spelled
from tests.gateway.log_routes.growing import grow_to, leaf, root_of
from tests.gateway.notices.told import Told
from tests.gateway.running import Running

ENTRIES = "/audit/tile/entries"


def split(bundle: bytes) -> list[bytes]:
    entries = []
    while bundle:
        end = 2 + int.from_bytes(bundle[:2])
        entry, bundle = bundle[2:end], bundle[end:]
        entries.append(entry)
    return entries


async def head_after(gateway: Running, words: str) -> tuple[int, bytes]:
    """Return the first head that covers an event with `words` in its leaf."""
    for _ in range(100):
        size, root = await Reader(gateway.url).head()
        found = await gateway.call("officer", "GET", f"{ENTRIES}/{spelled(0, size)}")
        if words.encode() in found.body:
            return size, root
        await asyncio.sleep(0.1)
    pytest.fail("the event did not come into the tree")


async def last_read(gateway: Running) -> Entry:
    """Return the newest event of somebody who read the log."""
    await asyncio.sleep(0)
    async with gateway.gateway.engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT event_id, leaf FROM audit_event ORDER BY id")
        read = [str(row.event_id) for row in rows if json.loads(row.leaf)["kind"] == "log.read"]
        entry = await event_named(connection, read[-1])
    assert entry is not None
    return entry


async def test_the_entries_give_the_root_of_the_checkpoint_and_hold_commitments_only(gateway: Running) -> None:
    await gateway.ask("anna", "sem", "coordinate-plan")
    size, root = await head_after(gateway, "exchange.disclosed")
    found = split((await gateway.call("officer", "GET", f"{ENTRIES}/{spelled(0, size)}")).body)
    assert root_of([sha256(b"\x00" + each).digest() for each in found]) == root
    leaves = [json.loads(each) for each in found]
    members = {"v", "id", "at", "kind", "outcome", "organisation", "counterparty", "rule_set", "commitments"}
    assert all(each.keys() == members for each in leaves)
    # A commitment may spell any three letters by chance.
    committed = [value for each in leaves for value in each.pop("commitments").values()]
    assert all(len(b64decode(value, validate=True)) == sha256().digest_size for value in committed)
    assert not any(word in json.dumps(leaves) for word in ("sem", "anna", "coordinate-plan"))


async def test_that_they_were_read_is_on_record_first(gateway: Running) -> None:
    await gateway.call("officer", "GET", f"{ENTRIES}/000.p/2")
    entry = await last_read(gateway)
    told = opened(gateway.gateway.exchange.committer.sealer, entry)
    assert (entry.leaf_json["organisation"], entry.leaf_json["outcome"]) == ("operator", "ok")
    assert told[Field.DETAIL]["value"] == {"read": "entries", "tile": "entries/000.p/2"}
    assert told[Field.ACTOR]["value"]["form"] == "officer"
    assert told[Field.SUBJECT]["value"] is None


async def test_nobody_else_reads_one_and_that_he_tried_is_on_record(gateway: Running) -> None:
    for who in ("anna", "sem", "officer:team-noord"):
        answer = await gateway.call(who, "GET", f"{ENTRIES}/000.p/1")
        assert (answer.status, json.loads(answer.body)["type"]) == (403, "urn:schakel:problem:not-available")
        entry = await last_read(gateway)
        assert entry.leaf_json["outcome"] == "deny"
        assert entry.request_id == json.loads(answer.body)["request_id"]


@pytest.mark.parametrize("client", ["person", "team-noord", "school-1"])
async def test_no_client_reads_one_as_a_leaf_tells_an_asker_that_its_request_waits(
    gateway: Running, client: str
) -> None:
    answer = await Told(gateway).get(client, f"{ENTRIES}/000.p/1")
    assert (answer.status, json.loads(answer.body)["type"]) == (403, "urn:schakel:problem:not-available")
    assert (await last_read(gateway)).leaf_json["outcome"] == "deny"


async def test_the_gateways_own_officer_reads_them_with_a_login_that_is_strong(gateway: Running) -> None:
    weak = await second(gateway, "operator", trusted=False)
    statuses = [(await gateway.call(who, "GET", f"{ENTRIES}/000.p/1")).status for who in ("officer", weak)]
    assert statuses == [200, 403]


async def test_nobody_reads_them_without_a_token(gateway: Running) -> None:
    answer = await fetch(gateway.url, f"{ENTRIES}/000.p/1")
    assert (answer.status, json.loads(answer.body)["type"]) == (401, "urn:schakel:problem:unauthenticated")


async def test_a_token_for_another_bundle_is_none_for_this_one(gateway: Running) -> None:
    headers = await gateway.headers("officer", "GET", f"{ENTRIES}/000.p/1")
    assert (await fetch(gateway.url, f"{ENTRIES}/000.p/2", headers)).status == 401


async def test_where_it_cannot_be_recorded_nothing_is_read(gateway: Running) -> None:
    path = f"{ENTRIES}/000.p/1"
    await gateway.headers("officer", "GET", path)  # he came in before
    gateway.gateway.exchange.committer.health.broken = True
    answer: Answer = await gateway.call("officer", "GET", path)
    assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:schakel:problem:log-unavailable")
    assert (await fetch(gateway.url, "/audit/checkpoint")).status == 200


async def test_a_full_bundle_has_256_entries_in_the_order_of_the_tree(log: Published) -> None:
    await grow_to(log.engine, 600)
    async with log.engine.connect() as connection:
        full, rest = [await published(connection, Tile.read(f"entries/{name}")) for name in ("001", "002.p/88")]
    assert split(full) == [leaf(number) for number in range(256, 512)]
    assert split(rest) == [leaf(number) for number in range(512, 600)]
