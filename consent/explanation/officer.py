"""What a privacy officer reads: for each group of alike elements the rule, its articles, and the facts that decided."""

from collections.abc import Iterator, Sequence

from consent.answers import Review, Satisfied
from consent.entry import Entry
from consent.explanation.catalogue import Texts
from consent.explanation.describing import described
from consent.explanation.looking import A_FACT, CONSENT, Looked
from consent.explanation.numbered import named, says, with_articles
from consent.explanation.tracing import CLOSED, Trace, Tracer
from consent.request import Emergency
from schemas.words import Reason, Result


class Officer:
    """Writes the officer's explanation of one decision in one language."""

    def __init__(self, texts: Texts, tracer: Tracer) -> None:
        """Take the language, and what traces the decision."""
        self._texts = texts
        self._tracer = tracer
        self._at = tracer.situation.at

    def text(self, traces: Sequence[Trace]) -> str:
        """Return all of it: what was asked, then each group of alike elements."""
        told: dict[tuple[object, ...], tuple[str, ...]] = {}
        groups: dict[tuple[str, ...], list[str]] = {}
        for trace in traces:
            key = trace.but_for_its_record
            if key not in told:
                told[key] = (self._headline(trace), *self._lines(trace))
            groups.setdefault(told[key], []).append(trace.record.id)
        paragraphs = [" ".join(self._head())]
        for (headline, *lines), names in groups.items():
            paragraphs.append("\n".join([headline.format(elements=self._texts.listed(names)), *lines]))
        return "\n".join([*paragraphs, *self._end()])

    def _head(self) -> Iterator[str]:
        texts, decision, request = self._texts, self._tracer.decision, self._tracer.situation.request
        yield texts("head", outcome=texts(f"outcome.{decision.outcome}"))
        yield texts(
            "asked" if request.initiative is None else "told-by-holder",
            requester=texts(f"form.{request.requester.form}", id=request.requester.id),
            about=request.about,
            at=texts.moment(request.at),
            purpose=texts(f"purpose.{request.purpose}"),
        )
        is_confirmed = decision.rule_set_status is None
        yield texts("rules-confirmed" if is_confirmed else "rules-unconfirmed", rule_set=decision.rule_set)

    def _end(self) -> Iterator[str]:
        decision = self._tracer.decision
        if not decision.elements:
            yield self._texts("nothing-asked")
        released = {name for one in decision.elements.values() for name in one.obligations}
        if more := [name for name in decision.obligations if name not in released]:
            yield self._texts("decision-duties", duties=self._duties(more))

    def _headline(self, trace: Trace) -> str:
        """Return the first line of an element, with a place for the ids of all that are alike."""
        reason = trace.element.reason or Reason.NO_BASIS
        why = self._texts(f"reason.{reason}")
        return self._texts(f"element.{trace.element.result}", elements="{elements}", why=why, reason=reason)

    def _lines(self, trace: Trace) -> Iterator[str]:
        rules = self._rules(trace)
        if rules:
            yield self._texts("rule-line", rules="; ".join(with_articles(self._texts, number) for number in rules))
        if trace.element.result is Result.RELEASE:
            yield from self._of_release(trace)
            return
        yield from (self._texts("says-line", says=said) for number in rules if (said := says(self._texts, number)))
        if condition := self._not_met(trace):
            yield self._texts("not-met-line", condition=self._texts(condition))
        yield from self._what_decided(trace)
        if trace.gate and trace.decided is not None:
            yield self._texts("carried-line", rule=with_articles(self._texts, trace.decided.basis.number))
        yield from map(self._tried, trace.tried)

    def _not_met(self, trace: Trace) -> str:
        """Return the key of what was needed and not so; nothing where the reason says it all."""
        if trace.gate == CLOSED:
            return f"closed.{trace.element.reason}"
        if trace.gate:
            return f"gate.{trace.gate}"
        return _condition(trace.decided)

    def _what_decided(self, trace: Trace) -> Iterator[str]:
        nothing = not trace.gate and (trace.decided is None or trace.decided.condition == A_FACT)
        if nothing or (not trace.facts and _condition(trace.decided) == ""):
            yield self._texts("nobody-line")
        if trace.facts:
            yield self._texts("near-line" if nothing else "fact-line", facts=self._facts(trace.facts))
        if trace.uncovered:
            yield self._texts("uncovered-line", persons=self._texts.listed(trace.uncovered))
        if trace.missing:
            yield self._texts("missing-line", givers=self._texts.listed(trace.missing))

    def _of_release(self, trace: Trace) -> Iterator[str]:
        element, known = trace.element, self._tracer.evidence
        facts = [self._described(name, one) for name in element.evidence for one in known.get(name, ())]
        if facts:
            yield self._texts("evidence-line", facts="; ".join(facts))
        yield self._texts("duty-line", duties=self._duties(element.obligations))
        ends = element.expires_at
        yield self._texts("no-end-line") if ends is None else self._texts("end-line", at=self._texts.moment(ends))

    def _rules(self, trace: Trace) -> list[str]:
        """Return the number of the row at which it was decided, and then every other rule that was applied."""
        rules = list(trace.element.rules)
        if trace.gate or trace.decided is None:
            return rules
        number = trace.decided.basis.number
        return [number, *(each for each in rules if each != number)]

    def _tried(self, looked: Looked) -> str:
        answer = looked.answer
        if isinstance(answer, Satisfied):
            raise TypeError("only what does not carry was merely tried")
        kind = "review" if isinstance(answer, Review) else "no"
        condition = _condition(looked)
        needed = self._texts("needed", condition=self._texts(condition)) if condition else ""
        if looked.condition == A_FACT:
            needed = self._texts("no-fact")
        facts = self._texts("seen", facts=self._facts(looked.facts)) if looked.facts else ""
        rule = named(self._texts, looked.basis.number)
        return self._texts(f"tried-{kind}", rule=rule, reason=answer.reason) + needed + facts

    def _facts(self, facts: Sequence[Entry]) -> str:
        return "; ".join(self._described(self._name(one), one) for one in facts)

    def _described(self, name: str, fact: Entry) -> str:
        return described(self._texts, name, fact, self._at)

    def _name(self, fact: Entry) -> str:
        return "emergency" if isinstance(fact, Emergency) else self._tracer.situation.name(fact)

    def _duties(self, names: Sequence[str]) -> str:
        return "; ".join(named(self._texts, name) for name in names)


def _condition(looked: Looked | None) -> str:
    """Return the key of the condition that failed; nothing where the reason says it all."""
    return "" if looked is None or looked.condition in {CONSENT, A_FACT} else f"condition.{looked.condition}"
