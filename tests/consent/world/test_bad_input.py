"""What is no world is refused: quickly, with every mistake and its place, in lines that can be printed."""

import json
import re
import time
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from consent.decide import decide
from consent.world.documents import LARGEST
from consent.world.file import World, read_world, world_of
from consent.world.shape import LONGEST, WorldError
from tests.consent.make import consent, world
from tests.consent.world.whole_world import WHOLE, places
from tests.thoroughness import examples

PROBLEM = re.compile(r"(\(file\)|byte \d+|line \d+(, column \d+)?|[^ ].*): .+")
"""A place, and what is wrong there."""
MEGABYTE = 1_000_000


def told(raw: bytes) -> list[str]:
    with pytest.raises(WorldError) as caught:
        read_world(raw)
    return list(caught.value.problems)


def problems(value: Any) -> list[str]:
    with pytest.raises(WorldError) as caught:
        world_of(value)
    return list(caught.value.problems)


# Size and depth

HUGE = {
    "a flat YAML list of 10 MB": b"schakel: world/1\nrecords:\n" + b"- a\n" * (10 * MEGABYTE // 4),
    "a flat JSON list of 10 MB": b'{"schakel": "world/1", "records": [' + b"1," * (5 * MEGABYTE) + b"1]}",
    "one text of 10 MB": b'schakel: world/1\nnote: "' + b"a" * (10 * MEGABYTE) + b'"\n',
    "1,000 levels of YAML": b"schakel: world/1\nrecords:\n" + b"".join(b" " * n + b"-\n" for n in range(1000)),
    "1,000 levels of flow": b"schakel: world/1\nrecords: " + b"[" * 1000 + b"]" * 1000,
    "1,000 levels of JSON": b'{"schakel": "world/1", "records": ' + b"[" * 1000 + b"]" * 1000 + b"}",
    "1,000 mappings of JSON": b'{"a":' * 1000 + b"1" + b"}" * 1000,
    "100,000 levels of JSON": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "100,000 levels that never end": b"[" * 100_000,
    "100,000 dashes": b"- " * 100_000,
    "17 levels of YAML": b"schakel: world/1\nrecords: " + b"[" * 17 + b"]" * 17,
    "17 levels of JSON": b'{"schakel": "world/1", "records": ' + b"[" * 17 + b"]" * 17 + b"}",
}


@pytest.mark.parametrize("raw", HUGE.values(), ids=HUGE.keys())
def test_what_is_too_large_or_too_deep_is_refused_within_a_second(raw: bytes) -> None:
    began = time.process_time()
    [problem] = told(raw)
    assert problem == "(file): larger than 4 MB" or problem.endswith(": nested too deeply"), problem
    assert time.process_time() - began < 1


def test_a_file_may_be_as_large_as_the_largest() -> None:
    raw = json.dumps(world()).encode()
    assert read_world(raw.ljust(LARGEST)).requests
    assert told(raw.ljust(LARGEST + 1)) == ["(file): larger than 4 MB"]


def test_a_world_with_five_thousand_consents_is_not_too_large() -> None:
    many = [consent("sem", id=f"c{number}") for number in range(5000)]
    raw = json.dumps(world(consents=many), indent=2).encode()
    assert len(read_world(raw).facts.consents) == 5000


SLOW = {
    "many doubled keys": b"{" + b",".join(b'"k%d": 1' % (n % 50_000) for n in range(100_000)) + b"}",
    "a billion laughs": b"a0: &a0 [ha, ha]\n"
    + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 30)),
    "many anchors": b"".join(b"a%d: &a%d x\n" % (n, n) for n in range(5_000)),
    "a number of 100,000 digits": b'{"schakel": "world/1", "records": ' + b"9" * 100_000 + b"}",
    "many who are nobody": json.dumps({"consents": [{"about": f"p{n}"} for n in range(10_000)]}).encode(),
    "a long circle of parents": json.dumps(
        {"family": [{"person": f"p{n}", "of": f"p{n + 1}", "relation": "parent"} for n in range(10_000)]}
    ).encode(),
}


@pytest.mark.parametrize("raw", SLOW.values(), ids=SLOW.keys())
def test_no_small_file_takes_long(raw: bytes) -> None:
    began = time.process_time()
    assert told(raw)
    assert time.process_time() - began < 3


# The form of the file

FORMS = {
    "nothing": (b"", "(file): empty"),
    "a byte order mark": (b"\xef\xbb\xbf", "(file): empty"),
    "a comment": (b"# niets\n", "(file): empty"),
    "null": (b"null", "(file): expected a mapping"),
    "a list": (b"[]", "(file): expected a mapping"),
    "two documents": (b"a: 1\n---\nb: 2\n", "(file): holds more than one document"),
    "not UTF-8": (b"schakel: \xff", "byte 9: not UTF-8"),
    "UTF-16": ("schakel: world/1\n".encode("utf-16-le"), "line 1: not YAML or JSON: U+0000 cannot stand there"),
    "UTF-16 with its mark": ("\ufeffschakel: world/1\n".encode("utf-16-le"), "byte 0: not UTF-8"),
    "a NUL": (b"schakel: world/1\nnote: a\x00b\n", "line 2: not YAML or JSON: U+0000 cannot stand there"),
    "a NUL in JSON": (b'{"note": "a\x00b"}', "line 1: not YAML or JSON: U+0000 cannot stand there"),
    "a list as key": (b"[a, b]: 1\n", "line 1: a key must be one word"),
    "an escape for no character": (
        b'note: "\\UFFFFFFFF"\n',
        "(file): not YAML or JSON: a character or number that does not exist",
    ),
    "a version of 5,000 digits": (
        b"%YAML 1." + b"1" * 5000 + b"\n---\na: b\n",
        "(file): not YAML or JSON: a character or number that does not exist",
    ),
}


@pytest.mark.parametrize(("raw", "problem"), FORMS.values(), ids=FORMS.keys())
def test_what_has_not_the_form_of_a_world_file_is_told(raw: bytes, problem: str) -> None:
    assert told(raw) == [problem]


def test_what_is_broken_is_told_with_its_line_and_column() -> None:
    assert told(b"schakel: world/1\nnote: a: b\n")[0].startswith("line 2, column 8: not YAML or JSON: ")


def test_a_number_that_is_too_long_is_told_beside_every_other_mistake() -> None:
    huge = b'{"persons": [{"id": 5, "born": "2000-01-01"}], "authority": [{"unreachable_attempts": %s}]}'
    found = told(huge % (b"9" * 5000))
    assert "persons[0].id: expected an id" in found
    assert "authority[0].unreachable_attempts: expected a whole number from 0" in found


# Days that are on no calendar, times that are on no clock

NO_MOMENT = [
    "2026-02-30",
    "2025-02-29",
    "1900-02-29",
    "2026-13-01",
    "2026-00-01",
    "2026-01-00",
    "0000-01-01",
    "10000-01-01",
    "-2026-01-01",
    "2026-1-1",
    "20260101",
    "2026-001",
    "2026-01-01 ",
    "2026-01-01\n",
    "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0661",
    "2026-01-01T24:00+01:00",
    "2026-01-01T24:00:00Z",
    "2026-01-01T23:60Z",
    "2026-01-01T23:59:60Z",
    "2026-01-01T10Z",
    "2026-01-01t10:00z",
    "2026-01-01 10:00Z",
    "2026-01-01T10:00",
    "2026-01-01T10:00+24:00",
    "2026-01-01T10:00-24:00",
    "2026-01-01T10:00+01:60",
    "2026-01-01T10:00+0160",
    "2026-01-01T10:00+99:99",
    "2026-01-01T10:00+01:00:30",
    "0001-01-01T00:00+14:00",
    "9999-12-31T23:30Z",
]


@pytest.mark.parametrize("written", NO_MOMENT)
def test_what_is_no_day_and_no_instant_is_told(written: str) -> None:
    assert [found.partition(": ")[0] for found in problems(world(consents=[consent("sem", on=written)]))] == [
        "consents[0].on"
    ]


@pytest.mark.parametrize(
    "written",
    ["2024-02-29", "2000-02-29", "2026-01-01T23:59:59.123456789+23:59", "2026-01-01T00:00:00,5-00:00"],
)
def test_what_is_one_is_read(written: str) -> None:
    assert world_of(world(consents=[consent("sem", on=written)])).facts.consents


# Expectations


def test_every_mistake_of_an_expectation_is_told() -> None:
    wrong = {
        "outcome": "maybe",
        "helder": 1,
        "obligations": ["OB-LOG", 1],
        "elements": {"r1": {"result": "open"}, "a.b": 1},
    }
    assert [found.partition(": ")[0] for found in problems(world(expect=wrong))] == [
        "expect.outcome",
        "expect.helder",
        "expect.obligations[1]",
        "expect.elements.r1.result",
        'expect.elements."a.b"',
        'expect.elements."a.b"',
    ]


# What is told can be printed


def test_what_a_file_says_cannot_write_on_a_terminal() -> None:
    found = problems(world() | {"\x1b[2J\nreleased": 1, "\u202e\ud800": 1})
    assert found == ['"\\u001b[2J\\nreleased": unknown key', "\\u202e\\ud800: unknown key"]


def test_an_endless_name_is_cut() -> None:
    [found] = problems(world(record={"holder": "a" * 10_000}))
    assert found.startswith("records[0].holder: unknown id")
    assert len(found) <= LONGEST + 1


# Whatever comes

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["any", "all", "sem", "ggz", "r1", "2026-01-01", "9999-12-31", "0001-01-01", "parent", "help"])
)
KEYS = st.sampled_from(["id", "since", "until", "kind", "note", "about", "holder", "records", "at"]) | st.text(
    max_size=5
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
SECTIONS = st.sampled_from(sorted(WHOLE))


def read_and_decide(raw: bytes) -> World | None:
    """Read what may be a world, and decide what it asks; nothing but a told mistake stands in the way."""
    wrong: tuple[str, ...] = ()
    found: World | None = None
    try:
        found = read_world(raw)
    except WorldError as error:
        wrong = error.problems
    assert (found is None) == bool(wrong)
    assert [each for each in wrong if not PROBLEM.fullmatch(each) or not each.isprintable()] == []
    if found is None:
        return None
    for request in found.requests:
        assert json.dumps(decide(request, found.facts, request.at).as_json())
    return found


def test_the_world_with_everything_is_right() -> None:
    assert read_and_decide(json.dumps(WHOLE).encode()) is not None


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"\x00")
@example(b"%YAML 1.9\n---\n")
@example(b"? a\n: b")
def test_any_bytes_are_a_world_or_a_told_mistake(raw: bytes) -> None:
    read_and_decide(raw)


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.sampled_from("{}[]:,-#&*!|>'\"%@`? \n\ta1~<=\\"), max_size=40).map("".join))
def test_any_signs_of_yaml_are_a_world_or_a_told_mistake(text: str) -> None:
    read_and_decide(b"schakel: world/1\nrequest: " + text.encode())


@settings(max_examples=examples(200), deadline=None)
@given(st.dictionaries(SECTIONS | st.text(max_size=5), VALUES, max_size=5))
def test_any_json_is_a_world_or_a_told_mistake(value: dict[str, Any]) -> None:
    read_and_decide(json.dumps({"schakel": "world/1"} | value).encode())


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_a_world_with_anything_in_any_place_is_a_world_or_a_told_mistake(data: st.DataObject) -> None:
    value = deepcopy(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        around, key = data.draw(st.sampled_from(list(places(value))))
        if data.draw(st.booleans()):
            around[key] = data.draw(VALUES)
        elif isinstance(around, dict):
            around[data.draw(KEYS)] = around.pop(key)
        else:
            around.insert(key, around[key])
    read_and_decide(json.dumps(value).encode())


# Texts


@pytest.mark.parametrize("written", ["true", "False", "5", "-0.5", "1e3", ".5", "0x1F", ".inf", ".NaN"])
@pytest.mark.parametrize("key", ["question", "justification", "matter"])
def test_what_yaml_calls_a_number_or_a_truth_is_no_text_as_in_json(key: str, written: str) -> None:
    text = json.dumps(world(request={key: "WRITTEN"})).replace('"WRITTEN"', written)
    [problem] = told(f"# YAML\n{text}".encode())
    assert problem == f"request.{key}: expected a text"


def test_a_quoted_number_is_a_text() -> None:
    raw = json.dumps(world(request={"question": "5"})).encode()
    assert read_world(b"# YAML\n" + raw).requests[0].question == "5"
