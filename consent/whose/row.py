"""What a row of the table is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from consent.whose.scene import Scene
from consent.whose.words import Who


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a fact still lacks after it was recorded, and who may add it.

    `fills` is the field of the entry that it sets, or None where a fact without it is not handed to `decide` at all;
    so it is too where `holds_back` says that no rule looks at that field. What `counts_without` it is handed over all
    the same: help, which only gives no place at the desk for what opens (`consent.whose.helping`), and foster care that
    nobody could confirm. `needed` says of an entry whether it needs this one, `only` the same in Dutch and English; who
    recorded it is told so. `of_his_own` are those who add a part of their own (a partner accepts, a mentor signs): rule
    F4 is about confirming what lets one in, not about saying yes to it.
    """

    name: str
    by: tuple[Who, ...]
    fills: str | None = None
    needed: Callable[[Scene], bool] = lambda _: True
    only: tuple[str, str] | None = None
    of_his_own: tuple[Who, ...] = ()
    holds_back: Callable[[Any], bool] = lambda _: False
    counts_without: Callable[[Scene], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class Closing:
    """One way to end a fact: the field it sets and who may; at once, on his word alone (F3)."""

    field: str
    by: tuple[Who, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of fact: of which section and which of its entries, who records, confirms and ends it.

    `requires` are conditions on what is told, by field, with what to do where one does not hold. `protects` says of an
    entry whether it only closes, so that it is taken on the word of whoever says that he helps (F3).
    """

    kind: str
    section: str
    nl: str
    en: str
    recorded_by: tuple[Who, ...]
    confirmations: tuple[Confirmation, ...] = ()
    closings: tuple[Closing, ...] = ()
    fits: Callable[[Any], bool] = lambda _: True
    protects: Callable[[Any], bool] = lambda _: False
    requires: Mapping[str, tuple[Callable[[Scene], bool], str]] = field(default_factory=dict)
