"""What a body says as an entry, with what only token and clock may say, and whose word it still needs. Pure.

Source: facts contract, F1 (who says it comes from the token) and *Who*.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from consent.ends import birthday
from consent.facts import FamilyFact
from consent.naming import WITHOUT_ID
from consent.whose.allowed import missing, require_recorder, row_of
from consent.whose.hand import Form
from consent.whose.row import Row
from consent.whose.scene import Scene
from consent.word import Word
from consent.world.shape import WorldError
from gateway.facts.stage import Stage
from schemas.calendar import AMSTERDAM, local_day, midnight, months_after, parse_moment
from schemas.words import Relation

LONGEST_CONSENT: Final = 12
"""Months after which a consent ends whatever it says (decision contract, 5.1)."""

_UNNAMED: Final = "new"
"""The id of an entry that has none yet; the store makes one."""
_GROWN: Final = 18
_VOICE_LATER: Final = frozenset({Relation.PARTNER, Relation.CHILD, Relation.SIBLING})
_ASSISTED: Final = ("form", "identity", "text_sha256")


@dataclass(frozen=True, slots=True)
class Telling:
    """A new fact: its fields, its word, and the names of the confirmations that it lacks."""

    fields: Mapping[str, Any]
    word: Word
    lacks: tuple[str, ...]


def tell(stage: Stage, section: str, body: Mapping[str, Any]) -> Telling:
    """Return the fact that `body` tells, once the caller may record it.

    Raises:
        MayNotError: he may not.
        WorldError: he may, but not so.
    """
    told = {**body, **_OWN.get(section, _nothing)(stage, body)}
    fields = {name: value for name, value in told.items() if name not in _BESIDE.get(section, ()) and value is not None}
    scene = _scene(stage, section, fields)
    row = row_of(section, scene.entry)
    if not _may_be_weak(section, scene):
        stage.require_strong()
    require_recorder(row, scene)
    fields |= _limits(scene)
    lacks = missing(row, scene, ())
    if "identity_verified" in lacks:
        fields["identity_verified"] = False
    return Telling(fields, _word(row, scene, lacks, stage.at, body), lacks)


def _scene(stage: Stage, section: str, fields: Mapping[str, Any]) -> Scene:
    unnamed = {} if section in WITHOUT_ID else {"id": _UNNAMED}
    return stage.scene(section, {**unnamed, **fields})


def _may_be_weak(section: str, scene: Scene) -> bool:
    # A no protects; of an own yes by a weak login it is not sure whose it is, and it waits (facts contract, *consent*).
    return section == "refusals" or (section == "consents" and scene.hand.form is Form.PERSON)


def _word(row: Row, scene: Scene, lacks: tuple[str, ...], at: str, body: Mapping[str, Any]) -> Word:
    fills = {one.name: None if one.holds_back(scene.entry) else one.fills for one in row.confirmations}
    counting = {"accepted_by", *(one.name for one in row.confirmations if one.counts_without)}
    evidence = {name: body[name] for name in _ASSISTED if name in body}
    partners = None
    if "accepted_by" in fills:
        partners = {str(scene.hand.organisation): at}
    return Word(
        needs=tuple(name for name in lacks if name not in counting and fills[name] is None),
        without=tuple(name for name in lacks if fills[name] is not None),
        partners=partners,
        evidence={"recorded": evidence} if evidence else {},
    )


# What token and clock say, by section


def _nothing(_stage: Stage, _body: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _person(stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    if date.fromisoformat(body["born"]) > local_day(parse_moment(stage.at)):
        raise WorldError(("born: lies in the future",))
    return {"family_of": None}


def _since(stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"since": body.get("since", stage.at)}


def _on(stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    on = body.get("on", stage.at)
    if parse_moment(on) > parse_moment(stage.at):
        raise WorldError(("on: lies in the future",))
    return {"on": on}


def _himself(stage: Stage) -> str | None:
    # A fact names only who is registered; of somebody who is not, the row and its event say who recorded it.
    known = stage.registry.source("professionals", stage.caller.id)
    return stage.caller.id if known is not None and known["organisation"] == stage.caller.organisation else None


def _capacity(stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    return {**_on(stage, body), "by": _himself(stage)}


def _referral(stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    return {**_on(stage, body), "by": _himself(stage) or stage.caller.organisation}


def _involvement(stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    joint = body["kind"] == "joint-help"
    if joint is not ("organisations" in body):
        what = "name all partners" if joint else "leave it out: help is your own organisation's"
        raise WorldError((f"organisations: {what}",))
    return {**_since(stage, body), "organisations": body.get("organisations", [stage.caller.organisation])}


def _mandate(stage: Stage, _body: Mapping[str, Any]) -> dict[str, Any]:
    return {"youth_chose_on": stage.at}


def _wish(stage: Stage, _body: Mapping[str, Any]) -> dict[str, Any]:
    return {"on": stage.at, "noted_by": _himself(stage)}


def _refusal(stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    own = "given_by" not in body
    return {**_given(stage, body), "written": True if own else body.get("written", False)}


def _consent(stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    given = _given(stage, body)
    _require_until(body, stage.at)
    own = "given_by" not in body
    wrong = tuple(
        f"{name}: {'stands only with `given_by`' if own else 'is required with `given_by`'}"
        for name in _ASSISTED
        if own is (name in body)
    )
    if wrong:
        raise WorldError(wrong)
    sure = stage.caller.trusted if own else body["identity"] != "not-seen"
    beside = {} if sure else {"identity_verified": False}
    return {**given, **beside, "form": "own-login" if own else body["form"]}


def _given(stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    caller = stage.caller
    himself = caller.organisation if caller.form == "professional" else caller.id
    # INVARIANT: a body names nobody who records, nor does who gives his own word name himself (F1).
    if "given_by" in body and (caller.form != "professional" or body["given_by"] in {caller.id, himself}):
        raise WorldError(("given_by: leave it out: whose own word it is comes from the login",))
    return {"given_by": body.get("given_by", himself), "on": stage.at}


def _require_until(body: Mapping[str, Any], at: str) -> None:
    if "until" not in body:
        return
    until, now = parse_moment(body["until"]), parse_moment(at)
    if until <= now:
        raise WorldError(("until: lies in the past; name a later day",))
    if until > midnight(months_after(local_day(now), LONGEST_CONSENT)):
        raise WorldError((f"until: a consent ends after {LONGEST_CONSENT} months; name an earlier day",))


_OWN: Final[Mapping[str, Callable[[Stage, Mapping[str, Any]], dict[str, Any]]]] = {
    "persons": _person,
    "capacity": _capacity,
    "assignments": _since,
    "involvements": _involvement,
    "referrals": _referral,
    "mandates": _mandate,
    "consents": _consent,
    "refusals": _refusal,
    "considered_wishes": _wish,
}
_BESIDE: Final[Mapping[str, tuple[str, ...]]] = {"consents": ("identity", "text_sha256"), "persons": ("family_of",)}
"""What stands in a body and not in its entry."""


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
