"""JSON is read as the server wrote it."""

import json

import pytest

from adapters.fhir_r4.bundles import read_page
from adapters.mapping.paths import as_text


@pytest.mark.parametrize(
    "told",
    [
        b'{"a" : {"b":1}, "c": [{"b" :1}]}',
        b'{"a": "hij zei \\"ja\\": en bleef", "b": 1}',
        b'{"a": "hij zei \\u0022: en bleef"}',
        b'{"a\\u0022:": 1}',
    ],
)
def test_what_only_looks_like_a_member_that_stands_twice_is_read(told: bytes) -> None:
    entry = b'{"resource": {"resourceType": "Goal", "id": "g", "told": ' + told + b"}}"
    page = read_page(200, b'{"resourceType": "Bundle", "type": "searchset", "entry": [' + entry + b"]}", "Goal")
    assert page.resources[0]["told"] == json.loads(told)


def test_a_whole_number_keeps_its_digits_however_long_it_is() -> None:
    entry = (
        b'{"resource": {"resourceType": "Goal", "id": "g", "n": [12345678901234567890123, -18446744073709551616, 7]}}'
    )
    page = read_page(200, b'{"resourceType": "Bundle", "type": "searchset", "entry": [' + entry + b"]}", "Goal")
    assert [as_text(each) for each in page.resources[0]["n"]] == [
        "12345678901234567890123",
        "-18446744073709551616",
        "7",
    ]


def test_a_number_with_a_fraction_keeps_the_digits_that_the_server_wrote() -> None:
    entry = b'{"resource": {"resourceType": "Goal", "id": "g", "scores": [1.10, -0.50, 2], "text": "1.10"}}'
    page = read_page(200, b'{"resourceType": "Bundle", "type": "searchset", "entry": [' + entry + b"]}", "Goal")
    assert [as_text(each) for each in page.resources[0]["scores"]] == ["1.10", "-0.50", "2"]
    assert page.resources[0]["text"] == "1.10"
