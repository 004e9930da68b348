"""What stands round the elements of a plan: the plan itself, its team, where elements come from, and why they left."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from schemas.fhir.addresses import ROOT
from schemas.fhir.forms import ELEMENT, INSTANT, PERSON, TEXT, word
from schemas.fhir.places import place
from schemas.fhir.table import Items, Table, days, many, one, said
from schemas.plan import FamilyHousehold, Gap, Housemate, Missing, Source, TeamMember

OURS: Final = ROOT + "organisation"
"""The list of the ids of organisations; a Provenance of ours names its agent by it."""

PLAN: Final = "plan"
TEAM: Final = "team"
COORDINATORS: Final = "coordinators"
"""What stands in `meta.tag` of a CarePlan and of its CareTeams, where a kind stands of an element."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A plan as its CarePlan says it; the elements stand beside it, by id."""

    family: tuple[str, ...]
    households: tuple[FamilyHousehold, ...]
    gaps: tuple[Gap, ...]
    teams: tuple[str, ...]
    goals: tuple[str, ...]
    activities: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """The members of one CareTeam."""

    family: tuple[str, ...]
    members: tuple[TeamMember, ...]


@dataclass(frozen=True, slots=True)
class Traced:
    """Where some elements come from."""

    organisation: str
    system: str
    record: str
    version: str | None
    retrieved_at: datetime
    elements: tuple[str, ...]

    @property
    def source(self) -> Source:
        """The source of each of them."""
        return Source(
            organisation=self.organisation,
            system=self.system,
            record=self.record,
            version=self.version,
            retrieved_at=self.retrieved_at,
        )


@dataclass(frozen=True, slots=True)
class Leave:
    """On which basis an element was released, what that asks, and until when (as the decision contract writes it)."""

    basis: str | None = None
    obligations: tuple[str, ...] = ()
    expires_at: str | None = None


_PERSONS: Final = "ext(about)[*].valueReference.reference"

_HOUSEMATE: Final = Table(
    "",
    (
        one("person", "ext(person).valueReference.reference", PERSON),
        one("share", "ext(share).valueString", TEXT),
        one("element", "ext(element).valueReference.reference", ELEMENT),
    ),
)
_HOUSEHOLD: Final = Table(
    "",
    (
        one("household", "ext(household).valueString", TEXT),
        one("organisation", "ext(organisation).valueString", TEXT),
        one("system", "ext(system).valueString", TEXT),
        Items("members", place("ext(member)[*]"), _HOUSEMATE, Housemate),
    ),
)
_GAP: Final = Table(
    "",
    (
        one("gap", "ext(what).valueCode", word(Missing)),
        many("about", _PERSONS, PERSON, empty=()),
        many("elements", "ext(element)[*].valueReference.reference", ELEMENT, empty=()),
    ),
)
WHOLE: Final = Table(
    "CarePlan",
    (
        said("meta.tag{kind}.code", PLAN),
        said("status", "active"),
        said("intent", "plan"),
        many("family", _PERSONS, PERSON, first="subject.reference", empty=()),
        said("subject.ext(absent).valueCode", "unknown", unless="subject.reference"),
        Items("households", place("ext(household)[*]"), _HOUSEHOLD, FamilyHousehold),
        Items("gaps", place("ext(gap)[*]"), _GAP, Gap),
        many("teams", "careTeam[*].reference", TEXT, empty=()),
        many("goals", "goal[*].reference", ELEMENT, empty=()),
        many("activities", "activity[*].reference.reference", ELEMENT, empty=()),
        many("others", "supportingInfo[*].reference", ELEMENT, empty=()),
    ),
)

_MEMBER: Final = Table(
    "",
    (
        one("element", "member.reference", ELEMENT),
        one("name", "member.display", TEXT),
        # `onBehalfOf` is for a Practitioner only (R4, CareTeam, ctm-1).
        one("organisation", "ext(organisation).valueString", TEXT),
        one("role", "role[].text", TEXT),
        days("period.start", "period.end"),
    ),
)


def _team(kind: str) -> Table:
    return Table(
        "CareTeam",
        (
            said("meta.tag{kind}.code", kind),
            said("status", "active"),
            many("family", _PERSONS, PERSON, first="subject.reference", empty=()),
            Items("members", place("participant[*]"), _MEMBER, TeamMember),
        ),
    )


TEAMS: Final = {TEAM: _team(TEAM), COORDINATORS: _team(COORDINATORS)}

TRACED: Final = Table(
    "Provenance",
    (
        many("elements", "target[*].reference", ELEMENT),
        one("retrieved_at", "recorded", INSTANT),
        said("agent[].who.identifier.system", OURS),
        one("organisation", "agent[].who.identifier.value", TEXT),
        said("entity[].role", "source"),
        said("entity[].what.identifier.system", ROOT + "record"),
        one("record", "entity[].what.identifier.value", TEXT),
        one("system", "entity[].what.identifier.assigner.display", TEXT),
        one("version", "entity[].what.ext(version).valueString", TEXT),
    ),
)
LEAVE: Final = Table(
    "",
    (
        one("basis", "ext(basis).valueString", TEXT),
        many("obligations", "ext(obligation)[*].valueString", TEXT),
        one("expires_at", "ext(expires-at).valueDateTime", TEXT),
    ),
)
LEAVES: Final = Items("released", place("ext(released)[*]"), LEAVE, Leave)
PATIENT: Final = Table("Patient", (one("id", "identifier{person}.value", TEXT),))
