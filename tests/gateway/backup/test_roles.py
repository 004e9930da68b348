"""Backup and restore under the roles that the database has in production: none of them may do all."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gateway.migrations.migrate import migrate
from tests.gateway.backup import make
from tests.gateway.roles.house import House, built

pytestmark = pytest.mark.server


@pytest.fixture
def two(postgres_server: Path) -> Iterator[tuple[House, House]]:
    """Give two databases with their roles: the first with the tables too."""
    with ExitStack() as stack:
        one, other = (stack.enter_context(built(postgres_server)) for _ in range(2))
        yield one, other


async def test_the_gateways_login_backs_up_and_the_migrators_restores(two: tuple[House, House], tmp_path: Path) -> None:
    one, other = two
    await migrate(one.url("migrator"))
    assert one.grant().returncode == 0
    made = await make.house(tmp_path, one.superuser)
    logins = {"database_url": one.url("writer"), "sequencer_database_url": one.url("sequencer")}
    house = make.House(made.settings.model_copy(update=logins), made.credentials, made.backups, made.private)
    path, header = await house.back_up()
    restored = await house.schakel(
        "restore", str(path), "--database", other.url("migrator"), "--key", str(house.private)
    )
    assert restored.returncode == 0, restored.stderr
    assert f"restored {header.size} events" in restored.stdout
    assert other.grant().returncode == 0
    assert await make.rows(other.superuser) == await make.rows(one.superuser)
    now = {"database_url": other.url("writer"), "sequencer_database_url": other.url("sequencer")}
    moved = make.House(made.settings.model_copy(update=now), made.credentials, made.backups, made.private)
    async with make.serving(moved) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200


async def test_the_gateways_own_login_restores_nothing(two: tuple[House, House], tmp_path: Path) -> None:
    one, other = two
    house = await make.house(tmp_path, one.superuser)
    path, _ = await house.back_up()
    restored = await house.schakel("restore", str(path), "--database", other.url("writer"), "--key", str(house.private))
    assert (restored.returncode, "pg_restore gave up" in restored.stderr) == (1, True)
