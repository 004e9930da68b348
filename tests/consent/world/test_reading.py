"""Reading a world file: every mistake is told, with its place; what is right is read to the letter."""

from datetime import UTC, datetime
from typing import Any

import pytest

from consent.entries import Authority, Consent, Organisation, Record
from consent.world.documents import document
from consent.world.entries import entry
from consent.world.file import read_world, world_of
from consent.world.shape import WorldError
from tests.consent.make import approval, authority, consent, decided, mandate, order, world

Change = dict[str, Any]


def problems(value: Any) -> list[str]:
    with pytest.raises(WorldError) as caught:
        world_of(value)
    return list(caught.value.problems)


WRONG: dict[str, tuple[str, Change]] = {
    "an unknown section": ("konsents: ", {"konsents": []}),
    "a section that is no list": ("orders: ", {"orders": None}),
    "an entry that is no mapping": ("orders[0]: ", {"orders": ["ots"]}),
    "an unknown key": ("consents[0].helder: ", {"consents": [consent("sem", helder=True)]}),
    "a missing key": ("consents[0].on: ", {"consents": [{k: v for k, v in consent("sem").items() if k != "on"}]}),
    "null": ("consents[0].until: ", {"consents": [consent("sem", until=None)]}),
    "an unknown word": ("consents[0].categories[1]: ", {"consents": [consent("sem", categories=["goals", "goal"])]}),
    "an empty list": ("consents[0].categories: ", {"consents": [consent("sem", categories=[])]}),
    "any in a list": ("consents[0].recipients[1]: ", {"consents": [consent("sem", recipients=["team", "any"])]}),
    "any in a refusal": (
        "refusals[0].holders: ",
        {"refusals": [{"id": "n", "about": "sem", "given_by": "sem", "on": "2026-01-01", "holders": "any"}]},
    ),
    "any as a holder": ("records[0].holder: ", {"record": {"holder": "any"}}),
    "all in a list": ("request.categories[0]: ", {"request": {"categories": ["all"]}}),
    "a number for a text": ("orders[0].reference: ", {"orders": [order(reference=5)]}),
    "yes for true": ("consents[0].free: ", {"consents": [consent("sem", free="yes")]}),
    "one for true": ("consents[0].free: ", {"consents": [consent("sem", free=1)]}),
    "true for a count": (
        "authority[0].unreachable_attempts: ",
        {"authority": [authority("moeder", unreachable_attempts=True)]},
    ),
    "less than none": (
        "authority[0].unreachable_attempts: ",
        {"authority": [authority("moeder", unreachable_attempts=-1)]},
    ),
    "a day that is none": ("consents[0].on: ", {"consents": [consent("sem", on="2026-02-30")]}),
    "a week date": ("consents[0].on: ", {"consents": [consent("sem", on="2026-W01-1")]}),
    "an instant without an offset": ("consents[0].on: ", {"consents": [consent("sem", on="2026-02-01T10:00:00")]}),
    "an instant for a birthday": (
        "persons[0].born: ",
        {"persons": [{"id": "sem", "born": "2012-05-04T00:00:00+02:00"}]},
    ),
    "an end before its start": ("orders[0].until: ", {"orders": [order(until="2025-12-31")]}),
    "a scope without partial": ("authority[0].scope: ", {"authority": [authority("moeder", scope="school")]}),
    "a matter without a special representative": (
        "authority[0].matter: ",
        {"authority": [authority("moeder", matter="x")]},
    ),
    "a replacement about somebody": (
        "involvements[0].about: ",
        {
            "involvements": [
                {"id": "i", "kind": "replacement", "since": "2026-01-01", "professional": "anna", "replaces": "bert"}
                | {"about": "sem"}
            ]
        },
    ),
    "help that replaces": (
        "involvements[0].replaces: ",
        {"involvements": [{"id": "i", "kind": "help", "since": "2026-01-01", "about": "sem", "replaces": "bert"}]},
    ),
    "a confidence of a parent": (
        "records[0].told_in_confidence: ",
        {"record": {"told_in_confidence": True, "source": "parent"}},
    ),
    "a dangling holder": ("records[0].holder: ", {"record": {"holder": "nobody"}}),
    "a person as holder": ("records[0].holder: ", {"record": {"holder": "moeder"}}),
    "a dangling item": ("consents[0].recipients[1]: ", {"consents": [consent("sem", recipients=["team", "nobody"])]}),
    "a dangling agreement": (
        "mandates[0].parent_agreements[0].by: ",
        {"mandates": [mandate(parent_agreements=[{"by": "nobody", "on": "2026-01-01"}])]},
    ),
    "a dangling record of the request": ("request.records[0]: ", {"request": {"records": ["r9"]}}),
    "a dangling requester": ("request.requester.person: ", {"by": {"person": "anna"}}),
    "a decision by an organisation": (
        "request.holder_decisions[0].by: ",
        {"request": {"holder_decisions": [approval(by="ggz")]}},
    ),
    "a doubled id": ("consents[1].id: ", {"consents": [consent("sem"), consent("sem")]}),
    "an id that is a person's and an organisation's": (
        "persons[5].id: ",
        {"persons": [{"id": "ggz", "born": "1990-01-01"}]},
    ),
    "two forms of requester": ("request.requester: ", {"by": {"person": "sem", "mentor": "sem"}}),
    "before the Jeugdwet": ("request.at: ", {"request": {"at": "2014-12-31"}}),
    "a step that is none": (
        "request.holder_decisions[0].meldcode_steps[0]: ",
        {"request": {"holder_decisions": [approval(meldcode_steps=[6])]}},
    ),
    "an instant that no calendar in Amsterdam has": (
        "orders[0].until: ",
        {"orders": [order(until="9999-12-31T23:59:59+00:00")]},
    ),
    "an unknown initiative": ("request.initiative: ", {"request": {"initiative": "requester"}}),
    "another version": ("schakel: ", {"schakel": "world/2"}),
    "an expected element that is no record": ("expect.elements.r9: ", {"expect": {"elements": {"r9": {}}}}),
    "an unknown expectation": ("expect.result: ", {"expect": {"result": "permit"}}),
    "half a character": ("consents[0].form: ", {"consents": [consent("sem", form="\ud800")]}),
}


@pytest.mark.parametrize(("place", "change"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_with_its_place(place: str, change: Change) -> None:
    found = problems(world(**change))
    assert any(problem.startswith(place) for problem in found), found
    assert all(problem.startswith(place.partition(":")[0].split("[")[0].split(".")[0]) for problem in found), found


def test_all_mistakes_are_told_at_once() -> None:
    found = problems(world(consents=[consent("sem", free=1), consent("nobody", on="x")], orders=[order(id="")]))
    assert [problem.partition(":")[0] for problem in found] == [
        "orders[0].id",
        "consents[0].free",
        "consents[1].on",
        "consents[1].given_by",
    ]


def test_requests_may_not_be_empty_nor_stand_beside_a_request() -> None:
    found = world()
    request = found.pop("request")
    assert problems(found)[0].startswith("request: ")
    assert problems(found | {"requests": []})[0].startswith("requests: ")
    assert problems(found | {"request": request, "requests": [request]})[0].startswith("request: ")
    assert problems(found | {"requests": [request], "expect": {}})[0].startswith("expect: ")


def test_a_wrong_expectation_among_many_requests_has_its_path() -> None:
    found = world()
    request = found.pop("request")
    found["requests"] = [request, request | {"expect": {"outcome": "maybe"}}]
    assert problems(found)[0].startswith("requests[1].expect.outcome: ")


RIGHT: dict[str, Change] = {
    "an empty section": {"orders": []},
    "an end that is the start": {"orders": [order(until="2026-01-01")]},
    "an unknown regime": {"record": {"regime": None}},
    "a note everywhere": {
        "note": "x",
        "consents": [consent("sem", note="x")],
        "mandates": [mandate(parent_agreements=[{"by": "moeder", "on": "2026-01-01", "note": "x"}])],
        "request": {"note": "x", "holder_decisions": [approval(note="x")]},
    },
    "any alone": {"consents": [consent("sem", holders="any", recipients="any")]},
    "an empty list in an expectation": {"expect": {"obligations": [], "elements": {}, "expires_at": None}},
    "the first day of the Jeugdwet": {"request": {"at": "2015-01-01"}},
    "the last day of the calendar": {"orders": [order(until="9999-12-31")]},
    "a request on the calendar's last day": {"purpose": "emergency", "by": "kris", "request": {"at": "9999-12-31"}},
    "a consent of the calendar's first day": {"age": 16, "consents": [consent("sem", on="0001-01-01")]},
    "the first day of the calendar": {"authority": [authority("moeder", since="0001-01-01")]},
}


@pytest.mark.parametrize("change", RIGHT.values(), ids=RIGHT.keys())
def test_what_is_right_is_read_and_decided(change: Change) -> None:
    assert decided(world(**change)).as_json()["outcome"] in {"deny", "review"}


def test_an_entry_keeps_what_it_was_read_from_without_notes_and_shows_nothing_of_it() -> None:
    mapping = consent("sem", note="gesproken op school", form="mondeling")
    found = entry("consents", mapping, "consents[0]")
    assert found.source == {key: value for key, value in mapping.items() if key != "note"}
    assert repr(found) == "<Consent c-sem>"


def test_dates_begin_at_midnight_in_amsterdam() -> None:
    found = entry("consents", consent("sem", on="2026-07-01", until="2026-12-01"), "")
    assert isinstance(found, Consent)
    assert (found.on, found.until) == (datetime(2026, 6, 30, 22, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))


def test_texts_lose_their_white_space_but_no_other_character() -> None:
    found = entry("authority", authority("luus", kind="special-representative", matter="\u2003\x1cgeld\x1c \n"), "")
    assert isinstance(found, Authority)
    assert found.matter == "\x1cgeld\x1c"


def test_an_organisation_may_have_a_name() -> None:
    read = entry("organisations", {"id": "team", "name": "Team Noord", "kind": "local-team"}, "organisations[0]")
    assert isinstance(read, Organisation)
    assert read.name == "Team Noord"


def test_the_source_of_a_record_is_its_origin() -> None:
    found = entry("records", world(record={"source": "youth"})["records"][0], "")
    assert isinstance(found, Record)
    assert found.origin == "youth"


def test_the_digest_of_facts_knows_nothing_of_notes_and_empty_sections() -> None:
    plain, noted = (
        world_of(world(consents=[consent("sem")])),
        world_of(world(consents=[consent("sem", note="x")], orders=[])),
    )
    assert plain.facts.as_world() == noted.facts.as_world()


YAML = """
schakel: world/1
persons: [{id: 12, born: 2012-05-04}]
authority: []
request:
  at: 2026-03-02
  requester: {person: 12}
  about: "12"
  purpose: own-access
  categories: all
capacity:
- person: 12
  capable: %s
  on: 2026-01-01
"""


def test_yaml_ids_and_dates_are_texts_and_on_is_a_key() -> None:
    found = read_world((YAML % "unclear").encode())
    assert [(one.person, one.capable, one.source["on"]) for one in found.facts.capacity] == [
        ("12", "unclear", "2026-01-01")
    ]


@pytest.mark.parametrize("truth", ["true", "True", "TRUE"])
def test_yaml_true_is_true(truth: str) -> None:
    assert read_world((YAML % truth).encode()).facts.capacity[0].source["capable"] is True


@pytest.mark.parametrize("text", ["yes", "on", '"true"', "!!bool true", "~", "&a true", "[true]"])
def test_yaml_of_other_times_and_forms_is_refused(text: str) -> None:
    with pytest.raises(WorldError, match=r"capacity\[0\]\.capable: "):
        read_world((YAML % text).encode())


UNREADABLE = {
    "empty": b"",
    "not UTF-8": b"schakel: \xff",
    "two documents": b"a: 1\n---\nb: 2\n",
    "a list as key": b"[a, b]: 1\n",
    "broken": b"a: [1\n",
    "deep": b"[" * 100_000,
    "deep JSON": b'{"a":' * 100_000,
    "a control character": b"a: \x01",
}


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_told(raw: bytes) -> None:
    with pytest.raises(WorldError):
        read_world(raw)


def test_a_doubled_key_is_told_with_its_path_among_the_other_mistakes() -> None:
    yaml = b"schakel: world/1\nrecords:\n- {id: r1, id: r2}\n"
    json = b'{"schakel": "world/1", "records": [{"id": "r1", "id": "r2"}]}'
    for raw in (yaml, json):
        with pytest.raises(WorldError) as caught:
            read_world(raw)
        assert "records[0].id: doubled key" in caught.value.problems
        assert "records[0].holder: missing" in caught.value.problems


def test_json_and_a_byte_order_mark_are_read() -> None:
    assert document(b'\xef\xbb\xbf {"a": [1, true, null, "x"]}') == {"a": [1, True, None, "x"]}
