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


def timeless(value: Any) -> Any:
    """Return `value` without what differs from day to day and from answer to answer."""
    if isinstance(value, dict):
        return {name: timeless(each) for name, each in value.items() if name not in OF_ONE_ANSWER}
    if isinstance(value, list):
        return [timeless(each) for each in value]
    return DAY.sub("day", value) if isinstance(value, str) else value


async def test_the_kept_answer_is_what_comes_now() -> None:
    """Where it is not: `python -m docs.one_family`, then `make docs`."""
    now, kept = (timeless(orjson.loads(each)) for each in (orjson.dumps(await ask()), KEPT.read_bytes()))
    assert differences(read_answer(orjson.dumps(kept)), read_answer(orjson.dumps(now))) == Differences()
    assert now == kept
