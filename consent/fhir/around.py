"""What a Consent may lean on outside itself, and what came out of reading one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from consent.fhir.addresses import POLICY
from consent.fhir.elements import Coded
from consent.fhir.issues import Issue
from schemas.words import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a policy says where a yes that names it is silent. To a no it adds nothing: a silent no is for all."""

    recipients: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What references, policies, documents and labels mean where a Consent comes from.

    `actors` gives our ids by reference (a group: those of its members); None means that references are ours already,
    `Type/id`. `policies` are known by their address, `documents` (the SHA-256 of their text) by reference. `labels` of
    `meta.security` say nothing about what may be shared. `custodian_holds` says that who manages a Consent
    (`organization`) is who has the records that it is about; FHIR does not say so, a profile may.
    """

    actors: Mapping[str, tuple[str, ...]] | None = None
    policies: Mapping[str, Policy] = field(default_factory=lambda: {POLICY: Policy()})
    documents: Mapping[str, str] = field(default_factory=dict)
    labels: frozenset[Coded] = frozenset()
    custodian_holds: bool = False


OURS: Final = Around()
"""A Consent that is sent to this gateway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a Consent says.

    `fields` are keys of an entry of `section`, without its id, and beside them the evidence of an assisted yes
    (`identity`, `text_sha256`); `places` gives for each key, and for each item of a list of ids (`recipients[0]`),
    where it stood. `claims` says which type of resource each id was referred to as, and where. `remarks` is what the
    sender should know. `status` and `starts` are not kept: they must be true at the moment of keeping (`standing`).
    """

    section: str
    id: str | None
    fields: Mapping[str, Any]
    places: Mapping[str, str]
    claims: Mapping[str, tuple[str, str]]
    remarks: tuple[Issue, ...]
    status: str
    starts: str | None
