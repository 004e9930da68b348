"""How a serving process loads: its classes do what they did, and share what they did it with."""

import dataclasses
import gc
import subprocess
import sys
from contextlib import suppress
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from gateway.memory import loading

_BEFORE = dict(vars(dataclasses))

with loading():

    @dataclass(frozen=True, slots=True)
    class Kept:
        name: str
        secret: str = field(default="hidden", repr=False)
        inner: "Kept | None" = None

    @dataclass(frozen=True)
    class Spoken:
        name: str

        def __repr__(self) -> str:
            return "my own"


class Below(Spoken):
    """No dataclass itself."""


def test_what_is_shown_is_what_the_library_shows_and_hides_what_it_hides() -> None:
    assert repr(Kept("a", inner=Kept("b"))) == "Kept(name='a', inner=Kept(name='b', inner=None))"


@pytest.mark.parametrize("value", [Kept("a"), Spoken("a"), Below("a")])
def test_a_frozen_value_stays_frozen(value: Kept | Spoken) -> None:
    with pytest.raises(FrozenInstanceError):
        value.name = "b"  # type: ignore[misc] # the point
    with pytest.raises(FrozenInstanceError):
        del value.name
    assert value.name == "a"


def test_a_class_below_a_frozen_one_may_have_attributes_of_its_own() -> None:
    value = Below("a")
    value.more = 1  # type: ignore[attr-defined] # the point
    del value.more  # type: ignore[attr-defined]


def test_what_somebody_wrote_stays() -> None:
    assert repr(Spoken("a")) == "my own"


def test_afterwards_the_library_is_as_it_was_and_the_collector_looks() -> None:
    with suppress(ImportError), loading():
        assert not gc.isenabled()
        raise ImportError
    assert gc.isenabled()
    assert dict(vars(dataclasses)) == _BEFORE


def test_what_serves_shares_the_methods_of_all_its_values_where_the_library_makes_one_at_a_time() -> None:
    code = """
from gateway.memory import loading
with loading():
    import gateway.commands.operating
from consent.request import Requester
from schemas.plan.helping import Goal
print(Requester.__setattr__ is Goal.__setattr__, Requester.__repr__ is Goal.__repr__)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str("_repr_fn" in _BEFORE)] * 2
