"""The examples of IHE BALP against the profiles that they claim: that the checker asks what the profiles ask."""

import json
from pathlib import Path

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from tests.audit.renderings.profile import faults
from tests.beside import BALP, needs_shared

KNOWN = 22
"""So many are published with the profiles; an empty folder must not pass for all of them."""
EXAMPLES = sorted(BALP.glob("AuditEvent-*.json"))
pytestmark = needs_shared


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_of_ihe_is_as_the_profile_that_it_claims(path: Path) -> None:
    resource = json.loads(path.read_bytes())
    assert resource["meta"]["profile"]
    AuditEvent.model_validate(resource)
    assert faults(resource) == []


def test_all_of_them_are_read() -> None:
    assert len(EXAMPLES) >= KNOWN
