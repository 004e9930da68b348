"""The last year that the calendar has: what would end after it never ends, and nothing breaks."""

from datetime import date

from tests.consent.make import ends, incapable, told, world
from tests.properties.every_end import aged, day, emergency, jim, mentored, title, yes

LAST = date(9999, 12, 1)


def test_a_consent_of_the_last_year_never_ends() -> None:
    persons = aged(19, LAST)
    found = world(persons=persons, consents=[yes(LAST)], record={"created_on": day(LAST, -20)})
    found["request"]["at"] = "9999-12-31T12:00:00+01:00"
    assert told(found) == "release LB-01"
    assert ends(found) is None


def test_a_finding_of_the_last_year_never_ends() -> None:
    found = world(
        persons=aged(16, LAST),
        authority=[title()],
        consents=[yes(LAST, "moeder")],
        capacity=[incapable(on=day(LAST))],
        record={"created_on": day(LAST, -20)},
    )
    found["request"]["at"] = "9999-12-31T12:00:00+01:00"
    assert told(found) == "release LB-01"
    assert ends(found) is None


def test_a_mandate_of_the_last_year_ends_at_its_own_end() -> None:
    found = mentored(LAST, 17, mandates=[jim(date(9999, 8, 1)) | {"until": "9999-12-31", "since": "9999-11-01"}])
    found["request"]["at"] = "9999-12-30"
    assert told(found) == "release LB-27"
    assert ends(found) == "9999-12-31T00:00:00+01:00"


def test_an_emergency_in_the_last_hours_never_ends() -> None:
    found = emergency("9999-12-31T22:59:59+00:00")
    found["persons"][0] = {"id": "sem", "born": "9985-05-04"}
    assert told(found) == "release LB-24"
    assert ends(found) is None
