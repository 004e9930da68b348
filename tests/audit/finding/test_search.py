"""The search against a plain look through everything, over logs drawn at random; and that it stays in its lists."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.events import EventOutcome, Field, Kind
from audit.finding.search import FIRST, LAST, Wanted, find, find_every, forget_terms, id_at, keep_terms
from audit.finding.table import metadata
from audit.finding.terms import Term, What, terms
from audit.part import WHOLE, part
from audit.tables import audit_event, audit_leaf, audit_subject
from audit.told import Told
from tests.audit import make

KEY = b"k" * 32
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
VIEWERS = (WHOLE, "north", "west", "school")


@dataclass(frozen=True)
class Drawn:
    """One event of a log: which second, by whom, about whom, and what became of each holder's element."""

    second: int
    organisation: str
    actor: str
    person: str | None
    purpose: str
    results: tuple[tuple[str, str], ...]


def told(seq: int, drawn: Drawn) -> Told:
    at = BEGAN + timedelta(seconds=drawn.second)
    released = any(result == "release" for _, result in drawn.results)
    elements = [
        {
            "id": f"e{number}",
            "holder": holder,
            "category": "goals",
            "result": result,
            "basis": "LB-01" if result == "release" else None,
            "reason": None if result == "release" else "NO_BASIS",
        }
        for number, (holder, result) in enumerate(drawn.results)
    ]
    return Told(
        seq=seq,
        id=str(UUID(int=UUID(id_at(at)).int | 7 << 76 | 2 << 62 | seq)),
        at=at,
        kind=Kind.EXCHANGE_DISCLOSED if released else Kind.EXCHANGE_DENIED,
        outcome=EventOutcome.PARTIAL if released else EventOutcome.DENY,
        organisation=drawn.organisation,
        counterparties=tuple(sorted({holder for holder, _ in drawn.results})),
        rule_set="2026-11",
        request_id=f"r{seq}",
        person=drawn.person,
        fields={
            Field.ACTOR: {"id": drawn.actor, "client": "system", "form": "professional"},
            Field.PURPOSE: drawn.purpose,
            Field.ELEMENTS: elements,
        },
    )


EVENTS = st.lists(
    st.builds(
        Drawn,
        second=st.integers(0, 5),
        organisation=st.sampled_from(["north", "west"]),
        actor=st.sampled_from(["anna", "bert"]),
        person=st.sampled_from(["sem", "noor", None]),
        purpose=st.sampled_from(["coordinate-plan", "give-help"]),
        results=st.lists(
            st.tuples(st.sampled_from(["west", "school"]), st.sampled_from(["release", "withhold", "review"])),
            max_size=3,
        ).map(tuple),
    ),
    max_size=25,
)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        What.ACTOR: st.sampled_from(["anna", "bert", "nobody"]),
        What.PURPOSE: st.sampled_from(["coordinate-plan", "give-help"]),
        What.OUTCOME: st.sampled_from(["permit", "partial", "deny", "review"]),
        What.BASIS: st.just("LB-01"),
        What.COUNTERPARTY: st.sampled_from(["west", "school"]),
    },
)


async def keep(connection: AsyncConnection, log: Sequence[Told]) -> None:
    rows = {"leaf": b"{}", "leaf_hash": b"", "sealed_log": b""}
    if log:
        await connection.execute(insert(audit_event), [{"event_id": each.id, **rows} for each in log])
        placed = [{"seq": each.seq, "event_id": each.id, "leaf_hash": b""} for each in log]
        await connection.execute(insert(audit_leaf), placed)
    about = [{"person": each.person, "event_id": each.id, "holds_key": True} for each in log if each.person]
    if about:
        await connection.execute(insert(audit_subject), about)
    await keep_terms(connection, KEY, ((each.id, terms(each)) for each in log))


def asked_terms(viewer: str, asked: dict[What, str], person: str | None) -> list[Term]:
    found = [Term(viewer, what, value) for what, value in asked.items()]
    if person is not None and viewer != WHOLE:
        found.append(Term(viewer, What.KNOWN))
    return found or [Term(viewer, What.EVERY)]


def looked_through(log: Sequence[Told], wanted: Sequence[Term], viewer: str, person: str | None) -> list[str]:
    """Return what a plain look through everything finds, newest first."""
    found = [
        each.id
        for each in log
        if part(each, viewer) is not None
        and set(wanted) <= make.all_of(each, viewer)
        and (person is None or each.person == person)
    ]
    return sorted(found, reverse=True)


@asynccontextmanager
async def searchable(folder: Path) -> AsyncIterator[AsyncEngine]:
    async with make.engine(f"sqlite+aiosqlite:///{folder / 'log.db'}") as one:
        async with one.begin() as connection:
            await connection.run_sync(metadata.create_all)
        yield one


@pytest.fixture
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsyncEngine]:
    async with searchable(tmp_path_factory.mktemp("search")) as one:
        yield one


@dataclass(frozen=True)
class Log:
    """A database for many examples, and the loop that its connections belong to."""

    runner: asyncio.Runner
    engine: AsyncEngine


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    opened = searchable(tmp_path_factory.mktemp("search"))
    with asyncio.Runner() as runner:
        yield Log(runner, runner.run(opened.__aenter__()))
        runner.run(opened.__aexit__(None, None, None))


@given(
    drawn=EVENTS,
    viewer=st.sampled_from(VIEWERS),
    asked=ASKED,
    person=st.sampled_from(["sem", None, None]),
    most=st.integers(1, 4),
)
@settings(max_examples=50, deadline=None)
def test_the_pages_of_a_search_are_what_a_plain_look_through_everything_finds(  # noqa: PLR0913, PLR0917 - drawn
    one: Log, drawn: list[Drawn], viewer: str, asked: dict[What, str], person: str | None, most: int
) -> None:
    log = [told(seq, each) for seq, each in enumerate(drawn)]
    wanted = asked_terms(viewer, asked, person)

    async def paged() -> list[str]:
        found: list[str] = []
        async with one.engine.connect() as connection:  # never committed: the next example finds it empty
            await keep(connection, log)
            where = Wanted(tuple(each.keyed(KEY) for each in wanted), person, size=len(log))
            while page := await find(connection, where, most=most):
                found += page
                where = replace(where, before=page[-1])
        return found

    assert one.runner.run(paged()) == looked_through(log, wanted, viewer, person)


async def test_what_has_its_place_behind_the_first_page_is_on_none(engine: AsyncEngine) -> None:
    log = [told(seq, Drawn(seq % 7, "north", "anna", None, "give-help", ())) for seq in range(9)]
    term = Term(WHOLE, What.ACTOR, "anna").keyed(KEY)
    async with engine.begin() as connection:
        await keep(connection, log[:6])
        first = await find(connection, Wanted((term,), None, size=6), most=2)
        await keep(connection, log[6:])
        rest = await find(connection, Wanted((term,), None, size=6, before=first[-1]), most=9)
    assert [*first, *rest] == sorted((each.id for each in log[:6]), reverse=True)


async def test_a_period_is_a_range_of_ids(engine: AsyncEngine) -> None:
    log = [told(seq, Drawn(seq, "north", "anna", None, "give-help", ())) for seq in range(6)]
    since, before = (id_at(BEGAN + timedelta(seconds=second)) for second in (2, 4))
    assert FIRST < since < before < LAST
    async with engine.begin() as connection:
        await keep(connection, log)
        wanted = Wanted((Term(WHOLE, What.EVERY).keyed(KEY),), None, size=6, since=since, before=before)
        assert await find(connection, wanted, most=9) == [log[3].id, log[2].id]


async def test_long_lists_are_left_behind_by_the_thinnest(engine: AsyncEngine) -> None:
    rare = {17, 700, 1100}
    log = [
        told(seq, Drawn(seq, "north", "anna" if seq in rare else "bert", None, "give-help", ())) for seq in range(1200)
    ]
    both = [Term(WHOLE, What.PURPOSE, "give-help"), Term(WHOLE, What.ACTOR, "anna")]
    asked: list[str] = []
    async with engine.begin() as connection:
        await keep(connection, log)
        raw = await connection.get_raw_connection()
        await raw.driver_connection.set_trace_callback(asked.append)  # type: ignore[union-attr] # the driver has it
        wanted = Wanted(tuple(each.keyed(KEY) for each in both), None, size=1200)
        found = [each async for each in find_every(connection, wanted)]
        await raw.driver_connection.set_trace_callback(None)  # type: ignore[union-attr] # idem
    assert found == [log[1100].id, log[700].id, log[17].id]
    assert len(asked) <= 3  # one round: the next of both, the three in the other, their places


async def test_what_is_forgotten_is_found_by_what_is_kept_only(engine: AsyncEngine) -> None:
    log = [told(0, Drawn(0, "north", "anna", "sem", "give-help", (("west", "release"),)))]
    async with engine.begin() as connection:
        await keep(connection, log)
        await forget_terms(connection, "sem")
        left = {row.term for row in await connection.execute(text("SELECT term FROM audit_term"))}
    kept = {Term(WHOLE, what, value) for what, value in _KEPT} | {Term("north", w, v) for w, v in _KEPT_BY_ASKER}
    assert left == {each.keyed(KEY) for each in kept}


_KEPT = {
    (What.EVERY, ""),
    (What.KIND, "exchange.disclosed"),
    (What.OUTCOME, "partial"),
    (What.ORGANISATION, "north"),
    (What.COUNTERPARTY, "west"),
    (What.ACTOR, "anna"),
    (What.CLIENT, "system"),
}
_KEPT_BY_ASKER = {(What.EVERY, ""), (What.ORGANISATION, "north"), (What.ACTOR, "anna"), (What.CLIENT, "system")}


async def test_a_lasting_term_cannot_be_taken_away_or_changed(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await keep(connection, [told(0, Drawn(0, "north", "anna", None, "give-help", ()))])
    for statement in (
        "DELETE FROM audit_term",
        "UPDATE audit_term SET personal = 1",
        "INSERT OR REPLACE INTO audit_term SELECT * FROM audit_term",
    ):
        with pytest.raises(Exception, match="append-only"):
            async with engine.begin() as connection:
                await connection.execute(text(statement))


async def test_an_event_that_is_also_about_somebody_is_found_by_who_asks_for_those_too(engine: AsyncEngine) -> None:
    log = [told(0, Drawn(0, "north", "anna", "sem", "give-help", (("west", "release"),)))]
    async with engine.begin() as connection:
        await keep(connection, log)
        sister = {"person": "noor", "event_id": log[0].id, "holds_key": False}
        await connection.execute(insert(audit_subject), [sister])
        terms_ = (Term(WHOLE, What.EVERY).keyed(KEY),)
        found = {
            (person, also): await find(connection, Wanted(terms_, person, size=1, also_about=also), most=9)
            for person in ("sem", "noor")
            for also in (True, False)
        }
    here = [log[0].id]
    assert found == {("sem", True): here, ("sem", False): here, ("noor", True): here, ("noor", False): []}
