"""The log of the whole story as FHIR and as NEN 7513: as the profiles ask, for everybody who may see of it."""

import json
import re
from pathlib import Path

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from audit.events import Kind
from audit.part import Part, parts
from audit.read import entries
from audit.renderings.elements import Node
from audit.renderings.fhir import audit_events
from audit.renderings.nen7513 import row
from gateway.demo import family
from gateway.demo.institutions import running
from gateway.demo.playing import play
from gateway.demo.stage import Stage, open_stage
from gateway.log.rendering import node_at
from gateway.log.telling import bring_keys, tell
from tests.audit.renderings.profile import faults
from tests.beside import needs_shared
from tests.gateway.demo.showing import TODAY

pytestmark = [
    pytest.mark.server,
    # Files of third parties stay outside the repository; without them there is nothing to hold this to.
    needs_shared,
]


async def _parts(stage: Stage) -> list[Part]:
    committer = stage.gateway.exchange.committer
    async with committer.engine.connect() as connection:
        found = [each async for each in entries(connection, since=0, size=10**6)]
        await bring_keys(committer, connection, found)
    events = [tell(committer, each) for each in found]
    return [seen for each in events for seen in parts(each)]


def _node(viewer: str) -> Node:
    return node_at("https://schakel.example", viewer, b"k" * 32)


async def test_every_event_of_the_story_is_as_the_profile_that_it_claims(tmp_path: Path) -> None:
    story = family.story(today=TODAY)
    (tmp_path / "institutions").mkdir()
    with running(tmp_path / "institutions", today=TODAY) as found:
        facts = family.facts(today=TODAY)
        async with open_stage(tmp_path, found, facts, story[0].request) as stage:
            for step in story:
                await play(stage, step)
            parts = await _parts(stage)
    members = {each["id"] for each in facts["persons"]}
    claims: set[str] = set()
    for seen in parts:
        for resource in audit_events(seen, _node(seen.viewer)):
            AuditEvent.model_validate(resource)
            assert faults(resource) == [], seen.kind
            claims.update(resource["meta"].get("profile", ()))
            told = json.dumps(resource)
            assert not [name for name in members if f'"{name}"' in told], seen.kind
            assert re.search(r"\b9999\d{5}\b", told) is None
        assert not [name for name in members if f'"{name}"' in row(seen, _node(seen.viewer))], seen.kind
    assert {each.rpartition("BasicAudit.")[2] for each in claims} >= {"AuthZconsent", "PrivacyDisclosure.Source"}
    assert {Kind.EXCHANGE_DISCLOSED, Kind.EXCHANGE_DENIED, Kind.CONSENT_WITHDRAWN} <= {each.kind for each in parts}
