"""Which Patient resources say who somebody is."""

from typing import Any

import pytest

from adapters.testing import ask
from tests.adapters import make
from tests.adapters.fhir_r4 import servers
from tests.adapters.fhir_r4.servers import bundle, patient


@pytest.mark.parametrize(
    "more",
    [
        {"use": "old"},
        {"use": "temp"},
        {"use": ["official"]},
        {"period": {"end": "2026-03-01"}},
        {"period": {"end": "2026-02"}},
        {"period": {"end": "2025"}},
        {"period": {"end": "gisteren"}},
        {"period": {"end": "2026-03-01T23:59:59+01:00"}},
    ],
)
async def test_a_number_that_is_not_in_use_says_of_nobody_who_he_is(more: dict[str, Any]) -> None:
    """Once entered with another's file, and corrected: it is still found by, and says whose number it was."""
    server = servers.family()
    somebody = patient("p1", make.SEM)
    somebody["identifier"][0] |= more
    server.answers["Patient"] = bundle(somebody)
    async with servers.running(server) as url:
        source = servers.source(url)
        mapped = await ask(source, make.permit())
        await source.close()
    assert not mapped.elements
    assert ("Patient", "identifier", "a number that is not in use") in {
        (each.record_kind, each.path, each.why) for each in mapped.leftovers
    }


@pytest.mark.parametrize(
    "more", [{"use": "official"}, {"period": {"start": "2020"}}, {"period": {"end": "2026"}}, {"period": {"end": None}}]
)
async def test_a_number_that_is_in_use_says_who_he_is(more: dict[str, Any]) -> None:
    server = servers.family()
    somebody = patient("p1", make.SEM)
    somebody["identifier"][0] |= more
    somebody["identifier"].append({"system": "urn:other", "value": "1", "use": "old"})
    server.answers["Patient"] = bundle(somebody)
    async with servers.running(server) as url:
        source = servers.source(url)
        mapped = await ask(source, make.permit())
        await source.close()
    assert [each.text for each in mapped.elements] == ["beter slapen"]


@pytest.mark.parametrize("more", [{"active": False}, {"active": "ja"}, {"link": [{"type": "replaced-by"}]}])
async def test_a_file_that_is_not_in_use_says_of_nobody_who_he_is_but_where_the_mapping_ignores_that(
    more: dict[str, Any],
) -> None:
    server = servers.family()
    server.answers["Patient"] = bundle(patient("p1", make.SEM) | more)
    (name,) = more
    ignored = servers.MAPPING.replace(
        "because: is the kind}]", f"because: is the kind}}, {{from: {name}, because: closed files are shown too}}]", 1
    )
    async with servers.running(server) as url:
        source, other = servers.source(url), servers.source(url, mapping=ignored)
        assert not (await ask(source, make.permit())).elements
        assert [each.text for each in (await ask(other, make.permit())).elements] == ["beter slapen"]
        await source.close()
        await other.close()
