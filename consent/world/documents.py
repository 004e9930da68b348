"""Reading a file's text into plain JSON values: YAML 1.2 core schema, or JSON.

Source: decision contract, section 2. YAML 1.1 readers take the key `on` for true and a date for a date object, so the
scalars are resolved here: true, false and numbers only under the keys that can hold them, and under those of a text,
which they are not; null anywhere (and refused later), every other scalar is the text that stands there. Anchors,
aliases, tags and a doubled key are refused.

What was never meant as a world (megabytes, a thousand levels) is refused before much work goes into it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.reader import ReaderError

from consent.world.fields import step
from consent.world.shape import WorldError

_FLAGS: Final = frozenset(
    [
        "emergency_opt_in",
        "trusted",
        "declared_of_age",
        "under_guardianship",
        "lives_with",
        "cares_for",
        "contact_denied",
        "disputed",
        "capable",
        "client_informed",
        "free",
        "express",
        "identity_verified",
        "written",
        "told_in_confidence",
        "good_care_veto",
        "restricted",
        "approved",
        "live_contact",
        "cannot_consent",
        "holder_unreachable",
    ]
)
_NUMBERS: Final = frozenset({"unreachable_attempts", "meldcode_steps"})
_TEXTS: Final = frozenset(
    ["reason", "text", "question", "justification", "matter", "reason_code", "step3_skipped_because"]
)
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}", re.ASCII)
_NUMBER: Final = re.compile(
    r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
"""YAML 1.2, section 10.3.2."""
LARGEST: Final = 4_000_000
"""Bytes of the largest file that is read: a world with five thousand consents has half of that."""
_DEEPEST: Final = 16
_TOO_DEEP: Final = "nested too deeply"
_DIGITS: Final = 20
"""A whole number with more is none that a world file can have."""


@dataclass(slots=True)
class Found:
    """What a file holds, and what of it a world file cannot have; the rest can still be looked at."""

    value: Any
    problems: list[str] = field(default_factory=list)


def document(raw: bytes) -> Any:
    """Return the JSON value that `raw` (UTF-8) holds.

    Raises:
        WorldError: too large, not UTF-8, neither YAML nor JSON, or something in it that a world file cannot have.
    """
    found = parsed(raw)
    if found.problems:
        raise WorldError(tuple(found.problems))
    return found.value


def parsed(raw: bytes) -> Found:
    """Return what `raw` (UTF-8) holds, doubled keys, anchors, aliases and tags told beside it.

    Raises:
        WorldError: too large, not UTF-8, neither YAML nor JSON, or nested too deeply.
    """
    if len(raw) > LARGEST:
        raise WorldError((f"(file): larger than {LARGEST // 1_000_000} MB",))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorldError((f"byte {error.start}: not UTF-8",)) from None
    found = _json(text) if text.lstrip()[:1] in {"{", "["} else None
    return _Reader().read(text) if found is None else found


class _Pairs(dict[str, Any]):
    """A JSON mapping that remembers which of its keys were doubled."""

    doubled: tuple[str, ...] = ()


def _json(text: str) -> Found | None:
    """Return the JSON value, or `None` where it is not JSON (a YAML flow mapping begins alike)."""
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_refuse, parse_int=_whole)
    except (ValueError, RecursionError):
        return None
    found = Found(None)
    found.value = _plain(value, "", found.problems, depth=0)
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _whole(written: str) -> int | float:
    # Python refuses to read thousands of digits as a whole number; no key takes a float, so it is told at its place.
    return int(written) if len(written) <= _DIGITS else float(written)


def _pairs(pairs: list[tuple[str, Any]]) -> _Pairs:
    made = _Pairs(pairs)
    if len(made) != len(pairs):
        counted = Counter(key for key, _ in pairs)
        made.doubled = tuple(sorted(key for key, times in counted.items() if times > 1))
    return made


def _plain(value: Any, path: str, problems: list[str], *, depth: int) -> Any:
    if depth > _DEEPEST:
        raise WorldError((f"{path}: {_TOO_DEEP}",))
    if isinstance(value, _Pairs):
        problems += [f"{_below(path, key)}: doubled key" for key in value.doubled]
        return {key: _plain(inner, _below(path, key), problems, depth=depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(one, f"{path}[{at}]", problems, depth=depth + 1) for at, one in enumerate(value)]
    return value


def _below(path: str, key: str) -> str:
    return f"{path}.{step(key)}" if path else step(key)


class _Reader:
    """Builds JSON values from YAML's events, so that nothing of YAML's richer forms slips in."""

    def __init__(self) -> None:
        self._problems: list[str] = []
        self._events: Iterator[Any] = iter(())

    def read(self, text: str) -> Found:
        """Return what the one document in `text` holds."""
        try:
            self._events = iter(yaml.parse(text, Loader=yaml.BaseLoader))
            return Found(self._document(), self._problems)
        except WorldError:
            raise  # A ValueError as well, and told exactly.
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "(file)"
            raise WorldError((f"{place}: not YAML or JSON: {error.problem}",)) from None
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise WorldError((f"line {line}: not YAML or JSON: U+{error.character:04X} cannot stand there",)) from None
        except (yaml.YAMLError, ValueError, OverflowError):
            # PyYAML's own slips: an escape or a version number beyond what Python can hold.
            raise WorldError(("(file): not YAML or JSON: a character or number that does not exist",)) from None

    def _document(self) -> Any:
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise WorldError(("(file): empty",))
        value = self._value(next(self._events), path="", key="", depth=0)
        next(self._events)  # the document ends
        if not isinstance(next(self._events), yaml.StreamEndEvent):
            raise WorldError(("(file): holds more than one document",))
        return value

    def _value(self, event: Any, *, path: str, key: str, depth: int) -> Any:
        if depth > _DEEPEST:
            raise WorldError((f"{path}: {_TOO_DEEP}",))
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
            self._problems.append(f"{path or '(file)'}: anchors, aliases and tags are not read")
        if isinstance(event, yaml.AliasEvent):
            return None
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(key, event.value) if event.implicit[0] else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path=path, key=key, depth=depth)
        return self._mapping(path=path, depth=depth)

    def _list(self, *, path: str, key: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, path=f"{path}[{len(found)}]", key=key, depth=depth + 1))
        return found

    def _mapping(self, *, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise WorldError((f"line {event.start_mark.line + 1}: a key must be one word",))
            name = event.value
            below = _below(path, name)
            if name in found:
                self._problems.append(f"{below}: doubled key")
            if event.anchor is not None or event.tag is not None:
                self._problems.append(f"{below}: anchors, aliases and tags are not read")
            found[name] = self._value(next(self._events), path=below, key=name, depth=depth + 1)
        return found


def _scalar(key: str, written: str) -> Any:
    """Return what an unquoted scalar means under `key`."""
    if written in _NULLS:
        return None
    if key in _FLAGS:
        return _TRUTH.get(written, written)
    if key in _NUMBERS and _WHOLE.fullmatch(written):
        return int(written, 0 if written.startswith(("0o", "0x")) else 10)
    if key in _TEXTS and (written in _TRUTH or _NUMBER.fullmatch(written)):
        return False  # whichever it is, it is no text, and refused as in JSON
    return written
