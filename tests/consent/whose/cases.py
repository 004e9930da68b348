"""Who records, confirms and ends each kind of fact: the table of the facts contract, written over by hand.

Each row is read off the contract's *Who*, in its own words; nothing in it comes from the code.
"""

from dataclasses import dataclass, field

from consent.entry import Entry
from tests.consent.whose.cast import CONSENT, fact

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
    # … a helper assists another; what is his organisation's own word needs authority
    "consent of an organisation without authority": Case(
        "consents",
        fact("consents", id="c1", given_by="team", **CONSENT),
        {"teacher who helps", "second helper"},
        "second helper",
        closes={"withdrawn_on": HELPERS},
    ),
    "consent of a colleague": Case(
        "consents",
        fact("consents", id="c1", given_by="arie", **CONSENT),
        {"teacher who helps", "second helper"},
        "second helper",
        closes={"withdrawn_on": HELPERS},
    ),
    # refusal | the giver with his own login, or any helper on his word
    "refusal": Case(
        "refusals",
        fact("refusals", id="n1", about="sem", given_by="mara", on="2026-11-20"),
        HELPERS | {"mother"},
        "mother",
        closes={"withdrawn_on": {"mother"}},
    ),
    "refusal of an organisation without authority": Case(
        "refusals",
        fact("refusals", id="n1", about="sem", given_by="team", on="2026-11-20"),
        {"teacher who helps", "second helper"},
        "second helper",
        closes={"withdrawn_on": {"helper", "colleague of the helper"}},
    ),
    "refusal of a colleague": Case(
        "refusals",
        fact("refusals", id="n1", about="sem", given_by="arie", on="2026-11-20"),
        {"teacher who helps", "second helper"},
        "second helper",
        closes={"withdrawn_on": {"colleague of the helper"}},
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
