"""A trial of an installed gateway with invented people, as `deploy/README.md` describes it.

`trial.py keys FOLDER URL` makes the keys of an invented institution beside its `organisations.toml`. `trial.py ask
FOLDER` asks as one of its people for the goals of an invented child, the way that everybody asks, and prints the
answer.
"""

# ruff: noqa: INP001 - a program, no package

import asyncio
import json
import shutil
import sys
from pathlib import Path
from typing import Final

import aiohttp

from consent.registers.said import NUMBER_SYSTEM
from gateway.identity.builtin_provider import Login
from gateway.identity.keys import SigningKey, new_signing_key
from gateway.sandbox.call import Answer, Question, call_as
from gateway.sandbox.credentials import Credentials, OrganisationKeys, Someone, read_credentials, write_credentials
from schemas.words import Role

HERE: Final = Path(__file__).resolve().parent
GUARDIAN: Final = "jan"
_KEYS: Final = "keys.json"
_QUESTION: Final = {
    "person": {"system": NUMBER_SYSTEM, "value": "999900006"},
    "purpose": "supervision-order",
    "categories": ["goals"],
    "question": "Welke doelen lopen er? Nodig voor het plan van aanpak.",
}


def make_keys(folder: Path, url: str) -> None:
    """Make a new `folder` with the registry file, the public keys that it names, and the private ones to ask with."""
    folder.mkdir(mode=0o755)
    client, login = new_signing_key(), new_signing_key()
    keys = OrganisationKeys(
        organisation="gi-west",
        client_id="gi-west-system",
        client_key=client,
        issuer="https://login.gi-west.example",
        issuer_key=login,
    )
    jan = Someone(organisation="gi-west", login=Login(form="professional", id=GUARDIAN, role=Role.FAMILY_GUARDIAN))
    write_credentials(folder / _KEYS, Credentials(gateway_url=url, keys={"gi-west": keys}, people=(jan,)))
    _publish(folder / "gi-west-system.jwks.json", client)
    _publish(folder / "gi-west-login.jwks.json", login)
    shutil.copyfile(HERE / "organisations.toml", folder / "organisations.toml")


def _publish(path: Path, key: SigningKey) -> None:
    path.write_text(json.dumps({"keys": [key.published()]}), encoding="utf-8")


async def ask(folder: Path) -> Answer:
    """Ask for the goals of the invented child as a guardian who carries out the order about him."""
    credentials = read_credentials(folder / _KEYS)
    asked = Question("POST", "/api/v1/exchange/plan", json.dumps(_QUESTION).encode())
    async with aiohttp.ClientSession() as session:
        return await call_as(session, credentials, credentials.named(GUARDIAN), asked)


def main(arguments: list[str]) -> int:
    """Run a command; return 0 where it went as it must."""
    match arguments:
        case ["keys", folder, url]:
            make_keys(Path(folder), url)
            return 0
        case ["ask", folder]:
            answer = asyncio.run(ask(Path(folder)))
            print(answer.status, answer.body.decode())  # noqa: T201 - a command's output
            return 0 if answer.status == 200 else 1  # noqa: PLR2004 - RFC 9110 section 15.3
    print("trial.py keys FOLDER URL | trial.py ask FOLDER", file=sys.stderr)  # noqa: T201 - idem
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
