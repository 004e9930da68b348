"""Several facts of one kind: which of them counts, and which of them is enough."""

from typing import Any

from tests.consent.make import authority, consent, decided, element, incapable, mandate, refusal, told, world

BOTH = [authority("moeder"), authority("vader")]
PARENTS = [consent("moeder"), consent("vader")]
WISH = {"youth": "sem", "recipients": ["team"]}


def test_one_written_no_among_several_is_enough_from_sixteen_on() -> None:
    said: dict[str, Any] = {"authority": BOTH, "consents": PARENTS, "capacity": [incapable()]}
    written = refusal("sem", written=True, on="2026-01-20")
    assert told(world(age=16, refusals=[refusal("sem", id="n2"), written], **said)) == "withhold PRIOR_WRITTEN_REFUSAL"
    assert told(world(age=15, refusals=[refusal("sem", id="n2"), written], **said)) == "review YOUTH_OBJECTION"


def test_a_considered_wish_comes_after_every_no() -> None:
    said: dict[str, Any] = {"authority": BOTH, "consents": [consent("sem"), *PARENTS]}
    said["refusals"] = [refusal("moeder"), refusal("vader", on="2026-02-20")]
    between = [WISH | {"on": "2026-02-15"}]
    after = [WISH | {"on": "2026-02-20"}]
    assert told(world(considered_wishes=between, **said)) == "withhold CONSENT_MISSING_AUTHORITY"
    assert told(world(considered_wishes=after, **said)) == "review CONSENT_MISSING_AUTHORITY"


def test_attempts_to_reach_a_holder_count_on_any_of_his_titles() -> None:
    twice = [authority("vader"), authority("vader", id="a2", kind="guardianship", unreachable_attempts=3)]
    said: dict[str, Any] = {"age": 11, "consents": [consent("moeder")]}
    for titles in (twice, twice[::-1]):
        assert told(world(authority=[authority("moeder"), *titles], **said)) == "review CONSENT_MISSING_AUTHORITY"


def test_one_disputed_title_among_several_puts_authority_in_question() -> None:
    titles = [authority("moeder"), authority("moeder", id="a2", kind="guardianship", disputed=True)]
    assert told(world(age=11, authority=titles, consents=PARENTS)) == "review AUTHORITY_UNVERIFIED"


def test_an_incompetent_holder_beside_a_competent_one_is_not_asked() -> None:
    people = [{"id": "vader", "born": "1983-01-01", "under_guardianship": True}]
    found = world(age=11, authority=BOTH, consents=[consent("moeder")], persons=people)
    assert told(found) == "release LB-01"


def test_a_title_that_ends_last_is_relied_on() -> None:
    titles = [authority("moeder", until="2026-04-01"), authority("moeder", id="a2", kind="guardianship")]
    for held in (titles, titles[::-1]):
        found = element(world(age=7, authority=held, consents=[consent("moeder")]))
        assert found.evidence == ("a2", "c-moeder")


def test_givers_are_missed_in_the_order_of_authority_ids() -> None:
    held = [authority("moeder", id="b"), authority("vader", id="a")]
    said = [consent("moeder", recipients="any"), consent("vader", until="2026-03-01")]
    for titles in (held, held[::-1]):
        assert told(world(age=11, authority=titles, consents=said)) == "withhold CONSENT_EXPIRED"


def test_the_reason_of_a_missing_yes_goes_from_withdrawn_to_unspecific() -> None:
    withdrawn = consent("sem", id="c1", withdrawn_on="2026-02-05")
    ended = consent("sem", id="c2", until="2026-02-05")
    unspecific = consent("sem", id="c3", recipients="any")
    elsewhere = consent("sem", id="c4", holders=["zorg"])
    steps = ["CONSENT_WITHDRAWN", "CONSENT_EXPIRED", "CONSENT_UNSPECIFIC", "CONSENT_OUT_OF_SCOPE"]
    said = [withdrawn, ended, unspecific, elsewhere]
    told_in_turn = [told(world(age=16, consents=said[start:])) for start in range(len(said))]
    assert told_in_turn == [f"withhold {step}" for step in steps]


def test_between_bases_the_first_reason_that_says_more_is_told() -> None:
    asked: dict[str, Any] = {"by": {"person": "moeder"}, "purpose": "exercise-authority", "age": 16}
    assert told(world(authority=BOTH, **asked)) == "withhold CONSENT_MISSING_YOUTH"
    assert told(world(**asked)) == "withhold NO_BASIS"
    assert told(world(consents=[consent("sem")], **asked)) == "withhold CONSENT_OUT_OF_SCOPE"


def test_a_review_of_an_earlier_basis_gives_way_to_a_later_one_that_is_satisfied() -> None:
    objected = {"id": "i", "kind": "help", "about": "sem", "organisations": ["ggz"], "since": "2026-01-01"}
    objected |= {"objection_on": "2026-02-01"}
    found: dict[str, Any] = {"by": "chris", "age": 16, "involvements": [objected]}
    assert told(world(**found)) == "review YOUTH_OBJECTION"
    assert told(world(consents=[consent("sem", recipients=["ggz"])], **found)) == "release LB-01"


def test_one_request_asks_express_consent_of_its_medical_records_alone() -> None:
    inexpress = [consent("sem", express=False), consent("sem", id="c2", categories=["risk"])]
    found = world(age=16, consents=inexpress, request={"categories": ["goals", "risk"]})
    plain = found["records"][0]
    medical = {"regime": "wgbo"}
    found["records"] = [plain, plain | medical | {"id": "r2"}, plain | medical | {"id": "r3", "category": "risk"}]
    for records in (found["records"], found["records"][::-1]):
        elements = decided(found | {"records": records}).elements
        assert [elements[name].basis or elements[name].reason for name in ("r1", "r2", "r3")] == [
            "LB-01",
            "CONSENT_UNSPECIFIC",
            "LB-02",
        ]


def test_a_later_level_with_a_no_on_it_does_not_consent() -> None:
    family = [{"person": name, "of": "sem", "relation": "sibling"} for name in ("zus", "luus")]
    proxy = authority("moeder", kind="written-proxy")
    said: dict[str, Any] = {"age": 19, "capacity": [incapable()], "authority": [proxy], "family": family}
    said["consents"] = [consent("zus")]
    assert told(world(**said)) == "review AUTHORITY_UNVERIFIED"
    assert told(world(refusals=[refusal("luus")], **said)) == "withhold CONSENT_MISSING_AUTHORITY"


def test_a_mother_who_agreed_again_agrees() -> None:
    agreed = [{"by": "moeder", "on": "2026-01-16", "withdrawn_on": "2026-02-01"}, {"by": "moeder", "on": "2026-03-02"}]
    for agreements in (agreed, agreed[::-1]):
        held = mandate(parent_agreements=agreements)
        found = world(by={"mentor": "luus"}, purpose="mentor-support", authority=BOTH[:1], mandates=[held])
        assert told(found) == "release LB-27"
        found["request"]["at"] = "2026-03-02"
        assert told(found) == "release LB-27"
        found["request"]["at"] = "2026-03-01"
        assert told(found) == "review JIM_MANDATE_INVALID"
