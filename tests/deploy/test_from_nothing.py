"""From an empty machine to a family's plan, by the documented doors alone: what operators type, and systems ask.

Nobody in it exists. PostgreSQL with its roles, nginx before `schakel serve` as a process of its own, and for each
organisation, for people and for the operator an OpenID provider that nobody here wrote.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from yarl import URL

from schemas.calendar import months_after
from tests.deploy.door import HOUSE
from tests.deploy.operating import Installation, installed
from tests.deploy.people import NUMBERS, Heard, Someone, System, professional
from tests.gateway.roles.house import built
from tests.third_party import foreign

pytestmark = pytest.mark.server

SEM, MOTHER, FATHER = "999900006", "999900018", "999900031"
"""Their numbers, which are invented."""

OPERATORS: Final = ("o. perator", "s. econd")
TODAY: Final = datetime.now(UTC).date()
NOW: Final = datetime.now(UTC).isoformat(timespec="seconds")
WHY: Final = "Nodig om te weten of de doelen nog passen bij het plan van aanpak."
GOAL: Final = "Elke dag op tijd naar school"

LOGINS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "team": {"lotte": {"role": "jeugdprofessional"}},
    "ggz": {"nova": {"role": "behandelaar"}, "fons": {"role": "fg"}},
    "gi": {"jan": {"role": "jeugdbeschermer"}, "jet": {"role": "jeugdbeschermer"}},
    "raad": {"rik": {"role": "onderzoeker"}},
    "person": {
        "p-1": {"bsn": SEM, "form": "person"},
        "p-2": {"bsn": MOTHER, "form": "person"},
        "p-3": {"bsn": FATHER, "form": "person"},
    },
    "operator": {"olga": {"role": "fg"}},
}
"""Who logs in where, and what the provider says of him."""

HOLDER: Final = "ggz"
KINDS: Final = {
    "team": ("local-team", "jeugdprofessional", "youth-professional"),
    "ggz": ("youth-mental-health", "behandelaar", "therapist"),
    "gi": ("certified-institution", "jeugdbeschermer", "family-guardian"),
    "raad": ("child-protection-board", "onderzoeker", "board-investigator"),
}


ORGANISATION: Final = """
[[organisations]]
id = "{name}"
name = "{name} (verzonnen)"
kind = "{kind}"

[[organisations.clients]]
{client}

[[organisations.identity_providers]]
{login}
roles = {{{said} = "{role}"}}
officers = ["fg"]
"""
SOURCE: Final = """
[[organisations.sources]]
system = "west-epd"
door = "csv-drop"
identifier_system = "{numbers}"
mapping = "{house}/deploy/trial/west.yaml"

[organisations.sources.settings]
folder = "{folder}"
encoding = "utf-8"
delimiter = ","
files = [
    {{kind = "doelen", file = "doelen.csv", columns = ["Nr", "BSN", "Doel", "Stand", "Ingevoerd"], person = "BSN"}},
]
"""
PERSONS: Final = """
[[persons.clients]]
{client}

[[persons.identity_providers]]
{login}
person_claim = "bsn"
person_system = "{numbers}"
"""
OPERATOR: Final = """
[[operator.clients]]
{client}

[[operator.identity_providers]]
{login}
officers = ["fg"]
"""
LOGIN: Final = """issuer = "{issuer}"
audience = "{client}"
jwks_file = "{name}-login.jwks.json"
trusted_acr = ["substantial"]"""


def write_registry(folder: Path, systems: Mapping[str, System], providers: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write what operators add: four organisations, one record system, and how people and officers log in."""
    found = []
    for name, system in systems.items():
        (folder / f"{name}.jwks.json").write_text(json.dumps({"keys": [system.key.published()]}))
        (folder / f"{name}-login.jwks.json").write_text(json.dumps(providers[name]["jwks"]))
        told = {
            "name": name,
            "client": f'client_id = "{system.client}"\njwks_file = "{name}.jwks.json"',
            "login": LOGIN.format(issuer=system.issuer, client=system.client, name=name),
            "numbers": NUMBERS,
        }
        if name in KINDS:
            kind, said, role = KINDS[name]
            found.append(ORGANISATION.format(**told, kind=kind, said=said, role=role))
        else:
            found.append((PERSONS if name == "person" else OPERATOR).format(**told))
        if name == HOLDER:
            found.append(SOURCE.format(numbers=NUMBERS, house=HOUSE, folder=folder))
    (folder / "town.toml").write_text("".join(found))
    return folder / "town.toml"


def write_files(folder: Path) -> None:
    """Write what the record system exports, and what registers say of a youth of thirteen and his two parents."""
    old = TODAY - timedelta(days=30)
    born = date(TODAY.year - 13, 1, 1)
    files = {
        "doelen.csv": ["Nr,BSN,Doel,Stand,Ingevoerd", f"1,{SEM},{GOAL},loopt,{old}"],
        "persons.csv": [
            "bsn,born,answered_on,parent_1,parent_2,partner",
            f"{SEM},{born},{NOW},{MOTHER},{FATHER},",
            f"{MOTHER},1984-01-01,{NOW},,,",
            f"{FATHER},1982-07-19,{NOW},,,",
        ],
        "authority.csv": [
            "bsn,authority,answered_on,parent_1,parent_2,third_1,third_2,under_investigation",
            f"{SEM},12,{NOW},{MOTHER},{FATHER},,,no",
        ],
    }
    for name, lines in files.items():
        (folder / name).write_text("\n".join([*lines, ""]))


def set_up(operator: Installation, registry: Path) -> dict[str, str]:
    """Do what `deploy/README.md` has the operators do; return the id here of each person, by line of the register."""
    operator.make_tables()
    said = operator.schakel("org", "add", str(registry), "--as", OPERATORS[0])
    assert "registered" not in said
    assert "waits" not in operator.schakel("org", "add", str(registry), "--as", OPERATORS[1])
    operator.schakel("tombstones", "begin")
    operator.set(BACKUP_KEY=operator.schakel("backup-key", "--out", "backups.private").strip())
    for officer in OPERATORS:
        operator.schakel("rules", "confirm", "2027-01", "--as", officer, "--because", "read beside the amended text")
    persons = operator.schakel("register", "import", "persons", "persons.csv", "--as", OPERATORS[0])
    operator.schakel("register", "import", "authority", "authority.csv", "--as", OPERATORS[0])
    assert "the settings are right" in operator.schakel("check-settings")
    return dict(re.findall(r"^(line \d+): new: person (\S+)$", persons, re.MULTILINE))


@pytest.fixture
def operator(postgres_server: Path, tmp_path: Path) -> Iterator[Installation]:
    with built(postgres_server) as house, installed(tmp_path, house) as installation:
        yield installation


@asynccontextmanager
async def logged_in(operator: Installation, systems: Mapping[str, System]) -> AsyncIterator[dict[str, Someone]]:
    """Have everybody log in; give each under the name that his provider has for him."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=operator.front.trusting())) as session:
        people = {
            sub: Someone(systems[name], sub, operator.front.url, session)
            for name, subs in LOGINS.items()
            for sub in subs
        }
        for each in people.values():
            assert (await each.log_in()).status == 200
        yield people


async def told(heard: Awaitable[Heard]) -> str:
    """Return the id of what was recorded."""
    answer = await heard
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def help_him(nova: Someone, lotte: Someone, sem: str) -> None:
    """Have two organisations help, the second on the word of the first."""
    await told(nova.tell("involvements", kind="help", about=sem))
    await told(lotte.tell("involvements", kind="help", about=sem))
    shown = (await nova.get(f"/api/v1/persons/{sem}/facts")).body["facts"]
    [waits] = [each["id"] for each in shown if each["needs"] == ["confirmed_on"]]
    await told(nova.post(f"/api/v1/facts/involvements/{waits}/confirm", {"field": "confirmed_on"}))


async def say_yes(giver: Someone) -> str:
    """Have somebody of the family say yes about the youth, whom he knows by his number; return the id of his yes."""
    found = await giver.find(SEM)
    assert found.status == 200
    about = URL(found.body["link"][0]["url"]).query["patient"].removeprefix("Patient/")
    yes = {"holders": ["ggz"], "recipients": ["team"], "purposes": ["coordinate-plan"], "categories": ["goals"]}
    return await told(giver.tell("consents", about=about, **yes))


async def question_for(holder: Someone) -> dict[str, Any]:
    """Return the question that waits for a holder, once it does: it is opened behind the log."""
    async with asyncio.timeout(20):
        while True:
            if found := (await holder.get("/api/v1/holder/questions")).body["questions"]:
                [waiting] = found
                return dict(waiting)
            await asyncio.sleep(0.05)


def goals(heard: Heard) -> list[str]:
    """Return the goals that somebody got."""
    assert heard.status == 200, heard.body
    return [each["text"] for each in heard.body["plan"]["elements"]]


async def test_a_gateway_of_ones_own_works_from_nothing_by_the_documented_doors(
    operator: Installation, tmp_path: Path
) -> None:
    described = [{"client": f"{name}-system", "people": people} for name, people in LOGINS.items()]
    with foreign.logins(described) as providers:
        given = dict(zip(LOGINS, providers, strict=True))
        systems = {name: System(f"{name}-system", each["issuer"]) for name, each in given.items()}
        write_files(tmp_path)
        sem = set_up(operator, write_registry(tmp_path, systems, given))["line 2"]
        with operator.serving():
            async with logged_in(operator, systems) as people:
                mothers, plan = await live(people, sem, worker=professional(systems["gi"], "jan"))
                backup = operator.back_up()
                withdrawal = await withdraw(people, mothers)
        with operator.restored(backup) as again, again.serving():
            async with logged_in(again, systems) as people:
                assert (await people["lotte"].ask(SEM, "coordinate-plan")).status == 403
    # Stopped, so what was kept last has its place too.
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    (tmp_path / "withdrawal.json").write_text(json.dumps(withdrawal))
    operator.schakel("audit", "export", "--out", "log")
    proven = ("--receipt", "plan.json", "--receipt", "withdrawal.json")
    assert operator.schakel("audit", "verify", "log", *proven).startswith("ok: ")
    whole = operator.schakel("audit", "verify", "--database", operator.env["SCHAKEL_DATABASE_URL"])
    assert whole.startswith("ok: ")
    assert " 0 different, 0 erased, 0 by a rule set" in operator.schakel("replay", "--all")


async def live(people: Mapping[str, Someone], sem: str, *, worker: str) -> tuple[str, dict[str, Any]]:
    """Have everybody do what he does; return the id of the mother's yes, and a plan."""
    lotte, nova, jan, jet, rik = (people[name] for name in ("lotte", "nova", "jan", "jet", "rik"))
    await help_him(nova, lotte, sem)

    # A grandmother, of whom no register knows.
    luus = await told(nova.tell("persons", family_of=sem, born="1955-03-03"))
    await told(nova.tell("family", person=luus, of=sem, relation="grandparent"))

    # Nobody said yes yet; then the youth and both parents do, each with his own login.
    assert (await lotte.ask(SEM, "coordinate-plan")).status == 403
    _, mothers, _ = [await say_yes(people[name]) for name in ("p-1", "p-2", "p-3")]
    plan = await lotte.ask(SEM, "coordinate-plan")
    assert goals(plan) == [GOAL]
    assert (await jan.ask(SEM, "coordinate-plan")).status == 403

    # The board asks, the holder decides.
    inquiry = {"question": WHY, "justification": WHY}
    assert (await rik.ask(SEM, "child-protection-inquiry", **inquiry)).status == 403
    waiting = await question_for(nova)
    decision = {"approved": True, "reason": WHY, "categories": ["goals"]}
    answer = await nova.post(f"/api/v1/holder/questions/{waiting['id']}/decision", decision)
    assert (waiting["about"], answer.status) == (sem, 201)
    assert goals(await rik.ask(SEM, "child-protection-inquiry", **inquiry)) == [GOAL]

    # An order with a worker, which the board confirms: he gets what his colleague does not.
    court = {"since": str(TODAY), "until": str(months_after(TODAY, 11))}
    order = await told(
        jan.tell("orders", kind="supervision-order", subject=sem, executor="gi", workers=[worker], **court)
    )
    assert (await jan.ask(SEM, "supervision-order", order=order, question=WHY)).status == 403
    await told(rik.post(f"/api/v1/facts/orders/{order}/confirm", {"field": "verified_on"}))
    assert goals(await jan.ask(SEM, "supervision-order", order=order, question=WHY)) == [GOAL]
    assert (await jet.ask(SEM, "supervision-order", order=order, question=WHY)).status == 403

    return mothers, plan.body


async def withdraw(people: Mapping[str, Someone], mothers: str) -> dict[str, Any]:
    """Have the mother take her yes back: the next question gets nothing, and the officer reads why."""
    withdrawn = await people["p-2"].post(f"/api/v1/facts/consents/{mothers}/close", {"field": "withdrawn_on"})
    assert withdrawn.status == 201
    refused = await people["lotte"].ask(SEM, "coordinate-plan")
    assert refused.status == 403
    why = await people["olga"].get(f"/api/v1/decisions/{refused.body['request_id']}")
    assert "CONSENT_WITHDRAWN" in json.dumps(why.body)
    read = await people["p-1"].get("/api/v1/me/access-log")
    assert "team (verzonnen)" in json.dumps(read.body)
    return dict(withdrawn.body)
