"""`schakel erase` and `schakel tombstones …`: forgetting somebody, for good.

Imports are inside the commands on purpose: `schakel --help` must answer at once.
"""

# ruff: noqa: PLC0415
from typing import Annotated

import typer

from gateway.commands.leaving import leave
from gateway.commands.of_the_log import HisKey, named

tombstones_app = typer.Typer(help="The journal of who was erased, apart from the database.", no_args_is_help=True)


def erase(  # noqa: PLR0913 - the options of the command
    person: Annotated[str, typer.Argument(help="The person's internal id, or - for standard input; never a BSN")],
    *,
    as_id: Annotated[str | None, typer.Option("--as", help="The officer who erases")] = None,
    key: HisKey = None,
    on_request: Annotated[str | None, typer.Option(help="The day on which the person asked for it")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and erase nothing")] = False,
    key_broken: Annotated[
        bool,
        typer.Option("--key-broken", help="The person's key does not open and no backup has it; I answer for that"),
    ] = False,
) -> None:
    """Erase a person: his keys and every way to him, here and in every backup that is restored from now on."""
    from gateway.commands.erasing import Wish, run_erase
    from gateway.keys.officers import Opening

    leave(run_erase(Wish(named(person) or "", Opening(as_id, key), on_request, dry_run, key_broken)))


@tombstones_app.command("begin")
def tombstones_begin() -> None:
    """Make the journal in the folder of SCHAKEL_TOMBSTONES, once; before that nobody can be erased."""
    from gateway.commands.erasing import run_tombstones_begin

    leave(run_tombstones_begin())


@tombstones_app.command("replay")
def tombstones_replay() -> None:
    """Erase again whom a restored backup brought back, and look that the journal is whole."""
    from gateway.commands.erasing import run_tombstones_replay

    leave(run_tombstones_replay())


def retention(
    *,
    apply: Annotated[bool, typer.Option("--apply", help="End it; needs --as and --key")] = False,
    as_id: Annotated[str | None, typer.Option("--as", help="The officer who applies it")] = None,
    key: HisKey = None,
) -> None:
    """Say what is kept longer than its term, by class and count; with --apply an officer ends it."""
    from gateway.commands.retention import run_retention
    from gateway.keys.officers import Opening

    leave(run_retention(applied_by=Opening(as_id, key) if apply else None))
