"""What a confirmation adds to a fact: a field of it, or the word it waited for. Pure.

Source: facts contract, *Who* (*opens when confirmed by*), F2 and F4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from consent.known.registered import merged
from consent.known.rows import Known
from consent.known.word import Word
from consent.whose.allowed import MayNotError, require_confirmer, row_of
from consent.whose.hand import Form
from consent.whose.row import Confirmation
from consent.whose.scene import Scene
from consent.whose.words import HELPER_NOT_MENTOR, owner_of
from consent.world.shape import WorldError
from gateway.facts.choosing import (
    AGAIN,
    HIMSELF,
    OFF,
    OTHER,
    chose_himself,
    is_suspended_by,
    last_taken_back,
    switched_off,
)
from gateway.facts.kept_ready import ANEW, is_closed_since
from gateway.facts.stage import Stage
from schemas.calendar import parse_moment

_FLAGS: Final = frozenset({"identity_verified", "client_informed"})
"""What a confirmation makes true; every other field says when."""

_TAKEN_BACK: Final = frozenset({"withdrawn_on", "youth_withdrew_on"})
_GONE: Final = "this was taken back; who wants it again says it anew"

_NEEDED: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("persons", "confirmed_on"): ("document_sha256",),
    ("family", "confirmed_on"): ("document_sha256",),
    ("authority", "verified_on"): ("document_sha256",),
    ("involvements", "client_informed"): ("on", "how"),
    ("mandates", "identity_verified_on"): ("identity",),
}
"""What who confirms has to show for it, by section and confirmation."""

_ALLOWED: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    **_NEEDED,
    ("orders", "verified_on"): ("document_sha256",),
    ("consents", "identity_verified"): ("identity",),
    ("mandates", "parent_agreements"): ("agreed_by",),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """What becomes of a fact: its new fields, its word where that changes, and what is told of it."""

    fields: Mapping[str, Any]
    word: Word | None
    shown: Mapping[str, Any]


def after(known: Known, changed: Changed) -> Known:
    """Return the fact as it is after a change."""
    return replace(known, source=merged(known.source, changed.fields), word=changed.word or known.word)


def confirm(stage: Stage, known: Known, name: str, evidence: Mapping[str, Any]) -> Changed:
    """Return what the confirmation `name` makes of `known`, once the caller may give it. What was given stays.

    Raises:
        MayNotError: he may not.
        WorldError: he may, but shows nothing for it, or something else; or it was taken back, or that mentor was by who
            is said to agree, or another that says the same was ended.
    """
    stage.require_strong()
    scene = stage.scene_of(known)
    confirmation = require_confirmer(row_of(known.section, scene.entry), name, scene)
    _require_evidence(known.section, name, evidence, stage.at)
    if scene.hand.form is Form.MENTOR and confirmation.fills in known.source:
        # That he says so again opens nothing, and tells him nothing of what became of his mandate since.
        return _changed(stage, known, confirmation, scene, evidence)
    if (why := _why_no_more(stage, scene, known, name, evidence)) is not None:
        if scene.hand.form is Form.MENTOR:
            raise MayNotError  # what the youth took back, or another ended, is not for us to tell him
        raise WorldError((f"confirm.field: {why}",))
    if name == "accepted_by":
        return _accepted(known, str(scene.hand.organisation), stage.at)
    return _changed(stage, known, confirmation, scene, evidence)


def _changed(
    stage: Stage, known: Known, confirmation: Confirmation, scene: Scene, evidence: Mapping[str, Any]
) -> Changed:
    name, fields = confirmation.name, _fields(stage, known, confirmation, scene, evidence)
    return Changed(fields, _given(known.word, name, stage.at, evidence), _shown(fields) or {name: stage.at})


def _shown(fields: Mapping[str, Any]) -> dict[str, Any]:
    # That another parent agreed too is what that one said; who agrees now stands last (`_agreements`).
    return {
        name: [each for each in value if each["by"] == value[-1]["by"]] if name == "parent_agreements" else value
        for name, value in fields.items()
    }


def _why_no_more(stage: Stage, scene: Scene, known: Known, name: str, evidence: Mapping[str, Any]) -> str | None:
    """Return why nobody confirms this any more, or None where he may."""
    if not _TAKEN_BACK.isdisjoint(known.source):
        return _GONE
    if known.section == "mandates" and not chose_himself(stage, known):
        # What helpers had ready goes with what the youth takes back; what the version before had kept did not, and that
        # he chose this mentor again since says nothing of it.
        if last_taken_back(stage, known.source) > known.version:
            return AGAIN
        if not switched_off(stage, known.source).isdisjoint(known.source["categories"]):
            return OFF
    said_anew = _says_it_himself(scene, known, name, evidence)
    return ANEW if not said_anew and is_closed_since(stage, known) else None


def _says_it_himself(scene: Scene, known: Known, name: str, evidence: Mapping[str, Any]) -> bool:
    """Return whether it is the word, of now, of who gives this yes, or agrees to this mentor, or is this partner."""
    if name == "accepted_by":
        return True
    if name == "parent_agreements":
        return "agreed_by" not in evidence
    return known.section == "consents" and known.source["given_by"] in {scene.hand.id, scene.hand.organisation}


def _given(word: Word, name: str, at: str, evidence: Mapping[str, Any]) -> Word:
    if name in word.given and name != "parent_agreements":
        return word
    seen = {name: dict(evidence)} if evidence else {}
    return replace(word, given={**word.given, name: at}, evidence={**word.evidence, **seen})


def _accepted(known: Known, organisation: str, at: str) -> Changed:
    partners = known.word.partners
    if partners is None:
        # Told by a register: all its partners count already.
        return Changed({}, known.word, {"accepted_by": organisation})
    word = replace(known.word, partners={organisation: at, **partners})
    return Changed({}, word, {"accepted_by": organisation})


def _fields(
    stage: Stage, known: Known, confirmation: Confirmation, scene: Scene, evidence: Mapping[str, Any]
) -> dict[str, Any]:
    field = confirmation.fills
    if field is None:
        return {}
    if field == "parent_agreements":
        by = _who_agrees(scene, evidence)
        if "agreed_by" in evidence and is_suspended_by(stage, known.source, by):
            raise WorldError((f"confirm.evidence.agreed_by: {HIMSELF}",))
        earlier = {each["by"] for each in known.source.get("parent_agreements", ())} - {by}
        if any(is_suspended_by(stage, known.source, each) for each in earlier):
            raise WorldError((f"confirm.field: {OTHER}",))
        return {field: _agreements(known, by, stage.at)}
    if field in _FLAGS:
        return {field: True}
    return {field: known.source.get(field, stage.at)}


def _agreements(known: Known, by: str, at: str) -> list[Any]:
    before = list(known.source.get("parent_agreements", ()))
    his = [each for each in before if each["by"] == by and "withdrawn_on" not in each]
    # INVARIANT: who agreed by a change stands last in it (`gateway.facts.choosing.is_suspended_by`).
    return [*(each for each in before if each not in his), *(his or [{"by": by, "on": at}])]


def _who_agrees(scene: Scene, evidence: Mapping[str, Any]) -> str:
    hand, youth = scene.hand, owner_of(scene.entry)
    named = evidence.get("agreed_by")
    if hand.form is Form.PERSON and named is not None:
        raise WorldError(("confirm.evidence.agreed_by: leave it out: who agrees comes from the login",))
    if named is not None and not HELPER_NOT_MENTOR.holds(scene):
        raise MayNotError  # for another agrees only a helper who was present
    agreeing = str(named or hand.voice)
    if not scene.has_authority(agreeing, youth):
        raise WorldError(("confirm.evidence.agreed_by: name who has authority and agreed while you were present",))
    return agreeing


def _require_evidence(section: str, name: str, evidence: Mapping[str, Any], at: str) -> None:
    needed, allowed = _NEEDED.get((section, name), ()), _ALLOWED.get((section, name), ())
    wrong = [f"confirm.evidence.{each}: is required for this" for each in needed if each not in evidence]
    wrong += [f"confirm.evidence.{each}: says nothing here; leave it out" for each in evidence if each not in allowed]
    if "on" in evidence and parse_moment(evidence["on"]) > parse_moment(at):
        wrong.append("confirm.evidence.on: lies in the future")
    if wrong:
        raise WorldError(tuple(wrong))
