"""What a body says as an entry, whether its caller may say it, and whose word it still needs. Pure.

Source: facts contract, F1 (who says it comes from the token) and *Who*.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from consent.ends import birthday
from consent.entries import Consent, FamilyFact
from consent.known.word import Word
from consent.naming import WITHOUT_ID, names_in
from consent.whose.allowed import MayNotError, missing, require_recorder, row_of
from consent.whose.hand import Form
from consent.whose.row import Row
from consent.whose.scene import Scene
from consent.world.shape import WorldError
from gateway.facts.bodies import ASSISTED, from_login, told_badly
from gateway.facts.stage import Stage
from gateway.facts.taken_back import is_shut_by_himself
from schemas.calendar import AMSTERDAM, local_day
from schemas.words import Relation

_UNNAMED: Final = "new"
"""The id of an entry that has none yet; the store makes one."""
_GROWN: Final = 18
_VOICE_LATER: Final = frozenset({Relation.PARTNER, Relation.CHILD, Relation.SIBLING})
_BESIDE: Final[Mapping[str, tuple[str, ...]]] = {"consents": ("identity", "text_sha256"), "persons": ("family_of",)}
"""What stands in a body and not in its entry."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A new fact: its fields, its word, and the names of the confirmations that it lacks."""

    fields: Mapping[str, Any]
    word: Word
    lacks: tuple[str, ...]


def tell(stage: Stage, section: str, body: Mapping[str, Any]) -> Telling:
    """Return the fact that `body` tells, once the caller may record it.

    Raises:
        MayNotError: he may not, whatever is wrong with what he says (F7).
        WorldError: he may, but not so.
    """
    told = {**body, **from_login(stage, section, body)}
    fields = {name: value for name, value in told.items() if name not in _BESIDE.get(section, ()) and value is not None}
    try:
        scene = _scene(stage, section, fields)
    except WorldError as error:
        _require_recorder(stage, section, _as_far_as_read(stage, section, fields, error))
        raise
    row = _require_recorder(stage, section, scene)
    if wrong := told_badly(stage, section, body):
        raise WorldError(wrong)
    if isinstance(scene.entry, Consent) and _is_anothers_again(stage, scene):
        scene = replace(scene, entry=replace(scene.entry, identity_verified=False))
    lacks = missing(row, scene, ())
    if "identity_verified" in lacks:
        fields["identity_verified"] = False
    if not lacks:
        fields |= _limits(scene)
    return Telling(fields, _word(row, scene, lacks, stage.at, body), lacks)


def _scene(stage: Stage, section: str, fields: Mapping[str, Any]) -> Scene:
    unnamed = {} if section in WITHOUT_ID else {"id": _UNNAMED}
    return stage.scene(section, {**unnamed, **fields})


def _as_far_as_read(stage: Stage, section: str, fields: Mapping[str, Any], error: WorldError) -> Scene:
    """Return the act on what can be read of an entry that is none, to judge who may; nothing of it is kept.

    A name that cannot be read is nobody's, so it gives nobody a place.
    """
    wrong = {problem.partition(": ")[0].partition(".")[2].partition("[")[0] for problem in error.problems}
    left = {name: _instead(section, name, fields) if name in wrong else value for name, value in fields.items()}
    try:
        return _scene(stage, section, {name: value for name, value in left.items() if value is not None})
    except WorldError:
        raise MayNotError from None


def _instead(section: str, name: str, fields: Mapping[str, Any]) -> Any:
    if name == "until":
        return fields.get("since")
    value = fields[name]
    if not set(names_in(section, {name: value})):
        return None
    return _UNNAMED if isinstance(value, str) else [_UNNAMED]


def _require_recorder(stage: Stage, section: str, scene: Scene) -> Row:
    row = row_of(section, scene.entry)
    if not _may_be_weak(section, scene):
        stage.require_strong()
    require_recorder(row, scene)
    return row


def _may_be_weak(section: str, scene: Scene) -> bool:
    # A no protects; of an own yes by a weak login it is not sure whose it is, and it waits (facts contract, *consent*).
    return section == "refusals" or (section == "consents" and scene.hand.form is Form.PERSON)


def _is_anothers_again(stage: Stage, scene: Scene) -> bool:
    """Return whether somebody else says for its giver what that one withdrew or refused himself."""
    giver = stage.voice(scene.entry.source["given_by"])
    return scene.hand.voice != giver and is_shut_by_himself(stage, scene.entry.source)


def _word(row: Row, scene: Scene, lacks: tuple[str, ...], at: str, body: Mapping[str, Any]) -> Word:
    fills = {one.name: None if one.holds_back(scene.entry) else one.fills for one in row.confirmations}
    counting = {"accepted_by", *(one.name for one in row.confirmations if one.counts_without(scene))}
    evidence = {name: body[name] for name in ASSISTED if name in body}
    partners = None
    if "accepted_by" in fills:
        partners = {str(scene.hand.organisation): at}
    return Word(
        needs=tuple(name for name in lacks if name not in counting and fills[name] is None),
        without=tuple(name for name in lacks if fills[name] is not None),
        partners=partners,
        evidence={"recorded": evidence} if evidence else {},
    )


def _limits(scene: Scene) -> dict[str, Any]:
    """Return the end of a fact that nobody need confirm about a minor, but that would give a voice when he is grown."""
    one = scene.entry
    if not isinstance(one, FamilyFact) or one.relation not in _VOICE_LATER or scene.hand.form is Form.REGISTER:
        return {}
    person = scene.facts.person_by_id.get(one.of)
    if person is None:
        return {}
    grown = birthday(person.born, _GROWN)
    if grown <= scene.at or (one.until is not None and one.until <= grown):
        return {}
    return {"until": str(local_day(grown.astimezone(AMSTERDAM)))}
