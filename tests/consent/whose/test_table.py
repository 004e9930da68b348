"""Every kind of fact against everybody: who records, who confirms, who ends. The table of the facts contract, by hand.

Each row below is read off the contract's *Who*, in its own words; nothing in it comes from the code.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from consent.entry import Entry
from consent.shape import WorldError
from consent.whose.allowed import (
    ROWS,
    MayNotError,
    missing,
    require_closer,
    require_confirmer,
    require_recorder,
    row_of,
)
from consent.whose.hand import Hand
from consent.whose.scene import Scene
from tests.consent.whose.cast import AT, CONSENT, FACTS, HANDS, HELPS_TOLD, fact

HELPERS = {"helper", "colleague of the helper", "teacher who helps", "second helper"}


@dataclass(frozen=True)
class Case:
    """One fact, and who may do what to it; `confirms` and `closes` by name."""

    section: str
    entry: Entry
    records: set[str]
    recorder: str
    confirms: dict[str, set[str]] = field(default_factory=dict)
    closes: dict[str, set[str]] = field(default_factory=dict)
    lacks: set[str] = field(default_factory=set)


CASES = {
    # person … | a helper of anyone in the household; register
    "person": Case(
        "persons",
        fact("persons", id="kind", born="2020-01-01"),
        HELPERS | {"register"},
        "helper",
    ),
    # … register or a second organisation, where the fact gives somebody a voice
    "person declared of age": Case(
        "persons",
        fact("persons", id="kind", born="2010-01-01", declared_of_age=True),
        HELPERS | {"register"},
        "helper",
        confirms={
            "confirmed_on": {
                "register",
                "teacher who helps",
                "second helper",
                "partner",
                "stranger",
                "foster care",
                "executor",
                "another institution",
                "board",
                "municipality",
            }
        },
        lacks={"confirmed_on"},
    ),
    # … | a helper, the person; F3 adds every recorder, so a register ends what it says no longer
    "parent": Case(
        "family",
        fact("family", person="mara", of="sem", relation="parent"),
        HELPERS | {"register"},
        "helper",
        confirms={
            "confirmed_on": {
                "register",
                "teacher who helps",
                "second helper",
                "partner",
                "stranger",
                "foster care",
                "executor",
                "another institution",
                "board",
                "municipality",
            }
        },
        closes={"until": HELPERS | {"youth", "register"}, "contact_denied": HELPERS | {"youth"}},
        lacks={"confirmed_on"},
    ),
    "sibling of a minor": Case(
        "family",
        fact("family", person="zus", of="sem", relation="sibling"),
        HELPERS | {"register"},
        "helper",
        closes={"until": HELPERS | {"youth", "register"}, "contact_denied": HELPERS | {"youth"}},
    ),
    # foster-parent | a professional of its via | - | the same; the executor of an order about the youth
    "foster parent": Case(
        "family",
        fact("family", person="oom", of="sem", relation="foster-parent", via="pleeg"),
        {"foster care"},
        "foster care",
        closes={"until": {"foster care", "executor"}},
    ),
    # authority | a helper, a certified institution, the board; register | register, or another organisation | recorder
    "authority": Case(
        "authority",
        fact("authority", id="g2", holder="oom", over="sem", kind="guardianship", since="2026-01-01"),
        HELPERS | {"executor", "another institution", "board", "register"},
        "helper",
        confirms={
            "verified_on": {
                "register",
                "teacher who helps",
                "second helper",
                "partner",
                "stranger",
                "foster care",
                "executor",
                "another institution",
                "board",
                "municipality",
            }
        },
        closes={
            name: HELPERS | {"executor", "another institution", "board", "register"}
            for name in ("disputed", "suspended_on", "until")
        },
        lacks={"verified_on"},
    ),
    # capacity | a helper of the person in a treating role, reason required | - | … the person's objection
    "capacity": Case(
        "capacity",
        fact("capacity", person="sem", capable=False, on="2026-11-20", reason="onderzoek"),
        {"helper", "colleague of the helper", "second helper"},
        "second helper",
        closes={"objection": {"youth"}},
    ),
    # order | its executor, the board, a municipality; register | register, board, the holder asked | any recorder
    "order": Case(
        "orders",
        fact(
            "orders",
            id="o2",
            kind="supervision-order",
            subject="sem",
            executor="gi",
            since="2026-11-01",
            until="2027-11-01",
        ),
        {"executor", "board", "municipality", "register"},
        "executor",
        confirms={"verified_on": HELPERS | {"board", "register"}},
        closes={"ended_on": {"executor", "board", "municipality", "register"}},
        lacks={"verified_on"},
    ),
    # assignment | the order's executor | the provider accepts | either
    "assignment": Case(
        "assignments",
        fact("assignments", order="ots", provider="linde", since="2026-11-01"),
        {"executor"},
        "executor",
        confirms={"accepted_on": {"partner"}},
        closes={"until": {"executor", "partner"}},
        lacks={"accepted_on"},
    ),
    # help | the organisation itself | - | the same
    "help": Case(
        "involvements",
        fact("involvements", id="h", kind="help", about="sem", organisations=["vreemd"], since="2026-11-01"),
        {"stranger"},
        "stranger",
        # Said of itself, beside others who help, it counts at the desk for what protects only (I14).
        confirms={"confirmed_on": HELPERS},
        closes={"until": {"stranger"}},
        lacks={"confirmed_on"},
    ),
    # joint-help | any partner | each partner accepts; client_informed by a helper | any partner; objection_on
    "joint help": Case(
        "involvements",
        fact(
            "involvements", id="j", kind="joint-help", about="sem", organisations=["team", "linde"], since="2026-11-01"
        ),
        {"helper", "colleague of the helper", "partner"},
        "helper",
        confirms={
            "accepted_by": {"helper", "colleague of the helper", "partner"},
            "client_informed": {"teacher who helps", "second helper"},
        },
        closes={
            "left_by": {"helper", "colleague of the helper", "partner"},
            "objection_on": HELPERS | {"youth", "mother"},
        },
        lacks={"accepted_by", "client_informed"},
    ),
    # replacement | the administrator, until required, at most six weeks | - | the same
    "replacement": Case(
        "involvements",
        fact(
            "involvements",
            id="v",
            kind="replacement",
            professional="arie",
            replaces="anna",
            since="2026-11-01",
            until="2026-12-01",
        ),
        {"administrator"},
        "administrator",
        closes={"until": {"administrator"}},
    ),
    # referral | the referrer (by) | - | objection_on as above
    "referral": Case(
        "referrals",
        fact("referrals", id="r", about="sem", by="anna", to="ggz", on="2026-11-01"),
        {"helper"},
        "helper",
        closes={"objection_on": HELPERS | {"youth", "mother"}},
    ),
    # mandate | the youth, or a helper who is not the mentor; identity: a helper; statement: the mentor; agreement: …
    "mandate": Case(
        "mandates",
        fact(
            "mandates",
            id="m",
            mentor="tante",
            youth="sem",
            since="2026-11-01",
            until="2027-02-01",
            categories=["goals"],
            youth_chose_on="2026-11-01",
        ),
        HELPERS | {"youth"},
        "helper",
        confirms={
            "identity_verified_on": {"teacher who helps", "second helper"},
            "confidentiality_statement_on": {"mentor"},
            "parent_agreements": {"teacher who helps", "second helper", "mother"},
        },
        closes={
            "youth_withdrew_on": {"youth"},
            "until": HELPERS | {"mentor"},
            "suspended_on": HELPERS | {"mother"},
        },
        lacks={"identity_verified_on", "confidentiality_statement_on", "parent_agreements"},
    ),
    # consent | the giver with his own login; or assisted: a helper of the person it is about
    "consent by own login": Case(
        "consents",
        fact("consents", id="c1", given_by="mara", **CONSENT),
        HELPERS | {"mother"},
        "mother",
        closes={"withdrawn_on": HELPERS | {"mother"}},
    ),
    "consent by a weak login": Case(
        "consents",
        fact("consents", id="c1", given_by="mara", identity_verified=False, **CONSENT),
        HELPERS | {"mother"},
        "mother",
        confirms={"identity_verified": HELPERS - {"teacher who helps"}},
        closes={"withdrawn_on": HELPERS | {"mother"}},
        lacks={"identity_verified"},
    ),
    # … assisted by a professional of one of its recipients: until giver, holder or a helper of no recipient confirms
    "consent assisted by a recipient": Case(
        "consents",
        fact("consents", id="c1", given_by="mara", **CONSENT),
        HELPERS | {"mother"},
        "teacher who helps",
        confirms={"identity_verified": (HELPERS - {"teacher who helps"}) | {"mother"}},
        closes={"withdrawn_on": HELPERS | {"mother"}},
        lacks={"identity_verified"},
    ),
    # … and one of its recipients is an organisation too where only a colleague is named
    "consent assisted by a colleague of its recipient": Case(
        "consents",
        fact("consents", id="c1", given_by="mara", **{**CONSENT, "recipients": ["arie"]}),
        HELPERS | {"mother"},
        "helper",
        confirms={"identity_verified": {"mother", "teacher who helps", "second helper"}},
        closes={"withdrawn_on": HELPERS | {"mother"}},
        lacks={"identity_verified"},
    ),
    # refusal | the giver with his own login, or any helper on his word
    "refusal": Case(
        "refusals",
        fact("refusals", id="n1", about="sem", given_by="mara", on="2026-11-20"),
        HELPERS | {"mother"},
        "mother",
        closes={"withdrawn_on": {"mother"}},
    ),
    # considered wish | a helper who is of no recipient named in it | - | the youth
    "considered wish": Case(
        "considered_wishes",
        fact("considered_wishes", youth="sem", on="2026-11-20", recipients=["school"]),
        HELPERS - {"teacher who helps"},
        "helper",
        closes={"closed_on": {"youth"}},
    ),
    "considered wish for a colleague": Case(
        "considered_wishes",
        fact("considered_wishes", youth="sem", on="2026-11-20", recipients=["arie"]),
        {"teacher who helps", "second helper"},
        "second helper",
        closes={"closed_on": {"youth"}},
    ),
    # organisation … | an operator | a second operator | any operator, the organisation's administrator
    "organisation": Case(
        "organisations",
        fact("organisations", id="team", kind="local-team"),
        {"operator", "second operator"},
        "operator",
        confirms={"confirmed_on": {"second operator"}},
        closes={"until": {"operator", "second operator", "administrator"}},
        lacks={"confirmed_on"},
    ),
    # professional and role | the administrator of his organisation … | - | the same
    "professional": Case(
        "professionals",
        fact("professionals", id="nieuw", organisation="team", role="youth-professional"),
        {"administrator"},
        "administrator",
        closes={"until": {"administrator"}},
    ),
}

CONFIRMATIONS = {one.name for row in ROWS for one in row.confirmations} | {"nothing"}
CLOSINGS = {one.field for row in ROWS for one in row.closings} | {"nothing"}
ALL = pytest.mark.parametrize("case", CASES.values(), ids=[name.replace(" ", "-") for name in CASES])


def scene(case: Case, hand: Hand, recorder: str | None) -> Scene:
    by = None if recorder is None else HANDS[recorder]
    beside = "sem" if case.section == "persons" else None
    return Scene(hand=hand, entry=case.entry, facts=FACTS, at=AT, recorded_by=by, helps_told=HELPS_TOLD, beside=beside)


@ALL
def test_exactly_those_may_record(case: Case) -> None:
    row = row_of(case.section, case.entry)
    allowed = set()
    for name, hand in HANDS.items():
        try:
            require_recorder(row, scene(case, hand, None))
        except MayNotError:
            continue
        allowed.add(name)
    assert allowed == case.records


@ALL
def test_exactly_those_may_confirm(case: Case) -> None:
    row = row_of(case.section, case.entry)
    for what in CONFIRMATIONS:
        allowed = set()
        for name, hand in HANDS.items():
            try:
                require_confirmer(row, what, scene(case, hand, case.recorder))
            except MayNotError:
                continue
            allowed.add(name)
        assert allowed == case.confirms.get(what, set()), what


@ALL
def test_exactly_those_may_end_it(case: Case) -> None:
    row = row_of(case.section, case.entry)
    for what in CLOSINGS:
        allowed = set()
        for name, hand in HANDS.items():
            try:
                require_closer(row, what, scene(case, hand, case.recorder))
            except MayNotError:
                continue
            allowed.add(name)
        assert allowed == case.closes.get(what, set()), what


@ALL
def test_exactly_these_are_missing_after_it_was_recorded(case: Case) -> None:
    row = row_of(case.section, case.entry)
    by = HANDS[case.recorder]
    assert set(missing(row, scene(case, by, case.recorder), ())) == case.lacks
    assert missing(row, scene(case, by, case.recorder), case.lacks) == ()


@ALL
def test_what_a_register_tells_needs_nobody_else(case: Case) -> None:
    row = row_of(case.section, case.entry)
    assert missing(row, scene(case, HANDS["register"], "register"), ()) == ()


def test_every_row_has_a_case() -> None:
    assert {row_of(case.section, case.entry).kind for case in CASES.values()} == {row.kind for row in ROWS}


def test_every_entry_falls_under_one_row() -> None:
    for case in CASES.values():
        assert len([row for row in ROWS if row.section == case.section and row.fits(case.entry)]) == 1


def test_what_no_row_names_nobody_records() -> None:
    entry = fact(
        "records", id="r", holder="team", about=["sem"], category="goals", regime=None, created_on="2026-01-01"
    )
    with pytest.raises(LookupError, match="records"):
        row_of("records", entry)


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "via": ("family", {"person": "oom", "of": "sem", "relation": "foster-parent"}, "foster care"),
    "reason": ("capacity", {"person": "sem", "capable": False, "on": "2026-11-20"}, "second helper"),
    "recipients": ("consents", {"id": "c", "given_by": "mara", **CONSENT, "recipients": "any"}, "mother"),
    "until": (
        "involvements",
        {
            "id": "v",
            "kind": "replacement",
            "professional": "arie",
            "replaces": "anna",
            "since": "2026-11-01",
            "until": "2027-01-01",
        },
        "administrator",
    ),
}


@pytest.mark.parametrize("field_name", [name for name in WRONG if name != "via"])
def test_what_is_told_badly_is_refused_with_its_field(field_name: str) -> None:
    section, told, by = WRONG[field_name]
    entry = fact(section, **told)
    with pytest.raises(WorldError, match=f"^{field_name}: "):
        require_recorder(
            row_of(section, entry), Scene(hand=HANDS[by], entry=entry, facts=FACTS, at=AT, helps_told=HELPS_TOLD)
        )


def test_a_foster_parent_without_a_via_has_nobody_who_may_record_him() -> None:
    section, told, by = WRONG["via"]
    entry = fact(section, **told)
    with pytest.raises(MayNotError):
        require_recorder(
            row_of(section, entry), Scene(hand=HANDS[by], entry=entry, facts=FACTS, at=AT, helps_told=HELPS_TOLD)
        )
