"""`schakel keys …`: persons' keys, and the keys that wrap them.

Imports are inside the commands on purpose: `schakel --help` must answer at once.
"""

# ruff: noqa: PLC0415
from typing import Annotated

import typer

from gateway.commands.leaving import leave
from gateway.commands.of_the_log import named

keys_app = typer.Typer(help="Persons' keys, and the epochs of the keys that wrap them.", no_args_is_help=True)


@keys_app.command("rotate")
def keys_rotate(
    database: Annotated[str | None, typer.Option(help="As its migrator; without it that of the settings")] = None,
) -> None:
    """Make a new epoch, each month, and wrap every person's keys under it; may be broken off and run again."""
    from gateway.commands.keys import run_keys_rotate

    leave(run_keys_rotate(database))


@keys_app.command("destroy-epochs")
def keys_destroy_epochs(
    older_than: Annotated[str, typer.Option("--older-than", help="How long you keep a backup, in days")] = "35d",
) -> None:
    """Destroy the keys of old epochs that neither the database nor a backup needs; refuse where one does."""
    from gateway.commands.keys import run_keys_destroy

    leave(run_keys_destroy(older_than))


@keys_app.command("renew")
def keys_renew(
    person: Annotated[
        str | None, typer.Argument(help="One person's internal id, or - for standard input; never a BSN")
    ] = None,
    *,
    older_than: Annotated[
        str | None, typer.Option("--older-than", help="Everybody whose keys are older, in days")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Renew them; without it only say how many")] = False,
    database: Annotated[str | None, typer.Option(help="As its migrator; without it that of the settings")] = None,
) -> None:
    """Give a person, or everybody with old keys, new ones; what lies under the old ones stays readable."""
    from gateway.commands.keys import run_keys_renew

    leave(run_keys_renew(named(person), older_than, apply=apply, database=database))
