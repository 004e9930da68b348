"""Rows of law: those who help, those who carry out a measure, and consent itself.

Source: decision contract, section 4; `law.md` parts 1 and 2 and table A.
"""

from typing import Final

from consent.answers import Answer
from consent.entries import Involvement, Order, Referral
from consent.law.asking import (
    a_professional_asks,
    asks_from,
    somebody_asks_the_holder,
    the_holder_wants_to_tell,
    the_record_is_medical,
    the_record_is_not_medical,
)
from consent.law.basis import Basis, Question, Title, must, should
from consent.law.categories import EVERY, EXP, JUST, LOG, MIN, NOFWD, NOTE, PART, PRE, all_but
from consent.law.on_help import (
    Replaced,
    help_of_the_replaced,
    his_help,
    his_referral,
    medical_feedback,
    nobody_objected,
    nobody_objected_to_it,
    referral_carries,
    replacement_carries,
)
from consent.law.on_orders import (
    WVGGZ,
    WZD,
    Engagement,
    engagement_carries,
    engagements,
    has_a_task_in,
    he_works_on_it,
    involvement_support,
    it_has_begun,
    it_has_not_ended,
    it_is_about_disability_care,
    it_is_about_mental_health,
    it_is_executed_by_his_organisation,
    it_is_itemised,
    it_was_verified,
    its_order_has_begun,
    its_order_has_not_ended,
    never,
    no_order_of_another_kind_is_claimed,
    order_support,
    ordered,
    ordered_or_prepared,
    orders_for_his_task,
    supervision_carries,
    supervision_orders,
    there_is_no_youth_probation,
)
from schemas.words import Category, OrganisationKind, Reason, Regime


def _consent_of_the_person(question: Question) -> Answer:
    return question.consents.answer(
        question.situation.person.id,
        question.holder,
        question.category,
        wgbo=question.regime is Regime.WGBO,
    )


LB_01: Final[Basis[None]] = Basis(
    number="LB-01",
    title=Title("Toestemming (Jeugdwet)", "Consent under the Jeugdwet"),
    articles=("Jw 7.3.11 lid 1", "Jw 7.3.4", "Jw 7.3.5", "Jw 7.3.15", "AVG 7 lid 3"),
    applies=the_record_is_not_medical,
    consent=_consent_of_the_person,
    categories=EVERY,
    obligations=frozenset({LOG, MIN, PART, NOFWD}),
    opens_restricted=True,
)

LB_02: Final[Basis[None]] = Basis(
    number="LB-02",
    title=Title("Toestemming (WGBO)", "Consent under the WGBO"),
    articles=("BW 7:457 lid 1", "BW 7:450", "BW 7:465", "Wabvpz 15a"),
    applies=the_record_is_medical,
    consent=_consent_of_the_person,
    categories=EVERY,
    obligations=LB_01.obligations,
    opens_restricted=True,
)

LB_04: Final[Basis[Involvement]] = Basis(
    number="LB-04",
    title=Title("Rechtstreeks betrokken bij dezelfde hulp", "Directly involved in the same help"),
    articles=("Jw 7.3.11 lid 2 onder a", "BW 7:457 lid 2"),
    asks=(must(a_professional_asks),),
    facts=his_help,
    meets=(should(nobody_objected, Reason.YOUTH_OBJECTION),),
    support=involvement_support,
    categories=all_but(Category.PROCESS_NOTES, Category.WHEREABOUTS, Category.SAFETY_REPORT, Category.BILLING),
    obligations=frozenset({LOG, MIN}),
    looks_at_holder_only=True,
)

LB_05: Final[Basis[Replaced]] = Basis(
    number="LB-05",
    title=Title("Vervanger of waarnemer", "Replacement"),
    articles=("Jw 7.3.11 lid 2 onder a",),
    asks=(must(a_professional_asks),),
    facts=help_of_the_replaced,
    support=replacement_carries,
    categories=LB_04.categories,
    obligations=frozenset({LOG, MIN, EXP}),
    looks_at_holder_only=True,
)

LB_07: Final[Basis[Order]] = Basis(
    number="LB-07",
    title=Title("Gecertificeerde instelling vraagt bij ondertoezichtstelling", "Institution asks under supervision"),
    articles=("Jw 7.3.11 lid 4", "BW 1:255", "BW 1:257", "BW 1:258", "BW 1:259", "BW 1:260"),
    applies=somebody_asks_the_holder,
    asks=(
        must(asks_from(OrganisationKind.CERTIFIED_INSTITUTION)),
        must(no_order_of_another_kind_is_claimed, Reason.ORDER_TYPE_NO_BASIS),
    ),
    facts=supervision_orders,
    meets=(
        must(it_is_executed_by_his_organisation, Reason.ORDER_WRONG_GI),
        must(he_works_on_it, Reason.REQUESTER_UNTRUSTED),
        must(it_has_begun, Reason.ORDER_NOT_YET_VALID),
        must(it_has_not_ended, Reason.ORDER_EXPIRED),
        should(it_was_verified, Reason.EVIDENCE_INSUFFICIENT),
        should(it_is_itemised, Reason.NOT_NECESSARY),
    ),
    support=supervision_carries,
    categories=EVERY,
    obligations=frozenset({LOG, MIN, NOTE, NOFWD, PRE}),
    is_duty=True,
    looks_at_holder_only=True,
)

LB_08: Final[Basis[Order]] = Basis(
    number="LB-08",
    title=Title("Houder vertelt uit eigen beweging bij ondertoezichtstelling", "Holder tells under supervision"),
    articles=LB_07.articles,
    applies=the_holder_wants_to_tell,
    asks=LB_07.asks,
    facts=supervision_orders,
    meets=LB_07.meets[:-1],
    support=supervision_carries,
    holder_decides=True,
    categories=None,
    obligations=LB_07.obligations | {JUST},
    looks_at_holder_only=True,
)

LB_11: Final[Basis[Engagement]] = Basis(
    number="LB-11",
    title=Title("Gecertificeerde instelling naar uitvoerende aanbieder", "Institution to executing provider"),
    articles=("Jw 7.3.1 lid 1", "Jw 7.3.11 lid 2 onder a"),
    asks=(must(a_professional_asks),),
    facts=engagements,
    meets=(
        must(its_order_has_begun, Reason.ORDER_NOT_YET_VALID),
        must(its_order_has_not_ended, Reason.ORDER_EXPIRED),
    ),
    support=engagement_carries,
    holder_decides=True,
    categories=frozenset(
        {
            Category.IDENTITY,
            Category.AUTHORITY,
            Category.GOALS,
            Category.APPOINTMENTS,
            Category.PROFESSIONALS,
            Category.SAFETY_PLAN,
            Category.RISK,
            Category.HELP_STATUS,
        }
    ),
    obligations=frozenset({LOG, MIN, PART, PRE}),
    looks_at_holder_only=True,
)

LB_26: Final[Basis[Referral]] = Basis(
    number="LB-26",
    title=Title("Terugkoppeling aan de verwijzer", "Feedback to the referrer"),
    articles=("BW 7:457", "KNMG 1.5.2.2"),
    asks=(must(a_professional_asks),),
    facts=his_referral,
    meets=(must(nobody_objected_to_it, Reason.YOUTH_OBJECTION), must(medical_feedback)),
    support=referral_carries,
    categories=frozenset({Category.HELP_STATUS, Category.EVALUATION}),
    obligations=frozenset({LOG, MIN}),
    only_medical=True,
)

LB_28: Final[Basis[Order]] = Basis(
    number="LB-28",
    title=Title("Taak in de verplichte ggz", "Task in compulsory mental health care"),
    articles=("Wvggz hoofdstuk 8",),
    applies=it_is_about_mental_health,
    asks=(
        must(has_a_task_in(WVGGZ)),
        must(ordered_or_prepared(WVGGZ)),
        should(ordered(WVGGZ), Reason.HOLDER_DECISION_PENDING),
    ),
    facts=orders_for_his_task(WVGGZ),
    support=order_support,
    holder_decides=True,
    categories=None,
    obligations=frozenset({JUST, LOG, MIN}),
    looks_at_holder_only=True,
)

LB_29: Final[Basis[Order]] = Basis(
    number="LB-29",
    title=Title("Taak in de onvrijwillige gehandicaptenzorg", "Task in compulsory disability care"),
    articles=("Wzd",),
    applies=it_is_about_disability_care,
    asks=(
        must(has_a_task_in(WZD)),
        must(ordered_or_prepared(WZD)),
        should(ordered(WZD), Reason.HOLDER_DECISION_PENDING),
    ),
    facts=orders_for_his_task(WZD),
    support=order_support,
    holder_decides=True,
    categories=None,
    obligations=LB_28.obligations,
    looks_at_holder_only=True,
)

NB_04: Final[Basis[None]] = Basis(
    number="NB-04",
    title=Title("Jeugdreclassering opent niets", "Youth probation opens nothing"),
    articles=("Jw 7.3.11 lid 4 (geen tegenhanger)",),
    asks=(must(there_is_no_youth_probation, Reason.ORDER_TYPE_NO_BASIS), must(never)),
    categories=frozenset(),
    obligations=frozenset(),
    looks_at_holder_only=True,
)
"""No basis at all: it only says why, after consent said `NO_BASIS`."""
