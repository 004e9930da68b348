"""The OpenAPI document against the one of each release: a break is red, unless the first number was raised."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from docs.generate import REFERENCE
from docs.openapi import openapi_document, openapi_file
from tests.gateway.openapi.breaking import breaks

KEPT = sorted((REFERENCE / "openapi").glob("*.json"))
PLAN = "/api/v1/exchange/plan"
VERDICT = "/api/v1/reviews/{item}/verdict"

Document = dict[str, Any]


@pytest.fixture(scope="module")
def today() -> Document:
    read: Document = orjson.loads(openapi_file())
    return read


def test_a_release_is_kept() -> None:
    assert KEPT


@pytest.mark.parametrize("kept", KEPT, ids=lambda each: str(each.stem))
def test_nothing_that_was_released_is_broken(kept: Path, today: Document) -> None:
    released = orjson.loads(kept.read_bytes())
    assert kept.stem == released["info"]["version"]
    assert breaks(released, today) == []


def test_a_document_that_changed_has_a_version_of_its_own(today: Document) -> None:
    """Who keeps a release of the same number has the same document."""
    same = [each for each in KEPT if each.stem == today["info"]["version"]]
    assert [orjson.loads(each.read_bytes()) for each in same] == [today] * len(same)


def test_the_version_is_three_numbers(today: Document) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", today["info"]["version"])


def test_every_reference_leads_somewhere(today: Document) -> None:
    found = set(re.findall(r'"#/components/schemas/([\w-]+)"', openapi_file()))
    assert found <= today["components"]["schemas"].keys()
    assert "$defs" not in openapi_file()


def test_every_part_of_a_path_is_described(today: Document) -> None:
    for path, operations in today["paths"].items():
        for operation in operations.values():
            described = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
            assert described == {*re.findall(r"{(\w+)}", path)}, path


def test_making_it_twice_gives_the_same() -> None:
    assert openapi_document() == openapi_document()


def _body(document: Document) -> Document:
    found: Document = document["paths"][PLAN]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return found


def _success(document: Document, door: str, status: str) -> Document:
    path, _, method = door.rpartition(" ")
    found: Document = document["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    return found


def test_every_success_in_json_has_members(today: Document) -> None:
    for path, operations in today["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                schema = answer.get("content", {}).get("application/json", {}).get("schema")
                if status.startswith("2") and schema is not None:
                    assert schema.get("properties") or schema.get("anyOf"), path


def _query(document: Document) -> list[Document]:
    found: list[Document] = document["paths"]["/api/v1/notices"]["get"]["parameters"]
    return found


BREAKS: dict[str, tuple[Callable[[Document], object], str]] = {
    "a path goes": (lambda it: it["paths"].pop(PLAN), "removed"),
    "an operation goes": (lambda it: it["paths"]["/api/v1/signals/explained"].pop("get"), "removed"),
    "an answer goes": (lambda it: it["paths"][PLAN]["post"]["responses"].pop("403"), "answer 403: removed"),
    "a media type of an answer goes": (
        lambda it: it["components"]["responses"]["not-available"]["content"].clear(), "removed",
    ),
    "a member becomes required": (lambda it: _body(it)["required"].append("order"), "body.order: required"),
    "a parameter becomes required": (lambda it: _query(it)[0].update(required=True), "newly required"),
    "a required parameter comes": (
        lambda it: _query(it).append({"name": "new", "in": "query", "required": True, "schema": {}}), "newly required",
    ),
    "a parameter goes": (lambda it: _query(it).pop(), "removed"),
    "a member of a body goes": (lambda it: _body(it)["properties"].pop("order"), "body.order: removed"),
    "a word of a list goes": (lambda it: it["components"]["schemas"]["Purpose"]["enum"].pop(), "words"),
    "a text may be less long": (
        lambda it: _body(it)["properties"]["records"]["anyOf"][0]["items"].update(maxLength=10), "taken away",
    ),
    "a form of a member goes": (lambda it: _body(it)["properties"]["order"]["anyOf"].pop(), "taken away"),
    "the type of a member changes": (
        lambda it: it["components"]["schemas"]["PersonName"]["properties"]["value"].update(type="integer"), "became",
    ),
    "a body becomes required": (
        lambda it: it["paths"]["/api/v1/holder/stop"]["post"].update(
            requestBody={"required": True, "content": {"application/json": {}}}
        ),
        "newly required",
    ),
    "a member of an answer goes": (
        lambda it: it["components"]["schemas"]["Problem"]["properties"].pop("request_id"), "request_id: removed",
    ),
    "a member of an answer is not always there": (
        lambda it: it["components"]["schemas"]["Problem"]["required"].remove("detail"), "detail: required",
    ),
    "a member of an answer becomes wider": (
        lambda it: it["components"]["schemas"]["Problem"]["properties"]["status"].pop("maximum"), "lowered",
    ),
    "a member of a success goes": (
        lambda it: _success(it, f"{PLAN} post", "200")["properties"].pop("sources"), "sources: removed",
    ),
    "a member inside a success goes": (
        lambda it: it["components"]["schemas"]["Receipt"]["properties"].pop("signature"), "receipt.signature: removed",
    ),
    "a member of what a plan holds goes": (
        lambda it: it["components"]["schemas"]["goal-element"]["properties"].pop("source"), "source: removed",
    ),
    "a member that may be absent goes": (
        lambda it: it["components"]["schemas"]["FactShown"]["properties"].pop("closed_on"), "closed_on: removed",
    ),
    "a member of a form that may be absent goes": (
        lambda it: it["components"]["schemas"]["Step"]["properties"].pop("by"), "approved.by: removed",
    ),
    "a member of each of many goes": (
        lambda it: _success(it, f"{PLAN} post", "200")["properties"]["released"]["additionalProperties"][
            "properties"
        ].pop("basis"),
        "released.*.basis: removed",
    ),
    "a member of a success is not always there": (
        lambda it: _success(it, "/api/v1/reviews/{item}/verdict post", "201")["required"].remove("standing"),
        "standing: required",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_it_is_red_where(name: str, today: Document) -> None:
    break_it, said = BREAKS[name]
    changed = copy.deepcopy(today)
    break_it(changed)
    found = breaks(today, changed)
    assert found
    assert any(said in each for each in found), found
    changed["info"]["version"] = "2.0.0"
    assert breaks(today, changed) == []


ADDITIONS: dict[str, Callable[[Document], object]] = {
    "a path comes": lambda it: it["paths"].update({"/api/v1/new": {"get": {"responses": {}}}}),
    "an answer comes": lambda it: it["paths"][PLAN]["post"]["responses"].update({"429": {"description": "Later."}}),
    "a parameter comes": lambda it: _query(it).append({"name": "new", "in": "query", "schema": {}}),
    "a member of a body comes": lambda it: _body(it)["properties"].update(new={"type": "string"}),
    "a word of a list comes": lambda it: it["components"]["schemas"]["Purpose"]["enum"].append("new"),
    "a member of an answer comes": lambda it: it["components"]["schemas"]["Problem"]["properties"].update(new={}),
    "a text is said otherwise": lambda it: _body(it).update(description="Otherwise."),
}


@pytest.mark.parametrize("name", ADDITIONS)
def test_it_is_no_break_where(name: str, today: Document) -> None:
    changed = copy.deepcopy(today)
    ADDITIONS[name](changed)
    assert breaks(today, changed) == []
