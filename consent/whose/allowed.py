"""The one place that allows or refuses: may this hand record, confirm or end this fact?

A help that an organisation recorded itself makes it a helper at once for what protects, and for what opens only once
it is sure (`consent.whose.helping`): here it is said which of the two an act is.

Source: facts contract, *Who*; F3 (closing is cheap, opening is dear), F4 (nobody confirms his own fact, nor one that
lets his own organisation in), F7 (who may not gets one answer, whatever the reason).
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from consent.entry import Entry
from consent.whose import rows_family, rows_help
from consent.whose.hand import Form
from consent.whose.row import Confirmation, Row
from consent.whose.scene import Scene
from consent.whose.words import Who, lets_in
from consent.world.shape import WorldError

ROWS: Final = (*rows_family.ROWS, *rows_help.ROWS)
"""The table of the facts contract, but for records (their system tells) and holder decisions (`gateway.holders`)."""


class MayNotError(Exception):
    """Who acts may not do this. Answer as to everybody who may not (F7)."""


def row_of(section: str, entry: Entry) -> Row:
    """Return the row that an entry of `section` falls under.

    Raises:
        LookupError: no row names it, so nobody may record it.
    """
    for row in ROWS:
        if row.section == section and row.fits(entry):
            return row
    raise LookupError(f"nobody may record `{section}`")


def require_recorder(row: Row, scene: Scene) -> None:
    """Let pass only who may record the entry of `scene`.

    Raises:
        MayNotError: he may not.
        WorldError: he may, but not so; with the field and what to do.
    """
    _require_one_of(row.recorded_by, replace(scene, at_once=row.protects(scene.entry)))
    wrong = tuple(f"{name}: {what}" for name, (holds, what) in row.requires.items() if not holds(scene))
    if wrong:
        raise WorldError(wrong)


def require_confirmer(row: Row, name: str, scene: Scene) -> Confirmation:
    """Return the confirmation `name` of `row`, where the hand of `scene` may give it.

    Raises:
        MayNotError: he may not, or the fact needs no such confirmation.
    """
    scene = replace(scene, at_once=False)
    found = next((one for one in row.confirmations if one.name == name), None)
    if found is None or not found.needed(scene):
        raise MayNotError
    _require_one_of(found.by, scene)
    adds_his_part = any(one.holds(scene) for one in found.of_his_own)
    if not adds_his_part and (is_his_own(scene) or _lets_him_in(scene)):
        raise MayNotError
    return found


def require_closer(row: Row, field: str, scene: Scene) -> None:
    """Let pass only who may end the entry of `scene` by `field`.

    Raises:
        MayNotError: he may not, or a fact of this kind does not end so.
    """
    for closing in row.closings:
        if closing.field == field:
            _require_one_of(closing.by, replace(scene, at_once=True))
            return
    raise MayNotError


def is_recorder_or_closer(row: Row, scene: Scene) -> bool:
    """Return whether the hand of `scene` is one who may record such a fact, or end it in some way."""
    people = [*row.recorded_by, *(one for closing in row.closings for one in closing.by)]
    return any(one.holds(replace(scene, at_once=True)) for one in people)


def is_his_own(scene: Scene) -> bool:
    """Return whether the fact is on the word of the hand itself, or of its organisation."""
    return scene.recorded_by is not None and scene.hand.is_one_with(scene.recorded_by)


def is_sure_closer(row: Row, field: str, scene: Scene) -> bool:
    """Return whether the word of who ends the entry by `field` counts too for what opens by that."""
    scene = replace(scene, at_once=False)
    return any(one.holds(scene) for closing in row.closings if closing.field == field for one in closing.by)


def missing(row: Row, scene: Scene, given: Iterable[str]) -> tuple[str, ...]:
    """Return the confirmations that the entry of `scene` still needs, after those that were `given`.

    A register confirms what it tells by itself (F4).
    """
    if scene.recorded_by is not None and scene.recorded_by.form is Form.REGISTER:
        return ()
    had = frozenset(given)
    return tuple(one.name for one in row.confirmations if one.name not in had and one.needed(scene))


def _require_one_of(people: tuple[Who, ...], scene: Scene) -> None:
    if not any(one.holds(scene) for one in people):
        raise MayNotError


def _lets_him_in(scene: Scene) -> bool:
    entering = lets_in(scene.entry)
    organisations = {_organisation(scene, name) for name in entering}
    hand = scene.hand
    return hand.form is not Form.REGISTER and (
        hand.id in entering or (hand.organisation is not None and hand.organisation in entering | organisations)
    )


def _organisation(scene: Scene, name: str) -> str:
    professional = scene.facts.professional_by_id.get(name)
    return name if professional is None else professional.organisation
