"""The languages in which a command speaks, as `--lang` takes them."""

from enum import StrEnum


class Language(StrEnum):
    """In which language what is printed stands."""

    NL = "nl"
    EN = "en"
