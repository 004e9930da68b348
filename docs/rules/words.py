"""The words of the page of the rules: its own, and for all else those of the explanations."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from consent.explanation.catalogue import Language, Texts, texts_in
from consent.world.documents import document

_OWN: Final = Path(__file__).with_name("words.yaml")


@cache
def own_words() -> dict[str, dict[str, str]]:
    """Return the texts of the page itself by key, and in each by language."""
    found: dict[str, Any] = document(_OWN.read_bytes())
    return found


@cache
def words_in(language: Language) -> Texts:
    """Return every text in `language`; where page and explanations both have one, that of the page."""
    own = {key: said[language] for key, said in own_words().items()}
    return Texts(language, {**texts_in(language).said, **own})
