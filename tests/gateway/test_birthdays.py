"""A birthday at midnight changes an answer of the running gateway: one second before, and at 00:00 in Amsterdam."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.exchange import Exchange
from gateway.failpoints import Step
from gateway.live.asking import DECISIONS
from tests.gateway.running import Running, at_step, running

BORN_LONG_AGO = "1984-01-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Who asks what, on whose yes, and what he is answered before and after: status, and basis or reason."""

    asks: str
    purpose: str
    before: tuple[int, str]
    after: tuple[int, str]
    givers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Birthday:
    """Somebody's birthday, its last second before and its midnight, and what turns with it."""

    born: str
    last_second: str
    midnight: str
    turn: Turn


TWELVE = Turn(
    asks="anna",
    purpose="coordinate-plan",
    before=(200, "LB-01"),
    after=(403, "CONSENT_MISSING_YOUTH"),
    givers=("moeder",),
)
"""Until 12 the holder of authority says yes; from then on the youth must too."""
SIXTEEN = Turn(
    asks="anna",
    purpose="coordinate-plan",
    before=(403, "CONSENT_MISSING_AUTHORITY"),
    after=(200, "LB-01"),
    givers=("kind",),
)
"""Until 16 the holder of authority must say yes too; from then on the youth's own is enough."""
EIGHTEEN = Turn(
    asks="jan",
    purpose="supervision-order",
    before=(200, "LB-07"),
    after=(403, "ORDER_EXPIRED"),
)
"""A supervision order ends at 18, whatever its own end says."""

BIRTHDAYS = {
    "12": Birthday("2014-05-04", "2026-05-03T23:59:59+02:00", "2026-05-04T00:00:00+02:00", TWELVE),
    "16": Birthday("2010-11-15", "2026-11-14T23:59:59+01:00", "2026-11-15T00:00:00+01:00", SIXTEEN),
    "18": Birthday("2008-11-15", "2026-11-14T23:59:59+01:00", "2026-11-15T00:00:00+01:00", EIGHTEEN),
    "18, born on 29 February, in a common year": Birthday(
        "2008-02-29", "2026-02-28T23:59:59+01:00", "2026-03-01T00:00:00+01:00", EIGHTEEN
    ),
    "16, born on 29 February, in a leap year": Birthday(
        "2008-02-29", "2024-02-28T23:59:59+01:00", "2024-02-29T00:00:00+01:00", SIXTEEN
    ),
    "12, on the day on which summer time begins": Birthday(
        "2014-03-29", "2026-03-28T23:59:59+01:00", "2026-03-29T00:00:00+01:00", TWELVE
    ),
    "18, on the day after summer time began": Birthday(
        "2008-03-30", "2026-03-29T23:59:59+02:00", "2026-03-30T00:00:00+02:00", EIGHTEEN
    ),
    "16, on the day on which summer time ends": Birthday(
        "2010-10-25", "2026-10-24T23:59:59+02:00", "2026-10-25T00:00:00+02:00", SIXTEEN
    ),
    "18, on the day after summer time ended": Birthday(
        "2008-10-26", "2026-10-25T23:59:59+01:00", "2026-10-26T00:00:00+01:00", EIGHTEEN
    ),
}


def world(day: Birthday) -> dict[str, Any]:
    """Return a child with a mother who holds authority, a local team, and a family guardian with an order."""
    year = day.last_second[:4]
    yes = {"about": "kind", "on": f"{year}-01-02", "holders": ["ggz-west"], "recipients": ["team-noord"]}
    yes |= {"purposes": ["coordinate-plan"], "categories": ["goals"], "until": f"{year}-12-31"}
    authority = {
        "holder": "moeder",
        "over": "kind",
        "kind": "parental",
        "since": day.born,
        "verified_on": f"{year}-01-02",
    }
    order = {"kind": "supervision-order", "subject": "kind", "executor": "gi-west", "workers": ["jan"]}
    return {
        "schakel": "world/1",
        "organisations": [
            {"id": "team-noord", "kind": "local-team"},
            {"id": "ggz-west", "kind": "youth-mental-health"},
            {"id": "gi-west", "kind": "certified-institution"},
        ],
        "professionals": [
            {"id": "anna", "organisation": "team-noord", "role": "youth-professional"},
            {"id": "jan", "organisation": "gi-west", "role": "family-guardian"},
        ],
        "persons": [{"id": "kind", "born": day.born}, {"id": "moeder", "born": BORN_LONG_AGO}],
        "authority": [{"id": "a1", **authority}],
        "orders": [
            {"id": "o1", **order, "since": f"{year}-01-01", "until": f"{year}-12-31", "verified_on": f"{year}-01-02"}
        ],
        "consents": [{"id": f"c-{giver}", "given_by": giver, **yes} for giver in day.turn.givers],
        "records": [
            {
                "id": "r1",
                "holder": "ggz-west",
                "about": ["kind"],
                "category": "goals",
                "regime": "jeugdwet",
                "created_on": "2024-01-02",
            }
        ],
        "request": {
            "at": day.last_second,
            "requester": {"professional": day.turn.asks},
            "about": "kind",
            "purpose": day.turn.purpose,
            "categories": ["goals"],
        },
    }


@pytest.mark.parametrize("day", BIRTHDAYS.values(), ids=BIRTHDAYS)
async def test_a_birthday_at_midnight_changes_the_answer_and_the_officer_sees_why(
    day: Birthday, tmp_path: Path
) -> None:
    clock = [datetime.fromisoformat(day.last_second).astimezone(UTC)]
    async with running(
        world(day), tmp_path, exchange=lambda exchange: replace(exchange, decided_at=lambda _: clock[0])
    ) as gateway:
        before = await answered(gateway, day)
        clock[0] = datetime.fromisoformat(day.midnight).astimezone(UTC)
        after = await answered(gateway, day)
    assert before == day.turn.before
    assert after == day.turn.after


async def test_what_is_released_before_a_birthday_ends_with_it(tmp_path: Path) -> None:
    day = BIRTHDAYS["12"]
    async with running(world(day), tmp_path) as gateway:
        answer = await gateway.ask(day.turn.asks, "kind", day.turn.purpose, categories=["goals"])
    assert json.loads(answer.body)["released"]["r1"]["expires_at"] == day.midnight


async def answered(gateway: Running, day: Birthday) -> tuple[int, str]:
    """Return the status on the wire, and what the gateway's own officer sees: the basis, or why not."""
    more = (
        {"question": "welke doelen lopen er, om het plan te toetsen"} if day.turn.purpose == "supervision-order" else {}
    )
    answer = await gateway.ask(day.turn.asks, "kind", day.turn.purpose, categories=["goals"], **more)
    told = json.loads(answer.body)
    view = json.loads((await gateway.call("officer", "GET", f"{DECISIONS}/{told['request_id']}")).body)
    (seen,) = {*words_of(view["elements"]), *words_of(view["not_asked"])}
    return answer.status, seen


def words_of(found: list[dict[str, Any]]) -> Iterator[str]:
    yield from (str(each["reason"] or each["basis"]) for each in found)


@dataclass
class Late:
    """An exchange whose sources answer in the first instant of another day; no rules are confirmed."""

    clock: datetime
    midnight: str

    def __call__(self, exchange: Exchange) -> Exchange:
        late = at_step(Step.FETCHED, self._pass_by)(exchange)
        return replace(late, decided_at=lambda _: self.clock, require_confirmed_rules=True)

    async def _pass_by(self) -> None:
        self.clock = datetime.fromisoformat(self.midnight)


@pytest.mark.parametrize("turned", [TWELVE, EIGHTEEN], ids=["12", "18"])
async def test_nothing_leaves_on_what_ended_while_the_sources_answered(
    turned: Turn, tmp_path: Path, database_url: str
) -> None:
    day = next(each for each in BIRTHDAYS.values() if each.turn is turned)
    late = Late(datetime.fromisoformat(day.last_second), day.midnight)
    async with running(world(day), tmp_path, database_url=database_url, exchange=late) as gateway:
        assert await answered(gateway, day) == turned.after


@pytest.mark.parametrize("begins", [False, True], ids=["the day before", "that day"])
async def test_nothing_leaves_without_the_yes_of_whose_authority_began_while_the_sources_answered(
    tmp_path: Path, database_url: str, *, begins: bool
) -> None:
    day = replace(BIRTHDAYS["12"], born="2016-05-04")
    told = world(day)
    since = day.midnight if begins else "2026-05-05"
    guardian = {**told["authority"][0], "id": "a2", "holder": "voogd", "kind": "joint-non-parent", "since": since}
    persons = [*told["persons"], {"id": "voogd", "born": BORN_LONG_AGO}]
    late = Late(datetime.fromisoformat(day.last_second), day.midnight)
    more = {"persons": persons, "authority": [*told["authority"], guardian]}
    async with running(told | more, tmp_path, database_url=database_url, exchange=late) as gateway:
        assert await answered(gateway, day) == ((403, "CONSENT_MISSING_AUTHORITY") if begins else (200, "LB-01"))


async def test_nor_of_whose_authority_began_within_that_day(tmp_path: Path, database_url: str) -> None:
    noon = "2026-05-03T12:00:00+02:00"
    day = replace(BIRTHDAYS["12"], born="2016-05-04", last_second="2026-05-03T11:59:59+02:00", midnight=noon)
    told = world(day)
    guardian = {**told["authority"][0], "id": "a2", "holder": "voogd", "kind": "joint-non-parent", "since": noon}
    persons = [*told["persons"], {"id": "voogd", "born": BORN_LONG_AGO}]
    late = Late(datetime.fromisoformat(day.last_second), noon)
    more = {"persons": persons, "authority": [*told["authority"], guardian]}
    async with running(told | more, tmp_path, database_url=database_url, exchange=late) as gateway:
        assert await answered(gateway, day) == (403, "CONSENT_MISSING_AUTHORITY")


async def test_nothing_leaves_by_rules_that_ended_while_the_sources_answered(tmp_path: Path) -> None:
    day = replace(BIRTHDAYS["12"], born="2016-05-04", last_second="2026-12-31T23:59:59+01:00")
    yes = {**world(day)["consents"][0], "until": "2027-02-01"}
    late = Late(datetime.fromisoformat(day.last_second), "2027-01-01T00:00:00+01:00")
    async with running({**world(day), "consents": [yes]}, tmp_path, exchange=late) as gateway:
        assert await answered(gateway, day) == (403, "RULE_SET_UNCONFIRMED")
