"""Rows of law: the board, Veilig Thuis, the municipality, the safety house, and harm that must be averted.

Source: decision contract, section 4; `law.md` parts 2 and 4 and table A.
"""

from datetime import timedelta
from typing import Final

from consent.law.asking import (
    a_question_is_given,
    asks_as,
    asks_from,
    the_holder_opted_in,
    the_holder_wants_to_tell,
)
from consent.law.basis import Basis, Question, Title, must, should
from consent.law.categories import CONSULT, JUST, LOG, MIN, NOTE, PRE
from consent.law.on_orders import never
from consent.request import HolderDecision
from schemas.words import Category, OrganisationKind, Purpose, Reason, Role

LONG_ENOUGH: Final = 40
"""So many characters a justification must have."""

CRISIS_SET: Final = frozenset({Category.IDENTITY, Category.SAFETY_PLAN, Category.RISK, Category.MEDICATION})


def the_steps_were_taken(question: Question, decision: HolderDecision) -> bool:
    """A report comes after steps 1 to 5 of the meldcode; step 3 may be skipped with a reason."""
    if question.situation.request.purpose is not Purpose.SAFETY_REPORT:
        return True
    skipped = {3} if decision.step3_skipped_because is not None else set()
    return decision.meldcode_steps | skipped >= {1, 2, 3, 4, 5}


def the_reason_is_long_enough(_: Question, decision: HolderDecision) -> bool:
    """The reason has at least 40 characters."""
    return decision.reason is not None and len(decision.reason) >= LONG_ENOUGH


def the_danger_is_acute(question: Question) -> bool:
    """Live contact, nobody who can consent, and the holder out of reach."""
    emergency = question.situation.request.emergency
    return (
        emergency is not None and emergency.live_contact and emergency.cannot_consent and emergency.holder_unreachable
    )


def the_danger_is_described(question: Question) -> bool:
    """There is a reason code, and a text of at least 40 characters."""
    emergency = question.situation.request.emergency
    return (
        emergency is not None
        and emergency.reason_code is not None
        and emergency.text is not None
        and len(emergency.text) >= LONG_ENOUGH
    )


LB_12: Final[Basis[None]] = Basis(
    number="LB-12",
    title=Title("Aan de Raad voor de Kinderbescherming", "To the Child Protection Board"),
    articles=("BW 1:240", "BW 1:243"),
    asks=(must(asks_from(OrganisationKind.CHILD_PROTECTION_BOARD)),),
    holder_decides=True,
    categories=None,
    obligations=frozenset({JUST, NOTE, LOG, MIN, PRE}),
    opens_restricted=True,
    looks_at_holder_only=True,
)

LB_13: Final[Basis[None]] = Basis(
    number="LB-13",
    title=Title("Melding of informatie aan Veilig Thuis", "Report or information to Veilig Thuis"),
    articles=("Wmo 5.2.6", "Wmo 4.1.1", "Jw 4.1.7"),
    asks=(must(asks_from(OrganisationKind.SAFE_AT_HOME)),),
    holder_decides=True,
    decided=(should(the_steps_were_taken, Reason.EVIDENCE_INSUFFICIENT),),
    categories=None,
    obligations=frozenset({CONSULT, JUST, NOTE, LOG, PRE}),
    opens_restricted=True,
    looks_at_holder_only=True,
)

LB_15: Final[Basis[None]] = Basis(
    number="LB-15",
    title=Title("Declaratie aan de gemeente", "Billing to the municipality"),
    articles=("Jw 7.4.0 lid 1 onder c en lid 2", "Regeling Jeugdwet paragraaf 6a"),
    asks=(must(asks_as(Role.BILLING_CLERK, OrganisationKind.MUNICIPALITY)),),
    categories=frozenset({Category.IDENTITY, Category.BSN, Category.BILLING}),
    obligations=frozenset({LOG, MIN}),
    is_duty=True,
    looks_at_holder_only=True,
)

LB_16: Final[Basis[None]] = Basis(
    number="LB-16",
    title=Title("Toegang van de gemeente", "Municipal access decision"),
    articles=("Jw 7.4.0 lid 1 onder a", "Jw 2.7", "AVG 6 lid 1 onder e"),
    asks=(
        must(asks_as(Role.ACCESS_OFFICER, OrganisationKind.MUNICIPALITY, OrganisationKind.LOCAL_TEAM)),
        should(a_question_is_given, Reason.NOT_NECESSARY),
    ),
    holder_decides=True,
    categories=frozenset({Category.IDENTITY, Category.GOALS, Category.HELP_STATUS}),
    obligations=frozenset({JUST, MIN, LOG, PRE}),
    looks_at_holder_only=True,
)

LB_17: Final[Basis[None]] = Basis(
    number="LB-17",
    title=Title("Materiële controle", "Material control"),
    articles=("Jw 7.4.0 lid 1 onder d", "Regeling Jeugdwet paragraaf 6b"),
    asks=(
        must(asks_as(Role.CONTROLLER, OrganisationKind.MUNICIPALITY)),
        should(never, Reason.HOLDER_DECISION_PENDING),
    ),
    categories=frozenset(),
    obligations=frozenset({LOG, JUST}),
    looks_at_holder_only=True,
)

LB_23: Final[Basis[None]] = Basis(
    number="LB-23",
    title=Title("Conflict van plichten", "Holder averts harm"),
    articles=("Sr 40", "AVG 6 lid 1 onder d", "AVG 9 lid 2 onder c"),
    asks=(should(the_holder_wants_to_tell, Reason.HOLDER_DECISION_PENDING),),
    holder_decides=True,
    decided=(must(the_reason_is_long_enough, Reason.JUSTIFICATION_REQUIRED),),
    approves_by_itself=CRISIS_SET,
    categories=None,
    obligations=frozenset({JUST, CONSULT, NOTE, LOG, "OB-REV(5wd)", PRE}),
    opens_restricted=True,
    looks_at_holder_only=True,
)

LB_24: Final[Basis[None]] = Basis(
    number="LB-24",
    title=Title("Noodraadpleging", "Emergency pull"),
    articles=("Sr 40", "AVG 9 lid 2 onder c", "NEN 7513"),
    asks=(
        must(asks_as(Role.CRISIS_WORKER), Reason.BTG_NOT_ALLOWED_ROLE),
        must(the_danger_is_acute, Reason.BTG_CONDITIONS),
        must(the_danger_is_described, Reason.JUSTIFICATION_REQUIRED),
        must(the_holder_opted_in),
    ),
    categories=CRISIS_SET | {Category.AUTHORITY, Category.PROFESSIONALS},
    obligations=frozenset({LOG, "OB-REV(2wd)", "OB-POST(5d)"}),
    lasts=timedelta(hours=4),
    opens_restricted=True,
    looks_at_holder_only=True,
)

LB_32: Final[Basis[None]] = Basis(
    number="LB-32",
    title=Title("Zorg- en Veiligheidshuis", "Safety house"),
    articles=("WGS",),
    asks=(must(asks_from(OrganisationKind.SAFETY_HOUSE)),),
    holder_decides=True,
    categories=None,
    obligations=frozenset({JUST, LOG, PRE}),
    looks_at_holder_only=True,
)
