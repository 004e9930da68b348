"""The examples of IHE BALP against the profiles that they claim: that the checker asks what the profiles ask."""

import json
from pathlib import Path

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from tests.audit.renderings.profile import BALP, faults

KNOWN = 22
"""So many are published with the profiles; an empty folder must not pass for all of them."""
EXAMPLES = sorted(BALP.glob("AuditEvent-*.json"))
# Files of third parties stay outside the repository; without them there is nothing to hold this to.
pytestmark = pytest.mark.skipif(not BALP.exists(), reason="the IHE BALP examples are not beside the project")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_of_ihe_is_as_the_profile_that_it_claims(path: Path) -> None:
    resource = json.loads(path.read_bytes())
    assert resource["meta"]["profile"]
    AuditEvent.model_validate(resource)
    assert faults(resource) == []


def test_all_of_them_are_read() -> None:
    assert len(EXAMPLES) >= KNOWN
