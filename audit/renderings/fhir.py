"""An event as FHIR R4 AuditEvents, in the profiles of IHE BALP where it has all that the profile asks. Pure.

What is not known, or is not for this viewer, is left out, and the profile is then not claimed; nothing is made up to
fill a profile. A disclosure rests on a decision, so it is two: the decision under the event's id with `-decision`.

Source: HL7 FHIR R4 `AuditEvent`; IHE ITI.BasicAudit (BALP) 1.1; `reference/law.md` R7.4.
"""

from typing import Final

from audit.events import EventOutcome, Field, Kind
from audit.part import WHOLE, Part
from audit.renderings import agents, entities
from audit.renderings.codes import DECISION, DISCLOSURE, KINDS, OUTCOMES, OWN, READ, Coded
from audit.renderings.elements import Json, Node, coding, gateway
from schemas.calendar import utc_milliseconds

PROFILE: Final = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
DECISION_ID: Final = "-decision"
"""What stands behind the id of an event in that of the decision that a disclosure rests on."""
NOT_AVAILABLE: Final = "not-available"

_SOURCE_TYPE: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/security-source-type",
    "code": "4",
    "display": "Application Server",
}
_OF_A_PERSON: Final = frozenset({"facts", "forecast", "who-may-see", "access-log"})


def audit_events(seen: Part, node: Node) -> list[Json]:
    """Return the AuditEvents of one event, as the viewer of `seen` may see it; the decision before the disclosure."""
    if seen.kind is Kind.EXCHANGE_DISCLOSED:
        # The decision itself, with what it rests on, is the gateway's own officer's.
        decided = [_decision(seen, node, suffix=DECISION_ID)] if seen.viewer == WHOLE else []
        return [*decided, _disclosure(seen, node)]
    if seen.kind in {Kind.EXCHANGE_DENIED, Kind.EXCHANGE_REVIEWED}:
        return [_decision(seen, node)]
    if is_reading_of_a_person(seen):
        return [_reading(seen, node)]
    return [_other(seen, node)]


def is_reading_of_a_person(seen: Part) -> bool:
    """Say whether somebody read, or tried to read, what is known of a person, and not the log about him."""
    return seen.kind is Kind.LOG_READ and entities.read_of(seen) in _OF_A_PERSON


def coded(seen: Part) -> Coded:
    """Return how the event is coded for its viewer; a part that was erased is still a decision."""
    if is_reading_of_a_person(seen):
        return READ
    return DECISION if seen.kind is None else KINDS[seen.kind]


def _decision(seen: Part, node: Node, suffix: str = "") -> Json:
    about = entities.patient(seen, node, [*entities.details(seen), *entities.results(seen)])
    rests_on = entities.consents(seen, node)
    claim = "AuthZconsent" if about and rests_on and seen.outcome is not None else None
    # The profile has no place for the request, which therefore stands in a detail too.
    more = [] if claim else entities.request(seen)
    return _whole(
        seen,
        node,
        DECISION,
        claim=claim,
        suffix=suffix,
        agent=agents.deciding(seen, node),
        entity=[*about, *rests_on, *more],
    )


def _disclosure(seen: Part, node: Node) -> Json:
    about, left = entities.patient(seen, node), entities.released(seen)
    return _whole(
        seen,
        node,
        DISCLOSURE,
        claim="PrivacyDisclosure.Source" if about and left else None,
        agent=agents.disclosing(seen, node),
        entity=[*about, *left, *entities.consents(seen, node), *entities.request(seen)],
    )


def _reading(seen: Part, node: Node) -> Json:
    about = entities.patient(seen, node)
    claim = "PatientRead" if about else "Read"
    return _whole(
        seen,
        node,
        READ,
        # Both say that it was read: `outcome` is fixed to 0.
        claim=claim if seen.outcome is EventOutcome.OK else None,
        agent=agents.reading(seen, node),
        entity=[*about, *entities.read_object(seen), *entities.request(seen)],
    )


def _other(seen: Part, node: Node) -> Json:
    about = entities.patient(seen, node, entities.emergency(seen))
    read = entities.read_object(seen) if seen.kind is Kind.LOG_READ else []
    changed = [*entities.consents(seen, node), *entities.changed_fact(seen)]
    return _whole(
        seen,
        node,
        coded(seen),
        claim=None,
        agent=agents.acting(seen, node),
        entity=[*about, *read, *changed, *entities.request(seen)],
    )


def _whole(  # noqa: PLR0913 - the members of an AuditEvent, by name
    seen: Part, node: Node, how: Coded, *, claim: str | None, agent: list[Json], entity: list[Json], suffix: str = ""
) -> Json:
    why, purposes = outcome_reason(seen), agents.purposes_of(seen)
    return {
        "resourceType": "AuditEvent",
        "id": seen.told.id + suffix,
        "meta": {
            **({} if claim is None else {"profile": [PROFILE + claim]}),
            "tag": [{"system": f"{OWN}event", "code": seen.kind or "exchange"}],
        },
        "type": coding(how.type),
        **({} if how.subtype is None else {"subtype": [coding(how.subtype)]}),
        "action": str(how.action),
        "recorded": utc_milliseconds(seen.told.at),
        **({} if seen.outcome is None else {"outcome": OUTCOMES[seen.outcome]}),
        **({} if why is None else {"outcomeDesc": why}),
        **({"purposeOfEvent": purposes} if purposes else {}),
        "agent": agent,
        "source": {"site": node.address, "observer": gateway(node), "type": [_SOURCE_TYPE]},
        **({"entity": entity} if entity else {}),
    }


def outcome_reason(seen: Part) -> str | None:
    """Return the codes of why it was not, or not wholly, done, as far as the viewer may know; None where it was."""
    if seen.outcome in {None, EventOutcome.PERMIT, EventOutcome.OK}:
        return None
    if seen.told.kind in {Kind.SOURCE_FAILED, Kind.EXCHANGE_ABORTED}:
        why = seen.told.fields.get(Field.DETAIL, {}).get("why")
        return why if isinstance(why, str) else None
    if seen.outcome is EventOutcome.ERROR:
        return None
    found = {str(each["reason"]) for each in (*seen.elements, *seen.not_asked) if each.get("reason")}
    if seen.viewer == WHOLE:
        whole = seen.told.fields.get(Field.DECISION, {}).get("reason")
        found |= {str(whole)} if whole else set()
    return ",".join(sorted(found)) or NOT_AVAILABLE
