"""A right world with something in every section, and under every key that the contract has."""

from collections.abc import Iterator
from typing import Any, Final

from tests.consent.make import approval, authority, consent, incapable, mandate, order, refusal, world

_DAY: Final = "2026-01-15"

WHOLE: Final = world(
    record={"source": "professional", "told_in_confidence": False, "confidential_from": ["vader"]}
    | {"good_care_veto": False, "restricted": False},
    persons=[{"id": "luus", "born": "1990-01-01", "declared_of_age": True, "under_guardianship": False}],
    family=[
        {"person": "moeder", "of": "sem", "relation": "parent", "lives_with": True, "cares_for": True}
        | {"via": "pleegzorg", "since": "2012-05-04", "until": "2030-05-04", "contact_denied": False},
    ],
    authority=[
        authority("moeder", until="2030-05-04", suspended_on="2029-01-01", disputed=False, unreachable_attempts=3),
        authority("luus", kind="partial", scope="school"),
        authority("zus", kind="special-representative", matter="geld"),
    ],
    capacity=[incapable(reason="x")],
    orders=[order(workers=["jan"], reference="C/1", ended_on="2026-12-01")],
    assignments=[{"order": "ots", "provider": "zorg", "since": _DAY, "until": "2026-12-01"}],
    involvements=[
        {"id": "i1", "kind": "help", "about": "sem", "organisations": ["team"], "professional": "anna", "since": _DAY}
        | {"until": "2026-12-01", "client_informed": True, "objection_on": "2026-11-01"},
        {"id": "i2", "kind": "replacement", "since": _DAY, "until": "2026-12-01"}
        | {"professional": "anna", "replaces": "bert"},
    ],
    referrals=[
        {"id": "f1", "about": "sem", "by": "anna", "to": "ggz", "on": _DAY, "client_informed": True}
        | {"objection_on": "2026-11-01"}
    ],
    mandates=[
        mandate(
            parent_agreements=[{"by": "moeder", "on": "2026-01-16", "withdrawn_on": "2026-11-01"}],
            youth_withdrew_on="2026-11-01",
            suspended_on="2026-11-01",
            reconfirmed_on="2026-02-01",
        )
    ],
    consents=[
        consent("sem", until="2026-12-01", withdrawn_on="2026-11-01", free=True, express=True, form="mondeling")
        | {"identity_verified": True},
        consent("moeder", holders="any"),
    ],
    refusals=[
        refusal("vader", withdrawn_on="2026-11-01", holders=["ggz"], purposes=["give-help"], categories=["goals"])
        | {"written": True}
    ],
    considered_wishes=[{"youth": "sem", "on": "2026-02-03", "recipients": ["team"], "noted_by": "anna"}],
    request={
        "records": ["r1"],
        "order": "ots",
        "referral": "f1",
        "question": "waarom",
        "justification": "daarom",
        "matter": "geld",
        "initiative": "holder",
        "holder_decisions": [approval(categories=["goals"], meldcode_steps=[1, 2], step3_skipped_because="haast")],
        "emergency": {"reason_code": "x", "text": "x", "live_contact": True, "cannot_consent": True}
        | {"holder_unreachable": True},
    },
    expect={"outcome": "deny", "elements": {"r1": {"result": "withhold", "obligations": []}}},
)
WHOLE["organisations"][0] |= {"name": "Team Noord", "emergency_opt_in": False}
WHOLE["professionals"][0] |= {"trusted": True}
WHOLE["persons"][0] |= {"declared_of_age": False}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container of a JSON value with each of its keys or positions."""
    for key, _, around in walk(value):
        yield around, key


def walk(value: Any, path: str = "") -> Iterator[tuple[Any, str, Any]]:
    """Yield every key or position in a JSON value, with its path and what it stands in."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        below = f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}" if path else str(key)
        yield key, below, value
        yield from walk(each, below)
