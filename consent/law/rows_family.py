"""Rows of law: the person, his family, who represents him, and the mentor he chose.

Source: decision contract, section 4; `law.md` parts 1, 2, 6 and table A.
"""

from typing import Final

from consent.entries import Authority, FamilyFact, Mandate
from consent.law.asking import (
    a_mentor_asks,
    a_person_asks,
    a_professional_asks,
    he_is_not_16_and_capable,
    no_mentor_asks,
    the_person_decides_for_himself_from_12,
    the_person_himself_asks,
    the_person_is_an_incapable_adult,
    the_person_is_under,
)
from consent.law.basis import Basis, Title, must, should
from consent.law.categories import (
    EXP,
    LOG,
    MIN,
    NOFWD,
    NOTE,
    PART,
    RECON,
    YOUTH_FIRST,
    all_but,
)
from consent.law.on_authority import (
    PARTIAL,
    family_fact_carries,
    foster_parenthood,
    he_is_competent,
    he_is_without_authority,
    his_appointment,
    his_authority,
    his_authority_carries,
    his_guardianship,
    his_place_carries,
    his_place_in_the_chain,
    it_is_sure,
    it_was_checked_lately,
    no_contact_was_denied,
    parenthood,
    partial_authority,
    partial_authority_carries,
    the_scope_fits,
    the_scope_opens_it,
    the_youth_of_12_to_15_does_not_refuse,
)
from consent.law.on_help import (
    MENTOR_SEES,
    all_parents_agreed,
    it_is_not_suspended,
    it_outlived_no_birthday,
    it_runs,
    mandate_carries,
    mandates_of_the_mentor,
    no_parent_withdrew_at_12_to_15,
    no_parent_withdrew_under_12,
    somebody_holds_authority,
    the_mandate_names_it,
    the_mentor_is_of_age,
    the_papers_are_complete,
    the_record_is_not_older,
    the_youth_chose_him,
)
from consent.representation import Title as Place
from schemas.words import Category, Reason

LB_06: Final[Basis[Authority]] = Basis(
    number="LB-06",
    title=Title("Gezagdrager (ouder of voogd)", "Authority holder"),
    articles=("Jw 7.3.11 lid 2 onder b", "Jw 7.3.15 lid 1, 2 en 4", "BW 1:245", "BW 7:457 lid 3"),
    asks=(must(a_person_asks),),
    facts=his_authority,
    meets=(
        must(the_person_is_under(18)),
        must(he_is_not_16_and_capable, Reason.CONSENT_MISSING_YOUTH),
        must(he_is_competent, Reason.AUTHORITY_INCOMPETENT),
        should(it_was_checked_lately, Reason.AUTHORITY_UNVERIFIED),
        should(the_youth_of_12_to_15_does_not_refuse, Reason.YOUTH_OBJECTION),
    ),
    support=his_authority_carries,
    categories=all_but(Category.WHEREABOUTS, Category.SAFETY_REPORT),
    obligations=frozenset({LOG, PART}),
    at_12_to_15=frozenset({YOUTH_FIRST}),
)

LB_09: Final[Basis[Authority]] = Basis(
    number="LB-09",
    title=Title("Gecertificeerde instelling of persoon als voogd", "Guardian"),
    articles=("BW 1:245", "BW 1:302", "BW 1:303", "BW 1:241", "BW 1:268", "Jw 7.3.15", "Jw 7.3.4 lid 2"),
    asks=(must(no_mentor_asks),),
    facts=his_guardianship,
    meets=LB_06.meets,
    support=his_authority_carries,
    categories=LB_06.categories,
    obligations=LB_06.obligations,
    at_12_to_15=LB_06.at_12_to_15,
)

LB_10: Final[Basis[Authority]] = Basis(
    number="LB-10",
    title=Title("Gedeeltelijke gezagsuitoefening", "Partial authority"),
    articles=("BW 1:265e lid 1 onder a-c",),
    asks=(must(a_professional_asks),),
    facts=partial_authority,
    meets=(must(the_scope_fits), must(the_scope_opens_it, Reason.CATEGORY_EXCLUDED)),
    support=partial_authority_carries,
    categories=frozenset().union(*PARTIAL.values()),
    obligations=frozenset({LOG, MIN, EXP}),
)

LB_18: Final[Basis[FamilyFact]] = Basis(
    number="LB-18",
    title=Title("Pleegouder", "Foster parent"),
    articles=("Jw 5.4", "Jw 4.1.3 lid 3 en 6"),
    asks=(must(a_person_asks),),
    facts=foster_parenthood,
    meets=(must(the_person_is_under(18)),),
    support=family_fact_carries,
    categories=all_but(
        Category.BSN,
        Category.PROCESS_NOTES,
        Category.JUSTICE,
        Category.BILLING,
        Category.SAFETY_REPORT,
    ),
    obligations=frozenset({MIN, LOG, NOTE, NOFWD}),
    is_duty=True,
    looks_at_holder_only=True,
)

LB_19: Final[Basis[FamilyFact]] = Basis(
    number="LB-19",
    title=Title("Ouder zonder gezag", "Parent without authority"),
    articles=("BW 1:377c",),
    asks=(must(a_person_asks),),
    facts=parenthood,
    meets=(
        must(he_is_without_authority),
        must(the_person_is_under(16), Reason.CONSENT_MISSING_YOUTH),
        should(no_contact_was_denied, Reason.BEST_INTEREST),
    ),
    support=family_fact_carries,
    holder_decides=True,
    categories=frozenset({Category.GOALS, Category.HELP_STATUS, Category.SCHOOL, Category.HEALTH, Category.EVALUATION}),
    obligations=frozenset({LOG, MIN}),
    looks_at_holder_only=True,
)

LB_20: Final[Basis[None]] = Basis(
    number="LB-20",
    title=Title("Betrokkene zelf", "Own access"),
    articles=("Jw 7.3.10", "BW 7:456", "AVG 15", "Wabvpz 15d", "Wabvpz 15e"),
    asks=(
        must(the_person_himself_asks),
        should(the_person_decides_for_himself_from_12, Reason.BEST_INTEREST),
    ),
    categories=all_but(Category.SAFETY_REPORT),
    obligations=frozenset({LOG}),
    opens_restricted=True,
    looks_at_holder_only=True,
)

LB_25: Final[Basis[Place]] = Basis(
    number="LB-25",
    title=Title("Vertegenwoordiger van een wilsonbekwame meerderjarige", "Representative of an incapable adult"),
    articles=("Jw 7.3.15 lid 2 en 3", "BW 7:465"),
    asks=(must(the_person_is_an_incapable_adult), must(no_mentor_asks)),
    facts=his_place_in_the_chain,
    support=his_place_carries,
    categories=all_but(Category.SAFETY_REPORT, Category.WHEREABOUTS),
    obligations=frozenset({LOG}),
    looks_at_holder_only=True,
)

LB_27: Final[Basis[Mandate]] = Basis(
    number="LB-27",
    title=Title("Door de jeugdige gekozen mentor (JIM)", "Informal mentor chosen by the youth (JIM)"),
    articles=("Jw 7.3.11 lid 1",),
    asks=(must(a_mentor_asks, Reason.JIM_NOT_CHOSEN_BY_YOUTH),),
    facts=mandates_of_the_mentor,
    without=Reason.JIM_NOT_CHOSEN_BY_YOUTH,
    meets=(
        must(the_youth_chose_him, Reason.JIM_NOT_CHOSEN_BY_YOUTH),
        must(the_papers_are_complete, Reason.JIM_MANDATE_INVALID),
        should(the_mentor_is_of_age, Reason.JIM_MANDATE_INVALID),
        must(it_runs, Reason.JIM_MANDATE_INVALID),
        must(it_outlived_no_birthday, Reason.JIM_MANDATE_INVALID),
        should(it_is_not_suspended, Reason.SAFETY_SUSPENSION),
        should(somebody_holds_authority, Reason.AUTHORITY_UNVERIFIED),
        must(all_parents_agreed, Reason.JIM_MANDATE_INVALID),
        must(no_parent_withdrew_under_12, Reason.JIM_MANDATE_INVALID),
        should(no_parent_withdrew_at_12_to_15, Reason.JIM_MANDATE_INVALID),
        must(the_record_is_not_older, Reason.CATEGORY_EXCLUDED),
        must(the_mandate_names_it, Reason.CATEGORY_EXCLUDED),
    ),
    support=mandate_carries,
    categories=MENTOR_SEES,
    obligations=frozenset({LOG, MIN, EXP, RECON}),
)

LB_38: Final[Basis[Authority]] = Basis(
    number="LB-38",
    title=Title("Bijzondere curator", "Special representative"),
    articles=("BW 1:250",),
    asks=(must(a_person_asks),),
    facts=his_appointment,
    meets=(
        should(it_is_sure, Reason.AUTHORITY_UNVERIFIED),
        must(the_person_is_under(18)),
        must(he_is_not_16_and_capable, Reason.CONSENT_MISSING_YOUTH),
        should(the_youth_of_12_to_15_does_not_refuse, Reason.YOUTH_OBJECTION),
    ),
    support=his_authority_carries,
    categories=LB_06.categories,
    obligations=frozenset({LOG, PART}),
)
