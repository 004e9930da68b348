"""`schakel decide` and `schakel scenarios`: the decision core on world files, without a gateway.

Source: decision contract, section 1 and the end of section 6. Exit codes: 0 done, 1 a scenario failed, 2 a file is
invalid or cannot be read.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from consent.decide import decide
from consent.documents import document
from consent.expectation import differences
from consent.shape import WorldError
from consent.world import WORLD, World, read_world, world_of

STDIN: Final = "-"
_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
_SAYS_WORLD: Final = re.compile(rb"schakel[\"']?\s*:\s*[\"']?world/1")


def decide_file(path: str) -> int:
    """Print the decision, or the list of decisions, on a world file as JSON; `-` reads stdin. Return the exit code."""
    try:
        world = read_world(_bytes(path))
    except (OSError, WorldError) as error:
        _complain(path, error)
        return 2
    decisions = [decide(request, world.facts, request.at).as_json() for request in world.requests]
    _print_json(decisions if world.many else decisions[0])
    return 0


def run_scenarios(paths: list[str]) -> int:
    """Run every expectation under `paths`, print what differs and the count. Return the exit code."""
    tally = _Tally()
    for name in paths:
        for file, named in _files(Path(name)):
            _run(file, tally, named=named)
    sys.stdout.write(f"{tally.passed} passed, {tally.failed} failed\n")
    if tally.invalid:
        return 2
    return 1 if tally.failed else 0


@dataclass(slots=True)
class _Tally:
    passed: int = 0
    failed: int = 0
    invalid: int = 0


def _run(file: Path, tally: _Tally, *, named: bool) -> None:
    try:
        world = _world(file, named=named)
    except (OSError, WorldError) as error:
        _complain(str(file), error)
        tally.invalid += 1
        return
    for position, expect in enumerate(world.expects if world else ()):
        if world is None or expect is None:
            continue
        request = world.requests[position]
        found = differences(decide(request, world.facts, request.at), expect)
        if found:
            tally.failed += 1
            place = f"{file}: requests[{position}]" if world.many else str(file)
            sys.stdout.write(f"{place}: {'; '.join(found)}\n")
        else:
            tally.passed += 1


def _world(file: Path, *, named: bool) -> World | None:
    """Return the world that a file holds, or nothing where a file that was only found in a folder is no world."""
    raw = file.read_bytes()
    if named:
        return read_world(raw)
    if _SAYS_WORLD.search(raw) is None:
        return None
    value = document(raw)
    return world_of(value) if _is_world(value) else None


def _is_world(value: Any) -> bool:
    return type(value) is dict and value.get("schakel") == WORLD


def _files(path: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the files to read, each with whether it was named itself, in the order of their names."""
    if not path.is_dir():
        yield path, True
        return
    for file in sorted(path.rglob("*")):
        if file.suffix in _SUFFIXES and file.is_file():
            yield file, False


def _bytes(path: str) -> bytes:
    return sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()


def _complain(path: str, error: OSError | WorldError) -> None:
    problems = error.problems if isinstance(error, WorldError) else (f"cannot be read: {error.strerror}",)
    for problem in problems:
        sys.stderr.write(f"{path}: {problem}\n")


def _print_json(value: Any) -> None:
    # The bytes are UTF-8 whatever the terminal's encoding, so one file gives one output everywhere.
    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
    sys.stdout.buffer.flush()
