"""Who may: those whose yes, no or wish it is, who writes it down for them, and who receives what it opens."""

from typing import Final

from consent.entries import Consent, ConsideredWish
from consent.whose.hand import Form, Hand
from consent.whose.scene import Scene
from consent.whose.words import HELPER, Who, owner_of


def _gives_it(scene: Scene) -> bool:
    giver = getattr(scene.entry, "given_by", None)
    if scene.hand.form is Form.PROFESSIONAL:  # an organisation that has authority speaks through its professionals
        return giver is not None and giver in {scene.hand.id, scene.hand.organisation}
    return scene.hand.form is Form.PERSON and scene.hand.id == giver


def _gives_it_and_has_a_say(scene: Scene) -> bool:
    one, hand = scene.entry, scene.hand
    if hand.form is Form.PERSON:
        return _gives_it(scene)
    return _gives_it(scene) and hand.organisation is not None and _speaks_for(scene, hand.organisation, owner_of(one))


def _speaks_for(scene: Scene, holder: str, over: str) -> bool:
    """Return whether a verified, undisputed authority in force, of whatever age, makes `holder` speak for `over`."""
    return any(
        each.holder == holder
        and each.over == over
        and scene.in_force(each.since, each.until, each.suspended_on)
        and not each.disputed
        and each.verified_on is not None
        and each.verified_on <= scene.at
        for each in scene.facts.authority
    )


def _writes_down_the_word_of_another(scene: Scene) -> bool:
    # On the word of another only: what he or a colleague says is his organisation's, which needs authority for it.
    giver = getattr(scene.entry, "given_by", None)
    if giver in {None, scene.hand.id, scene.hand.organisation} or not HELPER.holds(scene):
        return False
    known = scene.facts.professional_by_id.get(giver)
    return known is None or known.organisation != scene.hand.organisation


def receives(scene: Scene, hand: Hand) -> bool:
    """Return whether what a fact opens comes to `hand`: to him, his organisation, or a colleague of his."""
    recipients = getattr(scene.entry, "recipients", ())
    if hand.id in recipients or (hand.organisation is not None and hand.organisation in recipients):
        return True
    colleagues = (one.id for one in scene.facts.professional_by_id.values() if one.organisation == hand.organisation)
    return any(name in recipients for name in colleagues)


def _is_recipient(scene: Scene) -> bool:
    return receives(scene, scene.hand)


def _holds_it(scene: Scene) -> bool:
    one = scene.entry
    if not isinstance(one, Consent) or _is_recipient(scene):
        return False
    named = scene.hand.organisation in one.holders if isinstance(one.holders, frozenset) else False
    return scene.hand.form is Form.PROFESSIONAL and named


def _helps_and_receives_nothing(scene: Scene) -> bool:
    return isinstance(scene.entry, Consent | ConsideredWish) and HELPER.holds(scene) and not _is_recipient(scene)


GIVER: Final = Who("de gever zelf, met eigen login", "the giver with his own login", _gives_it)
GIVER_WITH_SAY: Final = Who(
    "de gever zelf, met eigen login (een organisatie: als zij gezag heeft)",
    "the giver with his own login (an organisation: where it has authority)",
    _gives_it_and_has_a_say,
)
ASSISTING_HELPER: Final = Who(
    "een hulpverlener van de persoon, op het woord van een ander dan zijn organisatie",
    "a helper of the person, on the word of another than his organisation",
    _writes_down_the_word_of_another,
)
HOLDER: Final = Who("de dossierhouder", "the holder", _holds_it)
HELPER_NO_RECIPIENT: Final = Who(
    "een hulpverlener van een organisatie die niets ontvangt",
    "a helper of an organisation that is no recipient",
    _helps_and_receives_nothing,
)
