"""How a command ends: what it says, where, and with which code."""

import sys
from typing import NoReturn

import typer


def stop(message: str, code: int) -> NoReturn:
    """Print what is wrong to standard error, and leave with `code`."""
    print(message, file=sys.stderr)  # noqa: T201 - this is the command line
    raise typer.Exit(code)


def leave(result: tuple[int, str]) -> None:
    """Print what a command says (a failure to standard error) and leave with its code."""
    code, message = result
    if code and message:
        stop(message, code)
    if message:
        print(message)  # noqa: T201 - this is the command line
    if code:
        raise typer.Exit(code)


def tell(verdict: tuple[int, str]) -> None:
    """Print a verdict, which is what was asked for whichever it is, and leave with its code.

    What could not be judged (code 2) goes to standard error, as any failure does.
    """
    code, line = verdict
    if code not in {0, 1}:
        stop(line, code)
    print(line)  # noqa: T201 - this is the command line
    raise typer.Exit(code)
