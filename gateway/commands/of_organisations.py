"""`schakel org …`: who may come in.

Imports are inside the commands on purpose: `schakel --help` must answer at once.
"""

# ruff: noqa: PLC0415
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.leaving import leave

org_app = typer.Typer(help="Organisations and their systems.", no_args_is_help=True)

AsOperator = Annotated[str, typer.Option("--as", help="The name of the operator whose word this is")]


class What(StrEnum):
    """What can be ended (`gateway.registry.rows` has the same but for the last, and is loaded later)."""

    ORGANISATION = "organisation"
    CLIENT = "client"
    IDENTITY_PROVIDER = "identity-provider"
    SOURCE = "source"
    WEBHOOK = "webhook"
    CRISIS_SET = "crisis-set"


@org_app.command("add")
def org_add(file: Annotated[Path, typer.Argument(help="A registry file (TOML)")], as_id: AsOperator) -> None:
    """Say that the organisations of FILE may come in with what is theirs; it counts once a second operator says so."""
    from gateway.commands.org import run_org_add

    leave(run_org_add(file, operator=as_id))


@org_app.command("end")
def org_end(
    name: Annotated[str, typer.Argument(help="An organisation, a client id, an issuer, or ORGANISATION/SYSTEM")],
    as_id: AsOperator,
    because: Annotated[str, typer.Option(help="Why; no word about a person")],
    kind: Annotated[
        What | None, typer.Option(help="Where two things have this name; a webhook and a crisis set have their owner's")
    ] = None,
) -> None:
    """End an organisation with all that is its, or one thing of it, at once. It comes back by two operators again.

    Of a holder's crisis set that is to close it to emergency pulls: two of its administrators open it again.
    """
    from gateway.commands.org import run_org_end

    leave(run_org_end(name, operator=as_id, because=because, kind=None if kind is None else kind.value))


@org_app.command("list")
def org_list() -> None:
    """List what is registered, what was ended, and what waits for a second operator."""
    from gateway.commands.org import run_org_list

    leave(run_org_list())
