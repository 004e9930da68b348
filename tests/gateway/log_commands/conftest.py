"""A log that a gateway wrote, at rest, and the commands on it as somebody types them."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.settings import Settings
from tests.gateway.running import running
from tests.gateway.worlds import world


@dataclass(frozen=True)
class Desk:
    """Where an operator types: `settings` are those of his environment, `answer` is what a requester got."""

    settings: Settings
    answer: Mapping[str, Any]
    folder: Path

    def run(self, *words: str | Path, **environment: str) -> tuple[int, str]:
        """Return the exit code and what was said, on whichever stream; all but a verdict goes to the one for errors."""
        result = CliRunner().invoke(app, ["audit", *map(str, words)], env=self.environment | environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert not result.exit_code or result.stdout.startswith("bad: ") or not result.stdout
        return result.exit_code, (result.stderr or result.stdout).strip()

    @property
    def environment(self) -> dict[str, str]:
        told = {
            "ENVIRONMENT": self.settings.environment,
            "PUBLIC_URL": self.settings.public_url,
            "DATABASE_URL": self.settings.database_url,
            "KEY_FILE": str(self.settings.key_file),
            "LOG_KEY_FILE": str(self.settings.log_key_file),
            "TOKEN_KEY_FILE": str(self.settings.token_key_file),
        }
        return {f"SCHAKEL_{name}": value for name, value in told.items()}

    @property
    def event(self) -> str:
        return str(self.answer["receipt"]["event"])

    def file(self, name: str, content: bytes | Mapping[str, Any]) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def exported(self) -> Path:
        out = self.folder / "export"
        code, said = self.run("export", "--out", out)
        assert code == 0, said
        return out

    def officer(self, name: str = "anna") -> tuple[Path, dict[str, str]]:
        """Return the key file of an officer, and the setting that names him."""
        key = self.folder / f"{name}.key"
        code, line = self.run("officer-key", name, "--out", key)
        assert code == 0, line
        return key, {"SCHAKEL_OFFICER_KEYS": str(self.file(f"{name}.pub", f"{line}\n".encode()))}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Mapping[str, Any]]:
    folder = tmp_path_factory.mktemp("gateway")

    async def ask() -> tuple[Settings, Mapping[str, Any]]:
        async with running(world(), folder) as one:
            answer = await one.ask("anna", "sem", "coordinate-plan")
            return one.gateway.settings, json.loads(answer.body)

    return asyncio.run(ask())


@pytest.fixture
def desk(written: tuple[Settings, Mapping[str, Any]], tmp_path: Path) -> Desk:
    settings, answer = written
    return Desk(settings, answer, tmp_path)


NO_FILE = os.strerror(2)
"""What the system says of a file that is not there."""
