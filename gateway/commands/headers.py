"""`schakel headers`: the two headers of one call, to be made with any client."""

import asyncio
from pathlib import Path

from gateway.commands.call import WRONG
from gateway.sandbox.call import CallError, headers_of
from gateway.sandbox.credentials import CredentialsError


def run_headers(credentials: Path, as_id: str, method: str, path: str) -> tuple[int, str]:
    """Return the headers, a line each. They are good for this one call, within half a minute."""
    try:
        found = asyncio.run(headers_of(credentials, as_id, method.upper(), path))
    except (CredentialsError, CallError) as error:
        return WRONG, str(error)
    except OSError as error:
        return WRONG, f"cannot go on: {error.strerror or type(error).__name__}"
    return 0, "\n".join(f"{name}: {value}" for name, value in found.items())
