"""Who runs the gateway as the owner of its log is told so, at the start and by the doctor."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from gateway.database.engine import create_engine
from gateway.database.fences import may_rebuild
from gateway.doctor.finding import Grade, Patient
from gateway.doctor.log import fences
from gateway.roles.rights import Role
from gateway.settings import Settings
from tests.gateway.roles.house import House

pytestmark = pytest.mark.server


async def _may(url: str) -> bool:
    engine = create_engine(url, pool_size=1)
    async with engine.connect() as connection:
        found = await may_rebuild(connection)
    await engine.dispose()
    return found


async def test_only_the_owner_and_a_superuser_could_rebuild_the_log(house: House) -> None:
    assert [await _may(house.url(each)) for each in Role] == [False] * len(Role)
    assert await _may(house.url("migrator"))
    assert await _may(house.superuser)


@pytest.mark.parametrize(
    ("environment", "login", "grade"),
    [
        ("production", Role.WRITER, Grade.OK),
        ("production", "migrator", Grade.WARN),
        ("demo", "migrator", Grade.OK),
    ],
)
async def test_the_doctor_warns_where_people_are_real(house: House, environment: Any, login: str, grade: Grade) -> None:
    engine = create_engine(house.url(login), pool_size=1)
    settings = Settings.model_construct(environment=environment)  # type: ignore[call-arg] # the rest is not looked at
    patient = Patient(settings, frozenset(), (), engine, lambda: datetime.now(UTC))
    assert (await fences(patient)).grade is grade
    await engine.dispose()


async def test_what_the_writer_may_not_the_owner_may(house: House) -> None:
    """What is warned of is real: the owner switches off what refuses."""
    engine = create_engine(house.url("migrator"), pool_size=1)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
    await engine.dispose()
