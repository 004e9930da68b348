"""What the privacy officer sees of a step, as lines: what was held back, what nobody was asked, who heard of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gateway.demo import family
from gateway.demo.playing import HOLDERS, Played
from gateway.demo.texts import Texts

MOST_WORDS: Final = 4
"""How many categories are named before the rest is only counted."""

CLIENT_NUMBERS: Final = "https://de-linde.example/fhir/clientnummer"


def held_back(played: Played, texts: Texts) -> Iterator[str]:
    """Yield a line for each reason for which something was found and does not pass."""
    for reason, holders in _by_reason(played.held_back()).items():
        counted = [
            texts("officer.held-back.from", count=len(found), holder=texts.name(holder))
            for holder, found in holders.items()
        ]
        yield f"{texts.listed(counted)}. {_why(reason, texts)}"


def unasked(played: Played, texts: Texts) -> Iterator[str]:
    """Yield lines with what was not even asked: first what holds for all holders alike, then what for some."""
    telling = {category for told in played.step.unasked.values() for category in told}
    for reason, holders in _by_reason(played.not_asked()).items():
        for whom, found in _shared(holders):
            first = sorted(found, key=lambda category: (category not in telling, category))
            what = _few([texts.word("category", each) for each in first], texts)
            everybody = len(whom) == len(HOLDERS)
            who = texts("officer.everybody") if everybody else texts.listed([texts.name(each) for each in whom])
            yield f"{who}: {what}. {_why(reason, texts)}"


def heard(played: Played, texts: Texts) -> Iterator[str]:
    """Yield who heard of the request at all: the holders that were not asked, and what De Linde's own log says."""
    if played.heard:
        yield _heard_by_de_linde(played, texts)
    asked = played.asked()
    deaf = [texts.name(each) for each in HOLDERS if each not in asked]
    if deaf:
        yield texts("officer.heard-nothing", holders=texts.listed(deaf))


def _heard_by_de_linde(played: Played, texts: Texts) -> str:
    numbers = family.identifiers()[CLIENT_NUMBERS]
    clients = {client for each in played.heard for client in each["clients"]}
    told: dict[str, object] = {
        "holder": texts.name("de-linde"),
        "count": len(played.heard),
        "people": texts.listed([texts.name(person) for person, number in numbers.items() if number in clients]),
    }
    others = [texts.name(person) for person, number in numbers.items() if number not in clients]
    if not others:
        return texts("officer.heard", **told)
    return texts("officer.heard-not", **told, others=texts.listed(others))


def _by_reason(found: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, list[str]]]:
    grouped: dict[str, dict[str, list[str]]] = {}
    for each in found:
        grouped.setdefault(each["reason"], {}).setdefault(each["holder"], []).append(each["category"])
    return grouped


def _shared(holders: Mapping[str, Sequence[str]]) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """Yield the categories that all `holders` have in common, and then what each has besides."""
    common = frozenset.intersection(*(frozenset(found) for found in holders.values()))
    if common:
        yield tuple(holders), common
    for holder, found in holders.items():
        if besides := frozenset(found) - common:
            yield (holder,), besides


def _few(words: Sequence[str], texts: Texts) -> str:
    if len(words) <= MOST_WORDS + 1:
        return texts.listed(words)
    return texts("such-as", shown=", ".join(words[:MOST_WORDS]), count=len(words) - MOST_WORDS)


def _why(reason: str, texts: Texts) -> str:
    return f"{texts.word('reason', reason)} ({reason})."
