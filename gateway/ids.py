"""The one form of the ids that the gateway makes itself."""

import re
from typing import Final

_FORM: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def as_id(given: str) -> str:
    """Return an id as it was `given`; of what is none, nothing, which nothing is called.

    So a database does not choke on what was typed, it does not come on record, and the work is the same.
    """
    return given if _FORM.fullmatch(given) else ""
