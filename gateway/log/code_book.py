"""The texts of the code book of NEN 7513, in Dutch, as the header is: read once."""

from pathlib import Path
from typing import Final

from audit import renderings
from schemas.texts import WORDS as OF_THE_CONTRACT
from schemas.texts import Texts, read_catalogue

WORDS: Final = Path(renderings.__file__).with_name("words.yaml")
"""What columns and codes mean, to be read with the words of the decision contract."""

TEXTS: Final = Texts("nl", {key: each["nl"] for key, each in read_catalogue([WORDS, OF_THE_CONTRACT]).items()})
"""What columns, kinds of event, codes, roles, purposes and topics are called."""
