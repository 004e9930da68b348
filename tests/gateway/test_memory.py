"""What a serving process does with its memory: its classes do what they did, and no two of them are one."""

import subprocess
import sys
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from gateway.memory import share_methods


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


def test_what_is_shown_stays_the_same_and_hides_what_it_hid() -> None:
    value = Kept("a", inner=Kept("b"))
    before = repr(value)
    share_methods(Kept)
    assert repr(value) == before == "Kept(name='a', inner=Kept(name='b', inner=None))"


@pytest.mark.parametrize("value", [Kept("a"), Spoken("a"), Below("a")])
def test_a_frozen_value_stays_frozen(value: Kept | Spoken) -> None:
    share_methods(type(value))
    with pytest.raises(FrozenInstanceError):
        value.name = "b"  # type: ignore[misc] # the point
    with pytest.raises(FrozenInstanceError):
        del value.name
    assert value.name == "a"


def test_a_class_below_a_frozen_one_may_have_attributes_of_its_own() -> None:
    share_methods(Spoken)
    value = Below("a")
    value.more = 1  # type: ignore[attr-defined] # the point
    del value.more  # type: ignore[attr-defined]


def test_what_somebody_wrote_stays() -> None:
    share_methods(Spoken)
    assert repr(Spoken("a")) == "my own"


def test_after_the_start_no_class_is_there_twice() -> None:
    code = """
import gc, gateway.commands.operating
from collections import Counter
from gateway.memory import our_classes, settle
def doubled():
    gc.collect()
    return sum(n - 1 for n in Counter(f"{each.__module__} {each.__qualname__}" for each in our_classes()).values())
before = doubled()
settle()
print(before, doubled())
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, ran.stdout.split())
    assert before > after == 0
