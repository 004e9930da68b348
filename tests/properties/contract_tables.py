"""Tables of the decision contract, section 4, written over from its text: bases, categories and obligations."""

from collections.abc import Mapping
from typing import Final


def only(text: str) -> frozenset[str]:
    return frozenset(text.split())


def but(text: str) -> frozenset[str]:
    return EVERY - only(text)


CONSENT: Final = ("LB-01", "LB-02")
BASES: Final[Mapping[str, tuple[str, ...]]] = {
    "coordinate-plan": ("LB-04", "LB-05", *CONSENT),
    "give-help": ("LB-04", "LB-05", *CONSENT),
    "referral": CONSENT,
    "history": CONSENT,
    "counsellor-support": CONSENT,
    "school-support": CONSENT,
    "police-inquiry": CONSENT,
    "referral-feedback": ("LB-26", *CONSENT),
    "supervision-order": ("LB-07", "LB-08", *CONSENT),
    "youth-probation": CONSENT,
    "guardianship": ("LB-09", *CONSENT),
    "partial-authority": ("LB-10", *CONSENT),
    "execute-measure": ("LB-11", *CONSENT),
    "child-protection-inquiry": ("LB-12", *CONSENT),
    "safety-report": ("LB-13", *CONSENT),
    "safety-inquiry": ("LB-13", *CONSENT),
    "foster-care": ("LB-18", *CONSENT),
    "own-access": ("LB-20", "LB-25"),
    "exercise-authority": ("LB-06", "LB-38", *CONSENT),
    "parent-information": ("LB-19", *CONSENT),
    "mentor-support": ("LB-27",),
    "billing": ("LB-15",),
    "access-decision": ("LB-16", *CONSENT),
    "material-control": ("LB-17",),
    "emergency": ("LB-24",),
    "avert-harm": ("LB-23",),
    "compulsory-care": ("LB-28", "LB-29"),
    "safety-house": ("LB-32", *CONSENT),
    "research": (),
}

EVERY: Final = only(
    "identity bsn authority goals appointments professionals safety-plan risk health process-notes medication school "
    "justice whereabouts placement billing safety-report special finances evaluation help-status"
)
"""All categories but working notes, which never leave."""


OF_HELP: Final = but("process-notes whereabouts safety-report billing")
OF_AUTHORITY: Final = but("whereabouts safety-report")
CATEGORIES: Final[Mapping[str, frozenset[str]]] = {
    "LB-01": EVERY,
    "LB-02": EVERY,
    "LB-04": OF_HELP,
    "LB-05": OF_HELP,
    "LB-06": OF_AUTHORITY,
    "LB-07": EVERY,
    "LB-08": EVERY,
    "LB-09": OF_AUTHORITY,
    "LB-10": only("school identity health medication"),
    "LB-11": only("identity authority goals appointments professionals safety-plan risk help-status"),
    "LB-12": EVERY,
    "LB-13": EVERY,
    "LB-15": only("identity bsn billing"),
    "LB-16": only("identity goals help-status"),
    "LB-18": but("bsn process-notes justice billing safety-report"),
    "LB-19": only("goals help-status school health evaluation"),
    "LB-20": but("safety-report"),
    "LB-23": EVERY,
    "LB-24": only("identity authority safety-plan risk medication professionals"),
    "LB-25": but("safety-report whereabouts"),
    "LB-26": only("help-status evaluation"),
    "LB-27": only("goals appointments professionals safety-plan"),
    "LB-28": EVERY,
    "LB-29": EVERY,
    "LB-32": EVERY,
    "LB-38": OF_AUTHORITY,
}

SUPERVISION: Final = "OB-LOG OB-MIN OB-NOTE OB-NOFWD OB-PRE"
OBLIGATIONS: Final[Mapping[str, str]] = {
    "LB-01": "OB-LOG OB-MIN OB-PART OB-NOFWD",
    "LB-02": "OB-LOG OB-MIN OB-PART OB-NOFWD",
    "LB-04": "OB-LOG OB-MIN",
    "LB-05": "OB-LOG OB-MIN OB-EXP",
    "LB-06": "OB-LOG OB-PART",
    "LB-07": SUPERVISION,
    "LB-08": f"{SUPERVISION} OB-JUST",
    "LB-09": "OB-LOG OB-PART",
    "LB-10": "OB-LOG OB-MIN OB-EXP",
    "LB-11": "OB-LOG OB-MIN OB-PART OB-PRE",
    "LB-12": "OB-JUST OB-NOTE OB-LOG OB-MIN OB-PRE",
    "LB-13": "OB-CONSULT OB-JUST OB-NOTE OB-LOG OB-PRE",
    "LB-15": "OB-LOG OB-MIN",
    "LB-16": "OB-JUST OB-MIN OB-LOG OB-PRE",
    "LB-18": "OB-MIN OB-LOG OB-NOTE OB-NOFWD",
    "LB-19": "OB-LOG OB-MIN",
    "LB-20": "OB-LOG",
    "LB-23": "OB-JUST OB-CONSULT OB-NOTE OB-LOG OB-REV(5wd) OB-PRE",
    "LB-24": "OB-LOG OB-REV(2wd) OB-POST(5d)",
    "LB-25": "OB-LOG",
    "LB-26": "OB-LOG OB-MIN",
    "LB-27": "OB-LOG OB-MIN OB-EXP OB-RECON",
    "LB-28": "OB-JUST OB-LOG OB-MIN",
    "LB-29": "OB-JUST OB-LOG OB-MIN",
    "LB-32": "OB-JUST OB-LOG OB-PRE",
    "LB-38": "OB-LOG OB-PART",
}

OPEN_RESTRICTED: Final = frozenset({"LB-01", "LB-02", "LB-12", "LB-13", "LB-20", "LB-23", "LB-24"})
HAVE_BSN: Final = only(
    "local-team youth-care youth-mental-health disability-care foster-care secure-youth-care certified-institution "
    "child-protection-board safe-at-home general-practice youth-health municipality"
)
OPEN_JUSTICE: Final = frozenset({"LB-07", "LB-08", "LB-20"})
DUTIES: Final = frozenset({"LB-07", "LB-15", "LB-18"})
