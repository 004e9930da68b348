"""`schakel plan …`: a plan for people.

Imports are inside the commands on purpose: `schakel --help` must answer at once.
"""

# ruff: noqa: PLC0415
from typing import Annotated

import typer

from gateway.commands.languages import Language
from gateway.commands.leaving import leave

plan_app = typer.Typer(help="A plan for people: what it says, and what differs.", no_args_is_help=True)

Lang = Annotated[Language, typer.Option(help="nl or en")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for a program")]


@plan_app.command("show")
def show(
    file: Annotated[str, typer.Argument(help="An answer of the gateway, or - for standard input")],
    *,
    lang: Lang = Language.EN,
    json: AsJson = False,
) -> None:
    """Show a plan as a table by life domain, the family's own words first."""
    from gateway.commands.plan import run_show

    leave(run_show(file, language=lang.value, json=json))


@plan_app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="An answer of the gateway")],
    new: Annotated[str, typer.Argument(help="A later one about the same family; one of both may be -")],
    *,
    lang: Lang = Language.EN,
    json: AsJson = False,
) -> None:
    """Show what came, what went and what changed; exit 0 the same, 1 they differ, 2 one cannot be read."""
    from gateway.commands.plan import run_diff

    leave(run_diff(old, new, language=lang.value, json=json))
