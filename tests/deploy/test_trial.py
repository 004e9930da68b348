"""The trial of the page: what it registers, the gateway takes; and what it asks goes the way that everybody asks."""

import os
import subprocess
import sys
from pathlib import Path

from gateway.migrations.migrate import migrate
from tests.deploy.door import HOUSE

SCHAKEL = str(Path(sys.executable).with_name("schakel"))
TRIAL = HOUSE / "deploy" / "trial"
REGISTERS = HOUSE / "docs" / "examples" / "registers"


async def test_the_gateway_takes_what_the_trial_registers(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    keys = tmp_path / "keys"
    keys.mkdir()
    env = {
        **os.environ,
        "SCHAKEL_PUBLIC_URL": "https://schakel.example.org",
        "SCHAKEL_DATABASE_URL": url,
        "SCHAKEL_KEY_FILE": str(keys / "persons.json"),
        "SCHAKEL_LOG_KEY_FILE": str(keys / "log.key"),
        "SCHAKEL_TOKEN_KEY_FILE": str(keys / "tokens.json"),
    }
    await migrate(url)

    def run(*command: str) -> str:
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=env, cwd=HOUSE)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    folder = tmp_path / "trial"
    run(sys.executable, str(TRIAL / "trial.py"), "keys", str(folder), "https://schakel.example.org")
    assert (folder / "keys.json").stat().st_mode & 0o077 == 0
    registering = (SCHAKEL, "org", "add", str(folder / "organisations.toml"), "--as")
    assert "waits: source ggz-west/west-epd" in run(*registering, "o. perator")
    assert "registered source ggz-west/west-epd" in run(*registering, "s. econd")
    for kind in ("persons", "orders"):
        run(SCHAKEL, "register", "import", kind, str(REGISTERS / f"{kind}.csv"), "--as", "o. perator")
    assert "the settings are right" in run(SCHAKEL, "check-settings")
