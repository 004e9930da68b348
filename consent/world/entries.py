"""The shape of every kind of entry, and reading one of them.

Source: decision contract, section 2, *Keys*: each table below is its line there, `!` for required.
The gateway reads the facts of a live request with the same tables, one JSON mapping for each row of its store.
"""

from collections.abc import Mapping
from typing import Any, Final

from consent.decided import Decided
from consent.entries import (
    Assignment,
    Authority,
    CapacityFinding,
    Consent,
    ConsideredWish,
    FamilyFact,
    Involvement,
    Mandate,
    Order,
    Organisation,
    ParentAgreement,
    Person,
    Professional,
    Record,
    Referral,
    Refusal,
)
from consent.entry import Entry
from consent.stops import Stop
from consent.world.fields import (
    FieldError,
    calendar_day,
    capability,
    count,
    flag,
    identifier,
    ids,
    ids_or_any,
    items,
    moment,
    nothing_or,
    one_of,
    plain_text,
    set_of,
    text,
    word,
    words,
)
from consent.world.shape import Shape, WorldError, shape, until_not_before_since
from schemas.words import (
    AuthorityKind,
    AuthorityScope,
    Category,
    InvolvementKind,
    OrderKind,
    OrganisationKind,
    Purpose,
    RecordSource,
    Regime,
    Relation,
    Role,
)


def _authority_check(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    belongs = {"scope": AuthorityKind.PARTIAL, "matter": AuthorityKind.SPECIAL_REPRESENTATIVE}
    strangers = [
        (f".{key}", f"stands only with kind `{kind}`")
        for key, kind in belongs.items()
        if key in values and values.get("kind", kind) != kind
    ]
    return strangers + until_not_before_since(values)


def _record_check(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    if values.get("told_in_confidence") and values.get("source") in {"parent", "third-party"}:
        return [(".told_in_confidence", "not together with source `parent` or `third-party`")]
    return []


_AGREEMENT: Final = shape(ParentAgreement, {"by!": identifier, "on!": moment, "withdrawn_on": moment})

_REPLACEMENT: Final = shape(
    Involvement,
    {
        "id!": identifier,
        "kind!": word(InvolvementKind),
        "since!": moment,
        "until": moment,
        "professional!": identifier,
        "replaces!": identifier,
    },
    check=until_not_before_since,
)

_SHAPES: Final[Mapping[str, Shape[Any]]] = {
    "organisations": shape(
        Organisation,
        {"id!": identifier, "name": plain_text, "kind!": word(OrganisationKind), "emergency_opt_in": flag},
    ),
    "professionals": shape(
        Professional, {"id!": identifier, "organisation!": identifier, "role!": word(Role), "trusted": flag}
    ),
    "persons": shape(
        Person,
        {"id!": identifier, "born!": calendar_day, "declared_of_age": flag, "under_guardianship": flag},
    ),
    "family": shape(
        FamilyFact,
        {
            "person!": identifier,
            "of!": identifier,
            "relation!": word(Relation),
            "lives_with": flag,
            "cares_for": flag,
            "via": identifier,
            "since": moment,
            "until": moment,
            "contact_denied": flag,
        },
        check=until_not_before_since,
    ),
    "authority": shape(
        Authority,
        {
            "id!": identifier,
            "holder!": identifier,
            "over!": identifier,
            "kind!": word(AuthorityKind),
            "since!": moment,
            "until": moment,
            "suspended_on": moment,
            "disputed": flag,
            "verified_on": moment,
            "unreachable_attempts": count,
            "scope": word(AuthorityScope),
            "matter": text,
        },
        check=_authority_check,
    ),
    "capacity": shape(
        CapacityFinding,
        {"person!": identifier, "capable!": capability, "on!": moment, "by": identifier, "reason": text},
    ),
    "orders": shape(
        Order,
        {
            "id!": identifier,
            "kind!": word(OrderKind),
            "subject!": identifier,
            "executor": identifier,
            "workers": ids,
            "since!": moment,
            "until!": moment,
            "ended_on": moment,
            "verified_on": moment,
            "reference": plain_text,
        },
        check=until_not_before_since,
    ),
    "assignments": shape(
        Assignment,
        {"order!": identifier, "provider!": identifier, "since!": moment, "until": moment},
        check=until_not_before_since,
    ),
    "involvements": shape(
        Involvement,
        {
            "id!": identifier,
            "kind!": word(InvolvementKind),
            "since!": moment,
            "until": moment,
            "about!": identifier,
            "organisations": ids,
            "professional": identifier,
            "client_informed": flag,
            "objection_on": moment,
        },
        check=until_not_before_since,
    ),
    "referrals": shape(
        Referral,
        {
            "id!": identifier,
            "about!": identifier,
            "by!": identifier,
            "to!": identifier,
            "on!": moment,
            "client_informed": flag,
            "objection_on": moment,
        },
    ),
    "mandates": shape(
        Mandate,
        {
            "id!": identifier,
            "mentor!": identifier,
            "youth!": identifier,
            "youth_chose_on": moment,
            "youth_withdrew_on": moment,
            "identity_verified_on": moment,
            "confidentiality_statement_on": moment,
            "since!": moment,
            "until!": moment,
            "suspended_on": moment,
            "reconfirmed_on": moment,
            "categories!": words(Category),
            "parent_agreements": lambda value: tuple(items(_AGREEMENT.read)(value)),
        },
        check=until_not_before_since,
        nests=True,
    ),
    "consents": shape(
        Consent,
        {
            "id!": identifier,
            "about!": identifier,
            "given_by!": identifier,
            "on!": moment,
            "until": moment,
            "holders!": ids_or_any,
            "recipients!": ids_or_any,
            "purposes!": words(Purpose),
            "categories!": words(Category),
            "withdrawn_on": moment,
            "free": flag,
            "express": flag,
            "identity_verified": flag,
            "form": plain_text,
        },
    ),
    "refusals": shape(
        Refusal,
        {
            "id!": identifier,
            "about!": identifier,
            "given_by!": identifier,
            "on!": moment,
            "withdrawn_on": moment,
            "holders": ids,
            "recipients": ids,
            "purposes": words(Purpose),
            "categories": words(Category),
            "written": flag,
        },
    ),
    "considered_wishes": shape(
        ConsideredWish, {"youth!": identifier, "on!": moment, "recipients!": ids, "noted_by": identifier}
    ),
    "records": shape(
        Record,
        {
            "id!": identifier,
            "holder!": identifier,
            "about!": ids,
            "category!": word(Category),
            "regime!": nothing_or(word(Regime)),
            "created_on!": moment,
            "source": word(RecordSource),
            "told_in_confidence": flag,
            "confidential_from": ids,
            "good_care_veto": flag,
            "restricted": flag,
        },
        renamed={"source": "origin"},
        check=_record_check,
    ),
    # Kept in the store, and no sections of a world.
    "holder_decisions": shape(
        Decided,
        {
            "id!": identifier,
            "about!": identifier,
            "holder!": identifier,
            "by!": identifier,
            "on!": moment,
            "approved!": flag,
            "reason!": plain_text,
            "asked_as!": plain_text,
            "asker!": identifier,
            "purpose!": word(Purpose),
            "categories": words(Category),
            "answers": identifier,
            "question": text,
            "matter": text,
            "order": identifier,
            "referral": identifier,
            "meldcode_steps": set_of(one_of(range(1, 6))),
            "step3_skipped_because": text,
        },
    ),
    "stops": shape(Stop, {"id!": identifier, "stopped!": flag, "lift_proposed_by": identifier}),
}


def entry(section: str, mapping: Any, path: str) -> Entry:
    """Return the entry of `section` that `mapping` describes; it keeps `mapping`, which must not change after.

    Does not look at other entries: dangling and doubled ids are found by `consent.world.links`.

    Raises:
        WorldError: with every problem, each beginning with `path`.
    """
    kind = _SHAPES[section]
    if section == "involvements" and type(mapping) is dict and mapping.get("kind") == "replacement":
        kind = _REPLACEMENT
    try:
        return kind.read(mapping)  # type: ignore[no-any-return] # the shapes of all sections make entries
    except FieldError as error:
        raise WorldError(tuple(f"{path}{place}: {what}" for place, what in error.problems)) from None
