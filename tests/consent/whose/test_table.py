"""Every kind of fact against everybody: who records, who confirms, who ends (`cases`)."""

from typing import Any

import pytest

from consent.whose.allowed import (
    ROWS,
    MayNotError,
    missing,
    require_closer,
    require_confirmer,
    require_recorder,
    row_of,
)
from consent.whose.hand import Hand
from consent.whose.scene import Scene
from consent.world.shape import WorldError
from tests.consent.whose.cases import CASES, Case
from tests.consent.whose.cast import AT, CONSENT, FACTS, HANDS, HELPS_TOLD, fact

CONFIRMATIONS = {one.name for row in ROWS for one in row.confirmations} | {"nothing"}
CLOSINGS = {one.field for row in ROWS for one in row.closings} | {"nothing"}
ALL = pytest.mark.parametrize("case", CASES.values(), ids=[name.replace(" ", "-") for name in CASES])


def scene(case: Case, hand: Hand, recorder: str | None) -> Scene:
    by = None if recorder is None else HANDS[recorder]
    beside = "sem" if case.section == "persons" else None
    return Scene(hand=hand, entry=case.entry, facts=FACTS, at=AT, recorded_by=by, helps_told=HELPS_TOLD, beside=beside)


@ALL
def test_exactly_those_may_record(case: Case) -> None:
    row = row_of(case.section, case.entry)
    allowed = set()
    for name, hand in HANDS.items():
        try:
            require_recorder(row, scene(case, hand, None))
        except MayNotError:
            continue
        allowed.add(name)
    assert allowed == case.records


@ALL
def test_exactly_those_may_confirm(case: Case) -> None:
    row = row_of(case.section, case.entry)
    for what in CONFIRMATIONS:
        allowed = set()
        for name, hand in HANDS.items():
            try:
                require_confirmer(row, what, scene(case, hand, case.recorder))
            except MayNotError:
                continue
            allowed.add(name)
        assert allowed == case.confirms.get(what, set()), what


@ALL
def test_exactly_those_may_end_it(case: Case) -> None:
    row = row_of(case.section, case.entry)
    for what in CLOSINGS:
        allowed = set()
        for name, hand in HANDS.items():
            try:
                require_closer(row, what, scene(case, hand, case.recorder))
            except MayNotError:
                continue
            allowed.add(name)
        assert allowed == case.closes.get(what, set()), what


@ALL
def test_exactly_these_are_missing_after_it_was_recorded(case: Case) -> None:
    row = row_of(case.section, case.entry)
    by = HANDS[case.recorder]
    assert set(missing(row, scene(case, by, case.recorder), ())) == case.lacks
    assert missing(row, scene(case, by, case.recorder), case.lacks) == ()


@ALL
def test_what_a_register_tells_needs_nobody_else(case: Case) -> None:
    row = row_of(case.section, case.entry)
    assert missing(row, scene(case, HANDS["register"], "register"), ()) == ()


def test_every_row_has_a_case() -> None:
    assert {row_of(case.section, case.entry).kind for case in CASES.values()} == {row.kind for row in ROWS}


def test_every_entry_falls_under_one_row() -> None:
    for case in CASES.values():
        assert len([row for row in ROWS if row.section == case.section and row.fits(case.entry)]) == 1


def test_what_no_row_names_nobody_records() -> None:
    entry = fact(
        "records", id="r", holder="team", about=["sem"], category="goals", regime=None, created_on="2026-01-01"
    )
    with pytest.raises(LookupError, match="records"):
        row_of("records", entry)


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "via": ("family", {"person": "oom", "of": "sem", "relation": "foster-parent"}, "foster care"),
    "reason": ("capacity", {"person": "sem", "capable": False, "on": "2026-11-20"}, "second helper"),
    "recipients": ("consents", {"id": "c", "given_by": "mara", **CONSENT, "recipients": "any"}, "mother"),
    "until": (
        "involvements",
        {
            "id": "v",
            "kind": "replacement",
            "professional": "arie",
            "replaces": "anna",
            "since": "2026-11-01",
            "until": "2027-01-01",
        },
        "administrator",
    ),
}


@pytest.mark.parametrize("field_name", [name for name in WRONG if name != "via"])
def test_what_is_told_badly_is_refused_with_its_field(field_name: str) -> None:
    section, told, by = WRONG[field_name]
    entry = fact(section, **told)
    with pytest.raises(WorldError, match=f"^{field_name}: "):
        require_recorder(
            row_of(section, entry), Scene(hand=HANDS[by], entry=entry, facts=FACTS, at=AT, helps_told=HELPS_TOLD)
        )


@pytest.mark.parametrize(
    ("since", "until", "short"),
    [
        ("2026-09-20", "2026-11-01", True),
        ("2026-09-20", "2026-11-01T00:00:01+01:00", False),
        ("2026-03-20", "2026-05-01", True),
        ("2026-03-20", "2026-05-01T00:00:01+02:00", False),
        ("2026-11-10T09:00:00Z", "2026-12-22T10:00:00+01:00", True),
    ],
)
def test_six_weeks_of_replacement_are_weeks_of_the_calendar(since: str, until: str, *, short: bool) -> None:
    section, told, by = WRONG["until"]
    entry = fact(section, **told | {"since": since, "until": until})
    found = Scene(hand=HANDS[by], entry=entry, facts=FACTS, at=AT, helps_told=HELPS_TOLD)
    holds, _ = row_of(section, entry).requires["until"]
    assert holds(found) is short


def test_a_foster_parent_without_a_via_has_nobody_who_may_record_him() -> None:
    section, told, by = WRONG["via"]
    entry = fact(section, **told)
    with pytest.raises(MayNotError):
        require_recorder(
            row_of(section, entry), Scene(hand=HANDS[by], entry=entry, facts=FACTS, at=AT, helps_told=HELPS_TOLD)
        )
