"""A BSN in the words by which a source calls its records leaves with none of them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from consent.facts import assemble
from consent.registers.said import NUMBER_SYSTEM
from consent.world.entries import entry
from gateway.database.engine import write_transaction
from gateway.sandbox.loading import load_world
from schemas.plan import Household
from tests.gateway.running import running
from tests.gateway.sources import Telling, element
from tests.gateway.worlds import world

KNOWN_BY = {NUMBER_SYSTEM: {"kim": "012345672"}, "urn:team-noord:klantnummer": {"kim": "123456789"}}
BY_BSN = ("012345672", "plan-12345672-3", "012345672/goals/1", "0123.45.672", "plan 123 456 72")


@pytest.mark.parametrize("system", sorted(KNOWN_BY), ids=["by which it knows him", "of which it has another number"])
async def test_an_element_whose_record_is_called_by_a_bsn_is_left_out_and_the_rest_is_not(
    tmp_path: Path, system: str
) -> None:
    async with running(world(), tmp_path) as gateway:
        committer = gateway.gateway.exchange.committer
        told: dict[str, Any] = {
            "persons": [{"id": "kim", "born": "2010-03-14"}],
            "involvements": [
                {"id": "i9", "kind": "help", "about": "kim", "organisations": ["team-noord"], "since": "2026-01-01"}
            ],
        }
        facts = assemble({section: [entry(section, one, section) for one in ones] for section, ones in told.items()})
        async with write_transaction(committer.engine) as connection:
            await load_world(connection, committer.facts, facts, family="kim", identifiers=KNOWN_BY)
        plain = element("plain", "team-noord", about=("kim",))
        called = [
            replace(plain, id=f"e{at}", source=replace(plain.source, record=name)) for at, name in enumerate(BY_BSN)
        ]
        versioned = replace(plain, id="v", source=replace(plain.source, version="012345672/1"))
        # A client number is no secret among those who may see the record.
        by_client = replace(plain, id="c", source=replace(plain.source, record="123456789/goals/1"))
        placed = Household(
            id="h",
            about=("kim",),
            category=plain.category,
            regime=plain.regime,
            source=plain.source,
            handling=plain.handling,
            household="12345672",
        )
        named = replace(plain, id="goal-12345672")
        source = Telling("team-noord", [plain, *called, versioned, placed, named, by_client], identifier_system=system)
        gateway.change(lambda exchange: replace(exchange, sources=lambda: {"team-noord": [source]}))
        answer = await gateway.ask("anna", "kim", "give-help")
        assert (answer.status, b"12345672" in answer.body) == (200, False)
        told_of = ["123456789/goals/1", "plain"]
        assert [each["source"]["record"] for each in json.loads(answer.body)["plan"]["elements"]] == told_of
