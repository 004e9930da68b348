"""For each kind of end of 5.6 a world whose `r1` is released until 00:00 of a given day, and ends by nothing else."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from tests.consent.make import approval, authority, consent, incapable, mandate, order, world
from tests.properties.every_basis import DEPUTY, ENGAGED, FATHER, FOSTER, INFORMED, OPTED_IN, REFERRED, WGBO

Json = dict[str, Any]
Ending = Callable[[date], Json]


def day(of: date, days: int = 0) -> str:
    return (of + timedelta(days=days)).isoformat()


def aged(age: int, on: date) -> list[Json]:
    """The youth, so old on that day, with his birthday a hundred days behind him."""
    born = on - timedelta(days=100)
    return [{"id": "sem", "born": date(born.year - age, born.month, min(born.day, 28)).isoformat()}]


def base(on: date, age: int, **more: Any) -> Json:
    """A world of some days before, with everything in it old enough."""
    record = {"created_on": day(on, -20)} | more.pop("record", {})
    return world(persons=aged(age, on) + more.pop("persons", []), record=record, **more)


def yes(on: date, giver: str = "sem", **more: Any) -> Json:
    return consent(giver, on=day(on, -40), **more)


def title(holder: str = "moeder", **more: Any) -> Json:
    return authority(holder, **({"verified_on": "2015-01-01"} | more))


def ots(on: date, **more: Any) -> Json:
    return order(**({"since": day(on, -40), "until": day(on, 300), "verified_on": day(on, -39)} | more))


def jim(on: date, **more: Any) -> Json:
    named = ("since", "youth_chose_on", "identity_verified_on", "confidentiality_statement_on")
    return mandate(**(dict.fromkeys(named, day(on, -40)) | {"until": day(on, 100)} | more))


def joint(on: date, **more: Any) -> Json:
    return INFORMED | {"since": day(on, -40)} | more


def decided(on: date, **more: Any) -> Json:
    return {"holder_decisions": [approval(on=day(on, -10))]} | more


def supervised(on: date, **more: Any) -> Json:
    asked = {"by": "jan", "purpose": "supervision-order", "request": {"question": "Wat loopt er?"}}
    return base(on, 13, **(asked | {"orders": [ots(on)]} | more))


def mentored(on: date, age: int = 16, **more: Any) -> Json:
    return base(on, age, by={"mentor": "luus"}, purpose="mentor-support", **more)


def engaged(on: date, held: Json, executed: Json) -> Json:
    assignment = ENGAGED | {"since": day(on, -40)} | held
    asked: Json = {"holder_decisions": [approval("gi", "jan", on=day(on, -10))]}
    return base(
        on,
        13,
        by="zoe",
        purpose="execute-measure",
        orders=[ots(on, **executed)],
        assignments=[assignment],
        record={"holder": "gi"},
        request=asked,
    )


def agreeing(on: date) -> Json:
    agreement = {"by": "moeder", "on": day(on, -40), "withdrawn_on": day(on)}
    return mentored(on, 13, authority=[title()], mandates=[jim(on, parent_agreements=[agreement])])


def household(on: date) -> Json:
    lives = {"person": "zus", "of": "sem", "relation": "sibling", "lives_with": True, "until": day(on)}
    asked = {"by": "rik", "purpose": "child-protection-inquiry", "request": decided(on)}
    return base(on, 13, family=[lives], record={"about": ["sem", "zus"]}, **asked)


def set_aside(on: date) -> Json:
    """A no that a shorter yes sets aside; the longer yes stands before the no, and counts for the rest."""
    no = {"id": "n", "about": "sem", "given_by": "sem", "on": day(on, -30)}
    after = yes(on, id="c2") | {"on": day(on, -20), "until": day(on)}
    return base(on, 16, consents=[yes(on), after], refusals=[no])


ENDS: Final[Mapping[str, Ending]] = {
    "a consent": lambda on: base(on, 16, consents=[yes(on, until=day(on))]),
    "a consent that is withdrawn": lambda on: base(on, 16, consents=[yes(on, withdrawn_on=day(on))]),
    "the consent that set a no aside": set_aside,
    "authority of a giver": lambda on: base(on, 7, authority=[title(until=day(on))], consents=[yes(on, "moeder")]),
    "authority of a giver that is suspended": lambda on: base(
        on, 7, authority=[title(suspended_on=day(on))], consents=[yes(on, "moeder")]
    ),
    "authority of a parent who asks": lambda on: base(
        on,
        7,
        by={"person": "moeder"},
        purpose="exercise-authority",
        authority=[title(until=day(on), verified_on=day(on, -5))],
    ),
    "guardianship": lambda on: base(
        on,
        7,
        by="jan",
        purpose="guardianship",
        authority=[title("gi", kind="guardianship", until=day(on), verified_on=day(on, -5))],
    ),
    "partial authority": lambda on: base(
        on,
        7,
        by="jan",
        purpose="partial-authority",
        authority=[title("gi", kind="partial", scope="medical", until=day(on))],
        record={"category": "health"},
        request={"categories": ["health"]},
    ),
    "a special representative": lambda on: base(
        on,
        13,
        by={"person": "luus"},
        purpose="exercise-authority",
        authority=[title("luus", kind="special-representative", matter="erfenis", until=day(on))],
        request={"matter": "erfenis"},
    ),
    "a curator who asks": lambda on: base(
        on,
        19,
        by={"person": "luus"},
        purpose="own-access",
        authority=[title("luus", kind="curator", until=day(on))],
        capacity=[incapable(on=day(on, -40))],
    ),
    "a curator who says yes": lambda on: base(
        on,
        19,
        authority=[title("luus", kind="curator", until=day(on))],
        capacity=[incapable(on=day(on, -40))],
        consents=[yes(on, "luus")],
    ),
    "a place among the kin": lambda on: base(
        on,
        19,
        family=[FATHER | {"until": day(on)}],
        capacity=[incapable(on=day(on, -40))],
        consents=[yes(on, "vader")],
    ),
    "a finding of incapacity": lambda on: base(
        on, 16, authority=[title()], consents=[yes(on, "moeder")], capacity=[incapable(on=day(on, -91))]
    ),
    "foster parenthood": lambda on: base(
        on, 13, by={"person": "luus"}, purpose="foster-care", family=[FOSTER | {"until": day(on)}]
    ),
    "parenthood": lambda on: base(
        on,
        13,
        by={"person": "vader"},
        purpose="parent-information",
        family=[FATHER | {"until": day(on)}],
        request=decided(on),
    ),
    "help": lambda on: base(on, 13, involvements=[joint(on, until=day(on))]),
    "help that is objected to": lambda on: base(on, 13, involvements=[joint(on, objection_on=day(on))]),
    "a replacement": lambda on: base(
        on, 13, by="zoe", involvements=[joint(on), DEPUTY | {"since": day(on, -40), "until": day(on)}]
    ),
    "the help of the one replaced": lambda on: base(
        on, 13, by="zoe", involvements=[joint(on, until=day(on)), DEPUTY | {"since": day(on, -40)}]
    ),
    "an order": lambda on: supervised(on, orders=[ots(on, until=day(on))]),
    "an order that is ended": lambda on: supervised(on, orders=[ots(on, ended_on=day(on))]),
    "an order on which the holder tells": lambda on: supervised(
        on, orders=[ots(on, ended_on=day(on))], request=decided(on, initiative="holder")
    ),
    "a deputy under an order": lambda on: supervised(
        on,
        by="jet",
        orders=[ots(on, workers=["jan"])],
        involvements=[DEPUTY | {"professional": "jet", "replaces": "jan", "since": day(on, -40), "until": day(on)}],
    ),
    "authority that covers a parent": lambda on: supervised(
        on, authority=[title(until=day(on))], record={"about": ["sem", "moeder"], "created_on": day(on, -20)}
    ),
    "an assignment": lambda on: engaged(on, {"until": day(on)}, {}),
    "the order of an assignment": lambda on: engaged(on, {}, {"until": day(on)}),
    "an order of compulsory care": lambda on: base(
        on,
        13,
        by="psych",
        purpose="compulsory-care",
        orders=[ots(on, kind="compulsory-mental-health", until=day(on))],
        request=decided(on),
    ),
    "a referral": lambda on: base(
        on,
        13,
        purpose="referral-feedback",
        referrals=[REFERRED | {"on": day(on, -40), "objection_on": day(on)}],
        record=WGBO,
        request={"categories": ["help-status"]},
    ),
    "a mandate": lambda on: mentored(on, mandates=[jim(on, until=day(on))]),
    "a mandate that is suspended": lambda on: mentored(on, mandates=[jim(on, suspended_on=day(on))]),
    "a mandate that the youth ends": lambda on: mentored(on, mandates=[jim(on, youth_withdrew_on=day(on))]),
    "an agreement with a mandate": agreeing,
    "a member of the household": household,
    "a consent that covers somebody": lambda on: base(
        on,
        16,
        record={"about": ["sem", "luus"]},
        consents=[yes(on), yes(on, "luus", about="luus", until=day(on))],
    ),
}


def emergency(at: str) -> Json:
    """A pull in an emergency at a moment."""
    asked: Json = {"at": at, "categories": ["risk"], "emergency": OPTED_IN | {"holder_unreachable": True}}
    found = world(
        by="kris", purpose="emergency", record={"category": "risk", "created_on": "2020-01-01"}, request=asked
    )
    for organisation in found["organisations"]:
        organisation["emergency_opt_in"] = True
    return found
