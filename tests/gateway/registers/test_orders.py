"""Orders out of a register: what it says no longer ends, whoever recorded it, and no end is taken back by it alone."""

from typing import Any

import pytest

from consent.registers.said import NUMBER_SYSTEM
from consent.store.recording import register_person
from gateway.database.engine import write_transaction
from tests.gateway.registers.stage import FIRST, ORDERS, SECOND, SEM, STRANGER, THIRD, Town, csv, row

OTS = {"reference": "C/15/1", "kind": "supervision-order", "executor": "gi-west"}
DAYS = {"since": "2026-09-01", "until": "2027-09-01"}
FOURTH, LATER = "2026-11-23T09:00:00+01:00", "2027-01-01T00:00:00+01:00"


@pytest.fixture
async def known(town: Town) -> Town:
    await town.with_family()
    return town


def order(on: str, *, number: str = SEM, register: str = "child-protection", **columns: str) -> bytes:
    told = {"bsn": number, "register": register, "answered_on": on, **OTS, **DAYS, **columns}
    return csv(ORDERS, row(ORDERS, told))


def none(on: str, register: str = "child-protection") -> bytes:
    return csv(ORDERS, row(ORDERS, {"bsn": SEM, "register": register, "answered_on": on}))


async def open_orders(town: Town) -> list[str]:
    return [
        f"{one['kind']} {one.get('executor')}{' verified' if 'verified_on' in one else ''}"
        for one in await town.facts_of("orders")
        if "ended_on" not in one
    ]


async def hand(town: Town, **more: Any) -> str:
    told = {"subject": SEM, "kind": "supervision-order", "executor": "gi-west", **DAYS}
    return await town.by_hand("orders", told | more)


async def test_an_order_is_verified_at_the_moment_of_the_answer(known: Town) -> None:
    assert await known.bring("orders", order(FIRST)) == ["line 2: new: order"]
    [told] = await known.facts_of("orders")
    assert (told["verified_on"], told["reference"], told["subject"]) == (FIRST, "C/15/1", "sem")


async def test_the_same_file_twice_changes_nothing(known: Town) -> None:
    await known.bring("orders", order(FIRST))
    before = await known.rows()
    assert await known.bring("orders", order(FIRST)) == ["line 2: nothing"]
    assert await known.rows() == before


async def test_an_order_that_the_register_says_no_longer_ends(known: Town) -> None:
    await known.bring("orders", order(FIRST))
    await known.bring("orders", none(SECOND))
    assert await open_orders(known) == []


async def test_another_register_of_orders_ends_none_of_it(known: Town) -> None:
    await known.bring("orders", order(FIRST))
    await known.bring("orders", none(SECOND, "compulsory-care"))
    assert await open_orders(known) == ["supervision-order gi-west verified"]


async def test_another_executor_is_let_in_in_place_of_the_first(known: Town) -> None:
    await known.bring("orders", order(FIRST))
    await known.bring("orders", order(SECOND, executor="gi-oost"))
    assert await open_orders(known) == ["supervision-order gi-oost verified"]


async def test_an_end_of_the_register_is_taken_and_not_moved_to_later(known: Town) -> None:
    await known.bring("orders", order(FIRST, ended_on="2027-01-01"))
    await known.bring("orders", order(SECOND, ended_on="2026-12-01"))
    await known.bring("orders", order(THIRD, ended_on="2027-02-01"))
    [told] = await known.facts_of("orders")
    assert told["ended_on"].startswith("2026-12-01")


async def test_an_order_that_the_register_says_again_begins_anew(known: Town) -> None:
    for content in (order(FIRST), none(SECOND), order(THIRD)):
        await known.bring("orders", content)
    assert await open_orders(known) == ["supervision-order gi-west verified"]


async def test_an_order_that_somebody_recorded_and_the_register_does_not_say_ends(known: Town) -> None:
    await hand(known, verified_on="2026-10-01")
    await known.bring("orders", none(FIRST))
    assert await open_orders(known) == []


async def test_an_order_recorded_for_another_executor_ends(known: Town) -> None:
    await hand(known, executor="gi-oost", verified_on="2026-10-01")
    await known.bring("orders", order(FIRST))
    assert await open_orders(known) == ["supervision-order gi-west verified"]


async def test_an_order_that_begins_after_the_answer_is_not_contradicted_by_it(known: Town) -> None:
    await hand(known, since=SECOND)
    await known.bring("orders", none(FIRST))
    assert await open_orders(known) == ["supervision-order gi-west"]


async def test_what_somebody_ended_stays_ended_until_he_and_the_register_say_it_anew(known: Town) -> None:
    await known.bring("orders", order(FIRST))
    await known.change("orders", await known.fact("orders"), {"ended_on": FIRST})
    [line] = await known.bring("orders", order(SECOND))
    assert "stays ended until recorded anew" in line
    assert await open_orders(known) == []
    await hand(known)
    await known.bring("orders", order(THIRD))
    assert await open_orders(known) == ["supervision-order gi-west verified"]


async def test_an_order_that_stood_beside_the_one_that_somebody_ended_is_not_recorded_anew(known: Town) -> None:
    await hand(known)
    await known.bring("orders", order(FIRST))
    await known.change("orders", await known.fact("orders", reference="C/15/1"), {"ended_on": FIRST})
    await known.bring("orders", order(SECOND))
    assert await open_orders(known) == ["supervision-order gi-west"]


@pytest.mark.parametrize("told", [{}, {"reference": "C/15/1"}])
@pytest.mark.parametrize("end", [FIRST, LATER])
async def test_no_register_alone_takes_back_an_end_of_what_it_had_not_told(
    known: Town, told: dict[str, str], end: str
) -> None:
    await known.change("orders", await hand(known, verified_on="2026-10-01", **told), {"ended_on": end})
    await known.bring("orders", order(SECOND))
    assert await open_orders(known) == []
    await hand(known)
    await known.bring("orders", order(THIRD))
    assert await open_orders(known) == ["supervision-order gi-west verified"]


async def test_no_other_executor_takes_back_an_end_that_lies_ahead(known: Town) -> None:
    await known.bring("orders", order(FIRST))
    await known.change("orders", await known.fact("orders", reference="C/15/1"), {"ended_on": LATER})
    await known.bring("orders", order(SECOND, executor="gi-oost"))
    assert await open_orders(known) == []
    await hand(known, executor="gi-oost")
    await known.bring("orders", order(THIRD, executor="gi-oost"))
    assert await open_orders(known) == ["supervision-order gi-oost verified"]


@pytest.mark.parametrize("end", [FIRST, LATER])
async def test_no_other_executor_takes_back_an_end_of_an_order_that_only_a_hand_had_told(known: Town, end: str) -> None:
    await known.change("orders", await hand(known, reference="C/15/1"), {"ended_on": end})
    lines = await known.bring("orders", order(SECOND, executor="gi-oost"))
    assert any("stays ended until recorded anew" in each for each in lines)
    assert await open_orders(known) == []
    await hand(known, reference="C/15/1")
    await known.bring("orders", order(THIRD, executor="gi-oost"))
    assert await open_orders(known) == []
    await hand(known, executor="gi-oost")
    await known.bring("orders", order(FOURTH, executor="gi-oost"))
    assert await open_orders(known) == ["supervision-order gi-oost verified"]


async def test_an_order_that_began_behind_an_end_is_another(known: Town) -> None:
    await known.change("orders", await hand(known), {"ended_on": FIRST})
    await known.bring("orders", order(SECOND, since="2026-11-03"))
    assert await open_orders(known) == ["supervision-order gi-west verified"]


async def test_an_executor_who_is_not_registered_is_refused_with_what_to_do(known: Town) -> None:
    found = await known.wrong("orders", order(FIRST, executor="gi-noord"))
    assert found == [
        "line 2, column `executor`: no organisation has this id here; register it with `schakel org add`, or correct it"
    ]


async def test_a_reference_of_another_kind_is_refused(known: Town) -> None:
    await known.bring("orders", order(FIRST))
    [found] = await known.wrong("orders", order(SECOND, kind="secure-care"))
    assert found.startswith("line 2: `kind`: this reference is known as an order of another kind")


async def test_an_older_file_is_refused(known: Town) -> None:
    await known.bring("orders", none(SECOND))
    [found] = await known.wrong("orders", order(FIRST))
    assert "answered later than this already" in found


async def test_nobody_is_taken_in_by_an_order(known: Town) -> None:
    before = await known.rows()
    lines = await known.bring("orders", order(FIRST, number=STRANGER))
    assert lines == ["line 2: nothing: nobody of this number is known here"]
    assert await known.rows() == before


async def test_who_is_known_by_his_number_only_is_to_be_imported_first(known: Town) -> None:
    async with write_transaction(known.engine) as connection:
        await register_person(connection, known.facts, "x", family="x", identifiers={NUMBER_SYSTEM: STRANGER})
    [found] = await known.wrong("orders", order(FIRST, number=STRANGER))
    assert found.startswith("line 2: is known here by his number only")
