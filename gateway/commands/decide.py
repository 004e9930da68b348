"""`schakel decide` and `schakel scenarios`: the decision core on world files, without a gateway.

Source: decision contract, section 1 and the end of section 6. Exit codes: 0 done, 1 a scenario failed, 2 a file is
invalid or cannot be read.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from consent.decide import decide
from consent.world.expectation import differences
from consent.world.file import World
from consent.world.shape import WorldError
from gateway.simulator.deciding import Tells, explained, told
from gateway.simulator.world_files import problems_of, read_world_file, world_files, world_in_file

Found = tuple[int, list[str]]
"""The position of a request in its file, and what differs from what is expected of it."""

Hold = Callable[[World], Iterable[Found]]
"""Holds what a file expects against something that decides."""


def decide_file(path: str, tells: Tells = explained) -> int:
    """Print the decision, or the list of decisions, on a world file as JSON; `-` reads stdin. Return the exit code."""
    try:
        world = read_world_file(path)
    except (OSError, WorldError) as error:
        _complain(path, error)
        return 2
    _print_json(told(world, tells))
    return 0


def held_by_the_core(world: World) -> Iterator[Found]:
    """Yield what differs between the core's decision and what is expected, for each request with an expectation."""
    for position, expect in enumerate(world.expects):
        if expect is not None:
            request = world.requests[position]
            yield position, differences(decide(request, world.facts, request.at), expect)


def run_scenarios(paths: list[str], hold: Hold = held_by_the_core) -> int:
    """Hold every expectation under `paths`, print what differs and the count. Return the exit code."""
    tally = _Tally(hold)
    for name in paths:
        # Not pathlib's, which raises where a name is too long or lies where this account may not look.
        if not os.path.isdir(name):  # noqa: PTH112
            _run(Path(name), tally, named=True)
            continue
        for file in world_files(Path(name)):
            if isinstance(file, OSError):
                tally.complain(str(file.filename), file)
            else:
                _run(file, tally, named=False)
    sys.stdout.write(f"{tally.passed} passed, {tally.failed} failed\n")
    if tally.invalid:
        return 2
    return 1 if tally.failed else 0


@dataclass(slots=True)
class _Tally:
    hold: Hold
    passed: int = 0
    failed: int = 0
    invalid: int = 0

    def complain(self, path: str, error: OSError | WorldError) -> None:
        self.invalid += 1
        _complain(path, error)


def _run(file: Path, tally: _Tally, *, named: bool) -> None:
    try:
        world = read_world_file(file) if named else world_in_file(file)
    except (OSError, WorldError) as error:
        tally.complain(str(file), error)
        return
    for position, found in tally.hold(world) if world else ():
        if found:
            tally.failed += 1
            place = f"{file}: requests[{position}]" if world and world.many else str(file)
            sys.stdout.write(f"{place}: {'; '.join(found)}\n")
        else:
            tally.passed += 1


def _complain(path: str, error: OSError | WorldError) -> None:
    for problem in problems_of(error):
        sys.stderr.write(f"{path}: {problem}\n")


def _print_json(value: Any) -> None:
    # The bytes are UTF-8 whatever the terminal's encoding, so one file gives one output everywhere.
    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
    sys.stdout.buffer.flush()
