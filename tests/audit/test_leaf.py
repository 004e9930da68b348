import hashlib
import json
import uuid
from base64 import b64encode
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.events import Event, EventOutcome, Field, Kind
from audit.leaf import Leaf, LeafError, commit
from audit.sealing import Salted, associated, pack, unpack
from schemas.canonical_json import canonical
from tests.audit import make
from tests.beside import DATA, needs_shared

JCS = DATA / "06-crypto-audit-vectors" / "rfc8785-jcs"

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
# Keys from U+10000 on sort otherwise than by code point, and near U+FFFF it shows.
KEYS = TEXT | st.text(st.sampled_from("a\ue000\uffff\U00010000\U0010ffff"), max_size=3)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


def _leaf(event: Event) -> dict[str, Any]:
    leaf: dict[str, Any] = json.loads(make.log().build(event).leaf)
    return leaf


@given(value=JSON_VALUES)
def test_canonical_json_is_that_of_the_reference_library(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@needs_shared
@pytest.mark.parametrize("name", ["arrays", "french", "structures"])
def test_canonical_json_is_that_of_the_standards_own_examples(name: str) -> None:
    value = json.loads((JCS / "input" / f"{name}.json").read_text(), parse_float=_without_fraction)
    assert canonical(value) == (JCS / "output" / f"{name}.json").read_bytes().strip()
    assert canonical(value) == bytes.fromhex((JCS / "outhex" / f"{name}.txt").read_text())


def _without_fraction(number: str) -> int:
    """Return the number that `56.0` is: we hash none with a fraction, and read none from an event."""
    whole, _, fraction = number.partition(".")
    assert set(fraction) <= {"0"}
    return int(whole)


def test_keys_are_sorted_as_in_the_standards_own_example() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    # RFC 8785 section 3.2.3: by UTF-16 unit, so that the emoji comes before the Hebrew letter.
    expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical(dict.fromkeys(keys)))) == expected


def test_strings_are_spelled_as_in_the_standards_own_example() -> None:
    # RFC 8785 sections 3.2.2 and 3.2.4, without its numbers that have a fraction.
    value = {"string": '\u20ac$\u000f\nA\'B"\\\\"/', "literals": [None, True, False]}
    spelled = '{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert canonical(value) == spelled.encode()


def test_a_leaf_has_always_all_nine_members() -> None:
    event = Event(kind=Kind.LOGIN, outcome=EventOutcome.OK, organisation="operator")
    leaf = _leaf(event)
    assert set(leaf) == {
        "v", "id", "at", "kind", "outcome", "organisation", "counterparty", "rule_set", "commitments"
    }  # fmt: skip
    assert (leaf["v"], leaf["counterparty"], leaf["rule_set"], leaf["commitments"]) == (1, None, None, {})


def test_a_leaf_says_when_in_utc_milliseconds_and_with_whom_in_order() -> None:
    leaf = _leaf(make.event())
    assert leaf["at"] == "2026-03-02T12:00:00.124Z"
    assert leaf["counterparty"] == "ggz-west,school-de-brug"


def test_an_events_id_is_a_version_7_uuid_of_its_instant() -> None:
    event_id = uuid.UUID(_leaf(make.event())["id"])
    assert (event_id.version, event_id.variant) == (7, uuid.RFC_4122)
    assert event_id.int >> 80 == int(make.NOON.timestamp() * 1000) + 1


def test_a_commitment_is_what_the_contract_says_to_the_byte() -> None:
    salt = bytes(range(32))
    expected = hashlib.sha256(b"schakel-audit-c1" + b"\x07" + b"purpose" + salt + b'"billing"').digest()
    assert commit("purpose", salt, b'"billing"') == b64encode(expected).decode()


@given(value=JSON_VALUES)
def test_equal_values_never_give_equal_commitments(value: Any) -> None:
    log = make.log()
    events = [make.event(fields={Field.PURPOSE: value, Field.DETAIL: value}) for _ in range(2)]
    commitments = [json.loads(log.build(event).leaf)["commitments"] for event in events]
    assert len({commitment for found in commitments for commitment in found.values()}) == 4


def test_what_is_sealed_opens_the_commitments() -> None:
    keys = make.KeyService()
    prepared = make.log(keys).build(make.event(person="person-1"))
    commitments = json.loads(prepared.leaf)["commitments"]
    assert prepared.sealed_person is not None
    packed = keys.open("person-1", prepared.sealed_person, associated(prepared.event_id, "person"))
    for name, opened in unpack(packed).items():
        salt = make.salt(opened["salt"])
        assert commit(name, salt, canonical(opened["value"])) == commitments.pop(name)
    assert set(commitments) == {"actor", "request"}


def test_no_two_fields_of_an_event_share_a_salt() -> None:
    keys = make.KeyService()
    prepared = make.log(keys).build(make.event(person=None))
    fields = unpack(keys.open(None, prepared.sealed_log, associated(prepared.event_id, "log")))
    assert len({opened["salt"] for opened in fields.values()}) == len(fields) == 4


def test_who_looked_is_sealed_apart_from_whom_it_was_about() -> None:
    keys = make.KeyService()
    prepared = make.log(keys).build(make.event(person="person-1"))
    own = keys.open(None, prepared.sealed_log, associated(prepared.event_id, "log"))
    assert set(unpack(own)) == {"actor", "request"}


def test_a_sealed_value_cannot_be_put_in_another_events_place() -> None:
    keys = make.KeyService()
    log = make.log(keys)
    one, other = log.build(make.event()), log.build(make.event())
    with pytest.raises(ValueError, match="not sealed"):
        keys.open(None, one.sealed_log, associated(other.event_id, "log"))


def test_a_field_outside_the_closed_list_is_refused() -> None:
    with pytest.raises(ValueError, match="remark"):
        make.log().build(make.event(fields={"remark": "x"}))  # type: ignore[dict-item] # that is the point


def test_an_event_about_others_needs_the_person_whose_key_seals_it() -> None:
    with pytest.raises(ValueError, match="person"):
        make.event(person=None, also_about=("person-2",))


def test_a_packed_value_is_the_json_that_was_committed_to() -> None:
    packed = pack([Salted("purpose", bytes(32), b'{"a":1}')])
    assert packed == b'{"purpose":{"salt":"' + b64encode(bytes(32)) + b'","value":{"a":1}}}'


GOOD = json.loads(Leaf("i", "t", "login", "ok", "system", counterparty=None, rule_set=None, commitments={}).encoded())


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        GOOD | {"more": 1},
        {name: value for name, value in GOOD.items() if name != "rule_set"},
        GOOD | {"v": 2},
        GOOD | {"v": True},
        GOOD | {"organisation": None},
        GOOD | {"counterparty": 3},
        GOOD | {"commitments": None},
        GOOD | {"commitments": {"actor": 1}},
    ],
)
def test_what_does_not_have_the_nine_members_is_no_leaf(document: object) -> None:
    with pytest.raises(LeafError):
        Leaf.read(document)
