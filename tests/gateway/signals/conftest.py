"""One gateway with a log in which things happened, now and in the weeks before."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from audit.events import Event, EventOutcome, Field, Kind
from audit.read import entries, opened
from audit.told import Told, told
from consent.naming import PERSON_SYSTEM
from gateway.cli import app
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from tests.gateway.log.office import indexed
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

PATH = "/api/v1/signals"
HELP = {"id": "i1", "kind": "help", "about": "sem", "organisations": ["team-noord"], "since": "2026-01-01"}


@dataclass
class House:
    """A gateway that runs, its officers' keys, and what is in its log."""

    running: Running
    folder: Path
    names: dict[str, str] = field(default_factory=dict)

    @property
    def committer(self) -> Committer:
        return self.running.gateway.exchange.committer

    async def get(self, who: str, query: str = "", *, status: int = 200) -> dict[str, Any]:
        await indexed(self.running)
        answer = await self.running.call(who, "GET", f"{PATH}{query}")
        assert answer.status == status, answer.body
        return dict(orjson.loads(answer.body))

    async def post(self, who: str, what: str, body: Mapping[str, Any], *, status: int = 201) -> dict[str, Any]:
        await indexed(self.running)
        answer = await self.running.call(who, "POST", f"{PATH}/{what}", body)
        assert answer.status == status, answer.body
        return dict(orjson.loads(answer.body))

    async def signal(self, who: str, rule: str, organisation: str = "team-noord") -> dict[str, Any]:
        """Return the one signal of a rule that an officer sees."""
        [found] = [
            each
            for each in (await self.get(who))["signals"]
            if (each["rule"], each["organisation"]) == (rule, organisation)
        ]
        return dict(found)

    async def rules_seen(self, who: str) -> set[str]:
        return {each["rule"] for each in (await self.get(who))["signals"]}

    async def happened(self, count: int, *, ago: timedelta = timedelta(0), **changes: Any) -> None:
        """Keep `count` events as if they had been kept so long `ago`."""
        await happened(self.committer, count, ago=ago, **changes)

    async def events(self, kind: Kind) -> list[Told]:
        """Return the events of a kind, oldest first."""
        async with self.committer.engine.connect() as connection:
            return [
                told(entry, opened(self.committer.sealer, entry))
                async for entry in entries(connection, since=0, size=10**9)
                if entry.leaf_json["kind"] == kind
            ]

    async def type(self, *words: str, who: str | None = "eva") -> tuple[int, str]:
        """Type `schakel signals …` as an officer; return the exit code and all that was said."""
        officer = ["--as", who, "--key", str(self.folder / f"{who}.key")] if who else []
        environment = self.environment | {"SCHAKEL_OFFICER_KEYS": str(self.folder / "officers")}
        given = ["signals", *words, *officer]
        await indexed(self.running)
        result = await asyncio.to_thread(CliRunner().invoke, app, given, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, (result.stdout + result.stderr).strip()

    @property
    def environment(self) -> dict[str, str]:
        settings = self.running.gateway.settings
        return {
            "SCHAKEL_ENVIRONMENT": settings.environment,
            "SCHAKEL_PUBLIC_URL": settings.public_url,
            "SCHAKEL_DATABASE_URL": settings.database_url,
            "SCHAKEL_KEY_FILE": str(settings.key_file),
            "SCHAKEL_LOG_KEY_FILE": str(settings.log_key_file),
            "SCHAKEL_TOKEN_KEY_FILE": str(settings.token_key_file),
        }


def element(**changes: Any) -> dict[str, Any]:
    """Return what became of one element: released, because of help."""
    given = {"id": "e1", "holder": "ggz-west", "category": "DC03", "result": "release", "basis": "LB-04"}
    return {**given, "reason": None, **changes}


async def happened(committer: Committer, count: int, *, ago: timedelta = timedelta(0), **changes: Any) -> None:
    given: dict[str, Any] = {
        "kind": Kind.EXCHANGE_DISCLOSED,
        "organisation": "team-noord",
        "account": "bram",
        "form": "professional",
        "role": "youth-professional",
        "person": None,
        "facts": {"involvements": [HELP]},
        "basis": "LB-04",
    } | changes
    now = committer.log.now() - ago
    log = replace(committer.log, now=lambda: now)
    fields: dict[Field, object] = {
        Field.ACTOR: {"form": given["form"], "id": given["account"], "organisation": given["organisation"]}
        | {"role": given["role"]},
    }
    if given["person"] is not None:
        fields[Field.SUBJECT] = given["person"]
    if given["kind"] is Kind.EXCHANGE_DISCLOSED:
        fields[Field.ELEMENTS] = [element(basis=given["basis"])]
    if given["kind"] in {Kind.EXCHANGE_REVIEWED, Kind.EXCHANGE_DENIED}:
        result = "review" if given["kind"] is Kind.EXCHANGE_REVIEWED else "deny"
        fields[Field.ELEMENTS] = [element(result=result, basis=None)]
    if given["facts"] is not None:
        fields[Field.FACTS] = {"request": {"at": now.isoformat()}, **given["facts"]}
    event = Event(
        kind=given["kind"],
        outcome=EventOutcome.OK,
        organisation=given["organisation"],
        person=given["person"],
        fields=fields,
    )
    if event.person is not None:
        await committer.gather(PERSON_SYSTEM, event.person, also=frozenset())
    async with write_transaction(committer.engine) as connection:
        for _ in range(count):
            await log.append(connection, event)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("gateway")
    public = []
    for officer in ("eva", "olaf"):
        made = CliRunner().invoke(app, ["audit", "officer-key", officer, "--out", str(folder / f"{officer}.key")])
        public.append(made.stdout)
    (folder / "officers").write_text("".join(public))
    async with running(world(), folder) as one:
        yield House(one, folder)


def monday_noon(now: datetime) -> timedelta:
    """Return how long ago it was Monday noon: office hours, whenever the tests run."""
    monday = (now - timedelta(days=now.weekday())).replace(hour=11, minute=0, second=0, microsecond=0)
    return now - (monday if monday < now else monday - timedelta(days=7))
