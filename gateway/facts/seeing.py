"""Which facts about somebody who looks may see. Pure. Where table and law leave room, whoever looks sees least.

The person himself sees all that was recorded about him, from 12 on. Who helps him sees what his own organisation
recorded, what names it, and what waits for a word that he can give. Who only says himself that he helps
(`consent.whose.helping`) sees nothing that waits, and of professionals only himself, else their organisation. Who does
not help, but may record or end such a fact, sees it so too, where his own organisation recorded it or it names him. A
holder of authority sees, until the youth is 16, authority, orders and mandates, and what he said himself: never what
others said or what was found about the youth, nor who helps him, for where he is may be a secret. Who is denied contact
sees nothing. Who sees for himself or for a child is told of no professional but his organisation, and of that and of
who recorded a fact only where the log that he reads names it.

Source: facts contract, F6 and *Ways in*; `reference/law.md` R7.5.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from consent.decided import SECTION as DECISIONS
from consent.known.rows import Known
from consent.naming import names_in
from consent.whose.allowed import MayNotError, is_recorder_or_closer, require_confirmer, row_of
from consent.whose.hand import Form, Hand
from consent.whose.scene import Scene
from consent.whose_log import ReadsAs, is_safe, unnamed
from gateway.facts.stage import Stage, has_ended, read_entry, recorder_of

_HIMSELF_FROM: Final = 12
_AUTHORITY_UNTIL: Final = 16
FOR_AUTHORITY: Final = frozenset({"authority", "orders", "mandates"})
_HIS_OWN: Final = {"consents": "given_by", "refusals": "given_by", "family": "person"}
_AGREEMENTS: Final = "parent_agreements"
_BETWEEN_OTHERS: Final = frozenset({"disputed", "unreachable_attempts"})
_STARTS: Final = ("since", "on")
_SAID: Final = ("holders", "recipients")
_BY: Final = "by"


def seen(stage: Stage, person: str, known: Mapping[tuple[str, str], Known]) -> list[Known]:
    """Return what the caller of `stage` sees of the facts `known` that are recorded about `person`.

    Raises:
        MayNotError: it is not for him at all.
    """
    hand = stage.hand
    about = _about(person, known)
    look = _look(stage, person)
    age = look.age(person)
    if age is not None and hand.form is Form.PERSON and hand.id == person and age >= _HIMSELF_FROM:
        return about
    if age is not None and age < _AUTHORITY_UNTIL and _has_a_say(hand, look, person):
        return [without_others(hand, each) for each in about if _is_for_authority(hand, each)]
    if replace(look, at_once=True).helps_any({person}):
        shown = [each for each in about if _is_for_helper(stage, hand, each)]
        return shown if look.helps_any({person}) else [_without_staff(stage, hand, each) for each in shown]
    # Whether he may look at all hangs on what is known now.
    if any(_is_for_named(stage, hand, each) for each in _about(person, stage.family.known)):
        return [_without_staff(stage, hand, each) for each in about if _is_for_named(stage, hand, each)]
    raise MayNotError


def helps_surely(stage: Stage, person: str) -> bool:
    """Return whether the caller of `stage` helps `person`, and not on his own word alone (`consent.whose.helping`).

    Raises:
        MayNotError: he can act on nothing of this family.
    """
    return _look(stage, person).helps_any({person})


def _look(stage: Stage, person: str) -> Scene:
    # Nothing of this entry counts but whom it is about.
    return stage.scene("persons", {"id": person, "born": "2000-01-01"})


def _about(person: str, known: Mapping[tuple[str, str], Known]) -> list[Known]:
    # What a holder decided stands in the log: its reason may tell of others, and of what the law delays.
    return [each for each in known.values() if each.person == person and each.section != DECISIONS]


def is_in_force(known: Known, at: datetime) -> bool:
    """Return whether a fact holds at an instant."""
    one = read_entry(known.section, known.source)
    starts = [start for name in _STARTS if (start := getattr(one, name, None)) is not None]
    return all(each <= at for each in starts) and not has_ended(known, at)


def fields_of(stage: Stage, known: Known) -> dict[str, Any]:
    """Return what the fields of a fact that is seen say to the caller of `stage`."""
    source = known.source
    if stage.hand.form is Form.PERSON:
        # Whom a yes, a no or a wish is for stands as it was said.
        said = {name: source[name] for name in _SAID if name in source}
        source = {**_calling(known, lambda name: _called(stage, known.person, name)).source, **said}
        # Of a professional who is not registered a fact names only the organisation.
        if _BY in source and not _is_named(stage, known.person, source[_BY]):
            del source[_BY]
    return {name: value for name, value in source.items() if name != "id"}


def recorded_by(stage: Stage, known: Known) -> dict[str, str | None]:
    """Return as whose word the caller of `stage` is told that a fact stands: the organisation and as what, never who.

    The organisation is None where the log would not name it to him either (`consent.whose_log`).
    """
    who = stage.recorders[known.person, known.version].who
    hidden = who["form"] == Form.PROFESSIONAL and not _is_named(stage, known.person, str(who["organisation"]))
    return {"organisation": None if hidden else who["organisation"], "form": who["form"]}


def _called(stage: Stage, person: str, name: str) -> str | None:
    """Return how whom an entry names is called to who sees it for himself or a child: staff are their organisation.

    None where the log that he reads would not name it.
    """
    registered = stage.registry.source("professionals", name)
    if registered is None:
        return name
    organisation = str(registered["organisation"])
    return organisation if _is_named(stage, person, organisation) else None


def _is_named(stage: Stage, person: str, name: str) -> bool:
    reader = stage.hand
    if reader.form is Form.PROFESSIONAL:
        return True
    reading = ReadsAs.HIMSELF if reader.id == person else ReadsAs.PARENT
    # As things stand now, also where he sees the facts as they were known before.
    facts = stage.family.facts(stage.registry, frozenset({name}))
    one = facts.organisation_by_id.get(name)
    return one is not None and is_safe(one, reading) and not unnamed({name}, reader.id, person, facts, reading)


def _has_a_say(hand: Hand, look: Scene, person: str) -> bool:
    denied = look.contact_is_denied(hand.id, person)
    return hand.form is Form.PERSON and not denied and look.has_authority(hand.id, person)


def _is_for_authority(hand: Hand, known: Known) -> bool:
    return known.section in FOR_AUTHORITY or known.source.get(_HIS_OWN.get(known.section, "")) == hand.id


def without_others(hand: Hand, known: Known) -> Known:
    """Return a fact without what is between others than who acts, for himself or a child; nor do its needs tell it."""
    source, word = dict(known.source), known.word
    if source.get("holder") not in {None, hand.id}:
        # That somebody doubts another's authority, or could not reach him, is between these two.
        source = {name: value for name, value in source.items() if name not in _BETWEEN_OTHERS}
    # That another parent agreed to a mentor, or took that back, is what he said.
    own = [each for each in source.pop(_AGREEMENTS, ()) if each["by"] == hand.id]
    if own:
        return replace(known, source=source | {_AGREEMENTS: own})
    given = {name: at for name, at in word.given.items() if name != _AGREEMENTS}
    return replace(known, source=source, word=replace(word, given=given))


def _is_for_helper(stage: Stage, hand: Hand, known: Known) -> bool:
    try:
        if _is_his(stage, hand, known):
            return True
        sure = stage.scene_of(known).helps_any({known.person})
        return sure and any(_can_confirm(stage, known, name) for name in stage.lacks(known))
    except MayNotError:
        return False


def _is_for_named(stage: Stage, hand: Hand, known: Known) -> bool:
    try:
        # First whether it is his, which costs a stranger no more than of somebody of whom nothing is known.
        if hand.form is not Form.PROFESSIONAL or not _is_his(stage, hand, known):
            return False
        scene = stage.scene_of(known)
        return is_recorder_or_closer(row_of(known.section, scene.entry), scene)
    except MayNotError:
        return False


def _is_his(stage: Stage, hand: Hand, known: Known) -> bool:
    if {hand.id, hand.organisation} & set(names_in(known.section, known.source)):
        return True
    recorder = stage.recorders[known.person, known.version]
    return recorder_of(recorder.who).is_one_with(hand)


def _without_staff(stage: Stage, hand: Hand, known: Known) -> Known:
    """Return a fact with professionals of others as their organisation: whom it has, it tells who surely helps."""

    def shown(name: str) -> str:
        registered = stage.registry.source("professionals", name)
        return name if registered is None or name == hand.id else str(registered["organisation"])

    return _calling(known, shown)


def _calling(known: Known, called: Callable[[str], str | None]) -> Known:
    """Return a fact that names everybody as they are `called`; whom that calls nothing, it leaves out."""

    def told(key: str, value: Any) -> Any:
        if not set(names_in(known.section, {key: value})):
            return value
        if isinstance(value, str):
            return called(value)
        if key == _AGREEMENTS:
            return [{**each, "by": by} for each in value if (by := called(each["by"])) is not None]
        return [each for each in dict.fromkeys(map(called, value)) if each is not None]

    source = {key: new for key, value in known.source.items() if (new := told(key, value)) is not None}
    return replace(known, source=source)


def _can_confirm(stage: Stage, known: Known, name: str) -> bool:
    scene = stage.scene_of(known)
    try:
        require_confirmer(row_of(known.section, scene.entry), name, scene)
    except MayNotError:
        return False
    return True
