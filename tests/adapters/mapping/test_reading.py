from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from schemas.plan import Goal, LifeDomain, Period, Status
from schemas.words import Category, RecordSource, Regime
from tests.adapters import make


def test_a_row_becomes_a_goal_with_its_source_and_handling() -> None:
    loaded = make.goal(
        "to: text, from: TEKST",
        "to: regime, from: REGIME, as: code regime",
        "to: status, from: ST, as: code status",
        "to: life_domain, value: home",
        "to: period.start, from: VAN, as: date dd-mm-jjjj",
        "to: period.end, from: TM, as: last-day dd-mm-jjjj",
        "to: target_date, from: STREEF, as: date dd-mm-jjjj",
        "to: handling.told_by, value: youth",
        "to: handling.told_in_confidence, from: VERTR, as: boolean J/N",
        "to: handling.confidential_from, from: NIET_VOOR, as: list ; person",
    )
    element = make.only(
        loaded,
        make.row(
            TEKST=" Weer naar school ",
            REGIME="J",
            ST="A",
            VAN="01-02-2026",
            TM="28-02-2026",
            STREEF="01-06-2026",
            VERTR="J",
            NIET_VOOR=f"{make.VADER}; {make.MOEDER};",
        ),
    )
    assert isinstance(element, Goal)
    assert (element.about, element.category, element.regime) == (("sem",), Category.GOALS, Regime.JEUGDWET)
    assert (element.text, element.status, element.life_domain) == ("Weer naar school", Status.ACTIVE, LifeDomain.HOME)
    assert element.period == Period(date(2026, 2, 1), date(2026, 3, 1))
    assert element.target_date == date(2026, 6, 1)
    assert (element.source.organisation, element.source.system) == ("noord", "dossier")
    assert (element.source.record, element.source.version, element.source.retrieved_at) == ("17", "3", make.NOW)
    assert element.handling.created_on == "2026-02-10"
    assert element.handling.told_by is RecordSource.YOUTH
    assert element.handling.told_in_confidence
    assert element.handling.confidential_from == ("vader", "moeder")


READINGS: list[tuple[str, str, Any, Any]] = [
    ("target_date", "date dd-mm-jjjj", "29-02-2024", date(2024, 2, 29)),
    ("target_date", "date jjjjmmdd", "20260131", date(2026, 1, 31)),
    ("target_date", "date d-m-jjjj", "1-2-2026", date(2026, 2, 1)),
    ("target_date", "date dd-mm-jjjj jjjj-mm-dd", "2026-02-01", date(2026, 2, 1)),
    ("target_date", "date jjjj-mm-dd", date(2026, 2, 1), date(2026, 2, 1)),
    ("target_date", "date jjjj-mm-ddTuu:mm:ss", datetime(2026, 2, 1, 8, 0), date(2026, 2, 1)),  # noqa: DTZ001
    ("target_date", "last-day jjjj-mm-dd", "2026-12-31", date(2027, 1, 1)),
    ("target_date", "day-with-zone", "2026-01-01T00:00:00+01:00", date(2026, 1, 1)),
    ("target_date", "day-with-zone", "2025-12-31T23:30:00Z", date(2026, 1, 1)),
    ("target_date", "day-with-zone", "2026-01-01", date(2026, 1, 1)),
    ("target_date", "last-day-with-zone", "2026-01-31", date(2026, 2, 1)),
    ("text", "text", 17, "17"),
    ("text", "text", True, "true"),
    ("text", "text", Decimal("1.10"), "1.10"),
    ("text", "text", UUID(int=0), "00000000-0000-0000-0000-000000000000"),
    ("text", "text", "een\x00twee\x0b\ndrie", "eentwee\ndrie"),
    ("text", "text max 5", "abcdefg", "abcde"),
    ("status", "word", "on-hold", Status.ON_HOLD),
    ("handling.restricted", "boolean Ja/Nee", "Ja", True),
    ("handling.restricted", "boolean true/false", False, False),
]


@pytest.mark.parametrize(("to", "converter", "given", "expected"), READINGS)
def test_a_converter_reads_what_it_says(to: str, converter: str, given: Any, expected: Any) -> None:
    element = make.only(make.goal(f"to: {to}, from: X, as: {converter}"), make.row(X=given))
    for name in to.split("."):
        element = getattr(element, name)
    assert element == expected


UNREADABLE: list[tuple[str, Any]] = [
    ("date dd-mm-jjjj", "30-02-2026"),
    ("date dd-mm-jjjj", "2026-02-01"),
    ("date dd-mm-jjjj", "1-2-2026"),
    ("date dd-mm-jjjj", "01-02-26"),
    ("date jjjjmmdd", "\u0662\u0660\u0662\u0666\u0660\u0662\u0660\u0661"),
    ("last-day dd-mm-jjjj", "31-12-9999"),
    ("day-with-zone", "2026-03"),
    ("day-with-zone", "2026-03-01T10:00:00"),
    ("day-with-zone", "0001-01-01T00:00:00+23:59"),
    ("day-with-zone", "2026-W10-1"),
]


@pytest.mark.parametrize(("converter", "given"), UNREADABLE)
def test_what_is_no_date_of_its_form_is_left_over_and_the_goal_goes_on(converter: str, given: Any) -> None:
    mapped = make.read(make.goal(f"to: target_date, from: X, as: {converter}"), make.row(X=given))
    assert mapped.elements[0].target_date is None  # type: ignore[attr-defined]  # a goal
    assert [path for path, _ in make.whys(mapped)] == ["X"]


APPOINTMENT = """
records:
  - kind: doelen
    id: ID
    elements:
      - kind: appointment
        rules:
          - {{to: about, from: BSN, as: person}}
          - {{to: category, value: appointments}}
          - {{to: handling.created_on, value: 2026-01-01}}
          - {{to: begins_at, from: X, as: {converter}}}
          - {{to: participants, from: WIE, as: list ; text}}
    ignore: [{{from: V, because: proef}}, {{from: OP, because: proef}}]
"""

INSTANTS = [
    ("instant", "2026-03-01T10:00:00+01:00", datetime(2026, 3, 1, 9, 0, tzinfo=UTC)),
    ("instant", "2026-07-01T10:00:00Z", datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
    ("instant local", "2026-07-01T10:00:00", datetime(2026, 7, 1, 8, 0, tzinfo=UTC)),
    ("instant dd-mm-jjjj uu:mm", "01-03-2026 10:30", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
    ("instant", "2026-03-01T10:00:00", None),
    ("instant local", "2026-03-01T10:00:00+01:00", None),
    ("instant local", "2026-03-29T02:30:00", None),  # skipped
    ("instant local", "2026-10-25T02:30:00", None),  # comes twice
]


@pytest.mark.parametrize(("converter", "given", "expected"), INSTANTS)
def test_an_instant_is_read_in_its_zone_or_not_at_all(converter: str, given: str, expected: datetime | None) -> None:
    loaded = make.mapping(APPOINTMENT.format(converter=converter))
    element = make.only(loaded, make.row(X=given, WIE="Anna; ;Bo"))
    assert element.begins_at == expected
    assert element.participants == ("Anna", "Bo")


def test_a_number_that_lost_its_zeros_is_found_with_digits() -> None:
    loaded = make.mapping(APPOINTMENT.format(converter="instant").replace("as: person", "as: person digits 9"))
    family = {"sem": "012345672"}
    mapped = make.read(loaded, make.row(BSN=12345672), leave=make.permit(family=family))
    assert mapped.elements[0].about == ("sem",)


def test_a_link_to_a_goal_is_its_id_and_a_link_to_nothing_is_dropped() -> None:
    loaded = make.goal("to: goals, from: DOEL, as: list ; element of doelen")
    mapped = make.read(loaded, make.row(DOEL="18;19"), make.row(ID="18"))
    first, second = mapped.elements
    assert first.goals == (second.id,)
    assert ("goals", "goal: a goal that is not here") in make.whys(mapped)


EACH = """
records:
  - kind: doelen
    id: ID
    elements:
      - kind: goal
        each: doelen*
        key: {key}
        when: soort is D
        rules:
          - {{to: about, from: /BSN, as: person}}
          - {{to: category, value: goals}}
          - {{to: handling.created_on, from: /OP, as: date dd-mm-jjjj}}
          - {{to: text, from: "regels*.tekst", as: lines}}
          - {{to: progress, each: "scores*", when: naam is voortgang, from: waarde}}
    ignore: [{{from: V, because: proef}}]
"""


def _items() -> list[dict[str, Any]]:
    return [
        {"nr": 1, "soort": "D", "regels": [{"tekst": "een"}, {"tekst": "twee"}], "scores": []},
        {
            "nr": 2,
            "soort": "D",
            "regels": [],
            "scores": [{"naam": "voortgang", "waarde": "7"}, {"naam": "anders", "waarde": "1"}],
        },
        {"nr": 3, "soort": "Z"},
    ]


def test_each_item_is_an_element_and_one_that_nothing_takes_is_listed() -> None:
    mapped = make.read(make.mapping(EACH.format(key="nr")), make.row(doelen=_items()))
    first, second = mapped.elements
    assert isinstance(second, Goal)
    assert (first.text, second.text, second.progress) == ("een\ntwee", None, "7")
    assert ("doelen*.scores*", "nothing takes this item") in make.whys(mapped)
    assert ("doelen*.soort", "not in the mapping") in make.whys(mapped)


def test_an_element_keeps_its_id_when_the_list_is_turned_round() -> None:
    loaded = make.mapping(EACH.format(key="nr"))
    ids = {each.id for each in make.read(loaded, make.row(doelen=_items())).elements}
    turned = {each.id for each in make.read(loaded, make.row(doelen=_items()[::-1])).elements}
    assert ids == turned
    assert all(each.startswith("e-") and len(each) == 26 for each in ids)


def test_items_with_one_key_are_both_refused() -> None:
    items = [*_items(), _items()[0]]
    mapped = make.read(make.mapping(EACH.format(key="nr")), make.row(doelen=items))
    assert [each.text for each in mapped.elements] == [None]
    assert ("doelen*", "goal: items without a key, or with one key") in make.whys(mapped)


def test_a_list_of_one_stays_a_list_and_one_that_is_none_is_said() -> None:
    loaded = make.mapping(EACH.format(key="position"))
    assert len(make.read(loaded, make.row(doelen=_items()[:1])).elements) == 1
    mapped = make.read(loaded, make.row(doelen=_items()[0]))
    assert not mapped.elements
    assert ("doelen*", "goal: a list was expected") in make.whys(mapped)


REFERENCES = """
persons:
  - {{record: Patient, each: identifier*, when: system is {bsn}, from: value, as: person}}
records:
  - {{kind: Patient, id: id}}
  - kind: doelen
    id: ID
    elements:
      - kind: goal
        rules:
          - {{to: about, from: "wie*", as: person via Patient except Practitioner}}
          - {{to: category, value: goals}}
          - {{to: handling.created_on, value: 2026-01-01}}
"""


@pytest.mark.parametrize(
    ("references", "about"),
    [
        (["Patient/p1"], ("sem",)),
        (["p1"], ("sem",)),
        (["Patient/p1", "Practitioner/x"], ("sem",)),
        (["Patient/p1", "Patient/p2"], ("moeder", "sem")),
        (["Patient/p1", "Patient/p3"], None),
        (["Patient/p1", "RelatedPerson/p1"], None),
        (["Patient/p1", "https://elders.example/Patient/p1"], None),
        (["Practitioner/x"], None),
        ([], None),
    ],
)
def test_a_reference_names_who_its_record_says(references: list[str], about: tuple[str, ...] | None) -> None:
    loaded = make.mapping(REFERENCES.format(bsn=make.BSN))
    patients = [
        make.record({"id": name, "identifier": [{"system": make.BSN, "value": number}]}, "Patient", name)
        for name, number in (("p1", make.SEM), ("p2", make.MOEDER), ("p3", "999990044"))
    ]
    mapped = loaded.map([*patients, make.record({"ID": "17", "wie": references})], make.permit(), "noord")
    assert [each.about for each in mapped.elements] == ([] if about is None else [about])


def test_the_identity_for_the_log_says_which_file_it_was() -> None:
    identity = make.goal().identity
    assert (identity.mapping, identity.version, len(identity.sha256)) == ("proef", 1, 64)
    assert identity.sha256 != make.goal("to: text, from: TEKST").identity.sha256
