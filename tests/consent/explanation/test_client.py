"""What the person himself reads: plain words, nothing about anybody else, and what he can do."""

import copy
import re
from typing import Any

import pytest
import textstat
from hypothesis import given, settings

from consent.decide import decide
from consent.explanation.explain import Explanation, explain
from consent.facts import SECTIONS
from consent.world.file import read_world, world_of
from tests.beside import SHARED, needs_shared
from tests.consent.make import approval, authority, consent, incapable, mandate, order, refusal, world
from tests.consent.random_worlds import worlds
from tests.thoroughness import examples

WORLDS = settings(max_examples=examples(300), deadline=None)
LONGEST = 15
EASY_ENOUGH = 65
PARENTS = [authority("moeder"), authority("vader")]
Json = dict[str, Any]


def explained(value: Json) -> Explanation:
    found = world_of(value)
    [request] = found.requests
    return explain(request, decide(request, found.facts, request.at))


def client(value: Json, language: str = "en") -> str:
    return explained(value).client[language]


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.?!])\s+", text) if one]


# In plain words


@WORLDS
@given(worlds())
def test_whatever_is_told_is_short_and_easy_to_read(value: Json) -> None:
    told = explained(value).client
    for language, text in told.items():
        assert [one for one in sentences(text) if len(one.split()) > LONGEST] == [], language
    textstat.set_lang("nl")
    assert textstat.flesch_reading_ease(told["nl"]) >= EASY_ENOUGH


@needs_shared
@pytest.mark.parametrize("folder", ["scenarios", "worlds"])
def test_what_is_told_in_every_shared_world_is_short_and_easy_to_read(folder: str) -> None:
    files = [path for path in sorted((SHARED / folder).rglob("*")) if path.suffix in {".yaml", ".json"}]
    assert files
    found = [read_world(path.read_bytes()) for path in files[:: 100 // examples(100)]]
    told = [
        explain(request, decide(request, each.facts, request.at)).client for each in found for request in each.requests
    ]
    textstat.set_lang("nl")
    assert [text for text in {one["nl"] for one in told} if textstat.flesch_reading_ease(text) < EASY_ENOUGH] == []
    said = {sentence for one in told for text in one.values() for sentence in sentences(text)}
    assert [one for one in said if len(one.split()) > LONGEST] == []


def test_the_longest_list_of_kinds_is_short_still() -> None:
    value = world(age=16, by={"person": "sem"}, purpose="own-access", request={"categories": "all"})
    kinds = ("safety-plan", "identity", "authority", "health", "evaluation", "goals", "process-notes", "bsn")
    value["records"] = [value["records"][0] | {"id": kind, "category": kind} for kind in kinds]
    for language in ("nl", "en"):
        told = sentences(client(value, language))
        assert max(len(one.split()) for one in told) <= LONGEST


# What is told


def test_he_reads_what_was_shared_and_why_and_how_to_stop_it() -> None:
    told = client(world(age=16, consents=[consent("sem", until="2026-12-01")]))
    assert "Shared: your goals. That is allowed, because you said yes." in told
    assert "Sharing stops by itself on 1 December 2026." in told
    assert "You may always take back your yes. Then it stops." in told


def test_he_reads_what_is_lacking_and_what_he_can_do() -> None:
    told = client(world(age=16, consents=[consent("sem", withdrawn_on="2026-02-20")]))
    assert "As far as you see here, nothing was shared." in told
    assert "You said yes first, and then no longer. You may always change your mind." in told


def test_he_reads_that_somebody_will_look() -> None:
    told = client(world(age=16, consents=[consent("sem")], record={"regime": None}))
    assert "nothing was shared yet." in told
    assert "Somebody must look at this first. You need not do anything now." in told


def test_who_asked_about_himself_is_told_so() -> None:
    assert client(world(age=16, by={"person": "sem"}, purpose="own-access")).startswith("You asked about yourself.")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (world(age=16, refusals=[refusal("sem")]), "You said no, and that counts."),
        (world(age=16, consents=[consent("sem", until="2026-03-01")]), "Your yes has ended."),
        (world(age=16, consents=[consent("sem", categories=["risk"])]), "You said yes, but not to this."),
        (world(age=16, consents=[consent("sem", recipients="any")]), "You said yes, but not clearly to this."),
        (world(age=16, consents=[consent("sem", free=False)]), "We are not sure that you were free to say no."),
        (world(age=16, consents=[consent("sem", identity_verified=False)]), "We are not sure that the yes came from"),
        (world(age=16, consents=[consent("moeder")]), "You did not say yes to this yet."),
        (
            world(by={"person": "moeder"}, purpose="exercise-authority", authority=PARENTS,
                  refusals=[refusal("sem", recipients=["moeder"])]),
            "You said no, and that counts.",
        ),
        (
            world(by={"person": "moeder"}, purpose="exercise-authority", record={"told_in_confidence": True},
                  authority=PARENTS),
            "You did not want to share this, or asked to keep it quiet.",
        ),
    ],
)  # fmt: skip
def test_what_he_said_himself_is_told_as_his(value: Json, said: str) -> None:
    assert said in client(value)


# Nothing about anybody else


def test_a_parent_who_refused_withdrew_ran_out_was_vague_or_was_never_asked_is_told_alike() -> None:
    his = consent("sem")
    hers = consent("moeder")
    answers: list[Json] = [
        {"consents": [his, hers], "refusals": [refusal("vader")]},
        {"consents": [his, hers]},
        {"consents": [his, hers, consent("vader", withdrawn_on="2026-02-20")]},
        {"consents": [his, hers, consent("vader", until="2026-02-20")]},
        {"consents": [his, hers, consent("vader", recipients="any")]},
        {"consents": [his, hers, consent("vader", categories=["risk"])]},
    ]
    told = {client(world(authority=PARENTS, **sections)) for sections in answers}
    told.add(client(world(authority=[PARENTS[0], authority("vader", unreachable_attempts=3)], **answers[1])))
    assert len(told) == 1
    assert "One more yes is needed, and it is not there now." in told.pop()


@pytest.mark.parametrize(("age", "said"), [(13, "You did not say yes to this yet."), (11, "One more yes is needed")])
def test_whether_anybody_else_was_asked_yet_is_not_told(age: int, said: str) -> None:
    nobody = client(world(age=age, authority=PARENTS))
    assert said in nobody
    assert nobody == client(world(age=age, authority=PARENTS, consents=[consent("moeder", withdrawn_on="2026-02-20")]))


def test_what_no_yes_would_open_is_not_told_as_a_yes_that_is_missing() -> None:
    told = client(world(age=16, by="rik", purpose="research", consents=[]))
    assert "yes" not in told


def test_what_the_holder_tells_of_his_own_accord_is_not_told_as_asked() -> None:
    told = client(world(age=16, by="jan", purpose="supervision-order", request={"initiative": "holder"}))
    assert told.startswith("Somebody who helps you wanted to share something about you.")


def test_why_a_parent_may_not_decide_is_not_told() -> None:
    under_guardianship = [{"id": "moeder", "born": "1984-01-01", "under_guardianship": True}]
    incompetent = world(authority=[authority("moeder")], consents=[consent("sem")], persons=under_guardianship)
    unverified = world(authority=[authority("moeder", disputed=True)], consents=[consent("sem"), consent("moeder")])
    assert client(incompetent) == client(unverified)
    assert "We do not know yet who may decide about this." in client(incompetent)


def test_what_stays_with_the_holder_is_told_alike_whatever_the_cause() -> None:
    said: Json = {"age": 16, "consents": [consent("sem")]}
    causes: list[Json] = [{"good_care_veto": True}, {"about": ["sem", "vader"]}]
    told = {client(world(record=cause, **said)) for cause in causes}
    refused = {"holder_decisions": [approval(approved=False)]}
    told.add(client(world(age=16, by="rik", purpose="child-protection-inquiry", request=refused)))
    assert len(told) == 1
    assert "Something stays with the person who wrote it. You may ask why." in told.pop()


HIDDEN: dict[str, Json] = {
    "what an informant told": {"source": "third-party"},
    "what is kept from him": {"confidential_from": ["sem"]},
    "a report of concern": {"category": "safety-report"},
    "working notes": {"category": "working-notes"},
    "what is about somebody else alone": {"about": ["vader"]},
}


@pytest.mark.parametrize("record", HIDDEN.values(), ids=[name.replace(" ", "-") for name in HIDDEN])
def test_what_he_may_not_know_of_leaves_no_trace(record: Json) -> None:
    request = {"question": "Wat loopt er?", "categories": ["goals", "safety-report", "working-notes"]}
    without = world(age=16, by="jan", purpose="supervision-order", orders=[order()], request=request)
    within = copy.deepcopy(without)
    within["records"].append(within["records"][0] | {"id": "r2"} | record)
    assert explained(within).officer != explained(without).officer
    assert explained(within).client == explained(without).client


def test_where_all_there_is_is_hidden_nothing_is_told_and_nothing_is_denied() -> None:
    value = world(age=16, by="jan", purpose="supervision-order", orders=[order()], record={"source": "third-party"},
                  request={"question": "Wat loopt er?"})  # fmt: skip
    nothing = world(age=16, by="jan", purpose="supervision-order", orders=[order()], request={"categories": ["risk"]})
    assert client(value) == client(nothing)
    assert "shared" not in client(value)


def test_an_end_that_hangs_on_somebody_else_is_not_told() -> None:
    value = world(authority=PARENTS, consents=[consent("sem"), consent("moeder", until="2026-04-01"), consent("vader")])
    assert "r1: released" in explained(value).officer["en"]
    assert "2026" not in client(value)


def test_a_mandate_that_a_parent_took_back_is_told_as_any_other_that_does_not_hold() -> None:
    agreed = [{"by": name, "on": "2026-01-16"} for name in ("moeder", "vader")]
    taken_back = [agreed[0], agreed[1] | {"withdrawn_on": "2026-02-20"}]
    by_mentor: Json = {"by": {"mentor": "luus"}, "purpose": "mentor-support", "authority": PARENTS}
    told = {
        client(world(mandates=[mandate(parent_agreements=taken_back)], **by_mentor)),
        client(world(mandates=[mandate(parent_agreements=agreed[:1])], **by_mentor)),
        client(world(mandates=[mandate(suspended_on="2026-03-01", parent_agreements=agreed)], **by_mentor)),
    }
    assert len(told) == 1
    assert "Your mentor may not see this now." in told.pop()


def test_an_incapable_youth_is_told_in_the_same_plain_words() -> None:
    value = world(age=17, capacity=[incapable()], authority=PARENTS, consents=[consent("moeder")])
    assert "One more yes is needed, and it is not there now." in client(value)


def ids(value: Json) -> set[str]:
    """Return the id of everybody and everything in a world."""
    return {entry["id"] for section in SECTIONS for entry in value.get(section, []) if "id" in entry}


def renamed(value: Any, names: dict[str, str]) -> Any:
    """Return a world with every id replaced, so that none looks like a word."""
    if isinstance(value, dict):
        return {key: renamed(inner, names) if key not in {"kind", "source"} else inner for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


@WORLDS
@given(worlds())
def test_no_id_of_anybody_or_anything_reaches_requester_or_client(value: Json) -> None:
    # `school` is an organisation in these worlds, and a word.
    names = {name: f"zq{position}x" for position, name in enumerate(sorted(ids(value) - {"school"}))}
    told = explained(renamed(value, names))
    assert "zq" in told.officer["nl"]
    for text in (*told.requester.values(), *told.client.values()):
        assert "zq" not in text


@WORLDS
@given(worlds())
def test_the_clients_words_do_not_hang_on_what_he_may_not_know_of(value: Json) -> None:
    seen = [
        record
        for record in value["records"]
        if "sem" in record["about"] and record["category"] not in {"safety-report", "working-notes"}
    ]
    assert client(value | {"records": seen}) == client(value)


# Nothing that could do harm


BY_MENTOR: Json = {"age": 16, "by": {"mentor": "luus"}, "purpose": "mentor-support"}


@pytest.mark.parametrize("mandates", [[mandate(suspended_on="2026-03-01")], []], ids=["suspended", "never-chosen"])
def test_nobody_is_sent_to_a_mentor_who_may_not_see_it(mandates: list[Json]) -> None:
    value = world(mandates=mandates, **BY_MENTOR)
    assert "Talk about it with your mentor" not in client(value)
    assert "met jouw mentor" not in client(value, "nl")
    assert ("Your mentor may not see this now." in client(value)) is bool(mandates)


def test_who_said_no_is_not_asked_to_say_yes() -> None:
    for value in (
        world(age=16, consents=[consent("sem")], refusals=[refusal("sem", on="2026-02-20")]),
        world(age=16, consents=[consent("sem", withdrawn_on="2026-02-20")]),
    ):
        assert "Then say yes" not in client(value)
        assert "Zeg dan ja" not in client(value, "nl")


def test_an_objection_to_help_is_not_said_to_be_the_childs() -> None:
    together: Json = {
        "id": "samen",
        "kind": "joint-help",
        "about": "sem",
        "organisations": ["team", "ggz"],
        "since": "2026-01-01",
        "client_informed": True,
        "objection_on": "2026-02-20",
    }
    value = world(age=7, purpose="give-help", involvements=[together])
    found = explained(value)
    assert "YOUTH_OBJECTION" in found.officer["en"]
    assert "somebody objected" in found.officer["en"]
    assert "You did not want" not in found.client["en"]
