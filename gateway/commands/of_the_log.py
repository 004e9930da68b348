"""`schakel audit …` and `schakel witness …`: the log, and who watches it.

Imports are inside the commands on purpose: `schakel --help` must answer at once.
"""

# ruff: noqa: PLC0415
import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.leaving import leave, tell

audit_app = typer.Typer(help="The log: export it, and verify an export without us.", no_args_is_help=True)
witness_app = typer.Typer(help="Keep watch over somebody's log, with no database.", no_args_is_help=True)

HisKey = Annotated[Path | None, typer.Option(help="The file with that officer's key")]
Opens = Annotated[bool, typer.Option("--open", help="Open what is sealed; needs --as and --key")]
WhoOpens = Annotated[str | None, typer.Option("--as", help="The officer who opens it, or - for standard input")]


@audit_app.command("export")
def audit_export(
    out: Annotated[Path, typer.Option(help="A new folder")],
    since: Annotated[int, typer.Option(max=2**53 - 1, help="Leave out entries before this sequence number")] = 0,
    *,
    opened: Opens = False,
    as_id: WhoOpens = None,
    key: HisKey = None,
) -> None:
    """Write the log to a folder that anybody can verify."""
    from gateway.commands.log import run_audit_export
    from gateway.keys.officers import Opening

    leave(run_audit_export(out, since=since, opening=Opening(named(as_id), key) if opened else None))


@audit_app.command("prove")
def audit_prove(  # noqa: PLR0913 - the options of the command
    event_id: Annotated[str, typer.Argument(help="The event's id, as a receipt or an entry gives it")],
    out: Annotated[Path, typer.Option(help="A new file")],
    *,
    opened: Opens = False,
    field: Annotated[list[str] | None, typer.Option(help="Open this field only; may be given more than once")] = None,
    as_id: WhoOpens = None,
    key: HisKey = None,
) -> None:
    """Write one event's proof to a file that anybody can check."""
    from gateway.commands.proof import run_audit_prove
    from gateway.keys.officers import Opening

    opening = Opening(named(as_id), key, tuple(field or ())) if opened else None
    leave(run_audit_prove(event_id, out, opening=opening))


@audit_app.command("saw")
def audit_saw(  # noqa: PLR0913, PLR0917 - the options of the command
    account: Annotated[str, typer.Argument(help="The account's id, or - for standard input")],
    out: Annotated[Path, typer.Option(help="A new file")],
    as_id: Annotated[str, typer.Option("--as", help="The officer who asks")],
    key: Annotated[Path, typer.Option(help="The file with that officer's key")],
    since: Annotated[str | None, typer.Option("--from", help="The first day or instant")] = None,
    until: Annotated[str | None, typer.Option("--to", help="The first day or instant that is not asked")] = None,
) -> None:
    """Write everything that an account saw to one file: each person, elements, instants, organisations."""
    from gateway.commands.saw import run_audit_saw
    from gateway.keys.officers import Opening

    members = {"account": named(account), "from": since, "to": until}
    given = {name: value for name, value in members.items() if value is not None}
    leave(run_audit_saw(given, out, opening=Opening(as_id, key)))


@audit_app.command("nen7513")
def audit_nen7513(
    out: Annotated[Path, typer.Option(help="A new file; its code book comes beside it, with `-codeboek`")],
    since: Annotated[str | None, typer.Option("--from", help="The first day or instant")] = None,
    until: Annotated[str | None, typer.Option(help="The first day or instant that is left out")] = None,
    as_id: Annotated[str | None, typer.Option("--as", help="The officer who exports, or - for standard input")] = None,
    key: HisKey = None,
) -> None:
    """Write the log as a NEN 7513 file (CSV), by pseudonyms and without content."""
    from gateway.commands.nen7513 import run_nen7513
    from gateway.keys.officers import Opening

    leave(run_nen7513(out, since=since, until=until, opening=Opening(named(as_id), key)))


@audit_app.command("check")
def audit_check(
    file: Annotated[Path, typer.Argument(help="A proof file")],
    keys: Annotated[Path | None, typer.Option(help="The keys that you know, one a line, the log's first")] = None,
) -> None:
    """Check a proof, without database and without us; exit 1 and say why where it is bad."""
    from gateway.commands.proof import run_audit_check

    tell(run_audit_check(file, keys=keys))


@audit_app.command("officer-key")
def audit_officer_key(
    name: Annotated[str, typer.Argument(help="The officer's name, without spaces")],
    out: Annotated[Path, typer.Option(help="A new file, for the officer alone")],
) -> None:
    """Make a key for an officer who may open the log, and print its public half for SCHAKEL_OFFICER_KEYS."""
    from gateway.commands.proof import run_officer_key

    leave(run_officer_key(name, out))


@audit_app.command("verify")
def audit_verify(
    folder: Annotated[Path | None, typer.Argument(help="An exported folder")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="An older checkpoint that you kept")] = None,
    database: Annotated[str | None, typer.Option(help="Verify the live database at this URL instead")] = None,
    receipt: Annotated[
        list[Path] | None,
        typer.Option(help="A receipt that you kept, or an answer with one; may be given more than once"),
    ] = None,
) -> None:
    """Verify an exported log, without database and without trust; exit 1 and the place where it was changed."""
    from gateway.commands.log import run_audit_verify

    tell(run_audit_verify(folder, checkpoint=checkpoint, database=database, receipts=receipt or ()))


@witness_app.command("init")
def witness_init(
    folder: Annotated[Path, typer.Argument(help="A new folder, for this witness alone")],
    name: Annotated[str, typer.Option(help="Its name in every signature, such as witness.example.org/schakel")],
) -> None:
    """Make a witness: its key and its state. Print the verifier key that logs need to know it by."""
    from gateway.commands.witness import run_witness_init

    leave(run_witness_init(folder, name))


@witness_app.command("key")
def witness_key(folder: Annotated[Path, typer.Argument(help="The witness's folder")]) -> None:
    """Print the witness's verifier key again."""
    from gateway.commands.witness import run_witness_key

    leave(run_witness_key(folder))


@witness_app.command("serve")
def witness_serve(
    folder: Annotated[Path, typer.Argument(help="The witness's folder")],
    host: Annotated[str, typer.Option(help="The address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one")] = 8421,
) -> None:
    """Cosign the logs that the folder's `logs` file names; print `ready URL` when it is ready."""
    from gateway.commands.witness import run_witness_serve

    leave(run_witness_serve(folder, host, port, say=lambda line: print(line, flush=True)))  # noqa: T201 - a command's output


def reviews(
    as_id: Annotated[str, typer.Option("--as", help="The officer who looks, or - for standard input")],
    key: Annotated[Path, typer.Option(help="The file with that officer's key")],
    organisation: Annotated[str | None, typer.Option(help="Of this one only; `gateway` for the gateway's own")] = None,
) -> None:
    """List what is still to be reviewed or done, late first; names nobody."""
    from gateway.commands.reviews import run_reviews
    from gateway.keys.officers import Opening

    leave(run_reviews(Opening(named(as_id), key), organisation=organisation))


def named(given: str | None) -> str | None:
    """Return who is named, `-` for the first line of standard input, which no shell keeps."""
    return sys.stdin.readline().strip() if given == "-" else given
