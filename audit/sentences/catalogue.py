"""The sentences about events, in one language at a time; `texts.yaml` can be edited without any code."""

from functools import cache
from pathlib import Path
from typing import Final

from schemas.texts import WORDS, Catalogue, Language, Texts, in_language, read_catalogue

FILES: Final = (WORDS, Path(__file__).with_name("texts.yaml"))


@cache
def catalogue() -> Catalogue:
    """Return every text by its key, and in it by language."""
    return read_catalogue(FILES)


@cache
def texts_in(language: Language) -> Texts:
    """Return the catalogue in `language`."""
    return in_language(catalogue(), language)
