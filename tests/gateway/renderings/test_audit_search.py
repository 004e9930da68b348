"""What a search for AuditEvents asks, read from its parameters."""

from datetime import UTC, datetime

import pytest

from gateway.fhir.auditing import AuditSearch, read_audit_search
from gateway.fhir.searching import BadSearchError


def read(*parameters: tuple[str, str], in_url: bool = True) -> AuditSearch:
    return read_audit_search(parameters, in_url=in_url)


def at(day: int, hour: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, 0, second, tzinfo=UTC)


# A day is one of Amsterdam, which begins an hour earlier than that of UTC.
@pytest.mark.parametrize(
    ("value", "since", "until"),
    [
        ("2026-03-02", at(1, 23), at(2, 23)),
        ("eq2026-03-02", at(1, 23), at(2, 23)),
        ("ge2026-03-02", at(1, 23), None),
        ("gt2026-03-02", at(2, 23), None),
        ("le2026-03-02", None, at(2, 23)),
        ("lt2026-03-02", None, at(1, 23)),
        ("ge2026-03-02T10:00:00Z", at(2, 10), None),
        ("le2026-03-02T10:00:00Z", None, at(2, 10, 1)),
    ],
)
def test_a_date_is_a_period(value: str, since: datetime | None, until: datetime | None) -> None:
    search = read(("date", value))
    assert (search.since, search.until) == (since, until)


def test_of_two_dates_both_hold() -> None:
    search = read(("date", "ge2026-03-02"), ("date", "lt2026-03-04"), ("date", "gt2026-03-01"))
    assert (search.since, search.until) == (at(1, 23), at(3, 23))


def test_no_page_is_larger_than_the_largest() -> None:
    assert read(("_count", "999")).count == 200


def test_an_id_without_a_kind_is_anybody_who_can_take_part() -> None:
    assert len(read(("agent", "anna")).questions(None)) == 4
    assert len(read(("agent", "Practitioner/anna")).questions(None)) == 1


def test_a_link_repeats_nothing_of_a_person() -> None:
    search = read(("patient.identifier", "urn:x|1"), ("reason", "sample"), ("agent", "anna"), in_url=False)
    assert search.used == [("reason", "sample"), ("agent", "anna")]


def test_all_that_is_wrong_is_told_at_once_and_no_value_of_it() -> None:
    with pytest.raises(BadSearchError) as raised:
        read(
            ("date", "secret"), ("agent", "Secret/1"), ("identifier", "secret"), ("<secret>", "1"), ("_count", "secret")
        )
    assert [name for name, _ in raised.value.wrong] == ["date", "agent", "identifier", "(parameter)", "_count"]
    assert "secret" not in str(raised.value).lower()
