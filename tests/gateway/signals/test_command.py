"""`schakel signals` as somebody types it: sentences and no names, switches by two, a file that nothing keeps."""

from pathlib import Path

import pytest
from sqlalchemy import text

from audit.events import EventOutcome, Field, Kind
from gateway.keys.officers import officers_of
from tests.audit.make import is_act_of
from tests.gateway.signals.conftest import House
from tests.gateway.tampering.hand import blob, tamper

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEAF = (
    b'{"id":"%s","at":"2026-11-26T09:00:00.000Z","kind":"config.changed","outcome":"ok","organisation":"operator",'
    b'"counterparty":5,"rule_set":null}'
)

FAMILY = """
[[employee]]
organisation = "team-noord"
id = "anna"
names = ["Canarie-Kwikstaart"]
postcode = "9999 ZZ"
house = "12"

[[person]]
id = "sem"
names = ["van den Anderen"]
postcode = "9999zz"
house = "12"

[[roster]]
organisation = "team-noord"
days = [1, 2, 3, 4, 5, 6, 7]
opens = "00:00"
closes = "00:00"
on_holidays = true
"""


async def test_it_tells_what_was_looked_at_and_by_whom_only_under_a_pseudonym(house: House) -> None:
    await house.happened(1, account="anna", person="sem", facts={})
    code, said = await house.type("--lang", "nl")
    assert code == 0, said
    first, *lines = said.splitlines()
    assert first.endswith("met 6 regels.")
    assert any(
        line.startswith("SG-03 Geen werkrelatie (medewerker ") and line.endswith("Normaal is dat 0 keer.")
        for line in lines
    )
    assert any(line.startswith("SG-05 Buiten werktijd: Roosters van team-noord ontbreken.") for line in lines)
    assert any(line.startswith("SG-02 Eigen achternaam of adres: De regel kon niet draaien") for line in lines)
    assert "anna" not in said
    assert "sem" not in said


async def test_the_look_is_on_record_under_the_officers_own_signature(house: House) -> None:
    code, _ = await house.type()
    assert code == 0
    last = (await house.events(Kind.LOG_READ))[-1]
    settings = house.running.gateway.settings.model_copy(update={"officer_keys": house.folder / "officers"})
    signed = {"kind": Kind.LOG_READ, "detail": last.fields[Field.DETAIL], "officers": officers_of(settings)}
    assert is_act_of(last.fields[Field.ACTOR], **signed)
    assert last.fields[Field.ACTOR]["officer"] == "eva"


async def test_who_is_no_officer_is_shown_nothing(house: House) -> None:
    code, said = await house.type(who=None)
    assert code == 2
    assert said.startswith("opening what is sealed needs a named officer")


@pytest.mark.parametrize(
    "words", [("--since", "soon"), ("--since", "0001-01-01"), ("--since", "2026-11-02", "--until", "2026-11-01")]
)
async def test_a_period_that_cannot_be_looked_at_is_said(house: House, words: tuple[str, ...]) -> None:
    code, said = await house.type(*words)
    assert code == 2
    assert said.startswith(("expected a day", "choose a last day after the first"))


async def test_a_file_brings_names_and_rosters_for_one_look_and_nothing_of_it_is_kept(
    house: House, tmp_path: Path
) -> None:
    await house.happened(1, account="anna", person="sem", facts={})
    file = tmp_path / "known.toml"
    file.write_text(FAMILY)
    code, said = await house.type("--known", str(file), "--lang", "en")
    assert code == 0, said
    assert "An employee of team-noord looked 2 times at somebody with the same family name or address." in said
    assert "Rosters of team-noord are missing" not in said
    stored = b"".join(each.read_bytes() for each in house.folder.iterdir() if each.is_file())
    assert b"Kwikstaart" not in stored
    assert "canarie" not in said.lower()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[client]]\nid = 'sem'", "holds anything but the tables employee, person, roster"),
        ("[[person]]\nname = 'Kwikstaart'", "person 1: expected id, and maybe house, names, postcode"),
        ("[[person]]\nid = 5", "person 1: every member is a text, and `names` a list of texts"),
        ("[[person]]\nid = 'sem'\nnames = 'Kwikstaart'", "person 1: every member is a text"),
        ("person = 'Kwikstaart'", "person 1: expected id"),
        ("[[roster]]\norganisation='t'\ndays=[0]\nopens='1'\ncloses='2'", "roster 1: expected `days` of 1 (Monday)"),
        ("[[roster]]\norganisation='t'\ndays=[1]\nopens='08:00Z'\ncloses='09:00'", "roster 1: expected `days` of 1"),
        ("[[roster]]\norganisation='t'\ndays=[1]\nopens='22:00'\ncloses='06:00'", "roster 1: expected `closes` after"),
        ("[[roster]]\norganisation='t'\ndays=[1]\nopens='09:00'\ncloses='09:00'", "roster 1: expected `closes` after"),
        ("Kwikstaart", "is no TOML"),
        (f"person = {'[' * 5_000}", "is no TOML"),
        ("", "holds anything but the tables"),
    ],
)
async def test_a_file_that_cannot_be_used_is_refused_by_place_and_never_by_value(
    house: House, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "known.toml"
    file.write_text(content)
    code, told = await house.type("--known", str(file))
    assert (code, said in told) == (1, True), told
    assert "Kwikstaart" not in told


async def test_a_file_that_is_not_there_is_named(house: House, tmp_path: Path) -> None:
    assert (await house.type("--known", str(tmp_path / "none")))[0] == 1


async def test_a_rule_goes_off_by_the_word_of_two_officers_and_on_by_that_of_one(house: House) -> None:
    await house.happened(5, account="gijs", kind=Kind.EXCHANGE_DENIED)
    off, on = ("switch", "SG-04", "off", "--because", "drill"), ("switch", "SG-04", "on", "--because", "drill is over")
    assert "SG-04" in (await house.type())[1]
    assert (await house.type(*off))[1].startswith("recorded: 1 of 2 officers says that SG-04 goes off")
    assert "SG-04 Steeds geweigerd (" in (await house.type())[1]  # one word changes nothing
    assert await house.type(*off) == (1, "`eva` said so already; the second must be another person")
    assert (await house.events(Kind.CONFIG_CHANGED))[-1].outcome is EventOutcome.REVIEW
    assert await house.type(*off, who="olaf") == (0, "SG-04 is off; 5 of 6 rules are on")
    assert "Regel SG-04 (Steeds geweigerd) staat uit." in (await house.type())[1]
    assert {"rule": "SG-04", "on": False}.items() <= next(
        each for each in (await house.get("officer"))["rules"] if each["rule"] == "SG-04"
    ).items()
    last = (await house.events(Kind.CONFIG_CHANGED))[-1]
    assert last.outcome is EventOutcome.OK
    assert last.fields[Field.DETAIL] == {
        "signals": "switch", "rule": "SG-04", "off": True, "officers": ["eva", "olaf"]
    }  # fmt: skip
    assert await house.type(*off) == (1, "rule `SG-04` is off already")
    assert await house.type(*on, who="olaf") == (0, "SG-04 is on; 6 of 6 rules are on")
    assert await house.type(*on) == (1, "rule `SG-04` is on already")
    assert "SG-04 Steeds geweigerd (" in (await house.type())[1]


async def test_a_word_from_before_it_was_on_again_counts_no_more(house: House) -> None:
    words = ("switch", "SG-05", "off", "--because", "drill")
    assert (await house.type(*words))[0] == 0
    assert (await house.type("switch", "SG-05", "on", "--because", "no"))[0] == 0
    assert (await house.type(*words, who="olaf"))[1].startswith("recorded: 1 of 2")
    assert (await house.type("switch", "SG-05", "on", "--because", "no"))[0] == 0


async def test_a_rule_that_is_not_there_cannot_be_switched(house: House) -> None:
    code, said = await house.type("switch", "SG-99", "off", "--because", "x")
    assert (code, said.startswith("there is no rule `SG-99`")) == (1, True)


async def test_without_its_row_no_switch_is_on_record_and_the_other_way_round(house: House) -> None:
    async with house.committer.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT count(*) FROM signal_word WHERE rule <> 'SG-00'"))).scalar()
    switches = [
        each for each in await house.events(Kind.CONFIG_CHANGED) if each.fields[Field.DETAIL].get("signals") == "switch"
    ]
    assert len(switches) == rows


async def test_a_word_whose_event_was_changed_counts_no_more_and_no_rule_is_blinded(house: House) -> None:
    words = ("switch", "SG-06", "off", "--because", "drill")
    assert (await house.type(*words))[0] == (await house.type(*words, who="olaf"))[0] == 0
    last = (await house.events(Kind.CONFIG_CHANGED))[-1]
    url, name = house.running.gateway.settings.database_url, last.id.replace("-", "")
    leaf = blob(url, LEAF % last.id.encode())
    await tamper(url, [f"UPDATE audit_event SET leaf = {leaf} WHERE event_id = '{name}'"])  # noqa: S608 - ours
    rules = {each["rule"]: each["on"] for each in (await house.get("officer"))["rules"]}
    assert rules["SG-06"] is True
