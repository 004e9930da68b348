"""`schakel signals …`: what the rules see in the log.

Imports are inside the commands on purpose: `schakel --help` must answer at once.
"""

# ruff: noqa: PLC0415
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.languages import Language
from gateway.commands.leaving import leave
from gateway.commands.of_the_log import HisKey, named

signals_app = typer.Typer(help="Signals: what plain rules see in the log.")

AsOfficer = Annotated[str | None, typer.Option("--as", help="The officer who looks, or - for standard input")]


class State(StrEnum):
    """How a rule stands."""

    ON = "on"
    OFF = "off"


@signals_app.callback(invoke_without_command=True)
def signals(  # noqa: PLR0913, PLR0917 - the options of the command
    context: typer.Context,
    as_id: AsOfficer = None,
    key: HisKey = None,
    since: Annotated[str | None, typer.Option(help="The first day; without it a week before the end")] = None,
    until: Annotated[str | None, typer.Option(help="The day after the last; without it up to now")] = None,
    known: Annotated[Path | None, typer.Option(help="A file with names, addresses and rosters for this look")] = None,
    lang: Annotated[Language, typer.Option(help="nl or en")] = Language.NL,
) -> None:
    """Look at a period with every rule that is on. Who did it is told by pseudonym; that you looked is on record."""
    if context.invoked_subcommand is not None:
        return
    from gateway.commands.signals import run_signals
    from gateway.keys.officers import Opening

    opening = Opening(named(as_id), key)
    leave(run_signals(opening, since=since, until=until, known=known, language=lang.value))


@signals_app.command("switch")
def switch(
    rule: Annotated[str, typer.Argument(help="A rule, such as SG-05")],
    state: Annotated[State, typer.Argument(help="on or off")],
    because: Annotated[str, typer.Option(help="Why; no word about a person")],
    as_id: AsOfficer = None,
    key: HisKey = None,
) -> None:
    """Switch a rule off: the first officer proposes, a second, another person, does it. One may switch it on again."""
    from gateway.commands.signals import run_signals_switch
    from gateway.keys.officers import Opening

    leave(run_signals_switch(rule, Opening(named(as_id), key), off=state is State.OFF, because=because))
