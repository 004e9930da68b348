"""The texts of the code book of NEN 7513, in Dutch, as the header is: read once, when the first is asked for."""

from functools import cache
from pathlib import Path
from typing import Final

from audit import renderings
from schemas.texts import WORDS as OF_THE_CONTRACT
from schemas.texts import Texts, read_catalogue

WORDS: Final = Path(renderings.__file__).with_name("words.yaml")
"""What columns and codes mean, to be read with the words of the decision contract."""


@cache
def texts() -> Texts:
    """Return what columns, kinds of event, codes, roles, purposes and topics are called."""
    return Texts("nl", {key: each["nl"] for key, each in read_catalogue([WORDS, OF_THE_CONTRACT]).items()})
