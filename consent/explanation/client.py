"""What the person himself reads: whether something was shared, why in plain words, and what he can do.

He is told nothing about anybody else. Whether a parent refused, withdrew or was never asked gives the same sentence;
so does all that the holder keeps, for whatever reason. An element that he may not know of plays no part: one about
others alone, one kept from him, a report of concern, what an informant told. So that nobody can count, every text says
that there may be more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from consent.entries import Consent, Record, Refusal
from consent.explanation.catalogue import Texts
from consent.explanation.looking import CONSENT
from consent.explanation.tracing import CONFIDENCE, Trace
from consent.representation import givers_for
from consent.situation import Situation
from schemas.words import Category, Reason, RecordSource, Result

NEVER_TOLD: Final = frozenset({Category.SAFETY_REPORT, Category.WORKING_NOTES})
"""The kinds of data of which he is not even told that they are there."""
BY_CONSENT: Final = frozenset({"LB-01", "LB-02"})
_IN_A_SENTENCE: Final = 3
"""So many kinds of data are named in one sentence, which must stay short."""

WHYS: Final[Mapping[Reason, str]] = {
    Reason.NO_BASIS: "no-law",
    Reason.CONSENT_MISSING_YOUTH: "own-yes-missing",
    Reason.CONSENT_MISSING_AUTHORITY: "another-yes",
    Reason.CONSENT_WITHDRAWN: "another-yes",
    Reason.CONSENT_EXPIRED: "another-yes",
    Reason.CONSENT_OUT_OF_SCOPE: "another-yes",
    Reason.CONSENT_UNSPECIFIC: "another-yes",
    Reason.CONSENT_NOT_FREE: "another-yes",
    Reason.PRIOR_WRITTEN_REFUSAL: "own-no-before",
    Reason.YOUTH_OBJECTION: "stays",
    Reason.AUTHORITY_UNVERIFIED: "who-decides",
    Reason.AUTHORITY_INCOMPETENT: "who-decides",
    Reason.CAPACITY_UNCLEAR: "capacity",
    Reason.BEST_INTEREST: "interest",
    Reason.ORDER_EXPIRED: "judge",
    Reason.ORDER_NOT_YET_VALID: "judge",
    Reason.ORDER_WRONG_GI: "requester",
    Reason.ORDER_TYPE_NO_BASIS: "judge",
    Reason.SUBJECT_NOT_COVERED: "stays",
    Reason.NOT_NECESSARY: "not-told-why",
    Reason.CATEGORY_EXCLUDED: "kind",
    Reason.THIRD_PARTY_PRIVACY: "stays",
    Reason.GOOD_CARE_VETO: "stays",
    Reason.RESTRICTED: "stays",
    Reason.REQUESTER_UNTRUSTED: "requester",
    Reason.REGIME_UNKNOWN: "look",
    Reason.HOLDER_DECISION_PENDING: "look",
    Reason.HOLDER_REFUSED: "stays",
    Reason.EVIDENCE_INSUFFICIENT: "look",
    Reason.JUSTIFICATION_REQUIRED: "not-told-why",
    Reason.JIM_NOT_CHOSEN_BY_YOUTH: "requester",
    Reason.JIM_MANDATE_INVALID: "mentor",
    Reason.SAFETY_SUSPENSION: "mentor",
    Reason.BTG_NOT_ALLOWED_ROLE: "requester",
    Reason.BTG_CONDITIONS: "not-told-why",
    Reason.FEATURE_DISABLED: "rules",
    Reason.RULE_SET_UNCONFIRMED: "rules",
    Reason.LOG_UNAVAILABLE: "log",
}
"""The sentence for each reason, where nothing of it is the person's own."""

OWN: Final[Mapping[Reason, str]] = {
    Reason.CONSENT_WITHDRAWN: "own-yes-withdrawn",
    Reason.CONSENT_EXPIRED: "own-yes-ended",
    Reason.CONSENT_OUT_OF_SCOPE: "own-yes-other",
    Reason.CONSENT_UNSPECIFIC: "own-yes-vague",
    Reason.CONSENT_NOT_FREE: "own-yes-pressure",
    Reason.EVIDENCE_INSUFFICIENT: "own-yes-unsure",
}
"""The sentence where all that decided is a yes that the person gave himself."""

OWN_NO: Final = "own-no"
OWN_WISH: Final = "own-wish"
DOING: Final[Mapping[str, str]] = {
    # Who said no is not asked to say yes: that would be pressure (AVG 7 lid 4).
    **dict.fromkeys((OWN_NO, OWN_WISH, "own-yes-withdrawn"), "change"),
    **dict.fromkeys(("own-yes-missing", "own-yes-ended"), "yes"),
    **dict.fromkeys(("own-yes-other", "own-yes-vague"), "yes"),
    **dict.fromkeys(("own-no-before", "own-yes-pressure", "own-yes-unsure", "another-yes"), "talk"),
    # Not with the mentor: he may be suspended for the youth's safety.
    **dict.fromkeys(("who-decides", "capacity", "interest", "mentor"), "talk"),
    **dict.fromkeys(("stays", "requester", "no-law", "judge", "kind", "not-told-why"), "why"),
    **dict.fromkeys(("look", "rules", "log"), "wait"),
}
"""What he can do, by why."""

_LOOKED_AT: Final = frozenset({"look", "capacity", "interest", "own-yes-pressure", "own-yes-unsure"})
"""Where somebody will look first, and he may know. A parent's yes that was taken back asks for review as well, one that
was never given does not: he must not see the difference."""


class Client:
    """Writes the explanation for the person of one decision in one language."""

    def __init__(self, texts: Texts, situation: Situation) -> None:
        """Take the language, and the situation of the request."""
        self._texts = texts
        self._situation = situation
        self._person = situation.person.id

    def text(self, traces: Sequence[Trace]) -> str:
        """Return all of it, in short sentences."""
        told = [trace for trace in traces if self._may_be_told(trace.record)]
        released = [trace for trace in told if trace.element.result is Result.RELEASE]
        kept = [trace for trace in told if trace.element.result is not Result.RELEASE]
        paragraphs = [self._opening(released, kept), self._of_released(released), self._of_kept(kept), self._end()]
        return "\n".join(" ".join(sentences) for sentences in map(_each_once, paragraphs) if sentences)

    def _may_be_told(self, record: Record) -> bool:
        return (
            self._person in record.about
            and self._person not in record.confidential_from
            and record.category not in NEVER_TOLD
            and record.origin is not RecordSource.THIRD_PARTY
        )

    def _opening(self, released: Sequence[Trace], kept: Sequence[Trace]) -> Iterator[str]:
        yield self._texts(self._who_began())
        if released:
            yield self._texts("client.some" if kept else "client.all")
        elif kept:
            waits = not _LOOKED_AT.isdisjoint(map(self._why, kept))
            yield self._texts("client.looking" if waits else "client.nothing")

    def _who_began(self) -> str:
        if self._situation.asker.id == self._person:
            return "client.you-asked"
        return "client.somebody-asked" if self._situation.request.initiative is None else "client.holder-tells"

    def _of_released(self, released: Sequence[Trace]) -> Iterator[str]:
        kinds = list(dict.fromkeys(self._texts(f"kind.{trace.record.category}") for trace in released))
        for first in range(0, len(kinds), _IN_A_SENTENCE):
            yield self._texts("client.shared", what=", ".join(kinds[first : first + _IN_A_SENTENCE]))
        yield from (self._texts(f"because.{self._because(trace)}") for trace in released)
        own = [trace for trace in released if self._because(trace) == "own-yes"]
        # When a release ends can tell about others: a parent's yes, a sister's birthday. His own yes is his to know.
        ends = [trace.element.expires_at for trace in own if self._rests_on_him_alone(trace)]
        if first_end := min((end for end in ends if end is not None), default=None):
            yield self._texts("client.ends", day=self._texts.day(first_end))
        if own:
            yield self._texts("do.stop")

    def _because(self, trace: Trace) -> str:
        basis = trace.element.basis
        if basis not in BY_CONSENT:
            return str(basis)
        return "own-yes" if self._own_consents(trace) else "yes"

    def _own_consents(self, trace: Trace) -> list[str]:
        own = {
            one.id
            for one in self._situation.facts.consents
            if one.given_by == self._person and one.about == self._person
        }
        return [name for name in trace.element.evidence if name in own]

    def _rests_on_him_alone(self, trace: Trace) -> bool:
        return len(trace.record.about) == 1 and self._own_consents(trace) == list(trace.element.evidence)

    def _of_kept(self, kept: Sequence[Trace]) -> Iterator[str]:
        whys = list(dict.fromkeys(map(self._why, kept)))
        yield from (self._texts(f"why.{why}") for why in whys)
        yield from (self._texts(f"do.{DOING[why]}") for why in whys)

    def _why(self, trace: Trace) -> str:
        reason = trace.element.reason or Reason.NO_BASIS
        if reason is Reason.YOUTH_OBJECTION:
            return self._whose_objection(trace)
        if reason is Reason.NO_BASIS and self._a_yes_would_do(trace):
            # Whether anybody else was ever asked is not his to read: what is told is what lacks, his own yes first.
            own = givers_for(self._situation, self._person).himself
            return WHYS[Reason.CONSENT_MISSING_YOUTH if own else Reason.CONSENT_MISSING_AUTHORITY]
        given = [one.given_by for one in trace.facts if isinstance(one, Consent)]
        is_own = bool(given) and len(given) == len(trace.facts) and set(given) == {self._person}
        return OWN.get(reason, WHYS[reason]) if is_own else WHYS[reason]

    def _a_yes_would_do(self, trace: Trace) -> bool:
        looked = (*trace.tried, *(() if trace.decided is None else (trace.decided,)))
        return any(one.condition == CONSENT and one.basis.number in BY_CONSENT for one in looked)

    def _whose_objection(self, trace: Trace) -> str:
        if any(isinstance(one, Refusal) and one.given_by == self._person for one in trace.facts):
            return OWN_NO
        # Whose an objection to help or to a referral is, nobody wrote down: it may be a parent's.
        told_by_himself = trace.record.told_in_confidence and trace.record.about == {self._person}
        is_his = trace.gate == CONFIDENCE and told_by_himself
        return OWN_WISH if is_his else WHYS[Reason.YOUTH_OBJECTION]

    def _end(self) -> Iterator[str]:
        yield from (self._texts(f"client.{each}") for each in ("more", "ask", "disagree"))


def _each_once(sentences: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(sentences))
