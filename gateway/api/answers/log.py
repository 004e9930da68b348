"""What the doors of the log answer to officers, and to persons of their own."""

from typing import Any, Literal

from gateway.api.answers.form import Acknowledged, Answered, InLanguages, Out


class PersonNamed(Out):
    """How this officer's lists name a person, and how he may ask for him in a URL."""

    pseudonym: str
    url: str


class UpTo(Out):
    """How far in the log an answer goes."""

    events: int
    at: str | None


class EventRow(Out):
    """One event, as far as the officer may see it."""

    id: str
    seq: int | None
    at: str
    kind: str | None
    outcome: str | None
    actor: dict[str, Any]
    organisation: str | None
    counterparties: list[str]
    person: PersonNamed | None
    purpose: str | None
    categories: list[str] | Literal["all"] | None
    bases: list[str]
    reasons: list[str]
    elements: dict[str, int]
    not_asked: int
    rule_set: str | None
    request_id: str | None
    erased: bool


class Events(Answered):
    """A page of events, the newest first; `next` is the place of the next page, `url` asks the same again.

    `unreadable` of the events found could not be read, or not whole: somebody changed or removed them. That only the
    row was removed which says whom one is about looks as an erasure does; `audit verify --database` tells them apart.
    """

    complete_up_to: UpTo
    events: list[EventRow]
    unreadable: int
    next: str | None
    url: str


class Why(Out):
    """Why it was decided so; `explanation` for the gateway's own officer."""

    elements: list[dict[str, Any]]
    bases: dict[str, InLanguages]
    reasons: dict[str, InLanguages]
    evidence: dict[str, list[str]]
    explanation: InLanguages | None = None


class EventWhole(EventRow):
    """One event, `why` it was decided so, and its `proof`; `read_as` is the request id of this look."""

    why: Why | None
    proof: Any
    proof_is: Literal["given", "pending", "withheld"]
    read_as: str


class Content(Answered):
    """What an event says, as far as the officer may open it, and which fields of it are `gone`: not kept any more."""

    id: str
    content: dict[str, Any]
    gone: list[str]


class Step(Out):
    """Who did something with a ticket, and when."""

    by: str
    at: str


class TicketShown(Out):
    """A ticket: what it is for, until when, how often, and its `state`."""

    id: str
    asked_by: str
    asked_at: str
    reason: str
    about: str
    until: str
    times: int
    used: int
    state: str
    approved: Step | None = None
    withdrawn: Step | None = None


class TicketKept(TicketShown, Acknowledged):
    """A ticket as it stands after an act on it."""


class Tickets(Out):
    """The newest tickets."""

    tickets: list[TicketShown]


class Mark(InLanguages):
    """What a line tells of, in a word."""

    code: str


class LineEvent(Out):
    """When it was; by `id` it can be proven, where the organisation is named."""

    at: str
    id: str = ""


class LineShown(Out):
    """What is told of the events of one day that read alike."""

    mark: Mark
    text: InLanguages
    organisation: str | None
    role: str | None
    colleague: str | None
    count: int
    often: InLanguages | None
    events: list[LineEvent]


class DayShown(Out):
    """The lines of one day, the newest first."""

    day: str
    heading: InLanguages
    lines: list[LineShown]


class CompleteTo(Out):
    """Up to when the log is told."""

    at: str
    text: InLanguages


class OwnLog(Answered):
    """A page of somebody's own log; `next` is the day before which the next page is."""

    person: str
    reads_as: str
    days: list[DayShown]
    next: str | None
    complete_to: CompleteTo
    message: InLanguages


class FirstPage(Out):
    """The sentences of the first page, a paragraph each."""

    nl: list[str]
    en: list[str]


class LetterShown(Out):
    """The letter, in both languages."""

    reads_as: str
    number: str
    first_page: FirstPage
    days: list[DayShown]


class Withheld(Out):
    """An event of which no line is told, and why."""

    id: str
    why: str


class AccessReport(Answered):
    """The report; where `may_receive` is false only a `message` that says why."""

    may_receive: bool
    message: InLanguages | None = None
    letter: LetterShown | None = None
    withheld: tuple[Withheld, ...] = ()
    read: str = ""
    reads_as: str = ""
    question: dict[str, Any] | None = None
    lines: int = 0
    withheld_lines: int = 0
    complete_up_to: UpTo | None = None
    sha256: str = ""
