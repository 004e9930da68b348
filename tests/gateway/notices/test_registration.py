"""A webhook stands in the registry file, checked before a line of it counts."""

from pathlib import Path

import pytest

from gateway.registry.bodies import webhook_from
from gateway.registry.file import RegistryFileError, read_registry_file
from gateway.registry.rows import Entry
from gateway.registry.snapshot import RegistryError

FILE = """
[[organisations]]
id = "team-noord"
name = "Team Noord"
kind = "local-team"
"""


def read(folder: Path, webhook: str, *, invented: bool = False) -> tuple[Entry, ...]:
    file = folder / "registry.toml"
    file.write_text(f"{FILE}{webhook}")
    return read_registry_file(file, invented_people_only=invented).entries


def test_a_webhook_of_a_file_is_registered_with_its_key(tmp_path: Path) -> None:
    [entry] = read(tmp_path, 'webhook = { url = "https://hooks.noord.example/schakel", key = 2 }')
    assert (entry.kind, entry.key, entry.organisation) == ("webhook", "team-noord", "team-noord")
    assert webhook_from(entry.organisation, entry.body or {}).key == 2


def test_an_organisation_needs_none_and_the_first_key_is_the_first(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ()
    [entry] = read(tmp_path, 'webhook = { url = "https://hooks.noord.example/schakel" }')
    assert webhook_from("team-noord", entry.body or {}).key == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.noord.example/x",
        "https://127.0.0.1/x",
        "https://10.0.0.1/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://169.254.169.254/latest",
        "https://user:pw@hooks.noord.example/x",
        "https://",
        "https://[/x",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_nothing_may_be_sent_to_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(RegistryFileError) as refused:
        read(tmp_path, f'webhook = {{ url = "{url}" }}')
    assert "organisations[0].webhook" in str(refused.value)
    assert "pw@" not in str(refused.value)


@pytest.mark.parametrize(
    "webhook", ["{ }", '{ url = "https://h.example/", key = 0 }', '{ url = "https://h.example/", s = 1 }']
)
def test_a_webhook_that_is_no_webhook_is_refused(tmp_path: Path, webhook: str) -> None:
    with pytest.raises(RegistryFileError):
        read(tmp_path, f"webhook = {webhook}")


def test_plain_http_to_this_machine_is_for_invented_people_only(tmp_path: Path) -> None:
    here = 'webhook = { url = "http://127.0.0.1:8000/x" }'
    assert len(read(tmp_path, here, invented=True)) == 1
    with pytest.raises(RegistryFileError):
        read(tmp_path, here)


def test_a_row_that_is_no_webhook_stops_the_start() -> None:
    with pytest.raises(RegistryError):
        webhook_from("team-noord", {"url": "https://hooks.noord.example/"})
