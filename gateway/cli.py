"""`schakel`: the command line. Each command is a few lines; what it does stands in the module that it imports.

Imports are inside the commands on purpose: `schakel --help` must answer at once.
"""

# ruff: noqa: PLC0415
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

app = typer.Typer(
    name="schakel",
    help="One family, one plan: share exactly what the family and the law allow.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
audit_app = typer.Typer(help="The log: export it, and verify an export without us.", no_args_is_help=True)
org_app = typer.Typer(help="Organisations and their systems.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
app.add_typer(org_app, name="org")
rules_app = typer.Typer(help="The rule sets: what they say, what differs, who confirmed them.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
register_app = typer.Typer(help="Public registers: bring in what they say.", no_args_is_help=True)
app.add_typer(register_app, name="register")
witness_app = typer.Typer(help="Keep watch over somebody's log, with no database.", no_args_is_help=True)
app.add_typer(witness_app, name="witness")


class Language(StrEnum):
    """In which language the demo speaks."""

    NL = "nl"
    EN = "en"


class RegisterFile(StrEnum):
    """What a file of a register is about (`gateway.registers.port` has the same, and is loaded later)."""

    PERSONS = "persons"
    AUTHORITY = "authority"
    ORDERS = "orders"


def main() -> None:
    """Run the command line."""
    app()


def _stop(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)  # noqa: T201 - this is the command line
    raise typer.Exit(code)


@app.command()
def serve() -> None:
    """Serve, with the settings of the environment (SCHAKEL_…)."""
    from gateway.commands import operating

    _exit(operating.run_serve())


@app.command()
def migrate() -> None:
    """Bring the database to the form that this version needs."""
    from gateway.commands import operating

    _exit(operating.run_migrate())


@app.command("check-settings")
def check_settings() -> None:
    """Name every setting that is wrong, at once; exit 1 where there is one."""
    from gateway.commands import operating

    _exit(operating.run_check_settings())


@org_app.command("add")
def org_add(file: Annotated[Path, typer.Argument(help="A registry file (TOML)")]) -> None:
    """Register the organisations of FILE with their clients, identity providers and record systems."""
    from gateway.commands.org import run_org_add

    _exit(run_org_add(file))


@app.command()
def decide(
    file: Annotated[str, typer.Argument(help="A world file, or - for standard input")],
    *,
    explain: Annotated[bool, typer.Option("--explain", help="Say why, to requester, officer and client")] = False,
) -> None:
    """Decide on the request of a world file, and print the decision as JSON."""
    from gateway.commands.decide import decide_file
    from gateway.deciding import decided, explained

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

    _exit(run_forecast(file, until=until))


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

    _exit(run_sandbox_file(world, request=request, port=port, credentials=credentials))


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

    _exit(run_call(credentials, as_id, method, path, json))


@app.command()
def replay(
    request_id: Annotated[str | None, typer.Argument(help="The request of a past decision")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every decision in the log")] = False,
) -> None:
    """Decide again, from the event and from the facts as known then; exit 0 where it is the same, 1 where not."""
    from gateway.commands import replay as cli_replay

    _exit(cli_replay.run_replay(request_id, every=every, say=lambda line: print(line, flush=True)))  # noqa: T201 - a command's output


@audit_app.command("export")
def audit_export(
    out: Annotated[Path, typer.Option(help="A new folder")],
    since: Annotated[int, typer.Option(help="Leave out entries before this sequence number")] = 0,
    *,
    opened: Annotated[bool, typer.Option("--open", help="Open what is sealed; needs --as and --key")] = False,
    as_id: Annotated[str | None, typer.Option("--as", help="The officer who opens it, or - for standard input")] = None,
    key: Annotated[Path | None, typer.Option(help="The file with that officer's key")] = None,
) -> None:
    """Write the log to a folder that anybody can verify."""
    from gateway.commands.log import run_audit_export
    from gateway.officer_keys import Opening

    _exit(run_audit_export(out, since=since, opening=Opening(_named(as_id), key) if opened else None))


@audit_app.command("prove")
def audit_prove(  # noqa: PLR0913 - the options of the command
    event_id: Annotated[str, typer.Argument(help="The event's id, as a receipt or an entry gives it")],
    out: Annotated[Path, typer.Option(help="A new file")],
    *,
    opened: Annotated[bool, typer.Option("--open", help="Open what is sealed; needs --as and --key")] = False,
    field: Annotated[list[str] | None, typer.Option(help="Open this field only; may be given more than once")] = None,
    as_id: Annotated[str | None, typer.Option("--as", help="The officer who opens it, or - for standard input")] = None,
    key: Annotated[Path | None, typer.Option(help="The file with that officer's key")] = None,
) -> None:
    """Write one event's proof to a file that anybody can check."""
    from gateway.commands.proof import run_audit_prove
    from gateway.officer_keys import Opening

    opening = Opening(_named(as_id), key, tuple(field or ())) if opened else None
    _exit(run_audit_prove(event_id, out, opening=opening))


@audit_app.command("check")
def audit_check(
    file: Annotated[Path, typer.Argument(help="A proof file")],
    keys: Annotated[Path | None, typer.Option(help="The keys that you know, one a line, the log's first")] = None,
) -> None:
    """Check a proof, without database and without us; exit 1 and say why where it is bad."""
    from gateway.commands.proof import run_audit_check

    _exit(run_audit_check(file, keys=keys))


@audit_app.command("officer-key")
def audit_officer_key(
    name: Annotated[str, typer.Argument(help="The officer's name, without spaces")],
    out: Annotated[Path, typer.Option(help="A new file, for the officer alone")],
) -> None:
    """Make a key for an officer who may open the log, and print its public half for SCHAKEL_OFFICER_KEYS."""
    from gateway.commands.proof import run_officer_key

    _exit(run_officer_key(name, out))


@audit_app.command("verify")
def audit_verify(
    folder: Annotated[Path | None, typer.Argument(help="An exported folder")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="An older checkpoint that you kept")] = None,
    database: Annotated[str | None, typer.Option(help="Verify the live database at this URL instead")] = None,
) -> None:
    """Verify an exported log, without database and without trust; exit 1 and the place where it was changed."""
    from gateway.commands.log import run_audit_verify

    _exit(run_audit_verify(folder, checkpoint=checkpoint, database=database))


@rules_app.command("list")
def rules_list() -> None:
    """List the rule sets: from when until when, which is in force, and who confirmed which."""
    from gateway.commands import rules as cli_rules

    _exit(cli_rules.run_list())


@rules_app.command("show")
def rules_show(name: Annotated[str, typer.Argument(help="A number, such as LB-07, or a rule set")]) -> None:
    """Show a rule, with its conditions in order, or all that a rule set holds."""
    from gateway.commands import rules as cli_rules

    _exit(cli_rules.run_show(name))


@rules_app.command("diff")
def rules_diff(
    one: Annotated[str, typer.Argument(help="A rule set")],
    other: Annotated[str, typer.Argument(help="Another")],
) -> None:
    """Show in what two rule sets differ, read off their rows."""
    from gateway.commands import rules as cli_rules

    _exit(cli_rules.run_diff(one, other))


@rules_app.command("confirm")
def rules_confirm(
    name: Annotated[str, typer.Argument(help="A rule set whose text could not be checked when it was written")],
    as_id: Annotated[str, typer.Option("--as", help="The name of the officer whose word this is")],
    because: Annotated[str, typer.Option(help="What was checked, against which text; no word about a person")],
) -> None:
    """Confirm a rule set: the first officer proposes, a second, another person, confirms. It cannot be taken back."""
    from gateway.commands import rules as cli_rules

    _exit(cli_rules.run_confirm(name, officer=as_id, because=because))


@witness_app.command("init")
def witness_init(
    folder: Annotated[Path, typer.Argument(help="A new folder, for this witness alone")],
    name: Annotated[str, typer.Option(help="Its name in every signature, such as witness.example.org/schakel")],
) -> None:
    """Make a witness: its key and its state. Print the verifier key that logs need to know it by."""
    from gateway.commands.witness import run_witness_init

    _exit(run_witness_init(folder, name))


@witness_app.command("key")
def witness_key(folder: Annotated[Path, typer.Argument(help="The witness's folder")]) -> None:
    """Print the witness's verifier key again."""
    from gateway.commands.witness import run_witness_key

    _exit(run_witness_key(folder))


@witness_app.command("serve")
def witness_serve(
    folder: Annotated[Path, typer.Argument(help="The witness's folder")],
    host: Annotated[str, typer.Option(help="The address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one")] = 8421,
) -> None:
    """Cosign the logs that the folder's `logs` file names; print `ready URL` when it is ready."""
    from gateway.commands.witness import run_witness_serve

    _exit(run_witness_serve(folder, host, port, say=lambda line: print(line, flush=True)))  # noqa: T201 - a command's output


def _named(given: str | None) -> str | None:
    """Return who is named, `-` for the first line of standard input, which no shell keeps."""
    return sys.stdin.readline().strip() if given == "-" else given


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

    _exit(run_register_import(RegisterKind(kind), file, operator=as_id, preview=preview, codes=codes))


def _exit(result: tuple[int, str]) -> None:
    """Print what a command says (a failure to standard error) and leave with its code."""
    code, message = result
    if code and message:
        _stop(message, code)
    if message:
        print(message)  # noqa: T201 - this is the command line
    if code:
        raise typer.Exit(code)
