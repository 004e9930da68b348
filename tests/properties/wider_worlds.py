"""Random worlds of every purpose: each begins as the world of one basis, then much is added and little goes wrong."""

from collections.abc import Callable, Collection
from typing import Final

from hypothesis import strategies as st

from schemas.words import Category, OrderKind
from tests.consent.random_worlds import AHEAD, DAYS, TRUTH, Grower, Json
from tests.properties.every_basis import DEPUTY, FATHER, FOSTER, WORLDS, world_of_basis

EVERY_CATEGORY: Final = tuple(sorted(str(one) for one in Category))
LOST: Final = ("authority", "consents", "family", "involvements", "orders", "mandates", "referrals", "assignments")
"""Sections whose entries get dates at random."""


class WiderGrower(Grower):
    """Grows worlds of every basis."""

    def once_in(self, times: int) -> bool:
        return bool(self.one(*range(times)) == 0)

    def record(self) -> Json:
        found = super().record()
        if "told_in_confidence" not in found:
            found |= self.maybe(source=["third-party", "parent"])
        return found | self.maybe(confidential_from=[["moeder"], ["vader"]], created_on=DAYS)

    def order(self) -> Json:
        return super().order() | self.maybe(kind=[str(kind) for kind in OrderKind], workers=[["jan"]], ended_on=DAYS)

    def kin(self) -> Json:
        found: Json = self.one(FATHER, FOSTER, FATHER | {"person": "zus", "relation": "sibling"})
        found = found | {"lives_with": self.one(*TRUTH)}
        return found | self.maybe(until=AHEAD, contact_denied=[True])

    def deputy(self) -> Json:
        return DEPUTY | self.maybe(replaces=["jan", "chris"], professional=["jet", "bert"], until=AHEAD, since=DAYS[:7])

    def grown(self) -> dict[str, list[Json]]:
        """More facts of every kind, their ids apart from those of the world of a basis."""
        grow: dict[str, tuple[int, Callable[[], Json], str]] = {
            "family": (2, self.kin, ""),
            "authority": (2, self.authority, "xa"),
            "capacity": (1, self.finding, ""),
            "orders": (2, self.order, "xo"),
            "involvements": (2, self.help, "xi"),
            "referrals": (1, self.referral, "xv"),
            "mandates": (1, self.mandate, "xm"),
            "consents": (3, self.consent, "xc"),
            "refusals": (2, self.refusal, "xn"),
            "considered_wishes": (1, self.wish, ""),
        }
        few = {section: self.many(most, one, letter) for section, (most, one, letter) in grow.items()}
        return {section: found for section, found in few.items() if self.once_in(2)}

    def spoiled(self, entry: Json, section: str) -> Json:
        """The same entry, ended or withdrawn where such an entry can be."""
        ends: dict[str, Json] = {
            "consents": self.maybe(until=AHEAD, withdrawn_on=DAYS, free=[False]),
            "authority": self.maybe(until=AHEAD, suspended_on=DAYS, disputed=[True]),
            "orders": self.maybe(ended_on=DAYS, workers=[["jan"]]),
            "mandates": self.maybe(suspended_on=DAYS, youth_withdrew_on=DAYS),
            "referrals": self.maybe(objection_on=DAYS),
        }
        if section in ends:
            return entry | ends[section]
        return entry | self.maybe(until=[day for day in AHEAD if day >= str(entry.get("since", ""))] or [AHEAD[-1]])

    def records(self, first: Json, categories: list[str]) -> list[Json]:
        """The record of the basis, the same with flags and others in it, and a few of anything."""
        alike = [
            self.record() | {"category": self.one(*categories), "holder": first["holder"], "regime": first["regime"]}
            for _ in range(3)
        ]
        others = [self.record() | {"category": self.one(*EVERY_CATEGORY)} for _ in range(2)]
        return [first, *({"id": f"x{position}"} | one for position, one in enumerate(alike + others))]

    def request_of(self, request: Json) -> Json:
        decisions = request.get("holder_decisions", [])
        more = [self.decision() for _ in range(self.one(0, 0, 1))]
        categories = sorted({*request["categories"], *self.some(EVERY_CATEGORY), "goals"})
        request = request | {"categories": self.one(categories, categories, "all")}
        return request | ({"holder_decisions": decisions + more} if decisions or more else {})

    def world(self, bases: Collection[str] = WORLDS.keys()) -> Json:
        basis = self.one(*bases)
        ages = self.one({}, {}, {"age": self.one(7, 11, 13, 15, 16, 17, 19)})
        world = world_of_basis(basis, **ages)
        for section, found in self.grown().items():
            world[section] = [*world.get(section, []), *found]
        for section in LOST:
            if section in world and self.once_in(3):
                world[section] = [self.spoiled(one, section) for one in world[section]]
        asked = world["request"]["categories"]
        world["records"] = self.records(world["records"][0], asked)
        world["request"] = self.request_of(world["request"])
        return world


def wider_worlds(*bases: str) -> st.SearchStrategy[Json]:
    """Return worlds that begin with one of these bases, by default any, as the JSON of their files."""
    return st.integers(0, 2**32 - 1).map(lambda seed: WiderGrower(seed).world(bases or WORLDS.keys()))


def worlds_with(section: str) -> st.SearchStrategy[Json]:
    """Return worlds that begin with a basis that rests on a section, or any where none does."""
    return wider_worlds(*(basis for basis, sections in WORLDS.items() if section in sections))


def of_every_category(world: Json) -> Json:
    """The same world with a plain record of the first one's holder and law for each category, all asked for."""
    first = world["records"][0]
    records = [first | {"id": category, "category": category} for category in EVERY_CATEGORY]
    categories = world["request"]["categories"]
    asked = {"categories": "all" if categories == "all" else list(EVERY_CATEGORY)}
    return world | {"records": world["records"] + records, "request": world["request"] | asked}
