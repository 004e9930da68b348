"""Whose help counts for what opens: of whom another says that he helps, and who is there longest.

An organisation records its own help alone, and for what protects that counts at once (F3). For what opens its own word
is not enough: whoever likes could say that he helps, and then confirm what an accomplice recorded.

Source: facts contract, *Who* (*help*, *joint-help*), F3 and F4; design, I14.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from consent.entries import Involvement
from schemas.words import InvolvementKind


@dataclass(frozen=True, slots=True)
class HelpTold:
    """How a help, or a joint help, became known: when, and on whose word.

    `by` is the organisation that recorded it, None where a register did; `confirmed` says whether a helper of another
    organisation confirmed it since.
    """

    at: datetime
    by: str | None
    confirmed: bool = False


def sure_helpers(
    helps: Iterable[Involvement], told: Mapping[str, HelpTold], *, before: datetime | None, informed: bool
) -> frozenset[str]:
    """Return the organisations whose help counts for what opens; `helps` are those in force about one person.

    That is who helps on the word of a register, or of a sure helper of another organisation, who confirmed his help or
    carries out joint help with him; and who is there longest, since somebody must be the first. Where it is about a
    fact that is known since `before`, the longest counts only if he was there by then: nobody comes for a fact.
    `informed`: joint help of which nobody said that the client knows makes nobody a sure helper.
    """
    # INVARIANT: a help of which nobody can say how it became known makes nobody a sure helper.
    known = [(told[one.id], one) for one in helps if one.id in told]
    # Who is there longest is asked of all: what does not count makes nobody longer there.
    first = _there_longest(known, before)
    counting = [each for each in known if not informed or _is_known_to_the_client(each[1])]
    sure = {
        name for how, one in counting if one is first or how.by is None or how.confirmed for name in one.organisations
    }
    together = [one.organisations for _, one in counting if one.kind is InvolvementKind.JOINT_HELP]
    while joined := {name for partners in together if partners & sure for name in partners} - sure:
        sure |= joined
    return frozenset(sure)


def _is_known_to_the_client(one: Involvement) -> bool:
    return one.kind is not InvolvementKind.JOINT_HELP or one.client_informed


def _there_longest(known: Iterable[tuple[HelpTold, Involvement]], before: datetime | None) -> Involvement | None:
    first = min(known, key=lambda each: each[0].at, default=None)
    if first is None or (before is not None and first[0].at >= before):
        return None
    return first[1]
