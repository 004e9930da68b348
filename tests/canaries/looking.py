"""What must never be read where somebody operates the gateway: tokens, BSN-like numbers, and what tests planted.

Everything that tests plant is ASCII letters, so that neither JSON nor a URL writes it in another way.
"""

import re
from collections.abc import Iterator
from typing import Final

GIVEN_NAME: Final = "Kanariella"
FAMILY_NAME: Final = "Kwikstaartkanarie"
STREET: Final = "Nachtegaalkanariekade"
SAID: Final = "fluisterkanarie"
"""A word of what somebody told: a question, a reason, evidence, a record."""

MACHINE: Final = "postduifkanarie"
"""A word of what a caller's machine sends along: headers, queries, names of files."""

PLANTED: Final = (GIVEN_NAME, FAMILY_NAME, STREET, SAID, MACHINE)

BSN: Final = "999990019"
"""Of the test range, and it passes the eleven test."""

_LIKELY: Final = re.compile(
    r"(?P<token>eyJ[\w-]{8,}\.[\w-]{8,})|(?P<number>(?<!\d)9999\d{5}(?!\d))|(?P<planted>[a-z]*kanari[a-z]*)",
    re.ASCII | re.IGNORECASE,
)
_WORDS: Final = tuple(word.casefold() for word in PLANTED)


def canaries_in(text: str) -> Iterator[str]:
    """Yield of what kind each canary in `text` is (`token`, `number`, `planted`), and never the canary."""
    if "9999" not in text and "eyJ" not in text and "kanari" not in text.lower():
        return  # as nearly always, and a hundred times faster than the expression
    for found in _LIKELY.finditer(text):
        kind = found.lastgroup
        if kind == "number" and not passes_eleven_test(found.group()):
            continue
        if kind == "planted" and not any(word in found.group().casefold() for word in _WORDS):
            continue
        yield str(kind)


def passes_eleven_test(number: str) -> bool:
    """Say whether nine digits could be a BSN."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True)) % 11 == 0
