"""Every case of supervision beside consent, against the oracle: who asks, the state of the orders, what was said."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any, Final

from tests.consent.make import PROFESSIONALS
from tests.properties.entries_once import facts, told
from tests.properties.oracle import Case, Order, answer, between, under_supervision
from tests.properties.test_every_case import AT, RECORDS, REQUEST, persons, sampled
from tests.properties.words_said import WORDS, consents, refusals
from tests.thoroughness import EVERY

Json = dict[str, Any]
ASKS: Final = ("jan", "jet", "jet for jan", "joost", "anna")
KINDS: Final = ("supervision-order", "provisional-supervision-order", "out-of-home-placement")
TIMES: Final[Mapping[str, tuple[str, Json]]] = {
    "from tomorrow": ("ahead", {"since": "2026-03-03", "until": "2027-01-01"}),
    "from this moment": ("now", {"since": AT, "until": "2027-01-01"}),
    "until this moment": ("over", {"since": "2026-01-01", "until": AT}),
    "ended today": ("over", {"since": "2026-01-01", "until": "2027-01-01", "ended_on": "2026-03-02"}),
}
CHECKS: Final = {"seen": "2026-01-05", "never seen": None, "to be seen tomorrow": "2026-03-03"}
ASKED: Final[Mapping[str, tuple[bool, Json]]] = {
    "an itemised question": (True, {"question": "Wat loopt er?", "categories": ["goals"]}),
    "no question": (False, {"question": " ", "categories": ["goals"]}),
    "the whole file": (False, {"question": "Wat loopt er?", "categories": "all"}),
}
DEPUTY: Final = {"id": "i", "kind": "replacement", "professional": "jet", "replaces": "jan", "since": "2026-01-01"}

Known = tuple[str, str, str | None, str, str]
"""Kind, executor, the one worker named, time and check of an order."""
Supervised = tuple[str, Known | None, Known | None, str, int, str]
"""Who asks, two orders, what is asked, the youth's age, and what he said to the requester."""
SECOND: Final[tuple[Known | None, ...]] = (None, ("supervision-order", "gi", None, "until this moment", "seen"))


@cache
def orders() -> tuple[Known | None, ...]:
    return (None, *product(KINDS, ("gi", "gi-oost"), (None, "jan"), TIMES, CHECKS))


def supervised() -> Iterator[Supervised]:
    yield from product(ASKS, orders(), SECOND, ASKED, (17, 19), ("nothing", "yes, to anybody"))
    yield from product(ASKS, orders()[::7], SECOND[:1], list(ASKED)[:1], (17,), WORDS)


def entry_of(name: str, order: Known) -> Json:
    kind, executor, worker, time, check = order
    found: Json = {"id": name, "kind": kind, "subject": "sem", "executor": executor} | TIMES[time][1]
    found |= {} if worker is None else {"workers": [worker]}
    return found | ({} if CHECKS[check] is None else {"verified_on": CHECKS[check]})


def as_the_requester_meets_it(order: Known, asks: str, age: int) -> Order:
    kind, executor, worker, time, check = order
    supervision = kind != "out-of-home-placement"
    return Order(
        supervision=supervision,
        his=executor == home_of(asks),
        lets_him=worker is None or worker in asks,
        time="over" if supervision and age == 19 and time == "from this moment" else TIMES[time][0],
        verified=check == "seen",
    )


def home_of(asks: str) -> str:
    return PROFESSIONALS[asks.split(maxsplit=1)[0]][0]


def addressed(said: Json, asks: str) -> Json:
    """The same words, said to the requester of this case."""
    names = {"team": home_of(asks), "anna": asks.split(maxsplit=1)[0]}
    if not isinstance(said.get("recipients"), list):
        return said
    return said | {"recipients": [names.get(one, one) for one in said["recipients"]]}


def judged(case: Supervised) -> tuple[list[str], list[str]]:
    """What the code and the oracle make of a case."""
    asks, first, second, asked, age, himself = case
    found = [one for one in (first, second) if one is not None]
    known = facts(
        persons=persons(age),
        orders=[entry_of(f"o{position}", one) for position, one in enumerate(found)],
        involvements=[DEPUTY] if "for" in asks else [],
        consents=[addressed(one, asks) for one in consents("sem", himself)],
        refusals=[addressed(one, asks) for one in refusals("sem", himself)],
        records=RECORDS[:1],
    )
    itemised, request = ASKED[asked]
    asker = {"requester": {"professional": asks.split()[0]}, "purpose": "supervision-order"}
    met = tuple(as_the_requester_meets_it(one, asks, age) for one in found)
    answers = {
        "LB-07": under_supervision(met, institution=asks != "anna", itemised=itemised),
        "LB-01": answer(Case(age=age, capacity="capable", himself=WORDS[himself].said)),
    }
    return told(known, REQUEST | request | asker), [between(answers)]


def test_supervision_is_as_the_contract_says_in_every_case() -> None:
    cases = sampled(list(supervised()))
    wrong = [(case, got, expected) for case in cases for got, expected in [judged(case)] if got != expected]
    assert wrong[:3] == []
    assert len(cases) * EVERY > 15_000
