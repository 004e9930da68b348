"""What the doors of facts, of looking round and ahead, of holders and of emergencies answer."""

from typing import Any, Literal

from gateway.api.answers.form import Acknowledged, Answered, InLanguages, Out


class RecordedBy(Out):
    """The organisation that recorded it and as what, never who."""

    organisation: str | None
    form: str


class FactShown(Out):
    """One fact; `fields` are those of its section."""

    id: str
    section: str
    fields: dict[str, Any]
    recorded_by: RecordedBy
    recorded_at: str
    needs: list[str]
    accepted_by: tuple[str, ...] = ()
    closed_on: str = ""


class FactsShown(Answered):
    """What is known of somebody, as far as the caller may see it."""

    person: str
    facts: list[FactShown]


class SightShown(Out):
    """Who might see what. The officer is told how it is decided too, nobody else is."""

    who: list[dict[str, Any]]
    purpose: str
    holders: list[str]
    categories: list[str]
    regimes: tuple[str, ...] = ()
    result: str = ""
    basis: str | None = None
    because: InLanguages | None = None
    ends: str = ""
    reason: str = ""
    rules: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    expires_at: str | None = None


class WhoMaySee(Answered):
    """Who might see what; `left_out` for the officer, `message` for everybody else."""

    person: str
    at: str
    rule_set: str
    sights: list[SightShown]
    left_out: tuple[str, ...] = ()
    message: InLanguages | None = None


class AheadShown(Out):
    """One thing that lies ahead."""

    at: str
    effect: str
    section: str
    fact: str
    why: str
    about: str = ""
    starts: str = ""
    decides: tuple[str, ...] = ()


class Forecast(Answered):
    """What lies ahead, in order of time."""

    person: str
    at: str
    until: str
    ahead: list[AheadShown]


class NumberShown(Out):
    """A number of a person in a system of the holder's own."""

    system: str
    value: str


class QuestionShown(Out):
    """A question that waits for a holder, in the words of who asked it."""

    id: str
    opened_at: str
    about: str
    identifiers: list[NumberShown]
    purpose: str
    categories: list[str] | Literal["all"] | None = None
    justification: str | None = None
    records: list[str] | None = None
    question: str = ""
    matter: str = ""
    order: Any = None
    referral: Any = None
    asker: dict[str, Any]


class Questions(Answered):
    """The questions that wait, the oldest first."""

    questions: list[QuestionShown]


class HolderDecided(Acknowledged):
    """What a holder decided."""

    id: str
    approved: bool
    on: str
    categories: tuple[str, ...] = ()


class Stop(Acknowledged):
    """How the holder's stop switch stands."""

    stopped: bool
    lift_proposed: bool


class CrisisSet(Acknowledged):
    """How the holder's crisis set stands."""

    open: bool
    proposed: bool


class EmergencyShown(Out):
    """One use of the emergency procedure at one holder."""

    id: str
    organisation: str
    worker: str
    holder: str
    opened_at: str
    expires_at: str
    is_open: bool
    closed_at: str | None
    closed_by: str | None


class WorkerUses(Out):
    """How often one worker used the procedure."""

    worker: str
    uses: int


class Uses(Out):
    """How often an organisation used the procedure."""

    organisation: str
    uses: int
    workers: list[WorkerUses]


class Emergencies(Answered):
    """The emergencies of the last 30 days, and how often."""

    emergencies: list[EmergencyShown]
    since: str
    counts: list[Uses]
    warnings: list[str]


class PartClosed(Out):
    """One holder's part of an emergency that ended."""

    holder: str
    ended_at: str


class EmergencyClosed(Answered):
    """An emergency that ended."""

    id: str
    parts: list[PartClosed]


class RegistrationEnded(Out):
    """One thing that was registered, by what it is and its name."""

    kind: str
    name: str


class RegistrationsEnded(Acknowledged):
    """What an organisation's administrator ended."""

    ended: list[RegistrationEnded]
