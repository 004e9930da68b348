"""What the README tells to type and to write is what Schakel reads."""

import json
import re
import tomllib
from pathlib import Path

from gateway.cli import app
from gateway.identity.keys import new_signing_key
from gateway.registry.file import read_registry_file
from gateway.settings import Settings
from gateway.settings_check import check

HOUSE = Path(__file__).resolve().parents[3]
README = (HOUSE / "README.md").read_text(encoding="utf-8")
SETTINGS, REGISTRY = re.findall(r"^```toml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_it_names_the_two_commands_first() -> None:
    assert "make demo" in README
    assert "make test" in README


def test_the_settings_lack_only_the_keys_that_are_made_later() -> None:
    said = check(Settings(**tomllib.loads(SETTINGS)))
    assert [line for line in said if "`schakel org add` makes the keys" not in line] == []


def test_the_registry_file_is_right(tmp_path: Path) -> None:
    for name in re.findall(r'jwks_file = "(.+)"', REGISTRY):
        (tmp_path / name).write_text(json.dumps({"keys": [new_signing_key().published()]}))
    (tmp_path / "organisations.toml").write_text(REGISTRY, encoding="utf-8")
    told = read_registry_file(tmp_path / "organisations.toml", invented_people_only=False)
    assert [each.kind for each in told.entries] == ["client", "identity-provider"]


def test_every_make_target_that_it_names_is_there() -> None:
    makefile = (HOUSE / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z]+)`", README))
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_every_command_that_it_names_is_there() -> None:
    known = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    known |= {each.name for each in app.registered_groups if each.name}
    assert set(re.findall(r"^(?:\.venv/bin/)?schakel ([a-z-]+)", README, re.MULTILINE)) <= known


def test_every_page_that_it_links_to_is_there() -> None:
    for link in re.findall(r"\]\(([^):]+)\)", README):
        assert (HOUSE / link).exists(), link
