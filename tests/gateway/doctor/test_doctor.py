"""What the doctor finds, in health and in every sickness, each by itself."""

import json
import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import text

from gateway.commands.log import log_of
from gateway.database.engine import create_engine, write_transaction
from gateway.doctor.examining import CHECKS, examined
from gateway.doctor.finding import Finding, Grade
from gateway.erasing.journal import Journal
from gateway.identity.keys import new_signing_key
from gateway.keys.first import read_log_key
from gateway.registry.rows import Entry
from gateway.registry.store import record
from gateway.wiring import utc_now
from tests.audit.make import event, settle
from tests.gateway.backup import make
from tests.gateway.identity.publishing import publisher

LATER = Callable[[], datetime]


def later(by: timedelta) -> LATER:
    return lambda: utc_now() + by


async def found(house: make.House, now: LATER = utc_now, **changes: str) -> dict[str, Finding]:
    return await examined(house.env(**changes), now=now)


def sick(findings: Mapping[str, Finding]) -> dict[str, Grade]:
    return {name: each.grade for name, each in findings.items() if each.grade is not Grade.OK}


async def signed(house: make.House) -> None:
    """Have everything that waits placed and signed, as a gateway that stops leaves it."""
    async with log_of(house.settings) as committer:
        await settle(committer.engine, committer.log)


def alone(house: make.House) -> dict[str, Grade]:
    """Return what is to be said of a healthy house: of PostgreSQL's disk nothing is known."""
    return {"disk": Grade.WARN} if house.settings.database_url.startswith("postgresql") else {}


async def test_a_healthy_installation_has_nothing_bad(house: make.House, tmp_path: Path) -> None:
    await signed(house)
    findings = await found(house)
    assert list(findings) == list(CHECKS)
    assert sick(findings) == alone(house)
    assert sick(await found(house, SCHAKEL_DISK_FOLDER=str(tmp_path))) == {}


async def test_it_looks_while_the_gateway_serves_and_its_witness_signs(house: make.House, tmp_path: Path) -> None:
    async with make.witnessed(house, tmp_path / "w1") as (watched, policy), make.serving(watched) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        await make.cosign(gateway, policy)
        findings = await found(watched)
    assert sick(findings) == alone(house)
    assert findings["watching"].said == "1 of 1 witnesses sign"


async def test_the_command_has_a_line_for_each_check_and_says_by_its_exit_whether_all_is_well(
    small: make.House,
) -> None:
    await signed(small)
    well = await small.schakel("doctor")
    assert (well.returncode, well.stderr) == (0, "")
    assert [each.split()[1] for each in well.stdout.splitlines()] == list(CHECKS)
    ill = await small.schakel("doctor", "--json", SCHAKEL_PORT="none", SCHAKEL_DISK_MINIMUM_FREE=str(1 << 50))
    said = json.loads(ill.stdout)
    assert (ill.returncode, said["ok"], ill.stderr) == (1, False, "")
    assert {each["check"]: each["grade"] for each in said["checks"] if each["grade"] != "ok"} == {
        "settings": "bad",
        "disk": "bad",
    }
    assert all(set(each) == {"check", "grade", "said", "do"} for each in said["checks"])


async def test_with_nothing_at_all_every_check_still_says_something() -> None:
    findings = await examined({"SCHAKEL_DATABASE_URL": "mysql://x", "SCHAKEL_NO_SUCH": "1"}, now=utc_now)
    assert list(findings) == list(CHECKS)
    for name in ("NO_SUCH", "PUBLIC_URL", "DATABASE_URL", "KEY_FILE", "LOG_KEY_FILE", "TOKEN_KEY_FILE"):
        assert f"SCHAKEL_{name}: " in findings["settings"].said
    assert "stand-in" not in repr(findings)
    assert all(
        each.grade is Grade.BAD and each.do
        for name, each in findings.items()
        if name in ("settings", "keys", "database", "clock", "sequencer")
    )


async def test_where_the_file_of_the_settings_cannot_be_read_nothing_is_taken_for_known(tmp_path: Path) -> None:
    findings = await examined({"SCHAKEL_SETTINGS_FILE": str(tmp_path / "none")}, now=utc_now)
    assert {each.grade for each in findings.values()} == {Grade.BAD}


async def test_a_file_that_is_not_there_is_told_and_not_made(small: make.House, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.db"
    findings = await found(small, SCHAKEL_DATABASE_URL=f"sqlite+aiosqlite:///{nowhere}")
    assert "there is no such file" in findings["database"].said
    assert not nowhere.exists()


async def test_a_file_that_is_no_database_is_told(small: make.House, tmp_path: Path) -> None:
    path = tmp_path / "no.db"
    path.write_bytes(b"no database" * 1000)
    findings = await found(small, SCHAKEL_DATABASE_URL=f"sqlite+aiosqlite:///{path}")
    assert (findings["database"].grade, findings["settings"].grade) == (Grade.BAD, Grade.OK)
    assert path.read_bytes() == b"no database" * 1000


async def test_a_server_that_does_not_answer_hides_nothing_else_and_no_password_is_told(small: make.House) -> None:
    findings = await found(small, SCHAKEL_DATABASE_URL="postgresql+asyncpg://schakel:s3cret@127.0.0.1:1/schakel")
    assert findings["database"].grade is Grade.BAD
    assert findings["settings"].grade is Grade.OK
    assert "not known" in findings["keys"].said
    assert findings["sequencer"].said == "not known without the database"
    assert "s3cret" not in repr(findings)


async def test_a_database_that_is_behind_is_told_and_one_that_is_ahead_will_do(house: make.House) -> None:
    engine = create_engine(house.settings.database_url)
    for step, grade in (("0001", Grade.BAD), ("9999", Grade.OK)):
        async with write_transaction(engine) as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :step"), {"step": step})
        said = (await found(house))["database"]
        assert (said.grade, "run `schakel migrate`" in said.said) == (grade, grade is Grade.BAD)
    await engine.dispose()


async def test_a_clock_that_is_behind_the_newest_event_is_bad(house: make.House) -> None:
    await signed(house)
    clock = (await found(house, later(timedelta(minutes=-10))))["clock"]
    assert (clock.grade, "ahead of this clock" in clock.said) == (Grade.BAD, True)


@pytest.mark.server
@pytest.mark.parametrize(("by", "grade"), [(2, Grade.OK), (20, Grade.WARN), (120, Grade.BAD)])
async def test_a_clock_that_is_not_the_databases_is_told(
    postgres_url: str, tmp_path: Path, by: int, grade: Grade
) -> None:
    house = await make.house(tmp_path, postgres_url)
    assert (await found(house, later(timedelta(seconds=by))))["clock"].grade is grade


async def test_keys_that_others_may_read_are_gone_or_are_another_kind_are_told(small: make.House) -> None:
    settings = small.settings
    settings.key_file.chmod(0o640)
    settings.log_key_file.unlink()
    settings.token_key_file.write_text("{}")
    said = (await found(small))["keys"].said
    for name in ("SCHAKEL_KEY_FILE", "SCHAKEL_LOG_KEY_FILE", "SCHAKEL_TOKEN_KEY_FILE"):
        assert name in said


async def test_keys_of_another_installation_are_told_apart(house: make.House, tmp_path: Path) -> None:
    await signed(house)
    (tmp_path / "other").mkdir()
    other = await make.house(tmp_path / "other", f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    log_key = (await found(house, SCHAKEL_LOG_KEY_FILE=str(other.settings.log_key_file)))["keys"]
    assert "SCHAKEL_LOG_KEY_FILE: this key" in log_key.said
    persons = (await found(house, SCHAKEL_KEY_FILE=str(other.settings.key_file)))["keys"]
    assert "SCHAKEL_KEY_FILE: what the log keeps sealed does not open" in persons.said
    origin = (await found(house, SCHAKEL_LOG_ORIGIN="another.example/audit"))["keys"]
    assert "did not sign the newest tree head" in origin.said
    assert {log_key.grade, persons.grade, origin.grade} == {Grade.BAD}


async def test_no_secret_is_ever_told(small: make.House) -> None:
    secret = b64encode(secrets.token_bytes(31)).decode()
    for each in (small.settings.key_file, small.settings.log_key_file, small.settings.token_key_file):
        each.write_text(secret)
    assert secret not in repr(await found(small))


async def test_little_room_is_told_in_time(small: make.House) -> None:
    free = (await found(small))["disk"]
    assert free.grade is Grade.OK
    half = int(free.said.split()[0]) * 1024**2 // 2
    assert (await found(small, SCHAKEL_DISK_MINIMUM_FREE=str(half)))["disk"].grade is Grade.WARN
    stopped = (await found(small, SCHAKEL_DISK_MINIMUM_FREE=str(1 << 50)))["disk"]
    assert (stopped.grade, stopped.do) == (Grade.BAD, "make room")


async def test_an_event_that_waits_for_its_place_or_its_signature_is_told(house: make.House) -> None:
    await signed(house)
    assert (await found(house, later(timedelta(minutes=1))))["sequencer"].grade is Grade.OK
    async with log_of(house.settings) as committer:
        await committer.keep(event(person=None, request_id=None))
    assert (await found(house))["sequencer"].grade is Grade.OK
    waited = (await found(house, later(timedelta(minutes=1))))["sequencer"]
    assert (waited.grade, "has waited" in waited.said) == (Grade.BAD, True)
    await signed(house)
    assert (await found(house, later(timedelta(minutes=1))))["sequencer"].grade is Grade.OK


async def test_a_head_that_waits_for_its_witnesses_is_told_and_who_does_not_sign(
    house: make.House, tmp_path: Path
) -> None:
    await signed(house)
    async with make.witnessed(house, tmp_path / "w1") as (watched, _):
        assert sick(await found(watched)) == alone(house)
        soon, late = [await found(watched, later(each)) for each in (timedelta(minutes=20), timedelta(hours=5))]
    assert (soon["anchor"].grade, late["anchor"].grade) == (Grade.WARN, Grade.BAD)
    assert "nothing is disclosed" in late["anchor"].said
    assert (soon["watching"].grade, soon["watching"].said) == (
        Grade.BAD,
        "0 of 1 witnesses sign; not since 15 minutes: w1",
    )


async def test_where_people_are_real_somebody_should_watch_and_somebody_be_able_to_restore(small: make.House) -> None:
    env = small.env(SCHAKEL_ENVIRONMENT="production")
    findings = await examined({name: each for name, each in env.items() if "BACKUP_KEY" not in name}, now=utc_now)
    assert findings["watching"].grade is Grade.WARN
    assert "nobody could open a backup" in findings["keys"].said


def certificate(path: Path, ends: datetime) -> None:
    key, name = Ed25519PrivateKey.generate(), x509.Name([])
    begins = ends - timedelta(days=365)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, ends)
    path.write_bytes(built.sign(key, None).public_bytes(Encoding.PEM))


@pytest.mark.parametrize(
    ("days", "grade"), [(-1, Grade.BAD), (10, Grade.WARN), (300, Grade.OK), (None, Grade.BAD), (0, Grade.BAD)]
)
async def test_a_certificate_of_a_source_that_ends_is_told(
    small: make.House, tmp_path: Path, days: int | None, grade: Grade
) -> None:
    path = tmp_path / "client.pem"
    if days == 0:
        path.write_text("none")
    elif days is not None:
        certificate(path, datetime.now(UTC) + timedelta(days=days))
    source = Entry(kind="source", key="ggz-west/ehr", organisation="ggz-west", body={"client_certificate": str(path)})
    async with log_of(small.settings) as committer, write_transaction(committer.engine) as connection:
        await record(connection, [source], log=committer.log, recorded_by="operator")
    said = (await found(small))["certificate"]
    assert said.grade is grade, said
    assert grade is Grade.OK or "ggz-west/ehr client_certificate" in said.said


async def test_a_real_installation_without_a_tombstone_journal_is_warned(small: make.House) -> None:
    assert (await found(small))["journal"].grade is Grade.OK
    findings = await found(small, SCHAKEL_ENVIRONMENT="production", SCHAKEL_INSECURE_HTTP="true")
    assert findings["journal"].grade is Grade.WARN
    assert "schakel tombstones begin" in findings["journal"].do


async def test_the_tombstone_journal_is_looked_at_whether_it_is_there_and_whole(
    small: make.House, tmp_path: Path
) -> None:
    folder = tmp_path / "tombstones"
    folder.mkdir()

    async def looked() -> Finding:
        return (await found(small, SCHAKEL_TOMBSTONES=str(folder)))["journal"]

    assert (await looked()).grade is Grade.BAD
    Journal(folder, read_log_key(small.settings)).begin(at="2026-11-26T00:00:00.000Z", epoch=0)
    assert (await looked()).said.startswith("whole: 1 lines")
    file = folder / "tombstones.ndjson"
    file.write_bytes(file.read_bytes().replace(b"begin", b"erase"))
    assert (await looked()).grade is Grade.BAD


async def test_it_fetches_the_keys_that_providers_publish_and_says_which_are_not_used(house: make.House) -> None:
    assert (await found(house))["logins"].said.startswith("no identity provider publishes its keys")
    key = new_signing_key()
    async with publisher(key) as first, publisher(key) as second:
        await publish(house, one=first.url, two=second.url)
        assert (await found(house))["logins"] == Finding(Grade.OK, "2 publish their keys")
        second.publish_raw([key.published(), {**key.published(), "kid": "e1", "use": "enc"}])
        said = "2 publish their keys; not used: https://two.example keys[1]: key `e1` is not for signatures"
        assert (await found(house))["logins"] == Finding(Grade.OK, said)
        second.status = 404
        ill = (await found(house))["logins"]
        assert (ill.grade, ill.said) == (Grade.BAD, "https://two.example: status 404")


async def publish(house: make.House, **addresses: str) -> None:
    """Register a provider for each, which publishes its keys at that address."""
    body: dict[str, object] = {
        "audience": None,
        "trusted_acr": [],
        "trusted_amr": [],
        "role_claim": "role",
        "roles": {},
        "officers": [],
    }
    body |= {"subject_is_professional_id": False, "builtin": False}
    entries = [
        Entry(
            kind="identity-provider",
            key=f"https://{name}.example",
            organisation="ggz-west",
            body={**body, "jwks_uri": address},
        )
        for name, address in addresses.items()
    ]
    async with log_of(house.settings) as committer, write_transaction(committer.engine) as connection:
        await record(connection, entries, log=committer.log, recorded_by="test")
