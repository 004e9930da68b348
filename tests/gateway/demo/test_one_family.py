"""The plan on the page of one family is what the gateway answers in the story."""

import re
from typing import Any

import orjson
import pytest

from docs.one_family import KEPT, ask
from gateway.showing_plan.differences import Differences, differences
from gateway.showing_plan.reading import read_answer

pytestmark = pytest.mark.server

DAY = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?")
OF_ONE_ANSWER = {"receipt", "request_id", "retrieved_at"}
IDS = {"id", "goals"}


def timeless(value: Any) -> Any:
    """Return `value` without what differs from day to day and from answer to answer; lists in an order of their own."""
    if isinstance(value, dict):
        return {name: timeless(each) for name, each in value.items() if name not in OF_ONE_ANSWER}
    if isinstance(value, list):
        return sorted(map(timeless, value), key=orjson.dumps)
    return DAY.sub("day", value) if isinstance(value, str) else value


def comparable(body: Any) -> Any:
    """Return the answer `body` without its time, and with its elements called by what they say.

    Each gateway calls them otherwise, so it has those of one life domain and kind in another order too.
    """
    text = orjson.dumps(timeless(body)).decode()
    said = {each["id"]: {name: told for name, told in each.items() if name not in IDS} for each in elements(body)}
    places = sorted(said, key=lambda each: orjson.dumps(timeless(said[each]), option=orjson.OPT_SORT_KEYS))
    for place, id_ in enumerate(places):
        text = text.replace(f'"{id_}"', f'"element {place}"')
    return timeless(orjson.loads(text))


def elements(body: Any) -> list[Any]:
    found: list[Any] = body["plan"]["elements"]
    return found


async def test_the_kept_answer_is_what_comes_now() -> None:
    """Where it is not: `python -m docs.one_family`, then `make docs`."""
    now, kept = (comparable(orjson.loads(each)) for each in (orjson.dumps(await ask()), KEPT.read_bytes()))
    assert differences(read_answer(orjson.dumps(kept)), read_answer(orjson.dumps(now))) == Differences()
    assert now == kept
