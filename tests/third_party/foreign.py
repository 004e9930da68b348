"""A FHIR server that nobody here wrote, and the public files that it is filled with."""

import fcntl
import importlib
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.postgres import missing

FOLDER = Path(__file__).parent / "fhir_server"
LOGIN = Path(__file__).parent / "login"
KINDS = {
    "Appointment",
    "CarePlan",
    "CareTeam",
    "Communication",
    "Condition",
    "EpisodeOfCare",
    "Flag",
    "Goal",
    "Patient",
    "ServiceRequest",
}
"""The kinds that hold plan content, and whom it is about."""

FETCH = ("npm", "ci", "--no-audit", "--no-fund", "--fetch-timeout=20000", "--fetch-retries=4")
"""What is locked and nothing else: by itself npm waits five minutes for an answer, and asks for advice besides."""
NODE_20 = "Node 20 (for instance the package nodejs of nodesource), with npm"


def packages(folder: Path = FOLDER) -> Path:
    """Fetch the packages of the server in `folder` where they are not there yet; return that."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("Node 20", NODE_20)
    installed, lock = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    # Two parts of `make test` may come here at once, and npm begins by deleting what another is fetching.
    with lock.open() as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            done = subprocess.run(FETCH, cwd=folder, capture_output=True, check=False, timeout=150)
            if done.returncode != 0:
                missing(f"what {folder.name} needs of npm", f"npm ci, in {folder.relative_to(folder.parents[2])}")
    return folder


@contextmanager
def server() -> Iterator[str]:
    """Run the server; yield its base URL."""
    process = subprocess.Popen(
        ["node", "server.mjs"], cwd=packages(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        if not port.isdigit():
            raise RuntimeError("the foreign FHIR server did not start")
        yield f"http://127.0.0.1:{port}/fhir"
    finally:
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        process.wait(timeout=10)


@contextmanager
def logins(described: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Run an OpenID provider for each of `described`: its `client` and its `people`, by `sub` with their claims.

    Yield the `issuer` and the `jwks` of each.
    """
    process = subprocess.Popen(
        ["node", "providers.mjs"],
        cwd=packages(LOGIN),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(described) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the foreign logins did not start")
        yield json.loads(line)
    finally:
        for stream in (process.stdin, process.stdout):
            stream.close()
        process.wait(timeout=10)


def put(url: str, resource: dict[str, Any]) -> str | None:
    """Put `resource` on the server; return why it was refused, or None."""
    request = urllib.request.Request(  # noqa: S310  # our own server on this machine
        f"{url}/{resource['resourceType']}/{resource['id']}",
        method="PUT",
        data=json.dumps(resource).encode(),
        headers={"Content-Type": "application/fhir+json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # idem
            answer.read()
    except urllib.error.HTTPError as error:
        return error.read().decode()
    return None


@dataclass
class Files:
    """The files of plan content, as JSON; and those that the model class of their kind does not take."""

    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def official(data: Path) -> Files:
    """Read the official R4B examples; those of which R4 has another text are read in that text."""
    files = Files()
    for folder in ("r4b", "r4-where-different"):
        for file in sorted((data / "01-fhir-official-examples" / folder).glob("*.json")):
            resource = json.loads(file.read_bytes())
            if resource["resourceType"] in KINDS - {"Patient"}:
                files.resources[file.name] = resource
    return files


def nictiz(data: Path) -> Files:
    """Read the examples of zib 2020, which are XML."""
    files = Files()
    for file in sorted((data / "02-dutch" / "nictiz-zib2020-r4").glob("*.xml")):
        content = file.read_bytes()
        kind = ET.fromstring(content).tag.rpartition("}")[2]  # noqa: S314  # files that lie beside the checkout
        if kind not in KINDS:
            continue
        model = getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
        try:
            files.resources[file.name] = json.loads(model.model_validate_xml(content).model_dump_json())
        except ValueError:
            files.unreadable.append(file.name)
    return files
