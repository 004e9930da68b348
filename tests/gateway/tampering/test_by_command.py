"""From door to door: a gateway that answers, a witness that signs, and `schakel audit verify` after the superuser."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from audit.checkpoint import read_note
from audit.policy import Policy
from audit.tables import audit_leaf
from tests.gateway.backup import make
from tests.gateway.running import Running
from tests.gateway.tampering.hand import cut, tamper


@dataclass
class Scene:
    """An installation that was stopped, and what others hold outside: a cosigned checkpoint, and an answer above it.

    `seq` is the place of a disclosure below.
    """

    house: make.House
    checkpoint: Path
    answer: Path
    size: int
    seq: int

    @property
    def url(self) -> str:
        return self.house.settings.database_url

    async def verify(self, *options: str) -> subprocess.CompletedProcess[str]:
        checkpoint = str(self.checkpoint)
        return await self.house.schakel("audit", "verify", "--database", self.url, "--checkpoint", checkpoint, *options)


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    house = await make.house(tmp_path, database_url)
    async with make.witnessed(house, tmp_path / "w1") as (watched, policy):
        async with make.serving(watched) as gateway:
            seq, note = await cosigned(gateway, policy, await answer_to(gateway))
            (tmp_path / "checkpoint").write_bytes(note)
            (tmp_path / "answer").write_bytes(await answer_to(gateway))
        yield Scene(watched, tmp_path / "checkpoint", tmp_path / "answer", read_note(note)[0].size, seq)


async def answer_to(gateway: Running) -> bytes:
    answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert answer.status == 200
    return answer.body


async def cosigned(gateway: Running, policy: Policy, answer: bytes) -> tuple[int, bytes]:
    """Return the place of the event of `answer`, and the newest checkpoint, once a witness signed it with that."""
    event = json.loads(answer)["receipt"]["event"]
    async with asyncio.timeout(30):
        while True:
            seq = await place_of(gateway, event)
            await make.cosign(gateway, policy)
            async with gateway.session.get(f"{gateway.url}/audit/checkpoint") as given:
                note = await given.read()
            head, signatures = read_note(note)
            if seq is not None and seq < head.size and "w1.example" in {each.name for each in signatures}:
                return seq, note
            await asyncio.sleep(0.2)


async def place_of(gateway: Running, event: str) -> int | None:
    async with gateway.gateway.engine.connect() as connection:
        place = select(audit_leaf.c.seq).where(audit_leaf.c.event_id == event)
        return (await connection.execute(place)).scalar_one_or_none()


async def test_what_a_superuser_does_below_the_cosigned_head_is_named_and_above_it_by_an_answer_that_was_kept(
    scene: Scene,
) -> None:
    good = await scene.verify("--receipt", str(scene.answer))
    assert good.stdout.startswith("ok: "), good.stdout + good.stderr
    assert good.stdout.endswith(", 1 receipts\n")

    await cut(scene.size, scene.url)
    alone = await scene.verify()
    assert alone.stdout.startswith(f"ok: {scene.size} events"), alone.stdout + alone.stderr
    caught = await scene.verify("--receipt", str(scene.answer))
    assert (caught.returncode, caught.stdout.partition(": receipt")[0]) == (1, f"bad: seq {scene.size}..{scene.size}")

    of = f"(SELECT event_id FROM audit_leaf WHERE seq = {scene.seq})"  # noqa: S608 - a number of ours
    await tamper(scene.url, [f"UPDATE audit_event SET request_id = 'another' WHERE event_id = {of}"])  # noqa: S608 - idem
    named = await scene.verify()
    assert (named.returncode, named.stdout) == (1, f"bad: seq {scene.seq}: the event is stored under another request\n")
