"""The rows about who people are to each other, who has a say, and what they said."""

from itertools import takewhile
from typing import Any, Final

from consent.entries import Authority, CapacityFinding, Consent, FamilyFact, Person
from consent.entry import Capability
from consent.known.foster_care import outlasts
from consent.whose import givers
from consent.whose import words as who
from consent.whose.hand import Form
from consent.whose.row import Closing, Confirmation, Row
from consent.whose.scene import Scene
from schemas.words import AuthorityKind, Relation

_GIVES_ADULTS_A_VOICE: Final = frozenset({Relation.PARTNER, Relation.CHILD, Relation.SIBLING})
_OF_WHOM_ONE_COMES: Final = frozenset({Relation.PARENT, Relation.GRANDPARENT, Relation.CHILD})
_GROWN: Final = 18


def gives_a_voice(scene: Scene) -> bool:
    """Return whether a family fact gives somebody a voice or a view: a parent, or the chain of an adult."""
    one = scene.entry
    if not isinstance(one, FamilyFact):
        return False
    if _only_denies(one):
        # Who only says himself that he helps may deny contact: he is told by what that waits for of no birthday, and
        # what it says of who comes from whom, which may be no truth, waits too.
        return one.relation in _GIVES_ADULTS_A_VOICE | _OF_WHOM_ONE_COMES
    if one.relation not in _GIVES_ADULTS_A_VOICE:
        return one.relation is Relation.PARENT
    age = scene.age(one.of)
    return age is None or age >= _GROWN


def _makes_a_minor_count_as_grown(scene: Scene) -> bool:
    return isinstance(scene.entry, Person) and scene.entry.declared_of_age


def _names_a_via(scene: Scene) -> bool:
    return isinstance(scene.entry, FamilyFact) and scene.entry.via is not None


def _gives_a_reason(scene: Scene) -> bool:
    return isinstance(scene.entry, CapacityFinding) and scene.entry.reason is not None


def _names_recipients(scene: Scene) -> bool:
    return isinstance(scene.entry, Consent) and isinstance(scene.entry.recipients, frozenset)


def _it_is_not_sure_whose_it_is(scene: Scene) -> bool:
    """Return whether a recipient wrote it down for its giver, or he logged in too weakly for it to be surely his."""
    one, recorder = scene.entry, scene.recorded_by or scene.hand
    if not isinstance(one, Consent):
        return False
    if recorder.form is Form.PERSON or not one.identity_verified:
        return not one.identity_verified
    return givers.receives(scene, recorder)


TAKEN_AS_IT_STANDS: Final = frozenset(
    {AuthorityKind.PARTIAL, AuthorityKind.CURATOR, AuthorityKind.ADULT_MENTOR, AuthorityKind.WRITTEN_PROXY}
)
"""The authority of which no rule asks whether it is disputed or was verified: LB-10, LB-25 and the chain of an
incapable adult (decision contract)."""


def _no_rule_asks_whether_it_was_verified(one: Any) -> bool:
    return isinstance(one, Authority) and one.kind in TAKEN_AS_IT_STANDS


def _only_denies(one: Any) -> bool:
    return isinstance(one, FamilyFact) and one.contact_denied and not (one.lives_with or one.cares_for)


PERSON: Final = Row(
    kind="person",
    section="persons",
    nl="Wie iemand is",
    en="Who somebody is",
    recorded_by=(who.HELPER_OF_HOUSEHOLD, who.REGISTER),
    confirmations=(
        Confirmation(
            "confirmed_on",
            (who.REGISTER, who.SECOND_ORGANISATION),
            needed=_makes_a_minor_count_as_grown,
            only=("bij wie meerderjarig is verklaard", "of who was declared of age"),
        ),
    ),
)

FAMILY_FACT: Final = Row(
    kind="family",
    section="family",
    nl="Familie en huishouden",
    en="Family and household",
    fits=lambda one: one.relation is not Relation.FOSTER_PARENT,
    protects=_only_denies,
    recorded_by=(who.HELPER_OF_HOUSEHOLD, who.REGISTER),
    confirmations=(
        Confirmation(
            "confirmed_on",
            (who.REGISTER, who.SECOND_ORGANISATION),
            needed=gives_a_voice,
            only=("als het iemand een stem of inzage geeft", "where it gives somebody a voice or a view"),
        ),
    ),
    closings=(
        # F3: any recorder ends, and a register records these; else what it says no longer would stay open.
        Closing("until", (who.HELPER_OF_HOUSEHOLD, who.PERSON_HIMSELF, who.REGISTER)),
        Closing("contact_denied", (who.HELPER_OF_HOUSEHOLD, who.PERSON_HIMSELF)),
    ),
)


def _outlasts_an_end(scene: Scene) -> bool:
    """Return whether he is it longer than he was before, by the same foster care.

    Whoever says of himself that he is that foster care is told by this of no order. An end that lies ahead counts as
    one that was reached: what is said before it would stand behind it.
    """
    one = scene.entry
    if not isinstance(one, FamilyFact):
        return False
    # They stand in the order in which they were recorded; what waits since another was ended stands nowhere among them.
    before = takewhile(lambda each: each.source != one.source, scene.facts.family)
    ended = [*scene.ended, *(each.source for each in before if each.relation is one.relation)]
    return any(outlasts(one.source, each) for each in ended)


def _no_other_carries_out_an_order(scene: Scene) -> bool:
    one = scene.entry
    return isinstance(one, FamilyFact) and all(
        order.executor in {None, one.via} for order in scene.orders_about(one.of)
    )


FOSTER_PARENT: Final = Row(
    kind="foster-parent",
    section="family",
    nl="Pleegouder",
    en="Foster parent",
    fits=lambda one: one.relation is Relation.FOSTER_PARENT,
    recorded_by=(who.FOSTER_CARE,),
    confirmations=(
        Confirmation(
            "confirmed_on",
            (who.EXECUTOR_ABOUT_HIM,),
            # F3: the executor ends it at once, and the word of foster care alone does not undo that.
            needed=_outlasts_an_end,
            counts_without=_no_other_carries_out_an_order,
            only=(
                "als hij het eerder was tot een dag die vaststaat; het telt zonder waar geen ander een maatregel heeft",
                "where he was so before until a day that is set; it counts without where nobody else has an order",
            ),
        ),
    ),
    closings=(Closing("until", (who.FOSTER_CARE, who.EXECUTOR_ABOUT_HIM)),),
    requires={"via": (_names_a_via, "name the foster care organisation")},
)

_AUTHORITY_RECORDERS: Final = (who.HELPER, who.CERTIFIED_INSTITUTION, who.BOARD, who.REGISTER)

AUTHORITY: Final = Row(
    kind="authority",
    section="authority",
    nl="Gezag, voogdij en vertegenwoordiging",
    en="Authority, guardianship and representation",
    recorded_by=_AUTHORITY_RECORDERS,
    confirmations=(
        Confirmation(
            "verified_on",
            (who.REGISTER, who.SECOND_ORGANISATION),
            fills="verified_on",
            holds_back=_no_rule_asks_whether_it_was_verified,
        ),
    ),
    closings=tuple(Closing(name, _AUTHORITY_RECORDERS) for name in ("disputed", "suspended_on", "until")),
)

CAPACITY: Final = Row(
    kind="capacity",
    section="capacity",
    nl="Wilsbekwaamheid",
    en="Capacity",
    recorded_by=(who.TREATING_HELPER,),
    closings=(Closing("objection", (who.PERSON_HIMSELF,)),),
    requires={"reason": (_gives_a_reason, "say on what the finding rests")},
)

CONSENT: Final = Row(
    kind="consent",
    section="consents",
    nl="Toestemming",
    en="Consent",
    recorded_by=(givers.GIVER_WITH_SAY, givers.ASSISTING_HELPER),
    confirmations=(
        Confirmation(
            "identity_verified",
            (givers.GIVER, givers.HOLDER, givers.HELPER_NO_RECIPIENT),
            fills="identity_verified",
            needed=_it_is_not_sure_whose_it_is,
            only=(
                "als een ontvanger die opschreef, bij een zwakke login, of na een eigen intrekking of weigering",
                "where a recipient wrote it down, the login was weak, or its giver withdrew or refused it himself",
            ),
        ),
    ),
    closings=(Closing("withdrawn_on", (givers.GIVER, who.HELPER)),),
    requires={"recipients": (_names_recipients, "name each recipient: a consent for anybody is no consent (CV-09)")},
)

REFUSAL: Final = Row(
    kind="refusal",
    section="refusals",
    nl="Weigering",
    en="Refusal",
    protects=lambda _: True,
    recorded_by=(givers.GIVER_WITH_SAY, givers.ASSISTING_HELPER),
    closings=(Closing("withdrawn_on", (givers.GIVER,)),),
)

CONSIDERED_WISH: Final = Row(
    kind="considered-wish",
    section="considered_wishes",
    nl="Weloverwogen wens",
    en="Considered wish",
    recorded_by=(givers.HELPER_NO_RECIPIENT,),
    closings=(Closing("closed_on", (who.YOUTH,)),),
)

ROWS: Final = (PERSON, FAMILY_FACT, FOSTER_PARENT, AUTHORITY, CAPACITY, CONSENT, REFUSAL, CONSIDERED_WISH)


def objection_to(finding: CapacityFinding, at: str) -> dict[str, str]:
    """Return the finding that a person's objection makes of one about him: it is unclear from now on."""
    return {"person": finding.person, "capable": str(Capability.UNCLEAR), "on": at}
