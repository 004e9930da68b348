"""The files with which it runs for real hold together, and with the program."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from gateway.settings import PREFIX, Settings
from tests.deploy.door import HOUSE
from tests.postgres import missing

DEPLOY = HOUSE / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PAGE = (DEPLOY / "README.md").read_text()
MOST_EXPOSED = 15
"""In tenths, of 100: what systemd calls 1.5 and a happy face."""


def composed() -> dict[str, dict[str, object]]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"])


def test_every_setting_of_the_settings_file_exists() -> None:
    named = re.findall(r"^#?(SCHAKEL_\w+)=", (DEPLOY / "schakel.env").read_text(), flags=re.MULTILINE)
    assert {"SCHAKEL_PUBLIC_URL", "SCHAKEL_WITNESS_POLICY"} <= set(named)
    assert {each.removeprefix(PREFIX).lower() for each in named} <= set(Settings.model_fields)


def test_every_setting_of_the_containers_exists() -> None:
    environment = composed()["gateway"]["environment"]
    assert isinstance(environment, dict)
    named = {each.removeprefix(PREFIX).lower() for each in environment if each.startswith(PREFIX)}
    assert named <= set(Settings.model_fields)
    assert {name for name, field in Settings.model_fields.items() if field.is_required()} <= named


def test_the_settings_file_means_the_same_to_a_shell(tmp_path: Path) -> None:
    show = f'. {DEPLOY / "schakel.env"}; printf %s "$SCHAKEL_DATABASE_URL"'
    said = subprocess.run(["sh", "-c", show], check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert f'SCHAKEL_DATABASE_URL="{said}"' in (DEPLOY / "schakel.env").read_text()


def test_what_builds_is_the_version_that_is_tested() -> None:
    lock = (HOUSE / "requirements-dev.txt").read_text()
    wanted = (DEPLOY / "requirements-build.txt").read_text().partition("\n")[2]
    assert wanted.startswith("setuptools==")
    assert wanted in lock


def test_only_the_door_with_tls_is_open() -> None:
    opened = {name: each["ports"] for name, each in composed().items() if "ports" in each}
    assert opened == {"nginx": ["443:443"]}


def test_no_image_comes_from_an_address() -> None:
    images = [str(each["image"]) for each in composed().values()]
    images += re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert {"postgres:15-bookworm", "nginx:stable-bookworm", "python:3.11-slim-bookworm"} <= set(images)
    assert all("/" not in each for each in images)


def test_the_page_names_every_file_that_is_there() -> None:
    files = {str(each.relative_to(DEPLOY)) for each in DEPLOY.rglob("*") if each.is_file()}
    copied_as_a_whole = {each for each in files if each.startswith(("nginx/", "trial/", "sql/"))}
    others = files - copied_as_a_whole - {"README.md", "Dockerfile", "Dockerfile.dockerignore"}
    assert {each for each in others if each not in PAGE} == set()
    assert "deploy/nginx/." in PAGE


@pytest.mark.parametrize("unit", UNITS, ids=lambda each: str(each.name))
def test_a_unit_gives_its_service_few_rights(unit: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze", "apt-get install systemd")
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", str(unit)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"},
    )
    assert told.returncode == 0, told.stdout[-200:] + told.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda each: str(each.name))
def test_a_unit_is_understood_whole(unit: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze", "apt-get install systemd")
    told = subprocess.run(["systemd-analyze", "verify", str(unit)], check=False, capture_output=True, text=True)
    # On this machine the program is not in its place.
    said = [line for line in told.stderr.splitlines() if unit.name in line and "is not executable" not in line]
    assert said == []


def test_where_the_page_puts_the_tombstone_journal_the_service_may_write() -> None:
    page = (HOUSE / "docs" / "how-to" / "forget.md").read_text()
    [folder] = re.findall(r'^SCHAKEL_TOMBSTONES="([^"]+)"', page, flags=re.MULTILINE)
    assert f'SCHAKEL_TOMBSTONES="{folder}"' in (DEPLOY / "schakel.env").read_text()
    unit = (DEPLOY / "systemd" / "schakel.service").read_text()
    [states] = re.findall(r"^StateDirectory=(.*)$", unit, flags=re.MULTILINE)
    assert folder in [f"/var/lib/{each}" for each in states.split()]
    for service in ("gateway", "admin"):
        volumes = composed()[service]["volumes"]
        assert isinstance(volumes, list)
        assert f"tombstones:{folder}" in volumes
        environment = composed()[service]["environment"]
        assert isinstance(environment, dict)
        assert environment["SCHAKEL_TOMBSTONES"] == folder
    assert f"install -d -o schakel -g schakel -m 0700 {folder}" in (DEPLOY / "Dockerfile").read_text()
