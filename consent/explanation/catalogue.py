"""The catalogue of sentences and words of explanations, in one language at a time.

One file for each audience in `texts/`, so that a translator needs no code. A test walks every reason, row, rule,
condition and duty in both languages; a text that is missing there fails the build.
"""

from functools import cache
from pathlib import Path
from typing import Final

from schemas.texts import LANGUAGES, WORDS, Catalogue, Language, Texts, in_language, read_catalogue

__all__ = ["LANGUAGES", "Language", "Texts", "catalogue", "texts_in"]

FILES: Final = (WORDS, *(Path(__file__).with_name("texts") / f"{name}.yaml" for name in ("rules", "officer", "client")))


@cache
def catalogue() -> Catalogue:
    """Return every text by its key, and in it by language."""
    return read_catalogue(FILES)


@cache
def texts_in(language: Language) -> Texts:
    """Return the catalogue in `language`."""
    return in_language(catalogue(), language)
