"""Somebody of a file is erased between the looking up of his number and the locking of his family."""

import pytest

from audit.store import AuditUnavailableError
from consent.known.family import Family
from gateway.database.engine import write_transaction
from gateway.erasing.belongings import destroy, hold_still
from gateway.erasing.reading import hold
from gateway.registers.taking import Takes
from tests.gateway.registers.stage import (
    AUTHORITY,
    FAMILY,
    FATHER,
    MOTHER,
    ORDERS,
    PERSONS,
    SECOND,
    SEM,
    csv,
    row,
    town_at,
)

SAID = {
    "persons": csv(PERSONS, *FAMILY).replace(b"2018-05-04", b"2018-05-05"),
    "authority": csv(
        AUTHORITY,
        row(AUTHORITY, {"bsn": SEM, "authority": "12", "answered_on": SECOND, "parent_1": MOTHER, "parent_2": FATHER}),
    ),
    "orders": csv(ORDERS, row(ORDERS, {"bsn": SEM, "register": "child-protection", "answered_on": SECOND})),
}


@pytest.mark.parametrize("kind", SAID)
async def test_nothing_is_brought_in_of_whose_family_somebody_is_erased_meanwhile(
    postgres_url: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town_at(postgres_url) as town:
        await town.with_family()
        first = (await town.family()).members[0][0]
        before = Takes.family
        going = [first]

        async def late(self: Takes, person: str) -> Family:
            while going:
                async with write_transaction(town.engine) as connection:
                    await hold(connection, going[0])
                    await hold_still(connection)
                    await destroy(connection, going.pop())
            return await before(self, person)

        monkeypatch.setattr(Takes, "family", late)
        with pytest.raises(AuditUnavailableError, match="again"):
            await town.bring(kind, SAID[kind])
