"""What an end makes of a fact. Pure. At once, on the word of whoever may (facts contract, F3); never later than before.

Source: facts contract, *Who* (*closed at once by*).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from consent.entries import CapacityFinding
from consent.known.contradictions import STARTS
from consent.known.foster_care import is_foster_care
from consent.known.lone_ends import ended_by, gives_a_say
from consent.known.rows import Known
from consent.known.word import Word
from consent.whose.allowed import is_his_own, is_sure_closer, require_closer, row_of
from consent.whose.hand import Form
from consent.whose.rows_family import objection_to
from consent.world.shape import WorldError
from gateway.facts.confirming import Changed
from gateway.facts.stage import Stage
from schemas.calendar import parse_moment

LATER: Final = frozenset({"until", "ended_on", "suspended_on"})
"""The ends that may be set for later."""

_FLAGS: Final = frozenset({"disputed", "contact_denied"})


@dataclass(frozen=True, slots=True)
class Objected:
    """What an objection leads to: a finding of its own."""

    section: str
    fields: Mapping[str, Any]


def end(stage: Stage, known: Known, field: str, on: str | None) -> Changed | Objected:
    """Return what becomes of `known` when the caller ends it by `field`, once he may; `on` is for later.

    Raises:
        MayNotError: he may not.
        WorldError: this end cannot be set for later, or `on` lies in the past.
    """
    if known.section == "refusals":
        # To take back a no opens; a login too weak for that could be anybody's.
        stage.require_strong()
    scene = stage.scene_of(known)
    require_closer(row_of(known.section, scene.entry), field, scene)
    require_later(field, on, stage.at)
    if field == "until" and getattr(scene.entry, "contact_denied", False):
        # F3: with the fact the denial would end, and another fact about the same parent would open again.
        raise WorldError(("field: this fact denies contact, which nobody lifts on one word; a register must tell it",))
    if isinstance(scene.entry, CapacityFinding):
        at = max(stage.at, known.source["on"], key=parse_moment)
        return Objected("capacity", objection_to(scene.entry, at))
    if field in _FLAGS:
        return Changed({field: True}, None, {field: True})
    if field == "closed_on":
        word = replace(known.word, closed_on=known.word.closed_on or stage.at)
        return Changed({}, word, {field: word.closed_on})
    if field == "left_by":
        return _left(known, str(scene.hand.organisation), stage.at)
    told = {field: end_of(known.source, field, on, stage.at)}
    return Changed(told, _word_after(stage, known, field, told[field]), told)


def _word_after(stage: Stage, known: Known, field: str, at: str) -> Word | None:
    """Return the word of a fact that somebody ends at `at`, where it matters whether he is alone in that."""
    scene = stage.scene_of(known)
    sure = stage.caller.trusted and is_sure_closer(row_of(known.section, scene.entry), field, scene)
    by, own = scene.hand.organisation if sure else None, known.source.get("until")
    if is_foster_care(known.section, known.source):
        # What it ends itself it undid itself; where it is not sure that it did, another may have.
        return None if by is not None and by == known.source.get("via") else ended_by(known.word, by, at, own=own)
    confirmed = "verified_on" in known.source or "confirmed_on" in known.word.given
    takes_back = known.word.ended_by is None and not confirmed and is_his_own(scene)
    if not gives_a_say(known.section, known.source) or takes_back:
        return None
    if scene.hand.form is Form.PERSON and stage.caller.trusted:
        return replace(known.word, ended_by=None)  # who speaks for him is his to say
    return ended_by(known.word, by, at, own=own)


def require_later(field: str, on: str | None, at: str) -> None:
    """Let pass only an end `on` a later instant than `at`, of a field that may have one, or one at once.

    Raises:
        WorldError: it is neither.
    """
    if on is None:
        return
    if field not in LATER:
        raise WorldError(("on: this ends now; leave it out",))
    if parse_moment(on) < parse_moment(at):
        raise WorldError(("on: lies in the past; leave it out to end it now",))


def end_of(source: Mapping[str, Any], field: str, on: str | None, at: str) -> str:
    """Return when a fact ends that somebody ends at `at`, or `on` a later instant: never later than it did before."""
    starts = [source[name] for name in STARTS if name in source]
    # Where it has not begun, or a clock went back, it ends with its beginning: it was never in force.
    wanted = on if on is not None else max([at, *starts], key=parse_moment)
    # INVARIANT: an end is never moved to later: that would open again what was closed.
    ends = [wanted, *([source[field]] if field in source else [])]
    return str(min(reversed(ends), key=parse_moment))


def _left(known: Known, organisation: str, at: str) -> Changed:
    partners = known.word.partners
    if partners is None:
        partners = dict.fromkeys(known.source["organisations"], at)
    left = {name: since for name, since in partners.items() if name != organisation}
    return Changed({}, replace(known.word, partners=left), {"left_by": organisation})
