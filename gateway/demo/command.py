"""`schakel demo`: the three institutions and the gateway, the story played over real HTTP, and then the log."""

import asyncio
import io
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TextIO

from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from gateway.demo import family, institutions
from gateway.demo.institutions import Institutions
from gateway.demo.playing import faults, play
from gateway.demo.proving import UnprovenError, prove
from gateway.demo.reading import read_logs
from gateway.demo.stage import Stage, open_stage
from gateway.demo.telling import Teller, fault_line
from gateway.demo.texts import texts_in
from gateway.logs import configure_logs
from gateway.serving import STOP_SIGNALS
from schemas.calendar import local_day
from schemas.texts import Language

WRONG: Final = 1
UNUSABLE: Final = 2


@dataclass(frozen=True, slots=True)
class Show:
    """How the story is shown: by whom, whether everything ends with it, and where the log goes.

    Of `errors` the lines are for a machine to find: what cannot be done, and which steps were not as they must be.
    """

    teller: Teller
    errors: TextIO
    once: bool
    export: Path | None


def run_demo(*, once: bool, language: Language, export: Path | None) -> int:
    """Play the story in `language`, then serve on unless `once`; the log goes to the new folder `export`, if given.

    Returns 0, 1 where a step was not as it must be or could not be played, 2 where `export` is there already.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without our letters shows less, and does not stop us
    configure_logs(level=logging.WARNING)
    texts = texts_in(language)
    show = Show(Teller(Console(highlight=False), texts), sys.stderr, once, export)
    # Not pathlib's, which raises where a name is too long; that is told when the folder is made.
    if export is not None and os.path.exists(export):  # noqa: PTH110
        return _complain(show, texts("error.export-exists", path=export), UNUSABLE)
    try:
        return asyncio.run(_demo(show))
    except (asyncio.CancelledError, KeyboardInterrupt):
        return _complain(show, texts("stopped"), WRONG)
    except UnprovenError as error:
        return _complain(show, texts("error.export-failed", path=export, why=error), WRONG)
    except SQLAlchemyError as error:
        return _complain(show, texts("error.start", why=type(error).__name__), WRONG)  # its text holds values
    except (OSError, RuntimeError) as error:
        return _complain(show, texts("error.start", why=error), WRONG)


def _complain(show: Show, why: str, code: int) -> int:
    print(why, file=show.errors)
    return code


async def _demo(show: Show) -> int:
    _cancel_when_told_to_stop()
    today = local_day(datetime.now(UTC))
    show.teller.begin()
    with tempfile.TemporaryDirectory(prefix="schakel-demo-") as name:
        folder = Path(name)
        with institutions.running(folder, today=today) as found:
            wrong = await perform(show, found, family.facts(today=today), folder=folder, today=today)
    return WRONG if wrong else 0


def _cancel_when_told_to_stop() -> None:
    # Cancelling unwinds every block: the simulators end, the gateway keeps what waits, the folder goes.
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - for the type checker: a coroutine that runs is in a task
    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


async def _until_told_to_stop(stage: Stage) -> None:
    try:
        await asyncio.shield(stage.serving)
    except asyncio.CancelledError:
        # This is how the signal comes; now it is the end that was waited for, and no reason to break off.
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()


async def perform(show: Show, found: Institutions, facts: Mapping[str, Any], *, folder: Path, today: date) -> list[str]:
    """Play the whole story to the institutions `found`, on the family's `facts`; return a line for all that was wrong.

    Raises:
        UnprovenError: the log cannot be written where it should go.
    """
    began = time.monotonic()
    story = family.story(today=today)
    count = len(story) + 2
    wrong: list[str] = []
    async with open_stage(folder, found, facts, story[0].request) as stage:
        for number, step in enumerate(story, 1):
            played = await play(stage, step)
            said = faults(played, show.teller.texts)
            show.teller.step(number, count, played, said)
            wrong += [fault_line(show.teller.texts, number, step.id, each) for each in said]
        wrong += await _who_looked(show, stage, count - 1, count)
        wrong += await _log(show, stage, count, folder)
        _end(show, wrong, count, time.monotonic() - began)
        if not show.once:
            show.teller.serving(stage, _command())
            await _until_told_to_stop(stage)
    return wrong


async def _who_looked(show: Show, stage: Stage, number: int, count: int) -> list[str]:
    read = await read_logs(stage, family.who_looked())
    said = read.faults(show.teller.texts)
    show.teller.who_looked(number, count, read, said)
    return [fault_line(show.teller.texts, number, "who-looked", each) for each in said]


async def _log(show: Show, stage: Stage, number: int, folder: Path) -> list[str]:
    proved = await prove(stage.gateway, show.export or folder / "log", folder / "changed-log")
    said = proved.faults(show.teller.texts)
    show.teller.log(number, number, proved, said)
    return [fault_line(show.teller.texts, number, "log", each) for each in said]


def _end(show: Show, wrong: list[str], count: int, seconds: float) -> None:
    if not wrong:
        show.teller.all_right(count, seconds)
        return
    steps = len({each.partition(":")[0] for each in wrong})
    print(show.teller.texts("end.wrong", count=steps, all=count), *wrong, sep="\n", file=show.errors)


def _command() -> str:
    """Return how `schakel` was called, so that the line to paste works in the same terminal."""
    called = sys.argv[0]
    if Path(called).name != "schakel" or shutil.which("schakel") == called:
        return "schakel"
    return called
