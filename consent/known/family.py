"""What is known of one family, opened and put together as `decide` takes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from consent.decided import SECTION as DECISIONS
from consent.decided import Decided
from consent.entries import FamilyFact
from consent.entry import Entry
from consent.facts import Facts, assemble
from consent.keys import DataKey, KeyClass
from consent.known.denials import only_denied
from consent.known.foster_care import is_foster_care, outlasts
from consent.known.lone_ends import Doubted, agreed_still, doubted, refused_still
from consent.known.lone_word import NOTHING_ALONE, Lone, is_one_word
from consent.known.objections import OBJECTION, SECTIONS, Objection, objected_on
from consent.known.registered import Footing, Named, Registered
from consent.known.rows import Known, Told, known_of
from consent.naming import names_in
from consent.world.entries import entry


@dataclass(frozen=True, slots=True)
class Versions:
    """What the facts of one family rest on: each member's version, by id, and the registry's. No member of an unknown.

    `registry` is None where nothing rests on any fact.
    """

    persons: tuple[tuple[str, int], ...]
    registry: int | None


@dataclass(frozen=True, slots=True, repr=False)
class Gathered:
    """The facts about the family of the person named, as they stand now. `person` is None where nobody is named.

    `at` is the database's clock when it was read: no fact in it became known later, so what was acknowledged as ended
    has ended by then.
    `identifiers` gives for each system the number of each member there; `keys` each member's newest data keys.
    """

    person: str | None
    at: datetime
    facts: Facts
    versions: Versions
    footing: Footing
    """What of it is from the registry: where only that moved, and this stands in it, the facts are those of now too."""
    identifiers: Mapping[str, Mapping[str, str]]
    keys: Mapping[tuple[str, KeyClass], DataKey]
    decided: tuple[Decided, ...] = ()
    """What holders decided about members; it reaches `decide` only in a request that it answers."""
    lone: Lone = NOTHING_ALONE

    @property
    def stopped(self) -> frozenset[str]:
        """The holders of whom nothing leaves now."""
        return self.footing.stopped

    def __repr__(self) -> str:
        return f"<Gathered {self.facts!r}>"


@dataclass(frozen=True, repr=False)
class Family:
    """Everything about the members of one family, as of `read_at` (the database's clock); empty of nobody."""

    read_at: datetime
    members: tuple[tuple[str, int], ...] = ()
    known: Mapping[tuple[str, str], Known] = field(default_factory=dict)
    identifiers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keys: Mapping[tuple[str, KeyClass], DataKey] = field(default_factory=dict)
    told: tuple[Told, ...] = ()
    """The rows of which `known` was made."""
    _facts: dict[tuple[int, frozenset[str]], tuple[Facts, Footing]] = field(default_factory=dict, compare=False)

    def as_known_at(self, instant: datetime) -> "Family":
        """Return the family with the facts that were known at `instant` (facts contract, F2).

        Members, their versions, numbers and keys are those of now.
        """
        told = tuple(each for each in self.told if each.recorded_at <= instant)
        return Family(
            read_at=min(self.read_at, instant),
            members=self.members,
            known=known_of(told),
            identifiers=self.identifiers,
            keys=self.keys,
            told=told,
        )

    @cached_property
    def sections(self) -> Mapping[str, tuple[Entry, ...]]:
        """The entries by section, each in the order in which they were recorded, as far as `decide` may have them."""
        found: dict[str, list[Entry]] = {}
        refused = {str(each.source["about"]) for each in self.known.values() if _is_a_standing_no(each)}
        for each in self.known.values():
            told = self._handed(each)
            if told is not None and not (_is_unsure_yes(each) and each.source["about"] in refused):
                found.setdefault(each.section, []).append(entry(each.section, told, each.section))
        denials = [told for each in self.known.values() for told in self._denials(each, found.get("family", ()))]
        for one in self._doubted:
            found.setdefault(one.section, []).append(entry(one.section, one.told, one.section))
        if denials:
            found["family"] = [*found.get("family", ()), *(entry("family", told, "family") for told in denials)]
        return {section: tuple(entries) for section, entries in found.items()}

    def _handed(self, known: Known) -> Mapping[str, Any] | None:
        return None if any(_waits_since(known, each) for each in self.ended) else handed(known)

    @cached_property
    def ended(self) -> tuple[Known, ...]:
        """The foster care that somebody else than it ended, also where it waited then and stands in no section."""
        return tuple(each for each in self.known.values() if each.ended)

    def _denials(self, known: Known, family: Iterable[Entry]) -> Iterable[Mapping[str, Any]]:
        # F3: what of a fact closes does not wait for the word that the rest of it needs.
        if known.section != "family" or not known.source.get("contact_denied") or self._handed(known) is not None:
            return ()
        denial = entry(known.section, dict(known.source), known.section)
        assert isinstance(denial, FamilyFact)  # noqa: S101 - for the type checker: of this section every entry is
        return only_denied(denial, [one for one in family if isinstance(one, FamilyFact)])

    @cached_property
    def lone(self) -> Lone:
        """What in `sections` rests on the word of one organisation alone."""
        said = [(each.section, each.id) for each in self.known.values() if is_one_word(each.source, each.word)]
        said += [(each.section, each.told["id"]) for each in self._doubted if each.section == "authority"]
        return Lone(*(frozenset(name for at, name in said if at == section) for section in ("authority", "orders")))

    @cached_property
    def _doubted(self) -> tuple[Doubted, ...]:
        # What still waited for somebody's word stood in nobody's way, so its end opens nothing.
        standing = (each for each in self.known.values() if self._handed(each) is not None)
        ends = (doubted(each.section, each.id, each.source, each.word) for each in standing)
        return tuple(each for each in ends if each is not None)

    @cached_property
    def decided(self) -> tuple[Decided, ...]:
        """What holders decided, in the order in which it was recorded."""
        found = (entry(DECISIONS, dict(each.source), DECISIONS) for each in self.known.values() if _is_decision(each))
        return tuple(each for each in found if isinstance(each, Decided))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every id in the entries, and who decided for a holder: whose professional he is must be known."""
        entries = (*self.sections.items(), (DECISIONS, self.decided))
        return frozenset(
            name for section, found in entries for each in found for name in names_in(section, each.source)
        )

    def facts(self, registry: Registered, also: frozenset[str]) -> Facts:
        """Return the facts, with the entries of the registry for all whom they name, and for `also`."""
        return self.facts_and_footing(registry, also)[0]

    def facts_and_footing(self, registry: Registered, also: frozenset[str]) -> tuple[Facts, Footing]:
        """Return the same facts, and what of `registry` they are made of."""
        kept = self._facts.get((registry.version, also))
        if kept is None:
            footing = registry.footing(self.names | also)
            kept = self._assembled(footing.named), footing
            if len(self._facts) >= MOST_VIEWS:
                self._facts.clear()
            self._facts[registry.version, also] = kept
        return kept

    def _assembled(self, named: Named) -> Facts:
        homes = {one.id: one.organisation for one in named.professionals}
        facts = assemble({**self.sections, **self._said_still(homes), **self._objected_still(homes)})
        return replace(
            facts,
            organisations=named.organisations,
            professionals=named.professionals,
            involvements=(*facts.involvements, *named.replacements),
        )

    def _said_still(self, homes: Mapping[str, str]) -> Mapping[str, tuple[Entry, ...]]:
        """Return the entries of which more, or less, is left because somebody said them whose end is not sure."""
        if not self._doubted:
            return {}
        noes, mandates = self.sections.get("refusals", ()), self.sections.get("mandates", ())
        still = refused_still([each.source for each in noes], self._doubted, homes)
        agreed = (agreed_still(each.source, self._doubted, homes) for each in mandates)
        return {
            "refusals": (*noes, *(entry("refusals", told, "refusals") for told in still)),
            "mandates": tuple(entry("mandates", told, "mandates") for told in agreed),
        }

    def _objected_still(self, homes: Mapping[str, str]) -> Mapping[str, tuple[Entry, ...]]:
        """Return what can be objected to, with the objections that hold for it too (`consent.known.objections`)."""
        objections = [
            Objection(each.section, each.source, each.objected)
            for each in self.known.values()
            if each.objected is not None
        ]
        if not objections:
            return {}

        def told(section: str, one: Entry) -> Entry:
            known = self.known[section, one.source["id"]]
            # By all whom the fact names, also where some did not accept, or left.
            version = max(known.version, known.widened)
            on = objected_on(section, known.source, version, objections, homes)
            return one if on is None else entry(section, {**one.source, OBJECTION: on}, section)

        return {section: tuple(told(section, each) for each in self.sections.get(section, ())) for section in SECTIONS}


MOST_VIEWS: Final = 16


def handed(known: Known) -> Mapping[str, Any] | None:
    """Return what of a fact is handed to `decide`, or None where it opens and closes nothing now.

    That is a fact that still needs somebody's word, or that was closed, but for a denial of contact (`Family.sections`
    hands that over); a joint help that nobody accepted; and a
    mandate whose switches are all off, for which the contract has no entry. A joint help counts for who accepted it.
    A holder's decision goes into the request that it answers. Whether it waits since another was ended is not asked.
    """
    if _is_decision(known):
        return None
    word, source = known.word, known.source
    if word.closed_on is not None or word.waits:
        return None
    if known.section == "mandates" and not source["categories"]:
        return None
    if word.partners is None:
        return source
    accepted = [each for each in source["organisations"] if each in word.partners]
    return {**source, "organisations": accepted} if accepted else None


def _waits_since(known: Known, ended: Known) -> bool:
    """Return whether a fact waits since the foster care `ended`, whichever of both was recorded first, was ended."""
    return (
        is_foster_care(known.section, known.source)
        and known.version < ended.ended
        and "confirmed_on" not in known.word.given
        and outlasts(known.source, ended.source)
    )


def _is_a_standing_no(known: Known) -> bool:
    return known.section == "refusals" and "withdrawn_on" not in known.source


def _is_unsure_yes(known: Known) -> bool:
    # F3: to `decide` a later yes sets a no of its giver aside, sure or not, and an earlier one would count again. Of a
    # yes of which nobody confirmed whose it is that would open, so while a no stands it waits.
    return known.section == "consents" and not known.word.given.keys() >= set(known.word.without)


def _is_decision(known: Known) -> bool:
    return known.section == DECISIONS
