"""`schakel call` on the command line. Apart from the other commands: it needs no gateway, and must answer at once."""

import asyncio
from pathlib import Path
from typing import Final

from gateway.sandbox.call import CallError, call
from gateway.sandbox.credentials import CredentialsError

WRONG: Final = 1


def run_call(credentials: Path, as_id: str, method: str, path: str, body: str | None) -> tuple[int, str]:
    """Make one call as somebody; return the exit code and what to say."""
    sent = None if body is None else body.encode()
    try:
        answer = asyncio.run(call(credentials, as_id, method.upper(), path, sent))
    except (CallError, CredentialsError) as error:
        return WRONG, str(error)
    except OSError as error:
        return WRONG, f"cannot go on: {error.strerror or type(error).__name__}"
    text = answer.body.decode("utf-8", "replace")
    if 200 <= answer.status < 300:  # noqa: PLR2004 - RFC 9110 section 15.3
        return 0, text
    print(text)  # noqa: T201 - the body is what was asked for, whatever its status
    return WRONG, ""
