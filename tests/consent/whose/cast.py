"""One family, everybody who might say something about it, and one fact of each kind."""

from datetime import UTC, datetime
from typing import Any, Final

from consent.entry import Entry
from consent.facts import Facts, assemble
from consent.whose.hand import Form, Hand
from consent.whose.helping import HelpTold
from consent.world.entries import entry
from schemas.words import OrganisationKind, Role

AT: Final = datetime(2026, 11, 25, 9, tzinfo=UTC)

KINDS: Final = {
    "team": OrganisationKind.LOCAL_TEAM,
    "ggz": OrganisationKind.YOUTH_MENTAL_HEALTH,
    "linde": OrganisationKind.YOUTH_CARE,
    "vreemd": OrganisationKind.YOUTH_CARE,
    "pleeg": OrganisationKind.FOSTER_CARE,
    "gi": OrganisationKind.CERTIFIED_INSTITUTION,
    "gi-2": OrganisationKind.CERTIFIED_INSTITUTION,
    "raad": OrganisationKind.CHILD_PROTECTION_BOARD,
    "stad": OrganisationKind.MUNICIPALITY,
    "school": OrganisationKind.SCHOOL,
}
"""`team` and `ggz` help the youth; `linde` has joint help offered; `school` is a recipient that helps him too."""


def professional(name: str, organisation: str, role: Role = Role.YOUTH_PROFESSIONAL) -> Hand:
    return Hand(form=Form.PROFESSIONAL, id=name, organisation=organisation, kind=KINDS[organisation], role=role)


HANDS: Final = {
    "youth": Hand(form=Form.PERSON, id="sem"),
    "mother": Hand(form=Form.PERSON, id="mara"),
    "uncle": Hand(form=Form.PERSON, id="oom"),
    "mentor": Hand(form=Form.MENTOR, id="tante"),
    "another mentor": Hand(form=Form.MENTOR, id="oom"),
    "helper": professional("anna", "team"),
    "colleague of the helper": professional("arie", "team"),
    "teacher who helps": professional("tom", "school", Role.TEACHER),
    "second helper": professional("piet", "ggz", Role.THERAPIST),
    "partner": professional("lies", "linde"),
    "stranger": professional("vera", "vreemd"),
    "foster care": professional("fenna", "pleeg", Role.FOSTER_CARE_WORKER),
    "executor": professional("gijs", "gi", Role.FAMILY_GUARDIAN),
    "another institution": professional("gea", "gi-2", Role.FAMILY_GUARDIAN),
    "board": professional("ruud", "raad", Role.BOARD_INVESTIGATOR),
    "municipality": professional("mila", "stad", Role.ACCESS_OFFICER),
    "administrator": Hand(form=Form.ADMINISTRATOR, id="ad", organisation="team"),
    "another administrator": Hand(form=Form.ADMINISTRATOR, id="bo", organisation="ggz"),
    "operator": Hand(form=Form.OPERATOR, id="op"),
    "second operator": Hand(form=Form.OPERATOR, id="op-2"),
    "register": Hand(form=Form.REGISTER, id="brp"),
}

_SECTIONS: Final[dict[str, list[dict[str, Any]]]] = {
    "organisations": [{"id": name, "kind": str(kind)} for name, kind in KINDS.items()],
    "professionals": [
        {"id": each.id, "organisation": each.organisation, "role": str(each.role)}
        for each in HANDS.values()
        if each.form is Form.PROFESSIONAL
    ],
    "persons": [
        {"id": "sem", "born": "2011-03-01"},
        {"id": "mara", "born": "1984-05-01"},
        {"id": "tante", "born": "1980-01-01"},
        {"id": "oom", "born": "1979-01-01"},
    ],
    "family": [{"person": "mara", "of": "sem", "relation": "parent", "lives_with": True}],
    "authority": [
        {
            "id": "g1",
            "holder": "mara",
            "over": "sem",
            "kind": "parental",
            "since": "2011-03-01",
            "verified_on": "2026-01-01",
        }
    ],
    "orders": [
        {
            "id": "ots",
            "kind": "supervision-order",
            "subject": "sem",
            "executor": "gi",
            "since": "2026-06-01",
            "until": "2027-06-01",
            "verified_on": "2026-06-02",
        }
    ],
    "involvements": [
        {"id": f"hulp-{name}", "kind": "help", "about": "sem", "organisations": [name], "since": "2026-01-01"}
        for name in ("team", "ggz", "school")
    ],
}

FACTS: Final[Facts] = assemble(
    {section: tuple(entry(section, told, section) for told in entries) for section, entries in _SECTIONS.items()}
)


def fact(section: str, **told: Any) -> Entry:
    return entry(section, told, section)


CONSENT: Final[dict[str, Any]] = {
    "about": "sem",
    "on": "2026-11-20",
    "holders": ["ggz"],
    "recipients": ["school"],
    "purposes": ["coordinate-plan"],
    "categories": ["goals"],
}

HELPS_TOLD: Final = {one.id: HelpTold(datetime(2026, 1, 2, tzinfo=UTC), None) for one in FACTS.involvements}
"""Nobody said of himself that he helps."""
