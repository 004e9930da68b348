"""Who took part in an event: the agents of an AuditEvent, and the same persons as NEN 7513 names them. Pure.

Nobody is named but by his id inside Schakel: whose name that is, is for his organisation to tell (CJEU C-579/21).

Source: IHE BALP (the slices of its profiles); `reference/law.md` R7.4 and R7.5.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.events import Field, Kind
from audit.part import EXCHANGE, PEOPLE, WHOLE, Part
from audit.renderings.codes import DCM, Code, reason_of
from audit.renderings.elements import Json, Node, absent, concept, gateway, named, organisation, own, person

PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_CLIENT: Final = Code(DCM, "110150", "Application")
_SOURCE: Final = Code(DCM, "110153", "Source Role ID")
_DESTINATION: Final = Code(DCM, "110152", "Destination Role ID")
_USER: Final = Code(PARTICIPATION, "IRCP", "information recipient")
_HOLDER: Final = Code(PARTICIPATION, "CST", "custodian")
_ORGANISATION: Final = Code("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV", "healthcare provider")
_AUTHORIZER: Final = Code(
    "http://terminology.hl7.org/CodeSystem/extra-security-role-type", "authserver", "authorization server"
)

_NO_ORGANISATIONS: Final = frozenset({"person", "operator", "system"})
_OF_A_HOLDER: Final = EXCHANGE | {
    Kind.SOURCE_FAILED,
    Kind.EMERGENCY_OPENED,
    Kind.EMERGENCY_CLOSED,
    Kind.REVIEW_OPENED,
    Kind.REVIEW_DECIDED,
    Kind.HOLDER_DECIDED,
    Kind.OBLIGATION_DONE,
}


@dataclass(frozen=True, slots=True)
class Who:
    """Who acted, as the event tells it. Each is None where it does not, or where its seal was broken."""

    form: str | None
    id: str | None
    role: str | None
    client: str | None
    authentication: str | None
    organisation: str

    @property
    def institution(self) -> str | None:
        """His organisation; None of persons, mentors, the gateway and its operator."""
        return None if self.organisation in _NO_ORGANISATIONS else self.organisation


def who_of(seen: Part) -> Who:
    """Return who acted."""
    told = seen.told.fields.get(Field.ACTOR)
    actor: Mapping[str, Any] = told if isinstance(told, dict) else {}
    form, name = actor.get("form"), actor.get("id")
    if name is None:
        # On the command line: the officer who signed, or else the account.
        form = "officer" if "officer" in actor else "operator"
        name = actor.get("officer") or actor.get("account") or actor.get("operator")
    return Who(
        form=None if name is None else str(form),
        id=None if name is None else str(name),
        role=actor.get("role"),
        client=actor.get("client"),
        authentication=actor.get("authentication"),
        organisation=seen.told.organisation,
    )


def deciding(seen: Part, node: Node) -> list[Json]:
    """Return the agents of a decision (BALP `AuthZconsent`)."""
    return [
        _client(seen),
        _user(seen, node),
        _user_organisation(seen),
        _agent(_AUTHORIZER, gateway(node)),
        *_holders(seen),
    ]


def disclosing(seen: Part, node: Node) -> list[Json]:
    """Return the agents of a disclosure (BALP `PrivacyDisclosure.Source`)."""
    institution = who_of(seen).institution
    recipient = absent("not-applicable") if institution is None else organisation(institution)
    return [
        _agent(_SOURCE, gateway(node), network=_address(node)),
        _agent(_DESTINATION, recipient, network=_network(seen)),
        _user(seen, node),
        _client(seen),
        *_holders(seen),
    ]


def reading(seen: Part, node: Node) -> list[Json]:
    """Return the agents of reading what is known of somebody (BALP `Read`)."""
    client = _client(seen) | {"type": concept(_DESTINATION)}
    return [client, _agent(_SOURCE, gateway(node), network=_address(node)), _user(seen, node), *_institution(seen)]


def acting(seen: Part, node: Node) -> list[Json]:
    """Return the agents of any other act."""
    who = who_of(seen)
    found = [_user(seen, node)] if who.id is not None else []
    if who.client is not None:
        found.append(_client(seen))
    found += [*_institution(seen), *_holders(seen)]
    return found or [_agent(_CLIENT, gateway(node))]


def _agent(kind: Code | None, who: Json, **more: Any) -> Json:
    told = {} if kind is None else {"type": concept(kind)}
    return {**told, "who": who, "requestor": False, **more}


def _client(seen: Part) -> Json:
    client = who_of(seen).client
    who = absent("unknown") if client is None else named("urn:schakel:client", client)
    return _agent(_CLIENT, who, network=_network(seen))


def _user(seen: Part, node: Node) -> Json:
    who = who_of(seen)
    role = {} if who.role is None else {"role": [own("role", who.role)]}
    policy, purposes = policies(seen), purposes_of(seen)
    more = ({"policy": policy} if policy else {}) | ({"purposeOfUse": purposes} if purposes else {})
    return {"type": concept(_USER), **role, "who": _reference(who, node), "requestor": True, **more}


def _reference(who: Who, node: Node) -> Json:
    if who.id is None:
        return absent("unknown")
    if who.form in PEOPLE:
        return person(node, who.id)
    if who.form == "professional":
        return named("urn:schakel:professional", who.id, "Practitioner")
    return named(f"urn:schakel:{who.form}", who.id)


def _user_organisation(seen: Part) -> Json:
    institution = who_of(seen).institution
    # It must stand there, and persons, mentors and the operator act for no institution.
    who = absent("not-applicable") if institution is None else organisation(institution)
    purposes = purposes_of(seen)
    return _agent(_ORGANISATION, who, **({"purposeOfUse": purposes} if purposes else {}))


def _institution(seen: Part) -> Iterator[Json]:
    institution = who_of(seen).institution
    if institution is not None:
        yield _agent(_ORGANISATION, organisation(institution))


def _holders(seen: Part) -> Iterator[Json]:
    kind = _HOLDER if seen.told.kind in _OF_A_HOLDER else None
    for each in seen.holders:
        if each not in _NO_ORGANISATIONS:
            yield _agent(kind, organisation(each))


def _address(node: Node) -> Json:
    return {"address": node.address, "type": "5"}


def _network(seen: Part) -> Json:
    """Return where the caller came from; whoever is not the gateway's own officer is not told."""
    found = seen.told.fields.get(Field.NETWORK)
    if seen.viewer != WHOLE and found is not None:
        return absent("masked")
    return {"address": str(found), "type": "2"} if isinstance(found, str) else absent("unknown")


def policies(seen: Part) -> list[str]:
    """Return the set of rules and the rules of it that let elements pass, or kept them, as far as they may be seen."""
    told = seen.told
    if told.rule_set is None:
        return []
    bases = {each["basis"] for each in seen.elements if each["basis"] is not None}
    return [f"urn:schakel:rule-set:{told.rule_set}", *(f"urn:schakel:rule:{each}" for each in sorted(bases))]


def purposes_of(seen: Part) -> list[Json]:
    """Return why it was asked: our word, and HL7's nearest beside it."""
    purpose = seen.told.fields.get(Field.PURPOSE)
    if not isinstance(purpose, str):
        return []
    told, reason = own("purpose", purpose), reason_of(purpose)
    if reason is not None:
        told["coding"] += concept(reason)["coding"]
    return [told]
