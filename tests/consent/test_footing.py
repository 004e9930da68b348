"""What a request took from the registry: a later version of it says the same, or something that it rests on moved."""

from typing import Any

import pytest

from consent.known.registered import EMPTY, Registered, Row

HOMES = {"team": "local-team", "gi": "certified-institution", "gi-2": "certified-institution", "school": "school"}
WORKERS = {"anna": "team", "geert": "gi", "gijs": "gi-2", "gerda": "gi", "sanne": "school"}
STANDS_IN: dict[str, Any] = {"id": "v1", "kind": "replacement", "since": "2026-11-01", "until": "2026-12-01"}
REGISTERED: list[tuple[str, dict[str, Any]]] = [
    *(("organisations", {"id": name, "kind": kind}) for name, kind in HOMES.items()),
    *(("professionals", {"id": name, "organisation": home, "role": "other"}) for name, home in WORKERS.items()),
    ("involvements", {**STANDS_IN, "professional": "geert", "replaces": "gijs"}),
    ("stops", {"id": "school", "stopped": False}),
]
NAMES = frozenset({"anna", "team", "geert", "newcomer"})
"""For whom the request asks: `geert` stands in for `gijs`, who works for `gi-2`; `newcomer` is not registered."""


def after(registry: Registered, *told: tuple[str, dict[str, Any]]) -> Registered:
    rows = enumerate(told, start=registry.version + 1)
    return registry.grown(Row(version, section, entry["id"], entry) for version, (section, entry) in rows)


BEFORE = after(EMPTY, *REGISTERED)
FOOTING = BEFORE.footing(NAMES)


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("organisations", {"id": "team", "kind": "school"}),
        ("organisations", {"id": "team", "emergency_opt_in": True}),
        ("organisations", {"id": "team", "name": "Team Noord"}),
        ("professionals", {"id": "anna", "role": "manager"}),
        ("professionals", {"id": "anna", "organisation": "school"}),
        ("professionals", {"id": "newcomer", "organisation": "school", "role": "other"}),
        ("involvements", {"id": "v1", "until": "2026-11-20"}),
        ("involvements", {"id": "v1", "since": "2026-11-01T00:00:00+01:00"}),
        ("involvements", {**STANDS_IN, "id": "v2", "professional": "geert", "replaces": "gerda"}),
        ("professionals", {"id": "gijs", "role": "manager"}),
        ("organisations", {"id": "gi", "kind": "school"}),
        ("organisations", {"id": "gi-2", "kind": "school"}),
        ("stops", {"id": "gi-2", "stopped": True}),
        ("stops", {"id": "school", "stopped": True}),
    ],
    ids=lambda told: f"{told['id']}-{'-'.join(sorted({*told} - {'id'}))}" if isinstance(told, dict) else told,
)
def test_it_stands_no_more_where_what_was_taken_is_another(section: str, entry: dict[str, Any]) -> None:
    assert not FOOTING.stands_in(after(BEFORE, (section, entry)))


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("organisations", {"id": "school", "kind": "other"}),
        ("organisations", {"id": "elsewhere", "kind": "school"}),
        ("professionals", {"id": "sanne", "role": "manager"}),
        ("professionals", {"id": "somebody", "organisation": "gi", "role": "other"}),
        ("professionals", {"id": "gerda", "organisation": "gi-2"}),
        ("involvements", {**STANDS_IN, "id": "v2", "professional": "gerda", "replaces": "geert"}),
        ("stops", {"id": "school", "stopped": False}),
        ("professionals", {"id": "anna", "role": "other"}),
    ],
    ids=lambda told: f"{told['id']}-{'-'.join(sorted({*told} - {'id'}))}" if isinstance(told, dict) else told,
)
def test_it_stands_whatever_is_said_of_somebody_else_or_said_again(section: str, entry: dict[str, Any]) -> None:
    assert FOOTING.stands_in(after(BEFORE, (section, entry)))


def test_it_stands_where_what_moved_is_back_and_a_stop_that_is_lifted_is_none() -> None:
    stop, role = ("stops", {"id": "gi", "stopped": True}), ("professionals", {"id": "anna", "role": "manager"})
    moved = after(BEFORE, stop, role)
    assert not FOOTING.stands_in(moved)
    lift, again = ("stops", {"id": "gi", "stopped": False}), ("professionals", {"id": "anna", "role": "other"})
    assert FOOTING.stands_in(after(moved, lift, again))


def test_a_stop_of_before_that_is_lifted_is_another_registry() -> None:
    stopped = after(BEFORE, ("stops", {"id": "gi", "stopped": True}))
    lifted = after(stopped, ("stops", {"id": "gi", "stopped": False}))
    assert stopped.footing(NAMES).stands_in(after(stopped, ("professionals", {"id": "sanne", "role": "manager"})))
    assert not stopped.footing(NAMES).stands_in(lifted)
