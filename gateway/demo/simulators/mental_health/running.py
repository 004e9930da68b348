"""Starting and stopping De Linde's server."""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

CHECKOUT: Final = Path(__file__).resolve().parents[4]
PROGRAM: Final = "gateway.demo.simulators.mental_health"
STOP_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class MentalHealth:
    """A running server: where it answers, the file with the token that it asks for, and what it was asked."""

    url: str
    token_file: Path
    log: Path
    process: "subprocess.Popen[str]" = field(repr=False)

    def heard(self) -> list[dict[str, Any]]:
        """Return every search so far, oldest first: `asked` (a resource type) and `clients` (its client numbers)."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def stop(self) -> None:
        """End the process; does nothing where it has ended."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


def start(folder: Path, *, today: date) -> MentalHealth:
    """Start the server on a free local port, its token and access log in `folder`, and wait until it answers.

    Raises:
        RuntimeError: it ended before it was ready; its own words are on stderr.
    """
    token = secrets.token_urlsafe(32)
    token_file = folder / "de-linde-token"
    token_file.touch(mode=0o600)
    token_file.write_text(token, encoding="ascii")
    log = folder / "de-linde-access.ndjson"
    # The token goes through the environment: an argument can be read by everybody on the machine.
    process = subprocess.Popen(  # noqa: S603  (our own program, with arguments of our own)
        [sys.executable, "-m", PROGRAM, "--today", today.isoformat(), "--log", str(log)],
        cwd=CHECKOUT,
        env={**os.environ, "DE_LINDE_TOKEN": token},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline() if process.stdout else ""
    if not line.startswith("ready "):
        process.kill()
        process.communicate()
        raise RuntimeError("the simulator of De Linde did not start")
    return MentalHealth(line.removeprefix("ready ").strip(), token_file, log, process)
