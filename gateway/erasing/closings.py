"""Which acts close, as what the tombstone journal remembers them, and what a line closes where the act was lost. Pure.

Most lines say about whom an act was, and so close all of that kind about him. An end says which fact it ended, so that
it closes this one and no other: one of five helpers who leaves does not take the others with him.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from audit.events import Field, Kind
from audit.told import Told
from consent.entry import Capability
from consent.known.contradictions import STARTS
from consent.known.foster_care import is_foster_care
from consent.known.lone_ends import ended_by as on_nobodys_word
from consent.known.objections import OBJECTION
from consent.known.opened_since import last_finding
from consent.known.rows import Known
from consent.known.word import Word
from consent.naming import OWNER
from gateway.erasing.tombstone import TombstoneKind
from schemas.calendar import parse_moment
from schemas.words import InvolvementKind

_JOINT: Final = str(InvolvementKind.JOINT_HELP)
_OF_THE_WORD: Final = "closed_on"
"""The end of a fact that has none of its own (`consent.known.word`)."""
_LEFT: Final = "left_by"
_UNCLEAR: Final = str(Capability.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Closes:
    """Which events of `kinds` close: all, or those that say one of `fields`, as one of `values` where these are given.

    With `anew`, recording a fact that has the field from its beginning does so too. Where it is not `though_doubted`,
    what happens to a fact that was disputed already closes no more, unless it is disputed anew.
    """

    kinds: frozenset[Kind]
    fields: frozenset[str] | None = None
    values: frozenset[bool | str] | None = None
    anew: bool = False
    though_doubted: bool = True

    def meets(self, event: Told) -> bool:
        """Say whether `event` closed, or may have: it cannot be read any more."""
        if event.kind not in self.kinds:
            return False
        detail = event.fields.get(Field.DETAIL)
        if self.fields is None or detail is None or "said" not in detail:
            return True
        said = detail["said"]
        if not self.anew and OWNER.get(detail.get("section"), "id") in said:
            return False
        if not self.though_doubted and detail.get("doubted") and "disputed" not in said:
            return False
        return any(self.values is None or said[name] in self.values for name in self.fields & said.keys())


REMEMBERED: Final = {
    TombstoneKind.WITHDRAW: Closes(frozenset({Kind.CONSENT_WITHDRAWN})),
    TombstoneKind.REFUSE: Closes(frozenset({Kind.CONSENT_REFUSED})),
    TombstoneKind.MANDATE: Closes(frozenset({Kind.MANDATE_CHANGED})),
    TombstoneKind.OBJECT: Closes(frozenset({Kind.FACT_CLOSED}), frozenset({OBJECTION})),
    TombstoneKind.DENY: Closes(
        frozenset({Kind.FACT_RECORDED, Kind.FACT_CLOSED}), frozenset({"contact_denied"}), frozenset({True}), anew=True
    ),
    # Who is disputed opens nothing that a line would close, and keeps his no: without him no less is shared.
    TombstoneKind.AUTHORITY: Closes(
        frozenset({Kind.AUTHORITY_CHANGED}), frozenset({"disputed", "suspended_on", "until"}), though_doubted=False
    ),
    TombstoneKind.ORDER: Closes(frozenset({Kind.ORDER_CHANGED}), frozenset({"ended_on"})),
    TombstoneKind.HOLDER: Closes(
        frozenset({Kind.HOLDER_DECIDED}), frozenset({"approved"}), frozenset({False}), anew=True
    ),
    TombstoneKind.FINDING: Closes(
        frozenset({Kind.CAPACITY_RECORDED}), frozenset({"capable"}), frozenset({True, _UNCLEAR}), anew=True
    ),
    TombstoneKind.END: Closes(
        frozenset({Kind.FACT_CLOSED, Kind.AUTHORITY_CHANGED}),
        frozenset({"until", "suspended_on", _LEFT, _OF_THE_WORD}),
    ),
}
"""Of which events a line is added. What else closes, and is not in here: `docs/how-to/forget.md`."""


def kinds_of(event: Told) -> list[TombstoneKind]:
    """Return as what `event` is remembered; of what cannot be read any more all that it may have been."""
    return [kind for kind, closes in REMEMBERED.items() if closes.meets(event)]


def ended_by(event: Told) -> tuple[str, str] | None:
    """Return the section and the id of the fact that `event` ended; None where it does not say that any more."""
    detail = event.fields.get(Field.DETAIL, {})
    return (detail["section"], detail["fact"]) if {"section", "fact"} <= detail.keys() else None


def _any(_source: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Ends:
    """How facts of a section are ended: by which field, with which `value` (or an instant), as which kind of event.

    Only those of which `those` holds, and if `only_named` only the one that a line names. What is ended `unsure` opens
    nothing by that (`consent.known.lone_ends`).
    """

    section: str
    field: str
    kind: Kind
    value: bool | None = None
    those: Callable[[Mapping[str, Any]], bool] = _any
    only_named: bool = False
    unsure: bool = False

    def stands(self, known: Known, at: str) -> bool:
        """Say whether `known` is such a fact, and will not have ended by `at`."""
        if known.section != self.section or not self.those(known.source):
            return False
        if self.field == _OF_THE_WORD:
            return known.word.closed_on is None
        if self.value is not None:
            return known.source.get(self.field, not self.value) is not self.value
        had = known.source.get(self.field)
        if had is None or parse_moment(had) > parse_moment(_end_of(known, at)):
            return True
        # What foster care ended itself another may have ended since: then that end is his word too.
        return self.unsure and is_foster_care(known.section, known.source) and known.word.ended_by is None

    def said(self, known: Known, at: str) -> dict[str, Any]:
        """Return what ends `known` at `at`, as the event tells it: never later than it did."""
        ends = [_end_of(known, at), *([known.source[self.field]] if self.field in known.source else [])]
        return {self.field: min(ends, key=parse_moment) if self.value is None else self.value}

    def ending(self, known: Known, at: str) -> tuple[dict[str, Any], Word]:
        """Return what ends `known` at `at`: the fields of the fact, and its word from then on."""
        if self.field == _OF_THE_WORD:
            return {}, replace(known.word, closed_on=at)
        word = on_nobodys_word(known.word, None, at, own=known.source.get("until")) if self.unsure else known.word
        return self.said(known, at), word


def is_unclear(findings: Sequence[Known]) -> bool:
    """Say whether the last of `findings`, in the order in which they were recorded, says that it is unclear."""
    return any(each.source["capable"] == _UNCLEAR for each in last_finding(findings))


def unclear(person: str, findings: Sequence[Known], at: str) -> dict[str, str]:
    """Return the finding that it is unclear from `at` on whether `person` can decide, whatever `findings` say."""
    on = max([at, *(each.source["on"] for each in findings)], key=parse_moment)
    return {"person": person, "capable": _UNCLEAR, "on": on}


def _end_of(known: Known, at: str) -> str:
    return str(max([at, *(known.source[name] for name in STARTS if name in known.source)], key=parse_moment))


def _is_joint(source: Mapping[str, Any]) -> bool:
    # Help itself rests on no silence, so nobody objects to it: it is ended.
    return bool(source["kind"] == _JOINT)


def _denies_nothing(source: Mapping[str, Any]) -> bool:
    # F3: with the fact the denial would end, and another fact about the same two would open again.
    return not source.get("contact_denied")


_CONSENTS: Final = (Ends("consents", "withdrawn_on", Kind.CONSENT_WITHDRAWN),)
ENDED: Final = {
    TombstoneKind.WITHDRAW: _CONSENTS,
    TombstoneKind.REFUSE: _CONSENTS,
    TombstoneKind.MANDATE: (Ends("mandates", "suspended_on", Kind.MANDATE_CHANGED),),
    TombstoneKind.OBJECT: (
        Ends("involvements", OBJECTION, Kind.FACT_CLOSED, those=_is_joint),
        Ends("referrals", OBJECTION, Kind.FACT_CLOSED),
    ),
    TombstoneKind.DENY: (Ends("family", "contact_denied", Kind.FACT_CLOSED, value=True),),
    # Not only disputed: what rests on partial authority, a curator's, or an agreement with a mentor never asks that.
    # Nor surely ended: the end of one of two would make the yes of the other enough, while who is doubted keeps his no.
    TombstoneKind.AUTHORITY: (
        Ends("authority", "disputed", Kind.AUTHORITY_CHANGED, value=True),
        Ends("authority", "suspended_on", Kind.AUTHORITY_CHANGED, unsure=True),
    ),
    TombstoneKind.ORDER: (Ends("orders", "ended_on", Kind.ORDER_CHANGED),),
    TombstoneKind.HOLDER: (Ends("holder_decisions", "approved", Kind.HOLDER_DECIDED, value=False),),
    # It cannot be ended: another is recorded behind it, that it is unclear.
    TombstoneKind.FINDING: (),
    TombstoneKind.END: (
        # Which partner left joint help the line does not say: it ends for all.
        Ends("involvements", "until", Kind.FACT_CLOSED),
        Ends("assignments", "until", Kind.FACT_CLOSED),
        # By whom the line does not say: where he spoke for an adult, nobody further off speaks by that; and a foster
        # parent's place may be one that the executor of an order ended (`consent.known.foster_care`).
        Ends("family", "until", Kind.FACT_CLOSED, those=_denies_nothing, unsure=True),
        Ends("considered_wishes", _OF_THE_WORD, Kind.FACT_CLOSED),
        # Where it was disputed already no line says so of all.
        Ends("authority", "suspended_on", Kind.AUTHORITY_CHANGED, unsure=True, only_named=True),
    ),
}
TAKEN_BACK: Final = frozenset(ENDED)
"""The kinds of line that end facts about somebody, or change them so that they open less."""
BY_FACT: Final = frozenset(each.section for each in ENDED[TombstoneKind.END])
"""The sections of which the journal knows single facts."""
