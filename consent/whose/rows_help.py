"""The rows about orders, help, referrals, mentors, and who works where."""

from datetime import timedelta
from typing import Final

from consent.entries import Involvement
from consent.whose import words as who
from consent.whose.row import Closing, Confirmation, Row
from consent.whose.scene import Scene
from schemas.calendar import AMSTERDAM
from schemas.words import InvolvementKind

LONGEST_REPLACEMENT: Final = timedelta(weeks=6)

_ORDER_RECORDERS: Final = (who.EXECUTOR, who.BOARD, who.MUNICIPALITY, who.REGISTER)

ORDER: Final = Row(
    kind="order",
    section="orders",
    nl="Maatregel",
    en="Order",
    recorded_by=_ORDER_RECORDERS,
    confirmations=(Confirmation("verified_on", (who.REGISTER, who.BOARD, who.ASKED_HOLDER), fills="verified_on"),),
    closings=(Closing("ended_on", _ORDER_RECORDERS),),
)

ASSIGNMENT: Final = Row(
    kind="assignment",
    section="assignments",
    nl="Opdracht onder een maatregel",
    en="Assignment under an order",
    recorded_by=(who.EXECUTOR_OF_ITS_ORDER,),
    confirmations=(Confirmation("accepted_on", (who.PROVIDER,), of_his_own=(who.PROVIDER,)),),
    closings=(Closing("until", (who.EXECUTOR_OF_ITS_ORDER, who.PROVIDER)),),
)


def _is_its_own_word_among_others(scene: Scene) -> bool:
    one = scene.entry
    if not isinstance(one, Involvement) or one.about is None:
        return False
    sure = scene.sure_helpers(one.about)
    return bool(sure) and not one.organisations & sure


HELP: Final = Row(
    kind="help",
    section="involvements",
    nl="Hulp",
    en="Help",
    fits=lambda one: one.kind is InvolvementKind.HELP,
    recorded_by=(who.ORGANISATION_ITSELF,),
    confirmations=(
        Confirmation(
            "confirmed_on",
            (who.HELPER,),
            needed=_is_its_own_word_among_others,
            only=(
                "als er al een hulpverlener is; tot dan telt de hulp hier alleen voor wat beschermt",
                "where somebody helps already; until then the help counts here for what protects only",
            ),
            counts_without=lambda _: True,
        ),
    ),
    closings=(Closing("until", (who.ORGANISATION_ITSELF,)),),
)

_OBJECTORS: Final = (who.PERSON_HIMSELF, who.HOLDER_OF_AUTHORITY, who.HELPER)

JOINT_HELP: Final = Row(
    kind="joint-help",
    section="involvements",
    nl="Samenwerking in de hulp",
    en="Joint help",
    fits=lambda one: one.kind is InvolvementKind.JOINT_HELP,
    recorded_by=(who.PARTNER,),
    confirmations=(
        Confirmation("accepted_by", (who.PARTNER,), of_his_own=(who.PARTNER,)),
        Confirmation("client_informed", (who.HELPER_WITHOUT_IT,), fills="client_informed"),
    ),
    closings=(Closing("left_by", (who.PARTNER,)), Closing("objection_on", _OBJECTORS)),
)


def _is_short(scene: Scene) -> bool:
    one = scene.entry
    if not isinstance(one, Involvement) or one.until is None:
        return False
    # Six weeks of the calendar: in autumn they last an hour longer, in spring an hour less.
    return one.until <= one.since.astimezone(AMSTERDAM) + LONGEST_REPLACEMENT


REPLACEMENT: Final = Row(
    kind="replacement",
    section="involvements",
    nl="Vervanging",
    en="Replacement",
    fits=lambda one: one.kind is InvolvementKind.REPLACEMENT,
    recorded_by=(who.ADMINISTRATOR_FOR_ANOTHER,),
    closings=(Closing("until", (who.ADMINISTRATOR_OF_EITHER,)),),
    requires={"until": (_is_short, "name a day, at most six weeks after `since`")},
)

REFERRAL: Final = Row(
    kind="referral",
    section="referrals",
    nl="Verwijzing",
    en="Referral",
    recorded_by=(who.REFERRER,),
    closings=(Closing("objection_on", _OBJECTORS),),
)

MANDATE: Final = Row(
    kind="mandate",
    section="mandates",
    nl="Mandaat van een mentor (JIM)",
    en="Mandate of a mentor (JIM)",
    recorded_by=(who.YOUTH, who.HELPER_NOT_MENTOR),
    confirmations=(
        Confirmation("identity_verified_on", (who.HELPER_NOT_MENTOR,), fills="identity_verified_on"),
        Confirmation(
            "confidentiality_statement_on",
            (who.MENTOR,),
            fills="confidentiality_statement_on",
            of_his_own=(who.MENTOR,),
        ),
        Confirmation(
            "parent_agreements",
            (who.SURE_HOLDER_OF_AUTHORITY, who.HELPER_NOT_MENTOR),
            fills="parent_agreements",
            of_his_own=(who.SURE_HOLDER_OF_AUTHORITY,),
        ),
    ),
    closings=(
        Closing("youth_withdrew_on", (who.YOUTH,)),
        Closing("until", (who.MENTOR, who.HELPER_NOT_MENTOR)),
        Closing("suspended_on", (who.HELPER_NOT_MENTOR, who.AUTHORITY_UNDER_16)),
    ),
)

ORGANISATION: Final = Row(
    kind="organisation",
    section="organisations",
    nl="Organisatie, sleutel, identiteitsprovider",
    en="Organisation, client key, identity provider",
    recorded_by=(who.OPERATOR,),
    confirmations=(Confirmation("confirmed_on", (who.SECOND_OPERATOR,)),),
    closings=(Closing("until", (who.OPERATOR, who.ADMINISTRATOR)),),
)

PROFESSIONAL: Final = Row(
    kind="professional",
    section="professionals",
    nl="Professional en rol",
    en="Professional and role",
    recorded_by=(who.ADMINISTRATOR, who.IDENTITY_PROVIDER),
    closings=(Closing("until", (who.ADMINISTRATOR,)),),
)

ROWS: Final = (
    ORDER,
    ASSIGNMENT,
    HELP,
    JOINT_HELP,
    REPLACEMENT,
    REFERRAL,
    MANDATE,
    ORGANISATION,
    PROFESSIONAL,
)
