"""An objection holds for what the same organisations record again: nobody undoes it on his own word. Pure.

Whoever referred, or helps together, records that alone. Said once more it would stand beside the one that was objected
to, and the one that gets furthest answers. What is recorded after the objection is objected to as well:

- a referral of the same person to the same organisation, by whichever professional of the organisation that referred;
- joint help about the same person that names two of the partners again, or nobody but one of them.

So is joint help that was recorded before and had not begun then, or waited for a word: that of a partner who accepts,
or that the client knows. A later yes goes by consent. What stood beside it at the objection stays as it was, and a
world file is taken as it stands: only an objection that was said after its fact was recorded holds so.

Source: facts contract, F3 (closing is cheap, opening is dear) and *Who* (`joint-help`, referral: `objection_on`);
decision contract, LB-04, LB-26 and section 2 (*Several facts*).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from consent.known.word import Word
from consent.naming import OWNER
from schemas.calendar import parse_moment
from schemas.words import InvolvementKind

OBJECTION: Final = "objection_on"
_STARTS: Final = {"referrals": "on", "involvements": "since"}
SECTIONS: Final = frozenset(_STARTS)
"""The sections of what can be objected to."""


@dataclass(frozen=True, slots=True, repr=False)
class Objection:
    """An objection to a fact that says `source`, with all its partners; `version` is that of its person then."""

    section: str
    source: Mapping[str, Any]
    version: int


def objected_on(
    section: str,
    source: Mapping[str, Any],
    version: int,
    objections: Iterable[Objection],
    homes: Mapping[str, str],
) -> str | None:
    """Return since when a fact counts as objected to, or None where it does not.

    `version` is that of the last row by which it opened anything; `homes` gives the organisation of each professional.
    """
    found = [
        max(one.source[OBJECTION], source[_STARTS[section]], key=parse_moment)
        for one in objections
        if one.section == section
        and (one.version < version or _begins_behind(source[_STARTS[section]], one.source[OBJECTION]))
        and _is_again(section, source, one.source, homes)
    ]
    if OBJECTION in source:
        found.append(source[OBJECTION])
    return min(found, key=parse_moment, default=None)


def _begins_behind(start: str, objection: str) -> bool:
    return parse_moment(start) > parse_moment(objection)


def opens_more(before: Mapping[str, Any], after: Mapping[str, Any], had: Word, has: Word) -> bool:
    """Return whether a change of joint help opens more than it did: a partner accepts, or the client knows of it now.

    `had` and `has` are its word before and after.
    """
    informed = "client_informed"
    accepted = had.partners is not None and not (has.partners or {}).keys() <= had.partners.keys()
    return accepted or (after.get(informed) is True and before.get(informed) is not True)


def _is_again(section: str, source: Mapping[str, Any], before: Mapping[str, Any], homes: Mapping[str, str]) -> bool:
    if source[OWNER[section]] != before[OWNER[section]]:
        return False
    if section == "referrals":
        return source["to"] == before["to"] and _home(source["by"], homes) == _home(before["by"], homes)
    if source["kind"] != InvolvementKind.JOINT_HELP:
        return False
    partners, those = set(source.get("organisations", ())), set(before.get("organisations", ()))
    # Two of them would tell each other what they were not to tell; whoever adds a third changes nothing in that.
    return len(partners & those) > 1 or (bool(partners) and partners <= those)


def _home(name: str, homes: Mapping[str, str]) -> str:
    return homes.get(name, name)
