"""What goes with what somebody takes back. Written from the facts contract's F3, as it is read here.

A yes, a mentor or a part of him that who gave or chose it takes back is so in each fact that a helper wrote down for
him and that lets through some of the same. What he said with his own login he takes back himself; a register's word
stands. Nor does one helper say such a yes for him again, until he said all of that himself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from tests.gateway.facts.sequences.said import Act, Closed, Confirmed, Fact, Switched, facts_of, giver_of, instant
from tests.gateway.facts.sequences.town import HOMES, Hand

_SCOPE: Final = ("holders", "recipients", "purposes", "categories")


def with_what_goes(acts: Iterable[Act]) -> list[Act]:
    """Return `acts`, and behind each that takes back the same of each fact that goes with it."""
    found: list[Act] = []
    for act in acts:
        found.append(act)
        if isinstance(act, Closed | Switched):
            facts, before = facts_of(found), facts_of(_until_he_said_so(found, act))
            named = facts.get(act.fact)
            if named is not None:
                found += [_same_of(act, each) for each in _going(facts.values(), named, act) if each.id in before]
    return found


def is_said_for_him_again(facts: Iterable[Fact], yes: Fact) -> bool:
    """Return whether a helper recorded for its giver what that one withdrew or refused, and did not say since."""
    giver = _speaks_as(giver_of(yes))
    same = [
        each
        for each in facts
        if each.section in {"consents", "refusals"}
        and (each.body["about"], _speaks_as(giver_of(each))) == (yes.body["about"], giver)
        and _overlap(each.body, yes.body)
    ]
    yeses = [each for each in same if each.section == "consents"]
    withdrew = [end.at for each in yeses for end in each.closed("withdrawn_on") if _voice(end.by) == giver]
    # A no that was taken back is none, whenever that was.
    noes = (each for each in same if each.section == "refusals" and not each.closed("withdrawn_on"))
    refused = [each.at for each in noes if each.by is not None and _voice(each.by) == giver]
    own = [(each, at) for each in yeses if _covers(each.body, yes.body) for at in _said_himself(each, giver)]
    # What has ended sets no no aside any more.
    lasting = [(each, at) for each, at in own if each.in_force(yes.at) and yes.at < twelve_months(each.since)]
    return any(
        shut and not any(max(shut) <= at <= yes.at for _, at in said)
        for shut, said in (
            ([at for at in withdrew if at < yes.at], own),
            ([at for at in refused if at < yes.at], lasting),
        )
    )


def _said_himself(yes: Fact, giver: str | None) -> list[datetime]:
    """Return when its giver surely said it himself."""
    own = yes.by is None or (_voice(yes.by) == giver and yes.by.strong)
    return [
        *([yes.at] if own else []),
        *(each.at for each in yes.given("identity_verified") if _voice(each.by) == giver),
    ]


def twelve_months(since: datetime) -> datetime:
    """Return when a yes ends, whatever it says."""
    day = since.date()
    return instant(str(day.replace(year=day.year + 1)))


def _until_he_said_so(acts: Sequence[Act], act: Closed | Switched) -> Sequence[Act]:
    """Return what was said before who acts ended this for the first time: what he says twice takes no more along."""
    for place, each in enumerate(acts):
        if isinstance(each, Closed) and isinstance(act, Closed) and (each.fact, each.field) == (act.fact, act.field):
            is_over = instant(each.on or each.at.isoformat()) <= act.at
            if is_over and _voice(each.by) == _voice(act.by):
                return acts[:place]
    return acts


def _same_of(act: Closed | Switched, fact: Fact) -> Act:
    if isinstance(act, Closed):
        return replace(act, fact=fact.id)
    return replace(act, fact=fact.id, categories={name: on for name, on in act.categories.items() if not on})


def _going(facts: Iterable[Fact], named: Fact, act: Closed | Switched) -> Iterator[Fact]:
    others = [each for each in facts if each.section == named.section and each.id != named.id]
    if named.section == "consents":
        giver = _speaks_as(giver_of(named))
        if _voice(act.by) == giver:
            same = (each for each in others if each.body["about"] == named.body["about"])
            his = (each for each in same if _speaks_as(giver_of(each)) == giver and not _is_own(each, giver))
            yield from (each for each in his if _overlap(each.body, named.body))
    elif named.section == "considered_wishes":
        recipients = _names(named.body["recipients"])
        yield from (each for each in others if recipients & _names(each.body["recipients"]))
    elif named.section == "mandates":
        pair = {name: named.body[name] for name in ("youth", "mentor")}.items()
        for each in (each for each in others if pair <= each.body.items()):
            by_helper = each.by is not None and each.by.form == "professional"
            by_youth = isinstance(act, Switched) or act.field == "youth_withdrew_on"
            suspends = isinstance(act, Closed) and act.field == "suspended_on"
            if (by_youth and by_helper) or (suspends and _others_said(each, _voice(act.by))):
                yield each


def _voice(hand: Hand) -> str:
    return hand.organisation or hand.id


def _speaks_as(name: str | None) -> str | None:
    return HOMES[name][0] if name in HOMES else name


def _is_own(yes: Fact, giver: str | None) -> bool:
    """Return whether it is sure that its giver said so himself, or a register told it."""
    if yes.by is None or any(_voice(each.by) == giver for each in yes.given("identity_verified")):
        return True
    return _voice(yes.by) == giver and yes.by.strong


def _others_said(mandate: Fact, holder: str) -> bool:
    """Return whether helpers said that he agreed to it, and he never did."""
    words: list[Confirmed] = mandate.given("parent_agreements")
    named = any(each.evidence.get("agreed_by") == holder for each in words)
    return named and not any(_voice(each.by) == holder for each in words)


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    scopes = ((one.get(name, "any"), other.get(name, "any")) for name in _SCOPE)
    return all("any" in told or _names(told[0]) & _names(told[1]) for told in scopes)


def _covers(own: Mapping[str, Any], yes: Mapping[str, Any]) -> bool:
    """Return whether `own` names all that `yes` names: an organisation, or each by himself."""
    for name in _SCOPE:
        named, asked = own[name], yes[name]
        if named != "any" and (asked == "any" or not all(each in named or _speaks_as(each) in named for each in asked)):
            return False
    return True


def _names(told: Iterable[str]) -> set[str]:
    return {*told, *(HOMES[each][0] for each in told if each in HOMES)}
