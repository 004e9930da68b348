"""The decision: which records of a request may leave, on which basis, and until when.

Source: decision contract, section 3. A pure function: no clock, no database, no network; the same input gives the
same output, byte for byte. `prepare` does once what all records share, so that a gateway can first ask what may be
asked for and then decide on what came.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from consent.alike import Alike
from consent.answers import No, Review
from consent.cover import RULES as COVER_RULES
from consent.decision import Decision, ElementDecision
from consent.ends import FOREVER, later, next_boundary, together
from consent.entries import Record
from consent.entry import EVERYTHING
from consent.facts import Facts
from consent.law.categories import YOUTH_FIRST
from consent.request import Request
from consent.rulesets import rule_set_at
from consent.situation import Situation
from consent.steps import Steps, Stop, Way, plain
from schemas.words import Category, Outcome, Purpose, Reason, Result


class DoubledRecordError(ValueError):
    """Two records carry one id, so an answer would be about either: give each its own."""


class Case:
    """One request with the facts it is judged by, prepared once and asked as often as needed."""

    def __init__(self, request: Request, facts: Facts, at: datetime, *, require_confirmed_rules: bool) -> None:
        """Prepare what all records share.

        Raises:
            UnknownPersonError: the facts lack requester or person.
            ValueError: no rule set holds at `at`.
        """
        self.request = request
        self.facts = facts
        self.at = at
        self.rules = rule_set_at(at)
        self.situation = Situation(request, facts, at)
        self._steps = Steps(self.situation)
        self._closed = self._why_closed(require_confirmed_rules=require_confirmed_rules)
        self._birthday = next_boundary(self.situation.person.born, at)
        self._decided: dict[tuple[object, ...], ElementDecision] = {}
        self._judged: dict[tuple[object, ...], tuple[ElementDecision, bool]] = {}
        self._persons = frozenset({request.about})
        self._alike = self._steps.alone

    def _why_closed(self, *, require_confirmed_rules: bool) -> Stop | None:
        """Return why every record is withheld before any is looked at, if so."""
        professional = self.situation.asker.professional
        if require_confirmed_rules and self.rules.status is not None:
            return Stop(No(Reason.RULE_SET_UNCONFIRMED))
        if professional is not None and not professional.trusted:
            return Stop(No(Reason.REQUESTER_UNTRUSTED))
        if self.request.purpose is Purpose.RESEARCH:
            return Stop(No(Reason.FEATURE_DISABLED, ("LB-30",)))
        return None

    def decide(self, records: Sequence[Record]) -> Decision:
        """Return the decision on those of `records` that the request asks for.

        Raises:
            DoubledRecordError: two of them carry one id.
        """
        asked = self._asked_for(records)
        alike = self._alike_about({person for record in asked for person in record.about})
        judged = {record.id: self._judge(record, alike) for record in asked}
        if len(judged) != len(asked):
            raise DoubledRecordError("two records carry one id")
        elements = {name: judged[name][0] for name in sorted(judged)}
        # Of what is alike there is one decision.
        told = {id(one): one for one in elements.values()}.values()
        released = [one for one in told if one.result is Result.RELEASE]
        obligations = {name for one in released for name in one.obligations}
        if any(youth_first for _, youth_first in judged.values()):
            obligations.add(YOUTH_FIRST)
        return Decision(
            outcome=_outcome(told, released),
            at=_echo(self.request, self.at),
            rule_set=self.rules.name,
            rule_set_status=self.rules.status,
            elements=elements,
            obligations=tuple(sorted(obligations)),
            expires_at=min((one.expires_at for one in released if one.expires_at is not None), default=None),
            facts=self.facts.with_records(records),
            reason=None if elements else Reason.NO_BASIS,
        )

    def _asked_for(self, records: Iterable[Record]) -> list[Record]:
        at, categories, named = self.at, self.request.categories, self.request.records
        asked = [record for record in records if record.created_on <= at]
        if categories is not EVERYTHING:
            asked = [record for record in asked if record.category in categories]
        return asked if named is EVERYTHING else [record for record in asked if record.id in named]

    def foresee(
        self, holders: Collection[str], categories: Collection[Category], others: Collection[str]
    ) -> Mapping[tuple[str, Category], list[str] | ElementDecision]:
        """Return for each holder and category about whom alone a plain record would be released.

        That is the person, and of `others` who is covered; where one about the person would not be released, it is
        what would become of that. Does not look at which records and categories are asked for.
        INVARIANT: whatever `decide` releases would be released here too, for everything else about a record (flags,
        other persons, an unknown regime) can only take away; so what would not be must not be asked.
        """
        alone = self._steps.alone
        ways = alone.once(holders, categories, self._foresee)
        stopped = {pair: way for pair, way in ways.items() if isinstance(way, ElementDecision)}
        if len(stopped) == len(ways):
            # What was said about others is heard only where something may leave at all.
            return alone.each(holders, categories, stopped)

        def whom(holder: str, category: Category) -> list[str] | ElementDecision:
            way = ways[alone.pair(holder, category)]
            if isinstance(way, ElementDecision):
                return way
            return [self.request.about, *self._steps.covered(way, holder, category, others)]

        alike = self._alike_about(others)
        return alike.each(holders, categories, alike.once(holders, categories, whom))

    def _alike_about(self, persons: Iterable[str]) -> Alike:
        """Return which holders and categories are alike in records about the person and `persons`."""
        if not self._persons.issuperset(persons):
            self._persons |= frozenset(persons)
            self._alike = self._steps.alike(self._persons)
        return self._alike

    def _foresee(self, holder: str, category: Category) -> Way | ElementDecision:
        first: Stop | None = None  # Of the laws under which a record may be kept the first tells why.
        for regime in self._steps.regimes:
            found = self._find_way(plain(holder, category, regime, self.situation))
            if isinstance(found, Way):
                return found
            first = first or found
        if first is None:
            raise TypeError("there is no regime to probe")
        return _stopped(first)

    def _find_way(self, record: Record) -> Way | Stop:
        return self._steps.find_way(record) if self._closed is None else self._closed

    def _judge(self, record: Record, alike: Alike) -> tuple[ElementDecision, bool]:
        """Return the decision on one record, and whether it asks to talk with the youth first (step 8)."""
        key = self._steps.key(record, alike)
        judged = self._judged.get(key)
        if judged is None:
            found = self._find_way(record)
            judged = (
                (_stopped(found), found.youth_first)
                if isinstance(found, Stop)
                else (self._released(found, record), False)
            )
            self._judged[key] = judged
        return judged

    def _released(self, way: Way, record: Record) -> ElementDecision:
        """Return the release of a record, which ends with what it rests on or at a birthday (5.6)."""
        basis, person = way.basis, self.situation.person.id
        support = together(way.answer.support(), way.cover())
        ends = min(support.ends, self._birthday)
        if basis.lasts is not None:
            ends = min(ends, later(self.at, basis.lasts))
        others = () if record.about == {person} else COVER_RULES
        alike = (basis.number, way.answer.rules, others, support.evidence, ends)
        decided = self._decided.get(alike)
        if decided is None:
            is_12_to_15 = 12 <= self.situation.age(person) < 16  # noqa: PLR2004 - the ages of the law
            obligations = basis.obligations | (basis.at_12_to_15 if is_12_to_15 else frozenset())
            decided = self._decided[alike] = ElementDecision(
                result=Result.RELEASE,
                basis=basis.number,
                rules=tuple(sorted({*way.answer.rules, "G-06", *others})),
                evidence=support.evidence,
                obligations=tuple(sorted(obligations)),
                expires_at=None if ends == FOREVER else ends.replace(microsecond=0),
            )
        return decided


def _stopped(stop: Stop) -> ElementDecision:
    review = isinstance(stop.answer, Review)
    return ElementDecision(
        result=Result.REVIEW if review else Result.WITHHOLD,
        reason=stop.answer.reason,
        rules=tuple(sorted(set(stop.answer.rules))),
        basis=stop.basis.number if review and stop.basis is not None else None,
    )


def _outcome(elements: Collection[ElementDecision], released: Collection[ElementDecision]) -> Outcome:
    if released:
        return Outcome.PERMIT if len(released) == len(elements) else Outcome.PARTIAL
    if any(one.result is Result.REVIEW for one in elements):
        return Outcome.REVIEW
    return Outcome.DENY


def _echo(request: Request, at: datetime) -> str:
    """Return `at` as the request wrote it, if it is the request's."""
    as_written = request.source.get("at")
    return as_written if isinstance(as_written, str) and at == request.at else at.isoformat()


def prepare(request: Request, facts: Facts, at: datetime, *, require_confirmed_rules: bool = False) -> Case:
    """Return the case of `request`, judged by `facts` as they stand at `at`.

    Raises:
        UnknownPersonError: the facts lack requester or person.
        ValueError: no rule set holds at `at`.
    """
    return Case(request, facts, at, require_confirmed_rules=require_confirmed_rules)


def decide(request: Request, facts: Facts, at: datetime, *, require_confirmed_rules: bool = False) -> Decision:
    """Return what may leave, element by element, of the records among `facts`.

    Raises:
        UnknownPersonError: the facts lack requester or person.
        DoubledRecordError: two records carry one id.
        ValueError: no rule set holds at `at`.
    """
    return prepare(request, facts, at, require_confirmed_rules=require_confirmed_rules).decide(facts.records)
