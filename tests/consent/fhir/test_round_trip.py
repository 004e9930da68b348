"""What we write as FHIR says the same when it is read, and is FHIR in the eyes of a library that is not ours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fhir.resources.R4B.consent import Consent as Foreign
from hypothesis import given
from hypothesis import strategies as st

from consent.entries import Consent, Refusal
from consent.fhir.addresses import NO, YES
from consent.fhir.issues import InexpressibleError
from consent.fhir.reading import read
from consent.fhir.standing import entry_of, untrue
from consent.fhir.writing import write
from consent.world.entries import entry
from schemas.words import Category, Purpose

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KINDS = {"team": "Organization", "ggz": "Organization", "anna": "Practitioner"}


def kind_of(name: str) -> str:
    return KINDS.get(name, "Patient")


IDS = st.text("abcXYZ019-.", min_size=1, max_size=40) | st.sampled_from([*KINDS, "sem", "mara"])
FIRST = datetime(2015, 1, 1, tzinfo=UTC)
ATS = st.timedeltas(timedelta(), timedelta(days=17 * 365)).map(lambda since: FIRST + since)
MOMENTS = ATS.map(lambda at: str(at.date())) | ATS.map(datetime.isoformat)
LISTS = st.lists(IDS, min_size=1, max_size=3, unique=True)
PURPOSES = st.lists(st.sampled_from(sorted(map(str, Purpose))), min_size=1, max_size=4, unique=True)
CATEGORIES = st.lists(st.sampled_from(sorted(map(str, Category))), min_size=1, max_size=4, unique=True)
SAID = {"id": IDS, "about": IDS, "given_by": IDS, "on": MOMENTS}
ANY = st.just("any")

CONSENTS = st.fixed_dictionaries(
    {**SAID, "holders": LISTS | ANY, "recipients": LISTS | ANY, "purposes": PURPOSES, "categories": CATEGORIES},
    optional={
        "until": MOMENTS,
        "withdrawn_on": MOMENTS,
        "free": st.booleans(),
        "express": st.booleans(),
        "identity_verified": st.booleans(),
        "form": st.sampled_from(["own-login", "on-paper", "by-phone", "Ik zei het “gewoon”"]),
    },
)
REFUSALS = st.fixed_dictionaries(
    SAID,
    optional={
        "withdrawn_on": MOMENTS,
        "holders": LISTS,
        "recipients": LISTS,
        "purposes": PURPOSES,
        "categories": CATEGORIES,
        "written": st.booleans(),
    },
)


def told(section: str, source: dict[str, Any]) -> Consent | Refusal:
    one = entry(section, source, section)
    assert isinstance(one, Consent | Refusal)
    return one


def same(section: str, source: dict[str, Any], at: datetime) -> None:
    one = told(section, source)
    resource = write(one, kind_of=lambda name: "Patient" if name == one.about else kind_of(name), at=at)
    said = read(resource)
    assert (said.section, said.id) == (section, one.id)
    assert entry_of(said, at=at) == one
    assert (one.on > at) is any(each.expression == "Consent.dateTime" for each in untrue(said, at))
    assert "Consent.status" not in {each.expression for each in untrue(said, at)}
    assert Foreign.model_validate(resource).status == resource["status"]


@given(source=CONSENTS, at=ATS)
def test_a_yes_is_the_same_after_it_was_fhir(source: dict[str, Any], at: datetime) -> None:
    same("consents", source, at)


@given(source=REFUSALS, at=ATS)
def test_a_no_is_the_same_after_it_was_fhir(source: dict[str, Any], at: datetime) -> None:
    same("refusals", source, at)


def consent(**more: Any) -> Consent:
    found = {"id": "c", "about": "sem", "given_by": "mara", "on": "2026-02-01", "holders": ["ggz"]}
    found |= {"recipients": ["team"], "purposes": ["give-help"], "categories": ["goals"]}
    one = told("consents", found | more)
    assert isinstance(one, Consent)
    return one


@pytest.mark.parametrize(
    "more",
    [
        {"id": "één"},
        {"id": "x" * 61},
        {"about": "a b"},
        {"recipients": ["a/b"]},
        {"form": " "},
    ],
    ids=str,
)
def test_what_fhir_cannot_say_is_not_written_half(more: dict[str, Any]) -> None:
    with pytest.raises(InexpressibleError):
        write(consent(**more), kind_of=kind_of, at=AT)


def test_an_end_of_ours_is_one_day_later_than_that_of_fhir() -> None:
    resource = write(consent(until="2026-12-01"), kind_of=kind_of, at=AT)
    assert resource["provision"]["period"] == {"end": "2026-11-30"}


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, "active"),
        ({"until": "2026-03-02"}, "inactive"),
        ({"until": "2026-03-03"}, "active"),
        ({"on": "2025-03-02"}, "inactive"),
        ({"on": "2025-03-03"}, "active"),
        ({"on": "2025-03-01", "until": "2026-06-01"}, "inactive"),
        ({"withdrawn_on": "2026-03-02T10:00:00+01:00"}, "inactive"),
        ({"withdrawn_on": "2026-03-02T10:00:01+01:00"}, "active"),
        ({"identity_verified": False}, "proposed"),
        ({"free": False}, "proposed"),
        ({"free": False, "withdrawn_on": "2026-03-01"}, "inactive"),
        ({"on": "2026-03-03"}, "proposed"),
    ],
    ids=str,
)
def test_a_status_is_never_more_than_what_still_counts(more: dict[str, Any], status: str) -> None:
    assert write(consent(**more), kind_of=kind_of, at=AT)["status"] == status


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "9999-12-31", "1937-07-01"])
def test_the_ends_of_the_calendar_are_the_same_after_they_were_fhir(day: str) -> None:
    same("consents", {**consent(until=day).source, "withdrawn_on": day}, AT)


def test_a_yes_and_a_no_of_one_id_are_two_consents() -> None:
    refusal = told("refusals", {"id": "c", "about": "sem", "given_by": "mara", "on": "2026-02-01"})
    written = [write(one, kind_of=kind_of, at=AT)["id"] for one in (consent(), refusal)]
    assert written == [f"{YES}c", f"{NO}c"]
