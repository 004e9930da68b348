"""`python -m tests.mutants`: each mutant in a process of its own, until the first test that notices it.

A process begins with everything loaded but what decides; the mutant forks from it, loads that with its change, decides
the worlds whose answers are known, and then runs the tests. Nothing is written to the tree.
"""

import argparse
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.mutants.changes import Mutant, mutants_of
from tests.mutants.trial import Trial

ROOT: Final = Path(__file__).resolve().parents[2]
DECIDING: Final = (
    *("decide", "steps", "alike", "situation", "representation", "voices", "given", "cover", "gates"),
    *("ends", "rulesets"),
    *("law.asking", "law.basis", "law.categories", "law.holder", "law.on_authority", "law.on_help", "law.on_orders"),
    *("law.purposes", "law.rows_authorities", "law.rows_family", "law.rows_professionals"),
)
MODULES: Final = (*(f"consent.{name}" for name in DECIDING), "consent.entries", "consent.facts", "schemas.calendar")
LONGEST: Final = 120
"""Seconds of computing after which a mutant that does not end counts as noticed."""
OUTCOMES: Final = {0: "survived", 1: "noticed by a world", 2: "noticed by a test", 3: "does not load"}


def _path(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


def _try(trial: Trial, mutant: Mutant | None) -> tuple[str, str]:
    """Fork, and return what became of the mutant and which test noticed it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        os._exit(trial.run(mutant, writing))
    os.close(writing)
    with os.fdopen(reading) as told:
        by = told.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return OUTCOMES.get(status, "does not end"), by


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", default=MODULES, help="only these modules")
    parser.add_argument("--sample", type=int, help="so many, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing (%(default)s)")
    parser.add_argument("--part", default="1/1", help="the n-th of m parts, for instance 2/3 (%(default)s)")
    parser.add_argument("--only", action="append", help="only this one: MODULE#NUMBER")
    parser.add_argument("--minutes", type=float, default=60, help="begin none after so long (%(default)s)")
    parser.add_argument("--verbose", action="store_true", help="tell of each mutant")
    return parser.parse_args()


def _chosen(options: argparse.Namespace, sources: dict[str, str]) -> list[Mutant]:
    found = [one for module in options.modules for one in mutants_of(module, sources[module])]
    if options.only:
        return [one for one in found if f"{one.module}#{one.number}" in options.only]
    part, parts = map(int, options.part.split("/"))
    random.Random(options.seed).shuffle(found)  # noqa: S311 - a sample, no secret
    return found[: options.sample][part - 1 :: parts]


def run(argv_modules: Sequence[str] = MODULES) -> int:
    """Try the mutants, print what survived, and return 1 where fewer than 95 percent were noticed."""
    options = _options()
    sources = {module: _path(module).read_text() for module in {*argv_modules, *options.modules}}
    chosen = _chosen(options, sources)
    trial = Trial(sources, ROOT)
    began = time.monotonic()
    outcome, by = _try(trial, None)
    if outcome != "survived":
        print(f"without any change: {outcome}: {by}", file=sys.stderr)
        return 2
    print(f"{len(chosen)} mutants; the tests alone take {time.monotonic() - began:.0f} s", flush=True)
    counted: Counter[str] = Counter()
    for mutant in chosen:
        if time.monotonic() - began > options.minutes * 60:
            break
        outcome, by = _try(trial, mutant)
        counted[outcome] += 1
        if outcome == "survived" or options.verbose:
            print(f"{outcome}: {mutant} {by}".rstrip(), flush=True)
    tried = counted.total()
    noticed = tried - counted["survived"]
    print(f"{len(chosen)} mutants, {tried} tried, {noticed} noticed, {counted['survived']} survived: {dict(counted)}")
    return 0 if tried and noticed >= tried * 0.95 else 1
