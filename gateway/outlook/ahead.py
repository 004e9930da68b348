"""Of which facts somebody's forecast is made, and what of it he is shown. Pure.

An entry hangs on more than its own fact: a finding ends where a later one counts, and a fact without an id is named by
its place among all others. So a forecast is made of what its reader may see (`gateway.facts.seeing`), or it would tell
of the rest.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from consent.entries import Involvement, Referral
from consent.facts import Facts
from consent.known.family import Gathered
from consent.known.objections import OBJECTION
from consent.known.rows import Known
from consent.naming import WITHOUT_ID, names_in
from consent.outlook.dates_of_facts import about
from consent.outlook.forecast import Ahead, Effect
from gateway.facts.seeing import FOR_AUTHORITY
from gateway.identity.caller import Caller
from gateway.outlook.readers import Reader

_Objected = TypeVar("_Objected", Involvement, Referral)


def facts_for(
    reader: Reader, caller: Caller, gathered: Gathered, known: Mapping[tuple[str, str], Known], *, surely: bool
) -> Facts:
    """Return the facts of which the forecast is made.

    `known` has them as they were recorded; `surely` says whether who helps does not say so alone.
    """
    facts = gathered.facts
    if reader is Reader.OFFICER:
        return facts

    def named(section: str) -> tuple[Any, ...]:
        entries = (one for one in getattr(facts, section) if about(section, one, facts) == gathered.person)
        return tuple(one for one in entries if _is_his(reader, caller, frozenset(names_in(section, one.source))))

    own: dict[str, Any] = {section: named(section) for section in WITHOUT_ID}
    facts = replace(facts, **own)
    if reader is Reader.HIMSELF:
        return facts
    return replace(
        facts,
        # How old somebody is, nobody learns by saying that he helps him: neither by a birthday, nor by what ends with
        # one, or is to be said again before it.
        persons=facts.persons if surely else (),
        # While anybody's no stands, `decide` is not given a yes of which it is not sure whose it is: who sees that one
        # go, or come back, would hear of the no of another.
        consents=tuple(one for one in facts.consents if one.identity_verified),
        involvements=tuple(_as_objected("involvements", one, known) for one in facts.involvements),
        referrals=tuple(_as_objected("referrals", one, known) for one in facts.referrals),
    )


def _as_objected(section: str, one: _Objected, known: Mapping[tuple[str, str], Known]) -> _Objected:
    # An objection holds for what it was not said of too (`consent.known.objections`), and that tells of it.
    recorded = known.get((section, one.id))
    return one if recorded is None or OBJECTION in recorded.source else replace(one, objection_on=None)


def is_shown(each: Ahead, reader: Reader, caller: Caller, person: str | None) -> bool:
    """Return whether an entry is shown, as `gateway.facts.seeing` shows the fact that it comes from."""
    if each.effect is Effect.RULES:
        return True
    if each.about != person:
        return False
    if reader in {Reader.OFFICER, Reader.HIMSELF}:
        return True
    if each.section == "persons":
        # That somebody must speak for him when he comes of age tells what was found about him.
        return each.effect is Effect.BIRTHDAY
    if reader is Reader.AUTHORITY:
        return each.section in FOR_AUTHORITY or each.given_by == caller.id
    return _is_his(reader, caller, each.names)


def _is_his(reader: Reader, caller: Caller, names: frozenset[str]) -> bool:
    if reader is Reader.HELPER:
        return not names.isdisjoint({caller.id, caller.organisation})
    return reader is Reader.HIMSELF
