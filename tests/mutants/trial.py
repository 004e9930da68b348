"""What one mutant goes through, in a process of its own that ends with it."""

import gc
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

from consent.world.documents import parsed
from consent.world.file import world_of
from tests.beside import SCENARIOS, WORLDS
from tests.mutants.changes import Mutant, changed

TESTS: Final = (
    (
        "tests/consent/law/test_rows.py",
        "tests/consent/law/test_rows_of_duty.py",
        "tests/consent/test_decide.py",
        "tests/consent/test_gates.py",
        "tests/consent/test_consent.py",
        "tests/consent/test_several.py",
        "tests/consent/test_representation.py",
        "tests/consent/test_instants.py",
        "tests/consent/test_expiry.py",
        "tests/consent/test_unknown_persons.py",
        "tests/consent/test_near_misses.py",
        "tests/consent/test_of_another.py",
        "tests/consent/law/test_rows_in_time.py",
        "tests/consent/test_request_made_in_code.py",
        "tests/schemas/test_calendar.py",
        "tests/consent/test_calendar_ends.py",
        "tests/properties/test_rules_named.py",
        "tests/properties/test_evidence.py",
        "tests/properties/test_judged_apart.py",
    ),
    (
        "tests/properties/test_every_boundary.py",
        "tests/properties/test_each_basis.py",
        "tests/consent/law/test_rule_numbers.py",
        "tests/consent/test_rulesets.py",
        "tests/consent/world/test_reading.py",
    ),
    (
        "tests/properties/test_every_expiry.py",
        "tests/properties/test_every_case.py",
        "tests/properties/test_every_order.py",
        "tests/consent/test_properties.py",
        "tests/properties/test_law_invariants.py",
        "tests/properties/test_nothing_else_matters.py",
        "tests/properties/test_less_opens_less.py",
        "tests/consent/test_foresee.py",
    ),
)
"""The tests of what decides, in rounds: the next is only collected where the one before noticed nothing."""


class _Changed(MetaPathFinder, Loader):
    """Loads one module from the changed code instead of from its file."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(self, fullname: str, _path: Any, _target: Any = None) -> ModuleSpec | None:
        return spec_from_loader(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 - the house's own code, with one change


class _First:
    """Remembers the first test that failed."""

    failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


class Trial:
    """The tests, and the worlds whose answers are known."""

    def __init__(self, sources: Mapping[str, str], root: Path) -> None:
        """Read the worlds; of what decides nothing is loaded yet."""
        self._sources = sources
        self._rounds = [[str(root / test) for test in tests if (root / test).exists()] for tests in TESTS]
        files = [*sorted(SCENARIOS.rglob("*.yaml")), *sorted(WORLDS.glob("*.json"))]
        self._files = [(file.name, parsed(file.read_bytes()).value) for file in files]
        self._worlds = [(name, world_of(value)) for name, value in self._files]
        os.environ["QUICK"] = "1"
        # One mutant must not be tried on what another was found out by, and every one on the same examples.
        settings.register_profile("mutants", database=None, derandomize=True, suppress_health_check=list(HealthCheck))
        settings.load_profile("mutants")
        loaded = sources.keys() & sys.modules.keys() - {"consent.entries", "consent.facts", "schemas.calendar"}
        if loaded:
            raise ImportError(f"loaded before anything is changed: {sorted(loaded)}")
        gc.freeze()

    def run(self, mutant: Mutant | None, writing: int) -> int:
        """Run all on a mutant, or on the code as it is; return 0 where nothing notices."""
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        if mutant is not None:
            code = compile(changed(mutant, self._sources), mutant.module, "exec")
            sys.meta_path.insert(0, _Changed(mutant.module, code))
            if mutant.module in sys.modules:
                self._forget_all()
        by, status = self._status()
        os.write(writing, by.encode())
        return status

    def _forget_all(self) -> None:
        """What reads the worlds is changed too: load it again and read them again, when they are asked for."""
        for name in [name for name in sys.modules if name.split(".")[0] in {"consent", "schemas"}]:
            del sys.modules[name]
        self._worlds = []

    def _status(self) -> tuple[str, int]:
        try:
            from consent.decide import decide  # noqa: F401, PLC0415 - what decides is loaded here, changed
        except Exception:  # noqa: BLE001 - whatever a change makes of it
            return traceback.format_exc(limit=-1).strip().splitlines()[-1], 3
        try:
            wrong = _first_wrong(self._worlds or _read(self._files))
        except Exception as error:  # noqa: BLE001 - idem
            wrong = type(error).__name__
        if wrong is not None:
            return wrong, 1
        for tests in self._rounds:
            first = _First()
            options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-m", "not server and not served"]
            if pytest.main([*options, *tests], plugins=[first]) != pytest.ExitCode.OK:
                return first.failed, 2
        return "", 0


def _read(files: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    from consent.world.file import world_of  # noqa: PLC0415 - perhaps loaded again

    return [(name, world_of(value)) for name, value in files]


def _first_wrong(worlds: Sequence[tuple[str, Any]]) -> str | None:
    """Return the first world that is not decided as it says."""
    from consent.decide import decide  # noqa: PLC0415 - loaded in the mutant's own process
    from consent.world.expectation import differences  # noqa: PLC0415

    for name, world in worlds:
        for request, expect in zip(world.requests, world.expects, strict=True):
            if expect is not None and differences(decide(request, world.facts, request.at), expect):
                return name
    return None
