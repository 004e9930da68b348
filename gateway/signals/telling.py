"""What signals are told as: JSON for a program, and lines for a person."""

from collections.abc import Iterator, Mapping
from typing import Any

from audit.signals.look import Seen
from audit.signals.rows import ROWS
from audit.signals.rule import Both, Hit, Language, times
from gateway.signals.period import Period
from schemas.calendar import written

_NONE = Both("Geen signalen.", "No signals.")
_ONE = Both("1 signaal.", "1 signal.")
_MANY = Both("{count} signalen.", "{count} signals.")
_LOOKED = Both(
    "We keken naar {looked} gebeurtenissen met {rules} regels.", "We looked at {looked} events with {rules} rules."
)
_EXPLAINED = Both(
    "{count} keer liet een regel iets weg, omdat het is uitgelegd.",
    "{times}, a rule left something out because it was explained.",
)
_UNREADABLE = Both("{count} gebeurtenissen waren niet te lezen.", "{count} events could not be read.")
_BEHIND = Both(
    "De laatste {count} gebeurtenissen van het logboek zijn nog niet te doorzoeken.",
    "The last {count} events of the log cannot be searched yet.",
)
_OFF = Both("Regel {rule} ({title}) staat uit.", "Rule {rule} ({title}) is off.")
_WHO = Both("medewerker {account}", "employee {account}")


def summary(seen: Seen) -> Both:
    """Return how many signals there are, and what was looked at with how many rules."""
    count = len(seen.hits)
    first = _NONE if count == 0 else _ONE if count == 1 else _MANY
    given = {"count": count, "looked": seen.looked, "rules": len(seen.rules)}
    return Both(
        f"{first.nl} {_LOOKED.nl}".format(**given),
        f"{first.en} {_LOOKED.en}".format(**given),
    )


def as_json(seen: Seen, period: Period, *, unreadable: int) -> dict[str, Any]:
    """Return everything that was seen. Whom it is about stands in it by pseudonym."""
    on = {rule.number for rule in seen.rules}
    return {
        "since": written(period.since),
        "until": written(period.until),
        "says": _both(summary(seen)),
        "looked": seen.looked,
        "rules": [{"rule": rule.number, "title": _both(rule.title), "on": rule.number in on} for rule in ROWS],
        "signals": [_hit(hit) for hit in seen.hits],
        "unable": [{"rule": each.rule.number, "why": _both(each.why)} for each in seen.unable],
        "explained": seen.explained,
        "unreadable": unreadable,
    }


def as_lines(seen: Seen, *, unreadable: int, behind: int, language: Language) -> Iterator[str]:
    """Yield the same as sentences."""
    yield summary(seen).said_in(language)
    for hit in seen.hits:
        who = "" if hit.account is None else f" ({_WHO.said_in(language).format(account=hit.account)})"
        yield f"{hit.rule.number} {hit.rule.title.said_in(language)}{who}: {hit.why(language)}"
    for each in seen.unable:
        yield f"{each.rule.number} {each.rule.title.said_in(language)}: {each.why.said_in(language)}"
    on = {rule.number for rule in seen.rules}
    for rule in ROWS:
        if rule.number not in on:
            yield _OFF.said_in(language).format(rule=rule.number, title=rule.title.said_in(language))
    if seen.explained:
        yield _EXPLAINED.said_in(language).format(count=seen.explained, times=times(seen.explained))
    if unreadable:
        yield _UNREADABLE.said_in(language).format(count=unreadable)
    if behind:
        yield _BEHIND.said_in(language).format(count=behind)


def _hit(hit: Hit) -> Mapping[str, Any]:
    return {
        "rule": hit.rule.number,
        "title": _both(hit.rule.title),
        "organisation": hit.organisation,
        "account": hit.account,
        "persons": list(hit.persons),
        "why": {"nl": hit.why("nl"), "en": hit.why("en")},
        "count": hit.count,
        "normal": hit.normal,
        "first": written(hit.first),
        "last": written(hit.last),
        "events": list(hit.events),
    }


def _both(text: Both) -> dict[str, str]:
    return {"nl": text.nl, "en": text.en}
