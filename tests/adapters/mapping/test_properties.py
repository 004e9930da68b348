"""What holds for every record, however odd."""

from datetime import date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contract import Mapped
from schemas.words import Category
from tests.adapters import make
from tests.thoroughness import examples

CANARY = "Zilveren-Pinguin"

LOADED = make.mapping("""
persons:
  - {record: Patient, each: identifier*, when: system is urn:x, from: value, as: person}
tables:
  status: [{source: A, target: active, match: equal}]
  soort: [{source: D, target: goals, match: equal}, {source: G, target: health, match: equal}]
records:
  - kind: Patient
    id: id
  - kind: doelen
    id: ID
    version: a.b
    elements:
      - kind: goal
        when: SOORT is D or G
        rules:
          - {to: about, from: BSN, as: person}
          - {to: about, from: "ANDEREN*", as: person via Patient}
          - {to: category, from: SOORT, as: code soort}
          - {to: handling.created_on, from: OP, as: day-with-zone}
          - {to: handling.told_in_confidence, from: VERTR, as: boolean J/N, default: "false"}
          - {to: text, from: a.b}
          - {to: status, each: "c*", when: b is A, from: b, as: code status}
      - kind: need
        each: c*
        key: b
        rules:
          - {to: about, from: /BSN, as: person}
          - {to: category, value: health}
          - {to: handling.created_on, from: /OP, as: day-with-zone}
          - {to: text, from: a}
          - {to: goals, from: /ID, as: element of doelen}
""")

NAMES = st.sampled_from(["ID", "BSN", "ANDEREN", "SOORT", "OP", "VERTR", "a", "b", "c", "id", "identifier", CANARY])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=3),
    st.sampled_from([make.SEM, make.MOEDER, "D", "G", "A", "J", "N", "2026-01-01", "\ud800", f"{CANARY}\x00"]),
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))
CONTENTS = st.dictionaries(NAMES, VALUES, max_size=9)
LIKELY = st.fixed_dictionaries(
    {"ID": st.sampled_from(["1", "2"]), "BSN": st.sampled_from([make.SEM, make.MOEDER]), "OP": st.just("2026-01-01")},
    optional={"SOORT": st.sampled_from("DGQ"), "VERTR": st.sampled_from("JN?"), "c": VALUES, "a": VALUES},
)
RECORDS = st.lists(
    st.builds(
        make.record,
        st.one_of(CONTENTS, LIKELY),
        st.sampled_from(["doelen", "doelen", "Patient", "iets"]),
        st.sampled_from(["1", "2", "3"]),
    ),
    max_size=4,
)


def run(records: list[Any], categories: frozenset[Category] = frozenset(Category)) -> Mapped:
    return LOADED.map(records, make.permit(about=("sem", "moeder"), categories=categories), "noord")


@settings(max_examples=examples(300), deadline=None)
@given(RECORDS)
def test_mapping_never_fails_and_gives_only_what_it_may(records: list[Any]) -> None:
    mapped = run(records)
    ids = [each.id for each in mapped.elements]
    assert len(set(ids)) == len(ids)
    for element in mapped.elements:
        assert element.about
        assert set(element.about) <= make.FAMILY.keys()
        assert set(element.goals) <= set(ids)
        element.id.encode()
        (element.text or "").encode()
        assert isinstance(element.period.start, date | datetime | None)


@settings(max_examples=examples(150), deadline=None)
@given(RECORDS)
def test_no_value_is_in_what_is_left_over(records: list[Any]) -> None:
    shown = repr(run(records).leftovers)
    assert CANARY not in shown
    assert not any(number in shown for number in make.FAMILY.values())


@settings(max_examples=examples(150), deadline=None)
@given(RECORDS, st.frozensets(st.sampled_from([Category.GOALS, Category.HEALTH])))
def test_asking_less_gives_the_same_or_less(records: list[Any], fewer: frozenset[Category]) -> None:
    everything = {each.id for each in run(records).elements}
    less = {each.id for each in run(records, fewer).elements}
    assert less <= everything


@settings(max_examples=examples(150), deadline=None)
@given(LIKELY, st.sampled_from(["BSN", "OP", "SOORT", "VERTR"]))
def test_a_value_that_nobody_knows_never_gives_more(content: dict[str, Any], field: str) -> None:
    before = {each.id for each in run([make.record(content)]).elements}
    after = {each.id for each in run([make.record(content | {field: "onbekend"})]).elements}
    assert after <= before
