"""What the tests of the demonstration share: a teller that prints into a text, and the story played on given facts."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from gateway.demo import family
from gateway.demo.command import Show, perform
from gateway.demo.institutions import Institutions
from gateway.demo.telling import Teller
from gateway.demo.texts import texts_in
from schemas.calendar import local_day

TODAY = local_day(datetime.now(UTC))


@dataclass
class Shown:
    """What was printed, what was said on standard error, and which lines tell what was wrong."""

    printed: str
    errors: str
    wrong: list[str]

    def steps(self) -> set[str]:
        """Return which steps went wrong, as `step 2 school`."""
        return {line.partition(":")[0] for line in self.wrong}


def facts_without(section: str, id_: str) -> dict[str, Any]:
    facts = family.facts(today=TODAY)
    kept = [each for each in facts[section] if each["id"] != id_]
    assert len(kept) == len(facts[section]) - 1
    return {**facts, section: kept}


async def show(
    institutions: Institutions, folder: Path, *, facts: Mapping[str, Any] | None = None, export: Path | None = None
) -> Shown:
    printed, errors = io.StringIO(), io.StringIO()
    teller = Teller(Console(file=printed, width=100, highlight=False), texts_in("en"))
    told = family.facts(today=TODAY) if facts is None else facts
    wrong = await perform(
        Show(teller, errors, once=True, export=export), institutions, told, folder=folder, today=TODAY
    )
    return Shown(printed.getvalue(), errors.getvalue(), wrong)
