"""Opening behind the log: each review once, with its event or not at all; two who judge at once; the work list."""

import asyncio
from collections.abc import Sequence

import orjson
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.store import AuditUnavailableError
from audit.tables import audit_event, audit_leaf
from audit.told import Told
from audit.tree import leaf_hash
from consent.keys import KeyClass
from consent.store.tables import person_key
from gateway.commands.log import run_audit_verify
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.log.following import Following
from gateway.reviews.deeds import ReviewRefusedError
from gateway.reviews.desk import NoSuchCursorError
from gateway.reviews.explained import read_event
from gateway.reviews.judging import Judging
from gateway.reviews.opener import ReviewOpener, open_by_hand
from gateway.reviews.tables import APPEND_ONLY
from schemas.canonical_json import canonical
from tests.audit.make import settle
from tests.gateway.behind import run, unguarded
from tests.gateway.reviews.stage import Stage, call, found, officer, worker
from tests.gateway.rules.world import set_environment

FIRST, SECOND, GATEWAYS = officer("first"), officer("second"), officer("officer", "gateway")


class Dying(ReviewOpener):
    """Opens everything, and dies before its transaction is committed."""

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        await super().take(connection, committer, events)
        raise SystemError("killed")


async def test_item_and_event_are_kept_both_or_neither_and_once_whoever_leads(stage: Stage) -> None:
    event = await stage.released()
    await stage.place()
    with pytest.raises(SystemError):
        await Following(stage.committer, [Dying()]).catch_up()
    assert (await stage.items(event), await stage.owed(event), await stage.leaves(Kind.REVIEW_OPENED)) == ([], [], [])
    two = [Following(stage.committer, [ReviewOpener()]) for _ in range(2)]
    await asyncio.gather(*(each.catch_up() for each in two), return_exceptions=True)
    for each in two:
        await each.catch_up()
    [item] = await stage.items(event)
    assert (item.reason, item.organisation, item.judges) == ("exception", "ggz-west", 2)
    assert [each["organisation"] for each in await stage.leaves(Kind.REVIEW_OPENED)] == ["ggz-west"]
    assert [each.code for each in await stage.owed(event)] == ["OB-NOTE"]


async def test_of_several_who_judge_at_once_each_counts_once(stage: Stage) -> None:
    item = await stage.opened()
    three = [officer("first"), officer("second"), officer("first")]
    done = await asyncio.gather(*(stage.refused(item, each) for each in three))
    assert "done" in done
    assert set(done) <= {"done", "own-review", "taken", "not-taken"}
    for each in (FIRST, SECOND):
        await stage.refused(item, each)
    seen = await stage.desk.view(item, FIRST, "q")
    assert (seen["standing"], sorted(each["by"] for each in seen["verdicts"])) == ("closed", ["first", "second"])


async def test_of_two_who_take_the_next_at_once_each_has_another(stage: Stage) -> None:
    items = {await stage.opened(), await stage.opened()}
    taken = await asyncio.gather(*(stage.taking.next(each, call()) for each in (FIRST, SECOND)))
    assert [sum(item.encode() in each for each in taken) for item in sorted(items)] == [1, 1]


async def test_the_first_due_comes_first_and_paging_shows_each_once(lite: Stage) -> None:
    late = [await lite.opened("OB-REV(9wd)") for _ in range(3)]
    soon = await lite.opened("OB-REV(1wd)")
    pages, after = [], None
    for _ in range(4):
        page = await lite.desk.look(FIRST, "q", after=after, limit=2)
        pages += [each["id"] for each in page["items"]]
        after = page["next"]
    assert pages == [soon, *late]
    assert soon.encode() in await lite.taking.next(FIRST, call())
    with pytest.raises(NoSuchCursorError):
        await lite.desk.look(officer("x", "school-1"), "q", after=soon, limit=9)


async def test_an_officer_sees_his_own_institution_and_the_gateways_all(lite: Stage) -> None:
    item = await lite.opened()
    assert (await lite.desk.look(officer("x", "school-1"), "q", after=None, limit=9))["items"] == []
    assert [each["id"] for each in (await lite.desk.look(GATEWAYS, "q", after=None, limit=9))["items"]] == [item]
    assert (await lite.outcomes(Kind.LOG_READ))[-2:] == [("school-1", "ok"), ("operator", "ok")]
    for who in (officer("x", "school-1"), officer("x", "team-noord"), worker("chris", "ggz-west")):
        with pytest.raises(NotAllowedError):
            await lite.desk.view(item, who, "q")
        assert (await lite.outcomes(Kind.LOG_READ))[-1] == (who.organisation, "deny")
    with pytest.raises(NotAllowedError):
        await lite.desk.look(worker("juf", "school-1"), "q", after=None, limit=9)
    assert (await lite.outcomes(Kind.LOG_READ))[-1] == ("school-1", "deny")
    seen = await lite.desk.view(item, FIRST, "q")
    assert seen["event"]["elements"][0]["basis"] == "LB-23"
    assert (await lite.outcomes(Kind.LOG_READ))[-1] == ("ggz-west", "ok")


async def test_what_is_late_is_said_to_be_and_is_never_approved_by_itself(lite: Stage) -> None:
    item = await lite.opened()
    await unguarded(lite.gateway, "review_item")
    await run(lite.gateway, "UPDATE review_item SET due = '2020-01-01'")
    [shown] = (await lite.desk.look(FIRST, "q", after=None, limit=9))["items"]
    assert (shown["id"], shown["overdue"], shown["standing"]) == (item, True, "open")
    # The gateway's officer is given what others leave undone.
    assert item.encode() in await lite.taking.next(GATEWAYS, call())


async def test_what_is_behind_many_that_are_not_his_is_found_all_the_same(
    lite: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.reviews.taking._AT_ONCE", 2)
    mine = [await lite.opened("OB-REV(1wd)", deciders=("first",)) for _ in range(3)]
    last = await lite.opened("OB-REV(9wd)")
    assert last.encode() in await lite.taking.next(FIRST, call())
    for each in mine:
        await lite.judge(each, SECOND, found("justified"))
        await lite.judge(each, officer("third"), found("unjustified"))
    # Disputed now: the gateway's officer is given these, and of the others none.
    assert mine[0].encode() in await lite.taking.next(GATEWAYS, call())
    assert mine[0].encode() in await lite.taking.next(GATEWAYS, call())
    assert b'"item": null' in await lite.taking.next(officer("third"), call())


async def test_what_waits_for_a_second_judge_comes_to_the_gateways_officer_a_working_day_before(lite: Stage) -> None:
    item = await lite.opened("OB-REV(1wd)")
    assert b'"item": null' in await lite.taking.next(GATEWAYS, call())
    await lite.judge(item, FIRST)
    assert item.encode() in await lite.taking.next(GATEWAYS, call())
    later = await lite.opened("OB-REV(9wd)")
    await lite.judge(later, FIRST)
    await lite.judge(item, GATEWAYS)
    assert b'"item": null' in await lite.taking.next(GATEWAYS, call())


async def test_nobody_judges_an_event_that_was_changed(lite: Stage) -> None:
    event = await lite.released()
    await lite.follow()
    [item] = await lite.items(event)
    await unguarded(lite.gateway, "audit_event")
    changed = "UPDATE audit_event SET leaf = replace(leaf, 'permit', 'review') WHERE event_id = :event"
    await run(lite.gateway, changed, event=event.replace("-", ""))
    with pytest.raises(AuditUnavailableError):
        await lite.desk.view(item.id, FIRST, "q")
    assert (await lite.outcomes(Kind.LOG_READ))[-1] == ("ggz-west", "deny")
    assert await lite.refused(item.id, FIRST) == "changed"
    assert await lite.outcomes(Kind.REVIEW_DECIDED) == [("ggz-west", "deny")]


async def test_nobody_judges_an_event_that_was_committed_to_something_else(lite: Stage) -> None:
    event = await lite.released()
    await lite.follow()
    [item] = await lite.items(event)
    await lite.taking.take(item.id, FIRST, call())
    await lite.place()  # what gets its place afterwards would show that the tree was changed
    for table in ("audit_event", "audit_leaf"):
        await unguarded(lite.gateway, table)
    async with write_transaction(lite.committer.engine) as connection:
        its = audit_event.c.event_id == event
        leaf = orjson.loads((await connection.execute(select(audit_event.c.leaf).where(its))).scalar_one())
        leaf["commitments"]["purpose"] = leaf["commitments"]["actor"]
        changed = canonical(leaf)
        again = {"leaf_hash": leaf_hash(changed)}
        await connection.execute(update(audit_event).values(leaf=changed, **again).where(its))
        await connection.execute(update(audit_leaf).values(**again).where(audit_leaf.c.event_id == event))
    with pytest.raises(ReviewRefusedError) as refused:
        await Judging(lite.committer).judge(item.id, FIRST, call(found()))
    assert refused.value.why == "changed"


async def test_nobody_judges_an_event_whose_key_was_changed(lite: Stage) -> None:
    event = await lite.released()
    await lite.follow()
    [item] = await lite.items(event)
    its = (person_key.c.person == "sem", person_key.c.key_class == KeyClass.AUDIT)
    other = select(person_key.c.wrapped).where(person_key.c.person == "moeder", its[1]).scalar_subquery()
    async with write_transaction(lite.committer.engine) as connection:
        await connection.execute(update(person_key).values(wrapped=other).where(*its))
    assert await lite.refused(item.id, FIRST) == "changed"


async def test_an_event_whose_seals_were_broken_before_it_was_followed_is_reviewed_as_unreadable(lite: Stage) -> None:
    event = await lite.released()
    await unguarded(lite.gateway, "audit_event")
    broken = "UPDATE audit_event SET sealed_log = sealed_person WHERE event_id = :event"
    await run(lite.gateway, broken, event=event.replace("-", ""))
    await lite.follow()
    [item] = await lite.items(event)
    assert (item.reason, item.organisation) == ("unreadable", "gateway")
    assert (await lite.desk.view(item.id, GATEWAYS, "q"))["event"].keys() == {"id", "fault"}
    assert (await lite.judge(item.id, GATEWAYS, found("unjustified", follow_up="possible-breach")))["breach_by"]


async def test_an_event_whose_kind_nobody_can_read_is_reviewed_as_unreadable(stage: Stage) -> None:
    event = await stage.released()
    await unguarded(stage.gateway, "audit_event")
    async with write_transaction(stage.committer.engine) as connection:
        its = audit_event.c.event_id == event
        leaf = (await connection.execute(select(audit_event.c.leaf).where(its))).scalar_one()
        changed = leaf.replace(b"exchange.disclosed", b"exchange.invented_")
        await connection.execute(update(audit_event).values(leaf=changed).where(its))
    good = await stage.released()
    await stage.follow()
    assert [(each.reason, each.organisation) for each in await stage.items(event)] == [("unreadable", "gateway")]
    assert [each.reason for each in await stage.items(good)] == ["exception"]
    [item] = await stage.items(event)
    assert (await stage.desk.view(item.id, GATEWAYS, "q"))["event"].keys() == {"id", "fault"}


async def test_a_duty_stands_until_whose_it_is_says_that_it_was_done(lite: Stage) -> None:
    event = await lite.released("OB-NOTE OB-POST(5d)")
    await lite.follow()
    note, told = await lite.owed(event)
    said = call({"how": "Aantekening in het dossier gemaakt."})
    for who in (
        officer("x", "school-1"),
        worker("anna", "team-noord"),
        GATEWAYS,
        worker("chris", "ggz-west", trusted=False),
    ):
        with pytest.raises(ReviewRefusedError, match="not-allowed"):
            await lite.duties.done(note.id, who, said)
        assert (await lite.outcomes(Kind.OBLIGATION_DONE))[-1] == (who.organisation, "deny")
    await lite.duties.done(note.id, worker("chris", "ggz-west"), said)
    assert (await lite.outcomes(Kind.OBLIGATION_DONE))[-1] == ("ggz-west", "ok")
    left = (await lite.duties.look(FIRST, "q", after=None, limit=9))["obligations"]
    assert [(each["id"], each["code"], each["done"]) for each in left] == [(told.id, "OB-POST(5d)", False)]
    with pytest.raises(ReviewRefusedError, match="closed"):
        await lite.duties.done(note.id, FIRST, said)
    with pytest.raises(NotAllowedError):
        await lite.duties.look(worker("chris", "ggz-west"), "q", after=None, limit=9)


async def test_duties_go_on_only_behind_one_that_its_reader_sees(lite: Stage) -> None:
    await lite.released("OB-NOTE")
    await lite.released("OB-NOTE")
    await lite.follow()
    [first] = (await lite.duties.look(FIRST, "q", after=None, limit=1))["obligations"]
    [second] = (await lite.duties.look(FIRST, "q", after=first["id"], limit=9))["obligations"]
    assert first["id"] != second["id"]
    another = officer("x", "school-1")
    for who, after in ((another, first["id"]), (another, "unknown"), (FIRST, "unknown")):
        with pytest.raises(NoSuchCursorError):
            await lite.duties.look(who, "q", after=after, limit=9)


async def test_a_warning_is_done_when_its_recipient_reads_it(lite: Stage) -> None:
    notice = {"notice": "n1", "kind": "consent.withdrawn", "requests": []}
    given = await lite.keep(_event(Kind.NOTIFICATION_GIVEN, "system", notice, to=frozenset({"school-1"})))
    await lite.follow()
    [owed] = await lite.owed(given)
    assert (owed.code, owed.organisation) == ("OB-WARN", "gateway")
    await lite.keep(_event(Kind.LOG_READ, "school-1", {"read": "notices", "notices": ["n1"]}))
    await lite.follow()
    assert (await lite.duties.look(GATEWAYS, "q", after=None, limit=9))["obligations"] == []
    assert await lite.outcomes(Kind.OBLIGATION_DONE) == [("operator", "ok")]


def _event(kind: Kind, organisation: str, detail: object, *, to: frozenset[str] = frozenset()) -> Event:
    fields = {Field.ACTOR: {"id": "client", "form": "client"}, Field.DETAIL: detail}
    return Event(kind=kind, outcome=EventOutcome.OK, organisation=organisation, counterparties=to, fields=fields)


async def test_nothing_of_it_is_changed_taken_away_or_replaced(stage: Stage) -> None:
    item = await stage.opened()
    await stage.taking.take(item, FIRST, call())
    await stage.judge(item, FIRST)
    await stage.judge(item, SECOND)
    [duty] = await stage.owed((await stage.desk.view(item, FIRST, "q"))["event"]["id"])
    await stage.duties.done(duty.id, FIRST, call({"how": "gedaan"}))
    await stage.gateway.gateway.sampling.draw()
    lite = stage.gateway.gateway.engine.dialect.name == "sqlite"
    for table in APPEND_ONLY:
        name, column = table.name, next(each.name for each in table.columns if each.identity is None)
        acts = [f"UPDATE {name} SET {column} = {column}", f"DELETE FROM {name}"]  # noqa: S608 - our own names
        acts.append(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}" if lite else f"TRUNCATE {name} CASCADE")  # noqa: S608 - idem
        for each in acts:
            with pytest.raises(DBAPIError, match="append-only"):
                await run(stage.gateway, each)


async def test_a_review_of_an_event_without_a_request_leaves_a_log_that_verifies(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.gateway.headers("anna", "GET", "/")
    [issued] = await stage.leaves(Kind.TOKEN_ISSUED)
    async with write_transaction(stage.committer.engine) as connection:
        seen = await read_event(connection, stage.committer, issued["id"])
        assert await open_by_hand(connection, stage.committer, seen, organisation="gateway", by="first")
    gateway = stage.gateway.gateway
    await settle(gateway.engine, gateway.log)
    set_environment(monkeypatch, gateway.settings)
    database = gateway.settings.database_url
    said = await asyncio.to_thread(lambda: run_audit_verify(None, checkpoint=None, database=database))
    assert said[1].startswith("ok: ")
