"""Judging: two persons, neither of whom had a hand in it, each without seeing what the other found."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from audit.events import Event, EventOutcome, Field, Kind
from audit.read import event_named, opened
from gateway.committing.calls import NotAllowedError
from gateway.database.engine import write_transaction
from gateway.log.telling import bring_keys
from gateway.reviews.deeds import ReviewRefusedError
from gateway.reviews.explained import read_event
from gateway.reviews.judging import Judging
from gateway.reviews.opener import open_by_hand
from tests.gateway.behind import erased, run, unguarded
from tests.gateway.reviews.stage import REASON, Stage, call, found, officer, release, staged, worker

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, SECOND, GATEWAYS = officer("first"), officer("second"), officer("officer", "gateway")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("reviews")) as one:
        yield one


async def last(stage: Stage, kind: Kind) -> dict[str, Any]:
    """Return the fields of the newest event of this kind."""
    leaf = (await stage.leaves(kind))[-1]
    async with stage.gateway.gateway.engine.connect() as connection:
        entry = await event_named(connection, leaf["id"])
        assert entry is not None
        await bring_keys(stage.committer, connection, [entry])
    return {name: each["value"] for name, each in opened(stage.committer.sealer, entry).items()}


async def test_two_who_agree_close_it(stage: Stage) -> None:
    item = await stage.opened()
    assert (await stage.judge(item, FIRST))["standing"] == "second"
    assert (await stage.judge(item, SECOND))["standing"] == "closed"
    assert item not in [each["id"] for each in (await stage.desk.look(FIRST, "q", after=None, limit=9))["items"]]
    told = await last(stage, Kind.REVIEW_DECIDED)
    assert (told[Field.ACTOR]["id"], told[Field.SUBJECT], told[Field.JUSTIFICATION]) == ("second", "sem", REASON)
    assert told[Field.DETAIL]["closed_as"] == "justified"


async def test_the_second_does_not_see_what_the_first_found_before_he_said_his_own(stage: Stage) -> None:
    item = await stage.opened()
    await stage.judge(item, FIRST, found("unjustified", follow_up="possible-breach"))
    before, own = await stage.desk.view(item, SECOND, "q"), await stage.desk.view(item, FIRST, "q")
    assert "verdicts" not in before
    assert "breach_by" not in before
    assert "unjustified" not in str(before)
    assert "verdicts" not in await stage.desk.view(item, GATEWAYS, "q")
    assert own["breach_by"] is not None
    await stage.judge(item, SECOND, found("unjustified"))
    seen = (await stage.desk.view(item, SECOND, "q"))["verdicts"]
    assert [(each["by"], each["verdict"], each["reason"]) for each in seen] == [
        ("first", "unjustified", REASON),
        ("second", "unjustified", REASON),
    ]


async def test_where_two_differ_only_the_gateways_officer_decides(stage: Stage) -> None:
    item = await stage.opened()
    await stage.judge(item, FIRST, found("justified"))
    assert (await stage.judge(item, SECOND, found("unjustified")))["standing"] == "disputed"
    assert await stage.refused(item, officer("third")) == "not-allowed"
    assert (await stage.judge(item, GATEWAYS, found("unjustified")))["standing"] == "closed"
    assert (await last(stage, Kind.REVIEW_DECIDED))[Field.DETAIL]["closed_as"] == "unjustified"


async def test_a_gateways_officer_who_was_one_of_two_does_not_settle_it(stage: Stage) -> None:
    item = await stage.opened()
    await stage.judge(item, GATEWAYS, found("justified"))
    await stage.judge(item, FIRST, found("unjustified"))
    assert await stage.refused(item, GATEWAYS) == "own-review"
    assert (await stage.judge(item, officer("another", "gateway")))["standing"] == "closed"


async def test_who_asks_for_an_explanation_may_judge_later_and_closes_nothing(stage: Stage) -> None:
    item = await stage.opened()
    assert (await stage.judge(item, FIRST, found("needs-explanation")))["standing"] == "waits-for-explanation"
    assert (await stage.judge(item, FIRST, found("justified")))["standing"] == "second"


async def test_the_same_call_again_is_the_same_verdict(stage: Stage) -> None:
    item = await stage.opened()
    once = await stage.judge(item, FIRST, key="k1")
    assert await stage.judge(item, FIRST, key="k1") == once
    assert (await stage.desk.view(item, FIRST, "q"))["standing"] == "second"


async def test_nobody_judges_what_he_had_a_hand_in(stage: Stage) -> None:
    item = await stage.opened(deciders=("chris",))
    asker, decider = officer("anna"), officer("chris")
    assert await stage.refused(item, asker) == "own-review"
    assert await stage.refused(item, decider) == "own-review"
    assert await stage.refused(item, officer("anna", "gateway")) == "own-review"
    refused = await last(stage, Kind.REVIEW_DECIDED)
    assert refused[Field.DETAIL] == {"item": item, "why": "own-review"}
    assert (await stage.outcomes(Kind.REVIEW_DECIDED))[-3:] == [
        ("ggz-west", "deny"),
        ("ggz-west", "deny"),
        ("operator", "deny"),
    ]
    assert (await stage.desk.view(item, SECOND, "q"))["standing"] == "open"


async def test_nobody_is_the_second_after_himself(stage: Stage) -> None:
    item = await stage.opened()
    await stage.judge(item, FIRST)
    assert await stage.refused(item, FIRST) == "own-review"
    assert await stage.refused(item, officer("first", "gateway")) == "own-review"


async def test_nobody_takes_what_he_may_not_judge_and_the_next_one_passes_over_it(stage: Stage) -> None:
    item = await stage.opened()
    for who in (officer("anna"), officer("third", "school-1"), worker("chris", "ggz-west")):
        with pytest.raises(Exception, match=r"own-review|not-allowed"):
            await stage.taking.take(item, who, call())
    assert item.encode() not in await stage.taking.next(officer("anna"), call())


async def test_who_recorded_a_yes_that_lets_him_in_does_not_review_it(stage: Stage) -> None:
    said = {"given_by": "sem", "recipients": ["team-noord"], "form": "in-person"}
    event = await stage.keep(
        Event(
            kind=Kind.CONSENT_GIVEN,
            outcome=EventOutcome.OK,
            organisation="team-noord",
            person="sem",
            fields={
                Field.ACTOR: {"id": "anna", "form": "professional"},
                Field.SUBJECT: "sem",
                Field.DETAIL: {"section": "consents", "said": said},
            },
        )
    )
    await stage.follow()
    [item] = await stage.items(event)
    assert item.organisation == "gateway"
    assert await stage.refused(item.id, officer("anna", "gateway")) == "own-review"
    assert await stage.refused(item.id, officer("boss", "team-noord")) == "not-allowed"
    assert (await stage.desk.view(item.id, GATEWAYS, "q"))["event"]["consent"] == said
    assert (await stage.judge(item.id, GATEWAYS))["standing"] == "closed"


async def test_who_opened_it_from_a_signal_does_not_review_it(stage: Stage) -> None:
    event = await stage.released("OB-LOG", basis="LB-01")
    await stage.follow()
    async with write_transaction(stage.committer.engine) as connection:
        seen = await read_event(connection, stage.committer, event)
        item = await open_by_hand(connection, stage.committer, seen, organisation="ggz-west", by="first")
    assert item is not None
    assert await stage.refused(item, FIRST) == "own-review"
    assert (await stage.judge(item, SECOND))["standing"] == "closed"


async def test_of_a_signal_its_judge_reads_why_and_each_has_a_review_of_its_own(stage: Stage) -> None:
    event = await stage.released("OB-LOG", basis="LB-01")
    await stage.follow()
    async with write_transaction(stage.committer.engine) as connection:
        seen = await read_event(connection, stage.committer, event)
        opened = [
            await open_by_hand(
                connection, stage.committer, seen, organisation="ggz-west", by="first", about=about,
                because={"rule": "SI-02"}, excluded=frozenset({"chris"}),
            )
            for about in ("one", "other", "one")
        ]  # fmt: skip
    one, other, again = opened
    assert one is not None
    assert other is not None
    assert again is None
    assert (await stage.desk.view(one, SECOND, "q"))["because"] == {"rule": "SI-02"}
    assert await stage.refused(one, officer("chris")) == "own-review"
    assert await stage.refused(one, FIRST) == "own-review"


async def test_a_review_of_a_request_that_gave_nothing_does_not_tell_the_asker_whom_it_was_about(stage: Stage) -> None:
    asked = release({"ggz-west": ("LB-23", "OB-LOG")})
    elements: Any = asked.fields[Field.ELEMENTS]
    elements = [{**each, "result": "withhold", "basis": None, "reason": "NO_BASIS"} for each in elements]
    denied = replace(
        asked, kind=Kind.EXCHANGE_DENIED, outcome=EventOutcome.DENY, fields={**asked.fields, Field.ELEMENTS: elements}
    )  # fmt: skip
    event = await stage.keep(denied)
    await stage.follow()
    asker, opened, members = officer("boss", "team-noord"), [], []
    for organisation in ("team-noord", "ggz-west"):
        async with write_transaction(stage.committer.engine) as connection:
            seen = await read_event(connection, stage.committer, event)
            item = await open_by_hand(
                connection, stage.committer, seen, organisation=organisation, by="x", about=organisation
            )
            opened.append(item)
        told = await last(stage, Kind.REVIEW_OPENED)
        assert told[Field.SUBJECT] == (None if organisation == "team-noord" else "sem")
        members.append(set((await stage.leaves(Kind.REVIEW_OPENED))[-1]["commitments"]))
    # Nor by what its leaf commits to.
    assert members[0] == members[1]
    shown = (await stage.desk.view(str(opened[0]), asker, "q"))["event"]
    assert (shown["subject"], shown["kind"], shown["outcome"], shown["elements"]) == (
        None,
        "exchange.denied",
        "deny",
        [],
    )
    assert (await stage.desk.view(str(opened[1]), FIRST, "q"))["event"]["subject"] == "sem"
    await stage.judge(str(opened[0]), asker)
    assert (await last(stage, Kind.REVIEW_DECIDED))[Field.SUBJECT] is None
    await stage.judge(str(opened[1]), FIRST)
    assert (await last(stage, Kind.REVIEW_DECIDED))[Field.SUBJECT] == "sem"


async def test_an_officer_of_another_institution_is_refused_as_everybody_and_it_is_on_record(stage: Stage) -> None:
    item = await stage.opened()
    for who in (officer("x", "school-1"), officer("x", "team-noord"), worker("chris", "ggz-west")):
        assert await stage.refused(item, who) == "not-allowed"
        assert (await last(stage, Kind.REVIEW_DECIDED))[Field.DETAIL] == {"item": item, "why": "not-allowed"}
        assert (await stage.outcomes(Kind.REVIEW_DECIDED))[-1] == (who.organisation, "deny")
    assert await stage.refused("unknown", FIRST) == "not-allowed"
    assert (await last(stage, Kind.REVIEW_DECIDED))[Field.DETAIL] == {"item": None, "why": "not-allowed"}


async def test_a_weak_login_judges_nothing(stage: Stage) -> None:
    assert await stage.refused(await stage.opened(), officer("weak", trusted=False)) == "not-allowed"


async def test_what_somebody_took_is_his_for_a_while(stage: Stage) -> None:
    item = await stage.opened()
    await stage.taking.take(item, FIRST, call())
    assert await stage.refused(item, SECOND) == "taken"
    assert (await stage.judge(item, FIRST))["standing"] == "second"
    assert (await stage.judge(item, SECOND))["standing"] == "closed"


async def test_what_is_closed_is_judged_no_more(stage: Stage) -> None:
    item = await stage.opened()
    await stage.judge(item, FIRST)
    await stage.judge(item, SECOND)
    assert await stage.refused(item, officer("third")) == "closed"


async def test_of_a_person_who_was_erased_the_review_goes_on_without_him(tmp_path: Path) -> None:
    async with staged(tmp_path) as other:
        item = await other.opened()
        await other.judge(item, FIRST)
        await erased(other.gateway, "sem")
        await run(other.gateway, "DELETE FROM audit_subject WHERE person = 'sem'")
        seen = await other.desk.view(item, FIRST, "q")
        assert (seen["event"]["subject"], seen["verdicts"][0]["reason"]) == (None, None)
        assert seen["event"]["actor"]["id"] == "anna"
        assert await other.refused(item, officer("anna")) == "own-review"
        assert (await other.judge(item, SECOND))["standing"] == "closed"


async def test_nobody_judges_what_he_did_not_take(stage: Stage) -> None:
    item = await stage.opened()
    judging = Judging(stage.committer)
    with pytest.raises(ReviewRefusedError, match="not-taken"):
        await judging.judge(item, FIRST, call(found()))
    assert (await last(stage, Kind.REVIEW_DECIDED))[Field.DETAIL] == {"item": item, "why": "not-taken"}
    await stage.taking.take(item, SECOND, call())
    with pytest.raises(ReviewRefusedError, match="taken"):
        await judging.judge(item, FIRST, call(found()))


async def test_a_take_is_renewed_once_and_then_ends(tmp_path: Path) -> None:
    async with staged(tmp_path) as other:
        item = await other.opened()
        await unguarded(other.gateway, "review_taken")
        for _ in range(2):
            await other.taking.take(item, FIRST, call())
            await run(other.gateway, "UPDATE review_taken SET at = datetime(at, '-20 minutes') || '.000000'")
        await other.taking.take(item, FIRST, call())
        await run(other.gateway, "UPDATE review_taken SET at = datetime(at, '-20 minutes') || '.000000'")
        # The third time was none: 40 minutes after the second anybody may.
        await other.taking.take(item, SECOND, call())
        assert await other.refused(item, FIRST) == "taken"


async def test_who_asks_for_an_explanation_does_not_learn_that_another_called_it_a_breach(tmp_path: Path) -> None:
    async with staged(tmp_path) as other:
        item = await other.opened()
        called = found("unjustified", follow_up="possible-breach")
        first = (await other.judge(item, FIRST, called))["breach_by"]
        for table in ("review_verdict", "review_taken"):
            await unguarded(other.gateway, table)
            await run(other.gateway, f"UPDATE {table} SET at = datetime(at, '-1 day') || '.000000'")  # noqa: S608 - our own names
        asks = await other.judge(item, SECOND, found("needs-explanation", follow_up="possible-breach"))
        assert asks["breach_by"] >= first
        assert (await other.judge(item, SECOND, called))["breach_by"] < first


async def test_every_desk_asks_a_strong_login_and_that_somebody_tried_is_on_record(stage: Stage) -> None:
    item, weak = await stage.opened(), officer("weak", trusted=False)
    tries = (
        lambda: stage.desk.look(weak, "q", after=None, limit=9),
        lambda: stage.desk.view(item, weak, "q"),
        lambda: stage.duties.look(weak, "q", after=None, limit=9),
        lambda: stage.taking.take(item, weak, call()),
        lambda: stage.taking.next(weak, call()),
    )
    for each in tries:
        before = len(await stage.outcomes(Kind.LOG_READ))
        with pytest.raises((NotAllowedError, ReviewRefusedError)):
            await each()
        assert (await stage.outcomes(Kind.LOG_READ))[before:] == [("ggz-west", "deny")]


async def test_a_dispute_and_a_breach_clock_are_told_until_they_end(tmp_path: Path) -> None:
    async with staged(tmp_path) as other:
        lateness = other.gateway.gateway.lateness
        assert await lateness.warnings() == []
        item = await other.opened()
        await other.judge(item, FIRST, found("unjustified", follow_up="possible-breach"))
        await other.judge(item, SECOND, found("justified"))
        late = await lateness.late()
        assert (late.disputes, late.breaches) == (1, 1)
        assert len(await lateness.warnings()) == 2
        await other.judge(item, GATEWAYS, found("unjustified"))
        late = await lateness.late()
        # Closed, and the clock runs still; it ends by itself.
        assert (late.disputes, late.breaches) == (0, 1)
        await unguarded(other.gateway, "review_verdict")
        await run(other.gateway, "UPDATE review_verdict SET at = datetime(at, '-4 days') || '.000000'")
        assert (await lateness.late()).breaches == 0
