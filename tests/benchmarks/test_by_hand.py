"""B7: what is compared makes the same, and a difference is told. No figure is tested."""

import pytest

from benchmarks import mapping
from benchmarks.mapping import DifferentElementsError, measured


def test_mapping_and_hand_make_the_same_forty_elements() -> None:
    assert measured(1)["elements"] == 40


def test_where_they_differ_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "mapped_by_hand", lambda *_: iter(()))
    with pytest.raises(DifferentElementsError):
        measured(1)
