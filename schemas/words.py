"""The closed lists of words, spelled as in the decision contract, section 2.1.

Every list here is an enumeration whose values are the words themselves, so a value is also its wire form.
"""

from enum import StrEnum
from typing import Final


class OrganisationKind(StrEnum):
    """What sort of organisation someone works for."""

    LOCAL_TEAM = "local-team"
    YOUTH_CARE = "youth-care"
    YOUTH_MENTAL_HEALTH = "youth-mental-health"
    ADULT_MENTAL_HEALTH = "adult-mental-health"
    DISABILITY_CARE = "disability-care"
    FOSTER_CARE = "foster-care"
    SECURE_YOUTH_CARE = "secure-youth-care"
    CERTIFIED_INSTITUTION = "certified-institution"
    CHILD_PROTECTION_BOARD = "child-protection-board"
    SAFE_AT_HOME = "safe-at-home"
    GENERAL_PRACTICE = "general-practice"
    YOUTH_HEALTH = "youth-health"
    SCHOOL = "school"
    MUNICIPALITY = "municipality"
    POLICE = "police"
    PROBATION = "probation"
    DEBT_COUNSELLING = "debt-counselling"
    ADDICTION_CARE = "addiction-care"
    CRISIS_SERVICE = "crisis-service"
    SAFETY_HOUSE = "safety-house"
    COUNSELLOR_SERVICE = "counsellor-service"
    OTHER = "other"


class Role(StrEnum):
    """What a professional does for his organisation."""

    YOUTH_PROFESSIONAL = "youth-professional"
    THERAPIST = "therapist"
    PSYCHIATRIST = "psychiatrist"
    FAMILY_GUARDIAN = "family-guardian"
    BOARD_INVESTIGATOR = "board-investigator"
    SAFETY_WORKER = "safety-worker"
    GENERAL_PRACTITIONER = "general-practitioner"
    TEACHER = "teacher"
    CRISIS_WORKER = "crisis-worker"
    BILLING_CLERK = "billing-clerk"
    ACCESS_OFFICER = "access-officer"
    CONTROLLER = "controller"
    FOSTER_CARE_WORKER = "foster-care-worker"
    COUNSELLOR = "counsellor"
    POLICE_OFFICER = "police-officer"
    MANAGER = "manager"
    OTHER = "other"


class Relation(StrEnum):
    """Kinship and household: `person` is the relation of `of`."""

    PARENT = "parent"
    STEP_PARENT = "step-parent"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    AUNT = "aunt"
    UNCLE = "uncle"
    PARTNER = "partner"
    CHILD = "child"
    FOSTER_PARENT = "foster-parent"
    OTHER = "other"


class AuthorityKind(StrEnum):
    """Gezag, voogdij, and the representation of an adult."""

    PARENTAL = "parental"
    JOINT_NON_PARENT = "joint-non-parent"
    GUARDIANSHIP = "guardianship"
    PROVISIONAL_GUARDIANSHIP = "provisional-guardianship"
    PARTIAL = "partial"
    SPECIAL_REPRESENTATIVE = "special-representative"
    CURATOR = "curator"
    ADULT_MENTOR = "adult-mentor"
    WRITTEN_PROXY = "written-proxy"


class AuthorityScope(StrEnum):
    """What partial authority is about."""

    SCHOOL = "school"
    MEDICAL = "medical"
    RESIDENCE = "residence"


class OrderKind(StrEnum):
    """Court orders and measures."""

    SUPERVISION_ORDER = "supervision-order"
    PROVISIONAL_SUPERVISION_ORDER = "provisional-supervision-order"
    OUT_OF_HOME_PLACEMENT = "out-of-home-placement"
    SECURE_CARE = "secure-care"
    CONDITIONAL_SECURE_CARE = "conditional-secure-care"
    YOUTH_PROBATION = "youth-probation"
    COMPULSORY_MENTAL_HEALTH = "compulsory-mental-health"
    CRISIS_MEASURE = "crisis-measure"
    COMPULSORY_DISABILITY_CARE = "compulsory-disability-care"


class InvolvementKind(StrEnum):
    """How an organisation or a professional takes part in help."""

    JOINT_HELP = "joint-help"
    HELP = "help"
    REPLACEMENT = "replacement"


class Category(StrEnum):
    """What an element is about (DC numbers in the decision contract)."""

    IDENTITY = "identity"
    BSN = "bsn"
    AUTHORITY = "authority"
    GOALS = "goals"
    APPOINTMENTS = "appointments"
    PROFESSIONALS = "professionals"
    SAFETY_PLAN = "safety-plan"
    RISK = "risk"
    HEALTH = "health"
    PROCESS_NOTES = "process-notes"
    MEDICATION = "medication"
    SCHOOL = "school"
    JUSTICE = "justice"
    WHEREABOUTS = "whereabouts"
    PLACEMENT = "placement"
    BILLING = "billing"
    SAFETY_REPORT = "safety-report"
    WORKING_NOTES = "working-notes"
    SPECIAL = "special"
    FINANCES = "finances"
    EVALUATION = "evaluation"
    HELP_STATUS = "help-status"


class RecordSource(StrEnum):
    """Who brought what stands in a record."""

    PROFESSIONAL = "professional"
    YOUTH = "youth"
    PARENT = "parent"
    THIRD_PARTY = "third-party"


class Regime(StrEnum):
    """The law under which a record is kept. Unknown is `None`, never a value of this list."""

    JEUGDWET = "jeugdwet"
    WGBO = "wgbo"
    GI_MEASURE = "gi-measure"
    WMO = "wmo"
    SAFE_AT_HOME = "safe-at-home"
    WVGGZ = "wvggz"
    WZD = "wzd"
    OTHER = "other"


class Purpose(StrEnum):
    """Why it is asked (closed list, G-12)."""

    COORDINATE_PLAN = "coordinate-plan"
    GIVE_HELP = "give-help"
    REFERRAL = "referral"
    REFERRAL_FEEDBACK = "referral-feedback"
    HISTORY = "history"
    SUPERVISION_ORDER = "supervision-order"
    GUARDIANSHIP = "guardianship"
    PARTIAL_AUTHORITY = "partial-authority"
    EXECUTE_MEASURE = "execute-measure"
    CHILD_PROTECTION_INQUIRY = "child-protection-inquiry"
    SAFETY_REPORT = "safety-report"
    SAFETY_INQUIRY = "safety-inquiry"
    YOUTH_PROBATION = "youth-probation"
    FOSTER_CARE = "foster-care"
    OWN_ACCESS = "own-access"
    EXERCISE_AUTHORITY = "exercise-authority"
    PARENT_INFORMATION = "parent-information"
    MENTOR_SUPPORT = "mentor-support"
    BILLING = "billing"
    ACCESS_DECISION = "access-decision"
    MATERIAL_CONTROL = "material-control"
    EMERGENCY = "emergency"
    AVERT_HARM = "avert-harm"
    COMPULSORY_CARE = "compulsory-care"
    SAFETY_HOUSE = "safety-house"
    COUNSELLOR_SUPPORT = "counsellor-support"
    SCHOOL_SUPPORT = "school-support"
    POLICE_INQUIRY = "police-inquiry"
    RESEARCH = "research"


class Reason(StrEnum):
    """Why something is withheld or in review (closed list)."""

    NO_BASIS = "NO_BASIS"
    CONSENT_MISSING_YOUTH = "CONSENT_MISSING_YOUTH"
    CONSENT_MISSING_AUTHORITY = "CONSENT_MISSING_AUTHORITY"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    CONSENT_EXPIRED = "CONSENT_EXPIRED"
    CONSENT_OUT_OF_SCOPE = "CONSENT_OUT_OF_SCOPE"
    CONSENT_UNSPECIFIC = "CONSENT_UNSPECIFIC"
    CONSENT_NOT_FREE = "CONSENT_NOT_FREE"
    PRIOR_WRITTEN_REFUSAL = "PRIOR_WRITTEN_REFUSAL"
    YOUTH_OBJECTION = "YOUTH_OBJECTION"
    AUTHORITY_UNVERIFIED = "AUTHORITY_UNVERIFIED"
    AUTHORITY_INCOMPETENT = "AUTHORITY_INCOMPETENT"
    CAPACITY_UNCLEAR = "CAPACITY_UNCLEAR"
    BEST_INTEREST = "BEST_INTEREST"
    ORDER_EXPIRED = "ORDER_EXPIRED"
    ORDER_NOT_YET_VALID = "ORDER_NOT_YET_VALID"
    ORDER_WRONG_GI = "ORDER_WRONG_GI"
    ORDER_TYPE_NO_BASIS = "ORDER_TYPE_NO_BASIS"
    SUBJECT_NOT_COVERED = "SUBJECT_NOT_COVERED"
    NOT_NECESSARY = "NOT_NECESSARY"
    CATEGORY_EXCLUDED = "CATEGORY_EXCLUDED"
    THIRD_PARTY_PRIVACY = "THIRD_PARTY_PRIVACY"
    GOOD_CARE_VETO = "GOOD_CARE_VETO"
    RESTRICTED = "RESTRICTED"
    REQUESTER_UNTRUSTED = "REQUESTER_UNTRUSTED"
    REGIME_UNKNOWN = "REGIME_UNKNOWN"
    HOLDER_DECISION_PENDING = "HOLDER_DECISION_PENDING"
    HOLDER_REFUSED = "HOLDER_REFUSED"
    EVIDENCE_INSUFFICIENT = "EVIDENCE_INSUFFICIENT"
    JUSTIFICATION_REQUIRED = "JUSTIFICATION_REQUIRED"
    JIM_NOT_CHOSEN_BY_YOUTH = "JIM_NOT_CHOSEN_BY_YOUTH"
    JIM_MANDATE_INVALID = "JIM_MANDATE_INVALID"
    SAFETY_SUSPENSION = "SAFETY_SUSPENSION"
    BTG_NOT_ALLOWED_ROLE = "BTG_NOT_ALLOWED_ROLE"
    BTG_CONDITIONS = "BTG_CONDITIONS"
    FEATURE_DISABLED = "FEATURE_DISABLED"
    RULE_SET_UNCONFIRMED = "RULE_SET_UNCONFIRMED"
    LOG_UNAVAILABLE = "LOG_UNAVAILABLE"


class Outcome(StrEnum):
    """What became of a whole request."""

    PERMIT = "permit"
    PARTIAL = "partial"
    REVIEW = "review"
    DENY = "deny"


class Result(StrEnum):
    """What became of one element."""

    RELEASE = "release"
    WITHHOLD = "withhold"
    REVIEW = "review"


ALL: Final = "all"
"""The bare word of `categories` in a request."""

ANY: Final = "any"
"""The bare word of `holders` and `recipients` in a consent."""
