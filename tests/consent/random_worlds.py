"""Small random worlds, most of them near a boundary: two children, their parents, an aunt, and everybody's papers.

A world grows from one number, which a failing property prints; drawing every field one by one would take minutes.
"""

from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

from hypothesis import strategies as st

from schemas.words import Category, Purpose
from tests.consent.make import BORN, ORGANISATIONS, PROFESSIONALS

Json: TypeAlias = dict[str, Any]
AT = "2026-03-02T10:00:00+01:00"
DAYS = (
    *("2024-05-03", "2024-05-04", "2025-03-02", "2025-03-03", "2025-12-01", "2026-02-01", "2026-02-10"),
    *("2026-02-10T09:00:00+01:00", "2026-03-01", "2026-03-02", AT, "2026-03-03"),
)
TRUTH = (True, True, False)
FINDINGS = (True, False, False, "unclear")
AHEAD = ("2026-03-02", "2026-03-03", "2026-06-01", "2027-01-01")
CATEGORIES = ("goals", "goals", "goals", "risk", "help-status", "safety-plan", "bsn", "justice")
PURPOSES = (
    *[Purpose.COORDINATE_PLAN] * 4,
    *(Purpose.EXERCISE_AUTHORITY, Purpose.SUPERVISION_ORDER, Purpose.MENTOR_SUPPORT, Purpose.OWN_ACCESS),
    *(Purpose.REFERRAL_FEEDBACK, Purpose.AVERT_HARM, Purpose.CHILD_PROTECTION_INQUIRY),
)
FITTING: dict[Purpose, tuple[Json, ...]] = {
    Purpose.EXERCISE_AUTHORITY: ({"person": "moeder"},),
    Purpose.SUPERVISION_ORDER: ({"professional": "jan"},),
    Purpose.MENTOR_SUPPORT: ({"mentor": "luus"},),
    Purpose.OWN_ACCESS: ({"person": "sem"}, {"person": "moeder"}),
    Purpose.CHILD_PROTECTION_INQUIRY: ({"professional": "rik"},),
}
"""Who mostly asks for a purpose; anybody else is `anna`."""
SAID = {"anna": "team", "zoe": "zorg", "chris": "ggz", "jan": "gi", "rik": "raad"}
REQUESTERS = (
    *({"professional": name} for name in SAID),
    *({"person": "moeder"}, {"person": "sem"}, {"mentor": "luus"}),
)
HOLDERS = ("ggz", "ggz", "ggz", "zorg")
RECIPIENTS = ("team", "team", "anna", "zoe", "gi", "raad", "luus", "moeder")
SAYERS = ("sem", "sem", "moeder", "moeder", "vader", "vader", "zus", "jan", "luus")
ABOUT = ("sem", "sem", "sem", "zus", "vader")


class Grower:
    """Grows one world."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - examples, no secrets

    def one(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def some(self, choices: tuple[str, ...]) -> list[str]:
        return sorted(set(self._random.choices(choices, k=self._random.randint(1, 3))))

    def maybe(self, **choices: Any) -> Json:
        """Each key once in four times, with a value of its choices."""
        return {key: self.one(*found) for key, found in choices.items() if self._random.random() < 1 / 4}

    def many(self, most: int, grow: Callable[[], Json], letter: str = "") -> list[Json]:
        found = [grow() for _ in range(self._random.randint(0, most))]
        return [{"id": f"{letter}{position}", **one} for position, one in enumerate(found)] if letter else found

    def consent(self) -> Json:
        said = {"about": self.one(*ABOUT), "given_by": self.one(*SAYERS), "on": self.one(*DAYS)}
        said["holders"] = self.one("any", self.some(HOLDERS))
        said["recipients"] = self.one("any", *[self.some(RECIPIENTS)] * 6)
        said |= {"purposes": self.some(PURPOSES), "categories": self.some(CATEGORIES)}
        said["purposes"] = [str(purpose) for purpose in said["purposes"]]
        flags = {"free": [False], "express": [False], "identity_verified": [False]}
        return said | self.maybe(until=AHEAD, withdrawn_on=DAYS, **flags)

    def refusal(self) -> Json:
        said = {"about": self.one(*ABOUT), "given_by": self.one(*SAYERS), "on": self.one(*DAYS)}
        named = {"recipients": [self.some(RECIPIENTS)], "categories": [self.some(CATEGORIES)]}
        return said | self.maybe(withdrawn_on=DAYS, written=[True], **named)

    def authority(self) -> Json:
        held = {"holder": self.one("moeder", "vader", "gi"), "over": self.one("sem", "sem", "zus")}
        held |= {"kind": self.one("parental", "parental", "guardianship", "curator"), "since": "2004-01-01"}
        held["verified_on"] = self.one("2026-02-20", "2026-02-20", "2026-01-30", "2026-03-03")
        return held | self.maybe(until=AHEAD, disputed=[True], unreachable_attempts=[3])

    def finding(self) -> Json:
        return {
            "person": self.one("sem", "sem", "moeder"),
            "capable": self.one(*FINDINGS),
            "on": self.one(*DAYS),
        }

    def family_fact(self) -> Json:
        related = {"person": self.one("moeder", "vader", "zus", "luus"), "of": "sem"}
        related["relation"] = self.one("parent", "sibling", "partner")
        return related | self.maybe(lives_with=[True], until=AHEAD)

    def order(self) -> Json:
        found = {"kind": self.one("supervision-order", "supervision-order", "secure-care"), "subject": "sem"}
        found |= {"executor": self.one("gi", "gi", "gi-oost"), "until": self.one("2026-03-03", "2027-01-01")}
        return found | {"since": self.one("2025-03-02", "2026-03-03")} | self.maybe(verified_on=["2026-01-05"])

    def help(self) -> Json:
        found: Json = {
            "kind": self.one("joint-help", "help"),
            "about": self.one("sem", "zus"),
            "since": self.one(*DAYS),
        }
        found |= {"organisations": self.some(("team", "ggz", "zorg")), "client_informed": self.one(*TRUTH)}
        return found | self.maybe(until=["2026-06-01"], objection_on=["2026-03-01"])

    def referral(self) -> Json:
        found = {"about": "sem", "by": self.one("anna", "team"), "to": self.one(*HOLDERS), "on": self.one(*DAYS)}
        return found | {"client_informed": self.one(*TRUTH)}

    def mandate(self) -> Json:
        day = "2026-01-15"
        found: Json = {"mentor": "luus", "youth": "sem", "youth_chose_on": day, "identity_verified_on": day}
        found |= {"confidentiality_statement_on": day, "since": self.one("2025-12-01", "2026-02-01")}
        agreed = [{"by": name, "on": "2026-01-16"} for name in self.some(("moeder", "vader", "jan"))]
        found |= {"until": self.one(*AHEAD), "categories": self.some(CATEGORIES), "parent_agreements": agreed}
        return found | self.maybe(suspended_on=["2026-03-01"])

    def wish(self) -> Json:
        return {"youth": "sem", "on": self.one(*DAYS), "recipients": self.some(RECIPIENTS)}

    def record(self) -> Json:
        found = {"holder": self.one(*HOLDERS), "category": self.one(*CATEGORIES), "created_on": "2026-02-10"}
        found["about"] = self.one(["sem"], ["sem"], ["sem"], ["sem", "zus"], ["vader"], ["sem", "moeder"])
        found["regime"] = self.one("jeugdwet", "wgbo", "other", None)
        return found | self.maybe(told_in_confidence=[True], good_care_veto=[True], restricted=[True])

    def decision(self) -> Json:
        found = {"holder": self.one(*HOLDERS), "by": self.one("chris", "zoe"), "on": self.one(*DAYS)}
        found |= {"approved": self.one(*TRUTH), "reason": self.one("kort", "x" * 40)}
        return found | self.maybe(categories=[self.some(CATEGORIES)])

    def request(self) -> Json:
        purpose = self.one(*PURPOSES)
        fitting = FITTING.get(purpose, ({"professional": "anna"},))
        asked: Json = {"at": AT, "requester": self.one(*fitting * 6, *REQUESTERS), "about": "sem"}
        asked |= {"purpose": str(purpose), "categories": self.one("all", sorted(str(one) for one in Category))}
        decisions = [self.decision() for _ in range(3)]
        question = {"question": ["Wat loopt er?"], "initiative": ["holder"], "holder_decisions": [decisions]}
        return asked | self.maybe(**question) | self.maybe(**question)

    def right_consents(self, request: Json) -> list[Json]:
        """Everybody's yes to this request, each right nine times in ten."""
        [asker] = request["requester"].values()
        right: Json = {"on": "2026-02-01", "holders": "any", "recipients": [SAID.get(asker, asker)]}
        right |= {"purposes": [request["purpose"]], "categories": sorted(set(CATEGORIES))}
        givers = [("sem", "sem"), ("sem", "moeder"), ("sem", "vader"), ("zus", "zus"), ("zus", "moeder")]
        found = [{"about": about, "given_by": giver} | right for about, giver in [*givers, ("vader", "vader")]]
        return [
            one | (self.maybe(until=AHEAD, withdrawn_on=DAYS) if self._random.random() < 1 / 4 else {}) for one in found
        ]

    def world(self) -> Json:
        request = self.request()
        consents = self.many(4, self.consent) + self.one([], *[self.right_consents(request)] * 3)
        right = [
            {"holder": name, "over": "sem", "kind": "parental", "since": "2004-01-01"} for name in ("moeder", "vader")
        ]
        right = [one | {"verified_on": "2026-02-20"} for one in right]
        authority = self.one(self.many(3, self.authority), right[:1], right, right)
        born = {"sem": self.one(*BORN.values()), "zus": "2010-04-01", "moeder": "1984-01-01"}
        born |= {"vader": "1983-01-01", "luus": "1990-01-01"}
        return {
            "schakel": "world/1",
            "organisations": [{"id": name, "kind": kind} for name, kind in ORGANISATIONS.items()],
            "professionals": [
                {"id": name, "organisation": home, "role": role} for name, (home, role) in PROFESSIONALS.items()
            ],
            "persons": [{"id": name, "born": day} for name, day in born.items()],
            "family": self.many(2, self.family_fact),
            "authority": [{"id": f"a{position}"} | one for position, one in enumerate(authority)],
            "capacity": self.many(2, self.finding),
            "orders": self.many(2, self.order, "o"),
            "involvements": self.many(2, self.help, "i"),
            "referrals": self.many(2, self.referral, "v"),
            "mandates": self.many(2, self.mandate, "m"),
            "consents": [{"id": f"c{position}"} | one for position, one in enumerate(consents)],
            "refusals": self.one([], self.many(2, self.refusal, "n")),
            "considered_wishes": self.many(1, self.wish),
            "records": self.many(8, self.record, "r"),
            "request": request,
        }


def worlds() -> st.SearchStrategy[Json]:
    """Return worlds as the JSON of their files."""
    return st.integers(0, 2**32 - 1).map(lambda seed: Grower(seed).world())


def refusals() -> st.SearchStrategy[Json]:
    """Return refusals without an id."""
    return st.integers(0, 2**32 - 1).map(lambda seed: Grower(seed).refusal())
