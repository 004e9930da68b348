"""What is missing in a plan, told from its JSON in the sentences that the plan's own catalogue has for it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from gateway.showing_plan.words import as_day, called, plain
from schemas.calendar import local_day
from schemas.plan import Missing, Pillar
from schemas.texts import Texts

Members = Mapping[str, Any]


def gap_told(gap: Members, elements: Mapping[str, Members], day: date, texts: Texts) -> str:
    """Return the sentence of `gap`; one of a newer version is told as it came, with the texts that it stands on."""
    grounds = [elements[each] for each in gap.get("elements", ()) if each in elements]
    match gap.get("gap"):
        case Missing.NO_COORDINATOR:
            return texts("gap.no-coordinator")
        case Missing.REFERRER_NOT_TOLD if referrers := _told(grounds, "referred_by"):
            sentence = texts("gap.referrer-not-told", referred_by=texts.listed(referrers))
            return ": ".join((*(f"“{each}”" for each in _told(grounds, "text")), sentence))
        case Missing.ADULTHOOD_OPEN if due := sorted(_dues(grounds)):
            when = "before" if due[0] > day else "after"
            pillars = [called("pillar", each, texts) for each in _pillars(grounds)]
            return texts(f"gap.adulthood-open.{when}", day=texts.day(due[0]), pillars=texts.listed(pillars))
    said = [plain(each.get("text") or each["id"], texts) for each in grounds]
    return ": ".join((plain(gap.get("gap"), texts), *said))


def _told(grounds: list[Members], member: str) -> list[str]:
    return [str(each[member]) for each in grounds if each.get(member)]


def _dues(grounds: list[Members]) -> Iterator[date]:
    for each in grounds:
        found = as_day(each.get("due"))
        if found is not None:
            yield local_day(found) if isinstance(found, datetime) else found


def _pillars(grounds: list[Members]) -> list[str]:
    found = _told(grounds, "pillar")
    known = [str(each) for each in Pillar]
    return sorted(dict.fromkeys(found), key=lambda each: known.index(each) if each in known else len(known))
