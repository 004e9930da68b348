"""One exchange, from door to door. If you read one file of Schakel, read this one.

The steps are numbered as in `docs/explanation/flow.md`. What proves a step is a type: a `Permit` that a question may be
put to a source, a `Release` that something may leave, a `Receipt` that it is on record.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, Literal

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event
from audit.prepared import Prepared
from audit.receipt import Receipt
from audit.store import AuditUnavailableError
from consent.decide import prepare
from consent.entry import EVERYTHING
from consent.initiative import who_began
from consent.known.family import Gathered
from consent.known.lone_word import for_purpose
from consent.naming import PERSON_SYSTEM
from consent.request import HolderDecision, Request, Requester
from consent.rulesets import RuleSet
from gateway.committing.commit import Beside, Committer
from gateway.committing.lasting import Lasting
from gateway.committing.recording import Judged, aborted_event, actor, exchange_event, source_failed_event
from gateway.committing.relied import Relied
from gateway.emergency.lacking import lacking
from gateway.emergency.opening import Emergencies, Opened
from gateway.failpoints import Reached, Step, nothing
from gateway.flow.asking import ask
from gateway.flow.fetching import fetch, glean
from gateway.flow.parties import with_parties
from gateway.flow.question import Question, answered_by_holders, request_of
from gateway.flow.records import record_of
from gateway.flow.release import NATIVE, Asked, Release, Rendering, seal_release
from gateway.holders.questions import asker_of
from gateway.holders.waiting import waiting, who_know
from gateway.identity.caller import Caller, lets_in
from gateway.logs import logger, where
from gateway.registry.snapshot import Registry, RegistryError
from gateway.registry.systems import Sources
from gateway.rules.confirmed import unconfirmed_is_refused
from schemas.words import Outcome

ATTEMPTS: Final = 3
"""How often facts are gathered when they move before the commit (facts contract, F5)."""


class NotAvailableError(Exception):
    """Nothing is released, for whatever reason, and that is on record. The requester is told no more than this.

    But for `lacks`: path and what to do for each thing that no request like his can do without, whomever it is about.
    """

    def __init__(self, lacks: Sequence[tuple[str, str]]) -> None:
        """Take what the request lacks by itself."""
        super().__init__("nothing is released")
        self.lacks = lacks


class FactsMovedError(Exception):
    """Facts kept changing while the request was judged; nothing left. Asking again in a moment will help."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The bytes that go out. They hold the receipt, so they cannot exist before their event is durable."""

    body: bytes = field(repr=False)
    person: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class _Ready:
    """What waits for its commit, of many requests at one time: so nothing more of what it was made of than it needs."""

    event: Prepared
    beside: Beside | None
    outcome: Outcome
    person: str | None
    release: Release | None
    systems: frozenset[tuple[str, str]]
    """Who were asked."""


async def _nobody_confirmed(_: RuleSet) -> bool:
    return False


async def _nobody() -> Registry:
    return Registry()


@dataclass(frozen=True)
class Exchange:
    """All that an exchange can touch.

    `sources` gives the record systems that may be asked now, by holder. `decided_at` turns the database's clock at the
    reading of the facts into the instant of the decision: the same, but for a sandbox, whose clock stands still.
    `recorded_decisions` are what holders decided in a sandbox's world file, and `recorded_initiative` says that they
    began; what they decide here is a fact. Under `element_key` elements get their ids (`gateway.flow.fetching.glean`).
    """

    committer: Committer
    sources: Callable[[], Sources]
    decided_at: Callable[[datetime], datetime]
    element_key: bytes | None = field(repr=False)
    require_confirmed_rules: bool = True
    confirmed: Callable[[RuleSet], Awaitable[bool]] = _nobody_confirmed
    """Says whether officers confirmed a rule set that needs it; not asked about any other."""
    registry: Callable[[], Awaitable[Registry]] = _nobody
    """Gives the newest registrations: to whom a notice is announced, and what stands where they changed meanwhile."""
    registered: Callable[[], Registry] = Registry
    """Gives the registrations that `sources` goes by."""
    recorded_decisions: tuple[HolderDecision, ...] = ()
    recorded_initiative: Literal["holder"] | None = None
    rendering: Rendering = NATIVE
    """How the door that asks writes what leaves. The event commits to what is written, so it is chosen before."""
    reached: Reached = nothing
    report: Callable[[Event], None] = lambda _: None
    """Takes what is to be kept behind the request: that a source failed."""
    decided: Callable[[Outcome], None] = lambda _: None
    """Hears the outcome of each decision that is on record."""

    async def answer(self, question: Question, caller: Caller, request_id: str) -> Outgoing:
        """Answer `question`, or refuse it.

        No source is asked what could not be released, and nothing leaves before its event is durable.

        Raises:
            NotAvailableError: nothing is released; the refusal is on record.
            FactsMovedError: the facts moved three times; nothing is released.
            AuditUnavailableError: facts or event cannot be read or kept, so nothing is released.
        """
        await self.reached(Step.AUTHENTICATED)
        registry, sources = self.registered(), self.sources()
        for _ in range(ATTEMPTS):
            gathered = await self._gather(question, caller, sources)  # 2 and 3
            await self.reached(Step.GATHERED)
            try:
                ready = await self._ready(question, caller, gathered, sources, request_id)  # 4 to 8
            except AuditUnavailableError:
                raise  # whether the rules are confirmed cannot be read: as with the facts, ask again later
            except Exception as error:
                await self._abort(error, caller, request_id)
                raise NotAvailableError(lacking(question)) from error
            stands = gathered.footing.stands_in  # 9
            relied = Relied(registry, caller, ready.systems)
            receipt = await self.committer.commit(
                ready.event, gathered.versions, stands=stands, relied=relied, beside=ready.beside
            )
            if receipt is not None:
                self.decided(ready.outcome)
                await self.reached(Step.COMMITTED)
                return _answer(ready, receipt, question)  # 10
            registry, sources = await self._anew(registry, caller, request_id)
        await self.committer.keep(aborted_event(caller, request_id, "facts moved"))
        raise FactsMovedError

    async def _anew(self, before: Registry, caller: Caller, request_id: str) -> tuple[Registry, Sources]:
        """Return what is registered now, with its record systems, for another attempt.

        Raises:
            NotAvailableError: `caller` was ended since `before`; nothing is decided for him, and that is on record.
        """
        try:
            await self.registry()
        except (SQLAlchemyError, OSError, RegistryError) as error:
            raise AuditUnavailableError("what is registered cannot be read") from error
        registry = self.registered()
        if registry.revision != before.revision and not lets_in(registry, caller):
            await self.committer.keep(aborted_event(caller, request_id, "ended"))
            raise NotAvailableError(())
        return registry, self.sources()

    async def _ready(
        self, question: Question, caller: Caller, gathered: Gathered, sources: Sources, request_id: str
    ) -> "_Ready":
        judged = await self._judge(question, caller, gathered, sources, request_id)
        event = exchange_event(judged, request_id)
        beside = await self._beside(judged, request_id)
        await self.reached(Step.ASSEMBLED)
        return _Ready(
            self.committer.prepare(event),
            beside,
            judged.decision.outcome,
            judged.gathered.person,
            judged.release,
            frozenset((each.holder, each.system) for each in judged.asking.permits),
        )

    async def _beside(self, judged: Judged, request_id: str) -> Beside | None:
        """Return what is done with the event, only where something leaves.

        That an emergency was opened is kept, and the clock is looked at once more where something turns soon.
        INVARIANT: whatever the reason that nothing leaves, the same is done; or the time would tell who is known.
        """
        opened = await self._emergencies.opened(judged, request_id)
        if judged.release is None:
            return None
        lasts = Lasting(self.committer.facts, self.decided_at).beside(judged.gathered.facts, judged.request.at)
        return partial(self._keep_beside, opened=opened, lasts=lasts) if opened else lasts

    async def _keep_beside(
        self, connection: AsyncConnection, *, opened: Sequence[Opened], lasts: Beside | None
    ) -> None:
        await self._emergencies.keep(connection, opened)
        if lasts is not None:
            await lasts(connection)  # last, for who tells a holder waits for his turn

    @property
    def _emergencies(self) -> Emergencies:
        return Emergencies(self.committer, self.registry)

    async def _abort(self, error: Exception, caller: Caller, request_id: str) -> None:
        """Put a defect of ours on record.

        The requester hears no more than of any no: another answer would tell him that there is something.
        """
        logger().error("exchange.failed", **where(error))
        await self.committer.keep(aborted_event(caller, request_id, f"defect: {type(error).__name__}"))

    async def _gather(self, question: Question, caller: Caller, sources: Sources) -> Gathered:
        # The caller may replace a colleague, and who decided for a holder must be a professional of it.
        deciders = {each.by for each in self.recorded_decisions}
        also = frozenset({caller.id, caller.organisation, *sources} | deciders)
        return await self.committer.gather(question.person.system, question.person.value, also=also)

    async def _judge(
        self, question: Question, caller: Caller, gathered: Gathered, sources: Sources, request_id: str
    ) -> Judged:
        at = self.decided_at(gathered.at)
        request = self._request(question, caller, gathered, at)
        known = for_purpose(gathered.facts, gathered.lone, request.about, request.purpose)
        facts = with_parties(known, caller, gathered.person, at)
        family = [person for person, _ in gathered.versions.persons]
        identifiers = {PERSON_SYSTEM: {person: person for person in family}, **gathered.identifiers}
        barred = await self._emergencies.barred(request.purpose, gathered.person, caller.organisation, sources, at=at)
        refused = await unconfirmed_is_refused(at, required=self.require_confirmed_rules, confirmed=self.confirmed)
        case = prepare(request, facts, at, require_confirmed_rules=refused)
        asking = ask(
            case,
            request,
            request_id=request_id,
            # Of a holder who stopped, or closed this asker's emergency, nothing is even asked.
            sources={holder: each for holder, each in sources.items() if holder not in {*gathered.stopped, *barred}}
            if _is_open(caller)
            else {},
            identifiers=identifiers,
            family=family,
        )
        await self.reached(Step.ASKED)
        fetched = await fetch(asking.permits, sources)
        for each in fetched:
            if each.failure is not None and not each.rests:
                self.report(source_failed_event(each, request_id))
        await self.reached(Step.FETCHED)
        numbers = [number for known in gathered.identifiers.values() for number in known.values()]
        gleaned = glean(fetched, self.element_key, numbers=numbers)
        await self.reached(Step.MAPPED)
        decision = case.decide([record_of(each) for each in gleaned.elements.values()])
        await self.reached(Step.DECIDED)
        release = seal_release(
            decision,
            gleaned.elements,
            sources={holder: "silent" if holder in gleaned.silent else "answered" for holder in asking.holders},
            request_id=request_id,
            # Who asks for some records asks for no category in full.
            asked=Asked(request.about, request.categories if request.records is EVERYTHING else ()),
            rendering=self.rendering,
        )
        knowing = who_know(sources, identifiers, gathered.person)
        waits = waiting(asking, decision, gleaned.elements, knowing)
        return Judged(caller, request, gathered, asking, gleaned, decision, release, waits, barred)

    def _request(self, question: Question, caller: Caller, gathered: Gathered, at: datetime) -> Request:
        bare = request_of(question, _requester(caller), gathered.person, at=at)
        asker = asker_of(actor(caller))
        decided = [each for each in gathered.decided if each.is_for(bare, asker)]
        decisions = (*self.recorded_decisions, *(each.as_decision() for each in decided))
        return answered_by_holders(bare, decisions, self.recorded_initiative or who_began(question.purpose, decided))


def _is_open(caller: Caller) -> bool:
    # A login too weak for a professional is too weak for everybody; to a professional the decision itself says so.
    return caller.trusted or caller.form == "professional"


def _answer(ready: _Ready, receipt: Receipt, question: Question) -> Outgoing:
    if ready.release is None or ready.person is None:
        raise NotAvailableError(lacking(question))
    return Outgoing(ready.release.with_receipt(receipt), ready.person, receipt)


def _requester(caller: Caller) -> Requester:
    # A client that asks for itself, and an officer, ask as nobody who may: a professional whom no fact names.
    form = caller.form if caller.form in {"person", "mentor"} else "professional"
    return Requester(form=form, id=caller.id)
