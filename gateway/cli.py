"""`schakel`: the command line. Each command is a few lines; what it does stands in the module that it imports.

Imports are inside the commands on purpose: `schakel --help` must answer at once.
"""

# ruff: noqa: PLC0415
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.languages import Language
from gateway.commands.leaving import leave
from gateway.commands.of_erasing import erase, retention, tombstones_app
from gateway.commands.of_keys import keys_app
from gateway.commands.of_organisations import org_app
from gateway.commands.of_plans import plan_app
from gateway.commands.of_signals import signals_app
from gateway.commands.of_the_log import audit_app, reviews, witness_app
from gateway.commands.terminal import at_a_terminal

app = typer.Typer(
    name="schakel",
    help="One family, one plan: share exactly what the family and the law allow.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(audit_app, name="audit")
app.add_typer(org_app, name="org")
rules_app = typer.Typer(help="The rule sets: what they say, what differs, who confirmed them.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
register_app = typer.Typer(help="Public registers: bring in what they say.", no_args_is_help=True)
app.add_typer(register_app, name="register")
app.add_typer(witness_app, name="witness")
app.add_typer(signals_app, name="signals")
app.command()(erase)
app.command()(retention)
app.command()(reviews)
app.add_typer(tombstones_app, name="tombstones")
app.add_typer(keys_app, name="keys")
app.add_typer(plan_app, name="plan")


class RegisterFile(StrEnum):
    """What a file of a register is about (`gateway.registers.port` has the same, and is loaded later)."""

    PERSONS = "persons"
    AUTHORITY = "authority"
    ORDERS = "orders"


def main() -> None:
    """Run the command line."""
    at_a_terminal(app)


@app.command()
def serve() -> None:
    """Serve, with the settings of the environment (SCHAKEL_…)."""
    from gateway.memory import loading

    with loading():
        from gateway.commands import operating

    leave(operating.run_serve())


@app.command()
def migrate(
    database: Annotated[str | None, typer.Option(help="As its migrator; without it that of the settings")] = None,
) -> None:
    """Bring the database to the form that this version needs."""
    from gateway.commands import operating

    leave(operating.run_migrate(database))


@app.command("check-settings")
def check_settings() -> None:
    """Name every setting that is wrong, at once; exit 1 where there is one."""
    from gateway.commands import operating

    leave(operating.run_check_settings())


@app.command()
def doctor(*, json: Annotated[bool, typer.Option("--json", help="As JSON, for a program")] = False) -> None:
    """Look at settings, clock, certificates, database, keys, disk and log; exit 1 where something is bad."""
    from gateway.commands.doctor import as_json, as_lines, is_well, run_doctor

    findings = run_doctor()
    print(as_json(findings) if json else as_lines(findings))  # noqa: T201 - a command's output
    raise typer.Exit(0 if is_well(findings) else 1)


@app.command("backup-key")
def backup_key(out: Annotated[Path, typer.Option(help="A new file, for who may restore, on another machine")]) -> None:
    """Make the key to the backups, and print its public half for SCHAKEL_BACKUP_KEY."""
    from gateway.commands.backup import run_backup_key

    leave(run_backup_key(out))


@app.command()
def backup(out: Annotated[Path, typer.Option(help="A folder that is there")]) -> None:
    """Back up the whole database while it serves, sealed to SCHAKEL_BACKUP_KEY."""
    from gateway.commands.backup import run_backup

    leave(run_backup(out))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup")],
    key: Annotated[Path, typer.Option(help="The file with the private key to the backups")],
    database: Annotated[str | None, typer.Option(help="An empty database; without it that of the settings")] = None,
) -> None:
    """Restore a backup into an empty database: all of it or, with a line that says why, nothing."""
    from gateway.commands.restore import run_restore

    leave(run_restore(file, database=database, key=key))


@app.command()
def decide(
    file: Annotated[str, typer.Argument(help="A world file, or - for standard input")],
    *,
    explain: Annotated[bool, typer.Option(help="Say why, to requester, officer and client")] = True,
) -> None:
    """Decide on the request of a world file, and print the decision as JSON."""
    from gateway.commands.decide import decide_file
    from gateway.simulator.deciding import decided, explained

    raise typer.Exit(decide_file(file, explained if explain else decided))


@app.command()
def scenarios(
    paths: Annotated[list[str], typer.Argument(help="World files, or folders of them")],
    *,
    live: Annotated[bool, typer.Option("--live", help="Ask a running gateway over HTTP, instead of the core")] = False,
) -> None:
    """Run every world file that says what to expect, and show what differs."""
    if live:
        from gateway.commands.live_scenarios import run_scenarios_live

        raise typer.Exit(run_scenarios_live(paths))
    from gateway.commands.decide import run_scenarios

    raise typer.Exit(run_scenarios(paths))


@app.command()
def forecast(
    file: Annotated[str, typer.Argument(help="A world file, or - for standard input")],
    *,
    until: Annotated[str | None, typer.Option(help="A day or an instant; without it a year ahead")] = None,
) -> None:
    """Tell what lapses when for the persons of a world file, and what to have confirmed again, as JSON."""
    from gateway.commands.forecast import run_forecast

    leave(run_forecast(file, until=until))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the plan."""
    import orjson

    from schemas.plan_json import json_schema

    sys.stdout.buffer.write(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2) + b"\n")


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Play the story and stop; exit 1 if a step went wrong")] = False,
    lang: Annotated[Language, typer.Option(help="nl or en")] = Language.EN,
    export: Annotated[Path | None, typer.Option(help="Leave the log's export in this new folder")] = None,
) -> None:
    """Start three institutions and the gateway, and play one family's story."""
    from gateway.demo.command import run_demo

    raise typer.Exit(run_demo(once=once, language=lang.value, export=export))


@app.command()
def sandbox(
    world: Annotated[Path, typer.Argument(help="A world file")],
    request: Annotated[int, typer.Option(help="Which request of the file, from 0")] = 0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one")] = 0,
    credentials: Annotated[Path | None, typer.Option(help="Write the keys to ask with to this new file")] = None,
) -> None:
    """Serve a world file to integrators; print `ready URL` when it is ready."""
    from gateway.commands.sandbox import run_sandbox_file

    leave(run_sandbox_file(world, request=request, port=port, credentials=credentials))


@app.command()
def call(
    method: Annotated[str, typer.Argument(help="GET or POST")],
    path: Annotated[str, typer.Argument(help="Such as /api/v1/exchange/plan")],
    credentials: Annotated[Path, typer.Option(help="The file that sandbox or demo wrote")],
    as_id: Annotated[str, typer.Option("--as", help="Whose id: a professional, a person, mentor:ID, or officer")],
    json: Annotated[str | None, typer.Option(help="The body, as JSON")] = None,
) -> None:
    """Call the gateway as somebody: token, proof and call. Print the body; exit 0 on 2xx, else 1."""
    from gateway.commands.call import run_call

    leave(run_call(credentials, as_id, method, path, json))


@app.command()
def headers(
    method: Annotated[str, typer.Argument(help="GET or POST")],
    path: Annotated[str, typer.Argument(help="Such as /api/v1/exchange/plan, without its query")],
    credentials: Annotated[Path, typer.Option(help="The file that sandbox or demo wrote")],
    as_id: Annotated[str, typer.Option("--as", help="Whose id: a professional, a person, mentor:ID, or officer")],
) -> None:
    """Print the headers of one call as somebody, to make it with any client: schakel headers … | curl -H @- …."""
    from gateway.commands.headers import run_headers

    leave(run_headers(credentials, as_id, method, path))


@app.command()
def replay(
    request_id: Annotated[str | None, typer.Argument(help="The request of a past decision")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every decision in the log")] = False,
) -> None:
    """Decide again, from the event and from the facts as known then; exit 0 where it is the same, 1 where not."""
    from gateway.commands import replay as cli_replay

    leave(cli_replay.run_replay(request_id, every=every, say=lambda line: print(line, flush=True)))  # noqa: T201 - a command's output


@rules_app.command("list")
def rules_list() -> None:
    """List the rule sets: from when until when, which is in force, and who confirmed which."""
    from gateway.commands import rules as cli_rules

    leave(cli_rules.run_list())


@rules_app.command("show")
def rules_show(name: Annotated[str, typer.Argument(help="A number, such as LB-07, or a rule set")]) -> None:
    """Show a rule, with its conditions in order, or all that a rule set holds."""
    from gateway.commands import rules as cli_rules

    leave(cli_rules.run_show(name))


@rules_app.command("diff")
def rules_diff(
    one: Annotated[str, typer.Argument(help="A rule set")],
    other: Annotated[str, typer.Argument(help="Another")],
) -> None:
    """Show in what two rule sets differ, read off their rows."""
    from gateway.commands import rules as cli_rules

    leave(cli_rules.run_diff(one, other))


@rules_app.command("confirm")
def rules_confirm(
    name: Annotated[str, typer.Argument(help="A rule set whose text could not be checked when it was written")],
    as_id: Annotated[str, typer.Option("--as", help="The name of the officer whose word this is")],
    because: Annotated[str, typer.Option(help="What was checked, against which text; no word about a person")],
) -> None:
    """Confirm a rule set: the first officer proposes, a second, another person, confirms. It cannot be taken back."""
    from gateway.commands import rules as cli_rules

    leave(cli_rules.run_confirm(name, officer=as_id, because=because))


@register_app.command("import")
def register_import(
    kind: Annotated[RegisterFile, typer.Argument(help="What the file is about")],
    file: Annotated[Path, typer.Argument(help="A CSV file; of authority also JSON")],
    as_id: Annotated[str, typer.Option("--as", help="The name of the operator who brings it")],
    *,
    preview: Annotated[bool, typer.Option("--preview", help="Say what would happen, and store nothing")] = False,
    codes: Annotated[Path | None, typer.Option(help="The national table of authority codes, to check against")] = None,
) -> None:
    """Bring in the file of a register: all of it or, with a line for each thing that is wrong, nothing."""
    from gateway.commands.register import run_register_import
    from gateway.registers.port import RegisterKind

    leave(run_register_import(RegisterKind(kind), file, operator=as_id, preview=preview, codes=codes))
