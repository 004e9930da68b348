"""The straight way through a rule gives what the rule gives, whatever stands in the record, and leaves as much over."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.mapping import LoadedMapping
from adapters.mapping.converters import Day, ZonedInstant
from adapters.mapping.dates import parse_form
from adapters.mapping.known import Known
from adapters.mapping.paths import Step
from adapters.mapping.straight import never, straight
from schemas.words import Category
from tests.adapters import make
from tests.thoroughness import examples

TEXT = """
tables:
  status:
    - {source: A, target: active, match: equal}
    - {source: X, match: none}
    - {source: "é", target: completed, match: equal}
  domein: [{source: A, target: home, match: equal}, {source: N, target: network, match: equal}]
  regime: [{source: D, target: jeugdwet, match: equal}, {source: G, target: wmo, match: equal}]
  soort: [{source: D, target: goals, match: equal}, {source: G, target: health, match: equal}]
records:
  - kind: doelen
    id: ID
    elements:
      - kind: goal
        rules:
          - {to: about, from: "BSN*", as: person}
          - {to: category, from: a, as: code soort, default: goals}
          - {to: handling.created_on, from: OP, as: date dd-mm-jjjj jjjj-mm-dd}
          - {to: handling.told_in_confidence, from: b, as: boolean J/N, default: "false"}
          - {to: handling.confidential_from, from: "c*", as: person}
          - {to: text, from: d, as: text max 4}
          - {to: status, from: e, as: code status, default: unknown}
          - {to: period.start, from: f, as: date dd-mm-jjjj}
          - {to: period.end, from: f, as: last-day dd-mm-jjjj}
          - {to: goals, from: g, as: element of doelen}
      - kind: appointment
        each: items*
        key: n
        rules:
          - {to: about, from: "/BSN*", as: person digits 9}
          - {to: category, value: appointments}
          - {to: handling.created_on, from: OP, as: day-with-zone}
          - {to: begins_at, from: f, as: instant dd-mm-jjjj uu:mm}
          - {to: ends_at, from: f, as: instant}
          - {to: text, from: d}
          - {to: participants, from: "c*"}
          - {to: place, from: e, default: hier}
          - {to: life_domain, from: /x, as: code domein}
          - {to: status, from: /e, as: code status}
          - {to: regime, from: /a, as: code regime}
          - {to: period.start, from: f, as: date dd-mm-jjjj}
          - {to: handling.restricted, from: /b, as: boolean J/N, default: "false"}
          - {to: handling.confidential_from, from: "/c*", as: person}
"""


def loaded(*, straight: bool) -> LoadedMapping:
    if straight:
        return make.mapping(TEXT)
    # What the straight way is held to is the same code without it. No mapping file can switch it off, and none should.
    ways = dict.fromkeys(("straight", "always"), mock.Mock(return_value=never))
    with mock.patch.multiple("adapters.mapping.rules", **ways):
        return make.mapping(TEXT)


STRAIGHT, WINDING_ONLY = loaded(straight=True), loaded(straight=False)

SCALARS: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(
            None,
            True,
            7,
            1.5,
            Decimal("1.10"),
            date(2026, 2, 10),
            datetime(2026, 2, 10, 9, tzinfo=UTC),
            b"x",
            {},
            [],
            ["A"],
        ),
        *("", "  ", "A", "D", "G", "J", "N", "X", "é", " A ", "lange tekst", "n\x00l", "\ud800", "1", "17"),
        *("10-02-2026", " 10-02-2026", "31-02-2026", "2026-02-10", "10-02-2026 09:30", "29-03-2026 02:30"),
        *("2026-02-10T09:30:00+01:00", make.SEM, make.MOEDER, "999990099"),
    ]
)
VALUES = SCALARS | st.lists(SCALARS, max_size=3)
KEYS = st.sampled_from(["1", "2", " 3", 4, "é", "", "\ud800", ["5"]])
ITEMS = st.lists(
    st.fixed_dictionaries({"n": KEYS, "OP": SCALARS | st.sampled_from(["2026-02-10", "2026-02-11"])}).flatmap(
        lambda kept: st.dictionaries(st.sampled_from("defxc"), VALUES).map(lambda more: more | kept)
    )
    | SCALARS,
    max_size=3,
)
CONTENTS = st.fixed_dictionaries(
    {"ID": st.just("17")},
    optional={
        "BSN": VALUES | st.lists(st.sampled_from([make.SEM, make.MOEDER]), max_size=3),
        "OP": SCALARS | st.just("10-02-2026"),
        "items": VALUES | ITEMS,
        **dict.fromkeys("abcdefgx", VALUES),
    },
)
USUAL = CONTENTS.map(lambda content: content | {"BSN": [make.SEM], "OP": "10-02-2026", "a": "D", "b": "N"})


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(CONTENTS | USUAL, max_size=3))
def test_both_ways_make_the_same_and_leave_the_same(contents: list[dict[str, Any]]) -> None:
    records = [make.record(each, identity=str(place)) for place, each in enumerate(contents)]
    leave = make.permit(about=("sem", "moeder"), categories=frozenset(Category))
    assert STRAIGHT.map(records, leave, "noord") == WINDING_ONLY.map(records, leave, "noord")


class Another(dict[str, Any]):
    """Members, but no dictionary of JSON: nothing that is quick for those is for this."""


def another(value: Any) -> Any:
    if isinstance(value, dict):
        return Another({name: another(member) for name, member in value.items()})
    return type(value)(map(another, value)) if isinstance(value, list | tuple) else value


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(CONTENTS | USUAL, max_size=3))
def test_what_is_quick_for_plain_json_gives_what_the_long_way_gives(contents: list[dict[str, Any]]) -> None:
    leave = make.permit(about=("sem", "moeder"), categories=frozenset(Category))
    plain, other = (
        [make.record(turned(each), identity=str(place)) for place, each in enumerate(contents)]
        for turned in (dict, another)
    )
    assert STRAIGHT.map(plain, leave, "noord") == WINDING_ONLY.map(other, leave, "noord")


def test_what_the_record_says_is_left_over_in_its_place_among_what_the_item_says() -> None:
    item = {"n": "1", "f": "geen dag", "OP": "2026-02-10", "d": "x"}
    content = {"ID": "17", "BSN": [make.SEM], "x": "?", "e": "?", "a": "?", "items": [item]}
    whys = [each.why for each in STRAIGHT.map([make.record(content)], make.permit(), "noord").leftovers]
    numbers = [why.split(":")[0] for why in whys if why.startswith("appointment")]
    assert numbers == [f"appointment rule {number}" for number in (4, 5, 9, 10, 11, 12)]


def test_what_an_item_says_of_its_handling_counts_for_no_other_item() -> None:
    days = ["2026-02-01", "2026-02-02", "2026-02-01"]
    content = {"ID": "17", "BSN": [make.SEM], "items": [{"n": str(n), "OP": day} for n, day in enumerate(days)]}
    made = STRAIGHT.map([make.record(content)], make.permit(), "noord").elements
    assert [each.handling.created_on for each in made] == days


@pytest.mark.parametrize("rule", ["text", "status", "period.start"])
def test_the_usual_rule_goes_straight(rule: str) -> None:
    maker = STRAIGHT.kinds["doelen"].makers[0]
    named = {slot.target.name: slot for slot in maker.slots}
    assert named[rule].straight is not never


def test_what_one_form_read_is_not_given_to_another_that_prints_alike() -> None:
    ways = []
    for end in "./":
        converter = Day((parse_form(f"jjjj-mm-dd{'-' * 60}{end}"),))
        ways.append(straight(Step("op", many=False), converter, absent=None, many=False))
    known, text = Known("noord", "dossier", persons={}, references={}), f"2026-03-02{'-' * 60}."
    assert [way({"op": text}, known) for way in ways] == [date(2026, 3, 2), None]


def test_an_instant_of_more_digits_than_it_needs_is_left_to_the_rule_and_not_kept() -> None:
    # No more is kept of what a source writes than is bounded, in number and in length.
    way = straight(Step("op", many=False), ZonedInstant(), absent=None, many=False)
    known, instants = (
        Known("noord", "dossier", persons={}, references={}),
        ["2026-03-02T10:00:00Z", f"2026-03-02T10:00:00.{'0' * 100}Z"],
    )
    assert [way({"op": each}, known) for each in instants] == [datetime(2026, 3, 2, 10, tzinfo=UTC), None]
