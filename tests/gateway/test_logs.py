"""The running log: nothing can stand in it that is not listed."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.logs import EVENTS, configure_logs, logger, where

ROOT = Path(__file__).resolve().parents[2]
CANARY = "999990019 Sem de Vries"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    written = io.StringIO()
    configure_logs(written)
    yield written
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = False


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_listed_event_is_written_with_its_listed_fields(stream: io.StringIO) -> None:
    logger().info("gateway.ready", url="https://schakel.example", weakened=["insecure_http"])
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["weakened"]) == ("gateway.ready", "info", ["insecure_http"])


def test_a_field_that_is_not_listed_is_left_out(stream: io.StringIO) -> None:
    logger().error("request.failed", method="POST", person=CANARY, detail=CANARY)
    assert "999990019" not in stream.getvalue()
    assert lines(stream)[0].keys() == {"event", "level", "timestamp", "method"}


def test_an_event_that_is_not_listed_is_said_to_be_so_and_no_more(stream: io.StringIO) -> None:
    logger().warning(f"could not find {CANARY}", person=CANARY)
    assert lines(stream)[0]["event"] == "unlisted"
    assert "999990019" not in stream.getvalue()


def test_what_a_library_says_is_told_by_place_and_not_by_its_words(stream: io.StringIO) -> None:
    logging.getLogger("sqlalchemy.engine").error("INSERT INTO person VALUES (%s)", CANARY)
    (line,) = lines(stream)
    assert (line["event"], line["logger"]) == ("library.said", "sqlalchemy.engine")
    assert "999990019" not in stream.getvalue()


def test_an_exception_is_told_by_its_type_and_line(stream: io.StringIO) -> None:
    said: dict[str, str] = {}
    try:
        int(CANARY)
    except ValueError as error:
        logging.getLogger("uvicorn.error").exception("failed for %s", CANARY)
        said = where(error)
    (line,) = lines(stream)
    assert line["error_type"] == said["error_type"] == "ValueError"
    assert line["place"].endswith(said["place"].partition(":")[2])
    assert "999990019" not in stream.getvalue()


def test_the_access_log_of_the_server_is_off(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").error("GET /api/v1/persons?bsn=%s", CANARY)
    assert stream.getvalue() == ""


def test_control_characters_cannot_break_a_line(stream: io.StringIO) -> None:
    logger().error("request.failed", method='GET\n{"event": "gateway.stopped"}\x1b[2J')
    assert len(lines(stream)) == 1
    assert "\x1b" not in stream.getvalue()


def test_a_long_text_is_cut(stream: io.StringIO) -> None:
    logger().error("request.failed", method="x" * 5000)
    assert len(lines(stream)[0]["method"]) == 200


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """Find every call of the logger in the code: place, event, names of its fields."""
    for path in sorted((ROOT / "gateway").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            target = node.func.value
            named = isinstance(target, ast.Call) and isinstance(target.func, ast.Name) and target.func.id == "logger"
            if named and isinstance(node.args[0], ast.Constant):
                fields = {each.arg for each in node.keywords if each.arg is not None}
                yield f"{path.name}:{node.lineno}", str(node.args[0].value), fields


def test_every_event_that_the_code_logs_is_listed_with_its_fields() -> None:
    found = list(calls())
    assert found
    wrong = [place for place, event, fields in found if not fields <= EVENTS.get(event, frozenset())]
    assert not wrong


def test_what_is_below_the_level_is_not_said(stream: io.StringIO) -> None:
    configure_logs(stream, level=logging.WARNING)
    logger().info("gateway.stopped")
    assert stream.getvalue() == ""
    logger().warning("audit.unwitnessed")
    logger().error("audit.unfenced")
    assert [(each["event"], each["level"]) for each in lines(stream)] == [
        ("audit.unwitnessed", "warning"),
        ("audit.unfenced", "error"),
    ]


def test_a_line_says_when_in_the_time_of_all(stream: io.StringIO) -> None:
    logger().info("gateway.stopped")
    said = lines(stream)[0]["timestamp"]
    assert said.endswith("Z")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(said)) < timedelta(minutes=1)


def test_a_field_cannot_pass_for_what_every_line_says(stream: io.StringIO) -> None:
    logger().error("request.failed", level="info", timestamp=CANARY)
    (line,) = lines(stream)
    assert line["level"] == "error"
    assert "999990019" not in stream.getvalue()
