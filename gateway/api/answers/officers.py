"""What the doors of reviews, obligations, signals, notices and health answer."""

from typing import Any

from gateway.api.answers.form import Acknowledged, Answered, InLanguages, Out


class ReviewShown(Out):
    """A review, without what anybody found in it."""

    id: str
    reason: str
    text: InLanguages | None
    organisation: str
    opened_at: str
    due: str
    overdue: bool
    standing: str
    judges: int
    yours: bool


class Reviews(Answered):
    """The reviews that are not closed, the first due first."""

    items: list[ReviewShown]
    next: str | None


class DutyShown(Out):
    """Something that is to be done."""

    id: str
    code: str
    text: InLanguages | None
    organisation: str | None
    event: str
    due: str
    overdue: bool
    done: bool


class VerdictShown(Out):
    """What one reviewer found; the reason is gone where the person was forgotten."""

    verdict: str
    follow_up: str
    at: str
    by: str | None
    reason: str | None
    answers: dict[str, bool] | None


class ReviewWhole(ReviewShown, Answered):
    """A review with its event; the `verdicts` once the reader gave his own, or once it is closed."""

    event: dict[str, Any]
    because: Any
    questions: dict[str, InLanguages]
    obligations: list[DutyShown]
    verdicts: tuple[VerdictShown, ...] = ()
    breach_by: str | None = None


class ReviewTaken(Acknowledged):
    """The review that the caller has now; None where none waits."""

    item: ReviewShown | None


class ReviewJudged(Acknowledged):
    """How a review stands after a verdict, and until when a possible breach must be reported."""

    item: str
    standing: str
    breach_by: str | None


class Duties(Answered):
    """What is to be done, the first due first."""

    obligations: list[DutyShown]
    next: str | None


class DutyDone(Acknowledged):
    """Something that was done."""

    obligation: str
    done: bool


class RuleShown(Out):
    """A rule of signals, and whether it is on."""

    rule: str
    title: InLanguages
    on: bool


class SignalShown(Out):
    """One signal. Whom it is about stands in it by pseudonym."""

    rule: str
    title: InLanguages
    organisation: str
    account: str | None
    persons: list[str]
    why: InLanguages
    count: int
    normal: Any
    first: str
    last: str
    events: list[str]


class UnableShown(Out):
    """A rule that could not look, and why."""

    rule: str
    why: InLanguages


class SignalsUpTo(Out):
    """So many events were looked through, and so many are still behind them."""

    events: int
    behind: int


class Signals(Answered):
    """Everything that the rules saw in a period."""

    since: str
    until: str
    says: InLanguages
    looked: int
    rules: list[RuleShown]
    signals: list[SignalShown]
    unable: list[UnableShown]
    explained: int
    unreadable: int
    complete_up_to: SignalsUpTo


class ExplanationShown(Out):
    """An explanation that stands; a team's `counts` from the second officer on."""

    id: str
    rule: str
    organisation: str
    account: str | None
    person: str | None
    until: str
    officers: list[str]
    counts: bool


class Explanations(Answered):
    """Which explanations stand."""

    explained: list[ExplanationShown]


class ExplanationKept(Acknowledged):
    """An explanation that was accepted."""

    id: str
    explained_until: str


class ExplanationEnded(Acknowledged):
    """An explanation that was ended."""

    id: str
    ended: str


class Unmasked(Out):
    """Whose account a signal is about."""

    form: str
    id: str
    role: str | None


class SignalReview(Acknowledged):
    """The review that was opened, and whom it is about."""

    review: str | None
    account: Unmasked | None


class NoticeShown(Out):
    """A notice: look again at these requests."""

    id: str
    at: str
    kind: str
    requests: list[str]


class Notices(Answered):
    """Notices, the oldest first."""

    notices: list[NoticeShown]
    next: str | None


class Webhook(Answered):
    """Where notices are announced, and the keys that sign for it."""

    url: str | None
    keys: list[str]


class Alive(Out):
    """That the process answers."""

    status: str


class Ready(Alive):
    """Whether it can do its work, and what an operator should know."""

    checks: dict[str, bool]
    warnings: list[str]
