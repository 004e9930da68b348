"""Questions are opened behind the log: each once, with its event, whoever leads or dies; no request waits for it."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Field
from audit.told import Told
from gateway.api.wire import read_body
from gateway.committing.commit import Committer
from gateway.database.engine import create_engine, write_transaction
from gateway.erasing.belongings import destroy, hold_still
from gateway.erasing.keeping import MustBeKeptError, require_no_exception
from gateway.erasing.reading import hold
from gateway.exchange import NotAvailableError
from gateway.flow.question import Question
from gateway.holders.opening import NAME, QuestionOpener
from gateway.holders.tables import holder_question
from gateway.identity.caller import Caller
from gateway.log.following import Following
from gateway.log.tables import log_follower
from schemas.words import Role
from tests.gateway.behind import run
from tests.gateway.holders.world import INQUIRY, QUESTIONS, Stage, stage_at
from tests.gateway.log.followers import placed
from tests.gateway.log.office import told
from tests.gateway.running import PERSON
from tests.gateway.sources import Telling

HOLDERS = 2
"""So many have to decide about what is asked of the stage."""
BO = Caller(
    form="professional",
    id="bo",
    organisation="raad",
    role=Role.BOARD_INVESTIGATOR,
    trusted=True,
    officer_of=None,
    client_id="raad",
    acr=None,
)


@pytest.fixture
async def led(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    """A gateway on each database, whose log is followed only when a test says so."""
    async with stage_at(tmp_path, database_url) as one:
        await one.gateway.gateway.following.close()
        await one.gateway.gateway.sampling.close()
        yield one


def committer_of(stage: Stage) -> Committer:
    return stage.gateway.gateway.exchange.committer


async def lead(stage: Stage, *openers: QuestionOpener) -> None:
    """Have everything opened that the log asks for."""
    await placed(stage.gateway)
    await asyncio.gather(*(Following(committer_of(stage), [each]).catch_up() for each in openers or [QuestionOpener()]))


async def kept(stage: Stage) -> int:
    """Return how many questions there are."""
    async with stage.gateway.gateway.engine.connect() as connection:
        return int((await connection.execute(select(func.count()).select_from(holder_question))).scalar_one())


async def logged(stage: Stage) -> int:
    """Return how many events there are."""
    await placed(stage.gateway)
    return len(await told(stage.gateway))


async def inbox(stage: Stage) -> list[str]:
    answer = await stage.gateway.call("chris", "GET", QUESTIONS)
    return [each["id"] for each in json.loads(answer.body)["questions"]]


async def forget(stage: Stage, *, meanwhile: float = 0) -> None:
    async with write_transaction(stage.gateway.gateway.engine) as connection:
        assert await hold(connection, "sem")
        await hold_still(connection)
        await asyncio.sleep(meanwhile)
        await destroy(connection, "sem")


class Dying(QuestionOpener):
    """Opens everything, and dies before its transaction is committed."""

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        await super().take(connection, committer, events)
        raise SystemError("killed")


async def test_a_question_is_kept_once_whoever_leads_or_dies(led: Stage) -> None:
    assert (await led.ask()).status == 403
    with pytest.raises(SystemError):
        await lead(led, Dying())
    assert await kept(led) == 0
    await lead(led, QuestionOpener(), QuestionOpener())
    assert await kept(led) == HOLDERS


async def test_what_is_taken_twice_opens_nothing_more_also_once_it_is_answered(led: Stage) -> None:
    await led.ask()
    await lead(led)
    [question] = await inbox(led)
    assert (await led.decide(question)).status == 201
    async with write_transaction(led.gateway.gateway.engine) as connection:
        await connection.execute(update(log_follower).where(log_follower.c.name == NAME).values(next=0))
    await lead(led)
    assert await kept(led) == HOLDERS
    assert await inbox(led) == []


async def test_who_asked_before_the_answer_waits_in_the_same_place_though_he_is_followed_later(led: Stage) -> None:
    await led.ask()
    await lead(led)
    [question] = await inbox(led)
    await led.ask(by="bas")
    assert (await led.decide(question)).status == 201
    await lead(led)
    assert await kept(led) == HOLDERS


async def test_what_waits_again_after_an_answer_is_a_question_again(led: Stage) -> None:
    await led.ask()
    await lead(led)
    [question] = await inbox(led)
    assert (await led.decide(question)).status == 201
    # For who decides by an earlier clock it is not decided yet.
    led.clock.now -= timedelta(hours=1)
    await led.ask()
    await lead(led)
    assert await kept(led) == HOLDERS + 1


async def test_of_who_is_erased_before_nothing_is_opened_and_after_nothing_is_left(led: Stage) -> None:
    await led.ask()
    await lead(led)
    await led.ask("health")
    await placed(led.gateway)
    # It has read what it takes by then, and waits for who forgets.
    await asyncio.gather(forget(led, meanwhile=0.3), Following(committer_of(led), [QuestionOpener()]).catch_up())
    assert await kept(led) == 0


async def test_who_asks_to_be_forgotten_waits_until_what_was_asked_about_him_is_followed(led: Stage) -> None:
    await led.ask()
    committer = committer_of(led)
    for said in ("may wait for a holder", "waits for a holder"):
        async with write_transaction(committer.engine) as connection:
            family = await committer.facts.held(connection, "sem")
            with pytest.raises(MustBeKeptError, match=said):
                await require_no_exception(connection, family, "sem", led.clock.now)
        await lead(led)


async def test_a_family_that_cannot_be_read_holds_up_nobody_else(led: Stage) -> None:
    await led.ask()
    broken = "UPDATE person_key SET commitment = :other WHERE person = 'zus' AND key_class = 'consent'"
    await run(led.gateway, broken, other=bytes(32))
    await lead(led)
    assert await kept(led) == 0


class Later(QuestionOpener):
    """Meets each event twice, first in a form that a later version may give it."""

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        other = {Field.DETAIL: {"asked": [], "waiting": ["ggz-west"]}}
        later = [replace(each, fields={**each.fields, **other}) for each in events]
        await super().take(connection, committer, [*later, *events])


async def test_an_event_of_a_form_that_nobody_knows_holds_up_nobody_behind_it(led: Stage) -> None:
    await led.ask()
    await lead(led, Later())
    assert await kept(led) == HOLDERS


async def test_the_log_grows_as_much_whether_or_not_a_holder_has_to_decide_who_knows_the_person(led: Stage) -> None:
    await led.ask(person="nobody")  # a token for who asks is an event too
    grown = []
    for person in ("sem", "nobody"):
        before = await logged(led)
        assert (await led.ask(person=person)).status == 403
        await lead(led)
        grown.append(await logged(led) - before)
    assert await kept(led) == HOLDERS
    assert grown == [1, 1]


async def test_the_question_holds_what_the_asker_said_himself(led: Stage) -> None:
    said = {"justification": "Wij onderzoeken.", "question": "Wat loopt er?", "matter": "C/09/1"}
    await led.ask(**said)
    await lead(led)
    [found] = json.loads((await led.gateway.call("chris", "GET", QUESTIONS)).body)["questions"]
    asker = {"form": "professional", "as": "raad", "id": "bo", "organisation": "raad", "role": "board-investigator"}
    wanted = {"about": "sem", "asker": asker, "categories": ["goals"], "purpose": "child-protection-inquiry", **said}
    assert {name: found[name] for name in found.keys() - {"id", "opened_at", "identifiers"}} == wanted


KNOWS = Telling("ggz-west")
KNOWS_NOT = Telling("ggz-west", identifier_system="urn:numbers:none")


async def asked_of_the_database(stage: Stage, source: Telling) -> list[str]:
    """Return every statement of one request of which `source` has to decide, over whatever line it is asked."""
    gateway, asked = stage.gateway.gateway, list[str]()
    engine = create_engine(gateway.settings.database_url)
    committer = replace(committer_of(stage), engine=engine)
    exchange = replace(gateway.exchange, committer=committer, sources=lambda: {source.organisation: [source]})
    body = {"person": {"system": PERSON, "value": "sem"}, "purpose": INQUIRY, "categories": ["goals"]}

    def executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def connected(connection: Any, _record: object) -> None:
        if engine.dialect.name == "postgresql":
            connection.driver_connection.add_query_logger(lambda told: asked.append(told.query))

    event.listen(engine.sync_engine, "before_cursor_execute", executed)
    event.listen(engine.sync_engine, "connect", connected)
    for _ in range(2):  # what is read or opened once is there the second time
        asked.clear()
        with pytest.raises(NotAvailableError):
            await exchange.answer(read_body(Question, body), BO, str(uuid.uuid4()))
    await engine.dispose()
    return asked


async def test_a_request_costs_the_same_whether_or_not_somebody_has_to_decide_who_knows_the_person(led: Stage) -> None:
    known, unknown = [await asked_of_the_database(led, each) for each in (KNOWS, KNOWS_NOT)]
    assert known == unknown
    # It writes once: SQLite's driver is handed the event itself, behind the statement that begins.
    writes = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "INSERT INTO audit_event"}[
        led.gateway.gateway.engine.dialect.name
    ]
    assert sum(writes in each for each in known) == 1
    await lead(led)
    assert await kept(led) == 1
