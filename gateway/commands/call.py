"""`schakel call` on the command line. Apart from the other commands: it needs no gateway, and must answer at once."""

import asyncio
import sys
from pathlib import Path
from typing import Final

from gateway.sandbox.call import CallError, call
from gateway.sandbox.credentials import CredentialsError

WRONG: Final = 1


def run_call(credentials: Path, as_id: str, method: str, path: str, body: str | None) -> tuple[int, str]:
    """Make one call as somebody and print the body; return the exit code, and what to say where none came."""
    sent = None if body is None else body.encode()
    try:
        answer = asyncio.run(call(credentials, as_id, method.upper(), path, sent))
    except (CallError, CredentialsError) as error:
        return WRONG, str(error)
    except OSError as error:
        return WRONG, f"cannot go on: {error.strerror or type(error).__name__}"
    # To the byte: an answer can be a letter, and of an export the log holds the hash.
    sys.stdout.buffer.write(answer.body)
    if sys.stdout.isatty():
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
    return (0 if 200 <= answer.status < 300 else WRONG), ""  # noqa: PLR2004 - RFC 9110 section 15.3
