"""Building the gateway: the only place that knows every part. Constructors, called in order."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.durability import check_durability
from audit.policy import Policy
from audit.signing import VerifierKey
from audit.store import AuditLog
from consent.keys import KeyService, place
from consent.request import HolderDecision
from consent.store.appending import log_key
from consent.store.fact_store import FactStore
from gateway.committing.commit import Committer
from gateway.committing.deliveries import Deliveries
from gateway.committing.placing import sequencing
from gateway.counting import Counters
from gateway.database.engine import create_engine, write_transaction
from gateway.database.growing import growing
from gateway.database.steps import require_migrated
from gateway.database.takeover import Takeover
from gateway.emergency.desks import EmergencyDesks, emergency_desks
from gateway.erasing.opening import remembering, remembering_at_once, replay_tombstones
from gateway.exchange import Exchange
from gateway.facts.desk import FactsDesk
from gateway.failpoints import Failpoint, kill_at, nothing
from gateway.health.disk import disk_of
from gateway.holders.deciding import HolderDesk
from gateway.holders.inbox import Inbox
from gateway.holders.opening import QuestionOpener
from gateway.holders.stopping import StopSwitch
from gateway.identity.caller import IdentityServices
from gateway.identity.keys import read_key_file
from gateway.identity.provider_keys import ProviderKeys
from gateway.identity.refusal_log import RefusalLog
from gateway.identity.refusals import UnrecordedError
from gateway.identity.replay import SingleUse
from gateway.keys.files import read_key_file as read_key_service
from gateway.keys.first import read_log_key
from gateway.keys.sealing import AuditSealer
from gateway.log.detail import Details
from gateway.log.following import Following
from gateway.log.indexing import Indexing
from gateway.log.officers import Decisions
from gateway.log.own_view import OwnView
from gateway.log.reports.access_report import AccessReports
from gateway.log.searching import Searching
from gateway.log.tickets.content import Contents
from gateway.log.tickets.tickets import TicketDesk
from gateway.logs import logger, where
from gateway.notices.inbox import NoticeInbox
from gateway.notices.looking import Looking
from gateway.notices.running import NoticeWorkers
from gateway.notices.sending import Sending
from gateway.outlook.outlook import Outlook
from gateway.registry.persons import Persons
from gateway.registry.professionals import Professionals
from gateway.registry.store import Registrations
from gateway.registry.systems import RecordSystems, Sources
from gateway.replay.replays import Replays
from gateway.reviews.lateness import Lateness
from gateway.reviews.opener import ReviewOpener
from gateway.reviews.sampling import Sampling
from gateway.rules.confirmed import Rules
from gateway.settings import Settings
from gateway.simulator.simulating import Simulator
from gateway.witness.policy_file import load_policy, witness_keys
from gateway.witness.watching import watched


def utc_now() -> datetime:
    """Return the machine's clock."""
    return datetime.now(UTC)


@dataclass
class Gateway:
    """Everything that a running gateway consists of."""

    settings: Settings
    engine: AsyncEngine
    takeover: Takeover
    log: AuditLog
    identity: IdentityServices
    exchange: Exchange
    decisions: Decisions
    replays: Replays
    simulator: Simulator
    facts_desk: FactsDesk
    inbox: Inbox
    holder_desk: HolderDesk
    stop_switch: StopSwitch
    emergencies: EmergencyDesks
    outlook: Outlook
    own_view: OwnView
    notices: NoticeInbox
    notice_workers: NoticeWorkers
    deliveries: Deliveries
    following: Following
    searching: Searching
    contents: Contents
    access_reports: AccessReports
    sampling: Sampling
    lateness: Lateness
    rules: Rules
    counters: Counters


@dataclass(frozen=True)
class World:
    """What a sandbox hands in: its records, a clock that stands still, and what holders decided.

    `ids_stand` leaves its elements the ids that they have in its file.
    """

    sources: Sources
    decided_at: Callable[[datetime], datetime]
    recorded_decisions: tuple[HolderDecision, ...] = ()
    recorded_initiative: Literal["holder"] | None = None
    ids_stand: bool = False


async def _element_key(keys: KeyService, world: World | None) -> bytes | None:
    return None if world is not None and world.ids_stand else await keys.hmac(place("element_id"))


def _as_it_is(instant: datetime) -> datetime:
    return instant


async def open_log(settings: Settings, engine: AsyncEngine) -> Committer:
    """Return facts and log of a database that keeps what it says it keeps, under the keys of the settings.

    Raises:
        UnsafeDatabaseError: it does not; refuse to start.
        KeyFileError, KeyUnavailableError, SealBrokenError: a key cannot be used.
    """
    facts = FactStore(read_key_service(settings.key_file))
    async with engine.connect() as connection:
        await check_durability(connection)
    async with write_transaction(engine) as connection:
        sealer = AuditSealer(await log_key(connection, facts.keys))
    return Committer(engine, facts, AuditLog(key=read_log_key(settings), sealer=sealer, now=utc_now), sealer)


@asynccontextmanager
async def open_gateway(settings: Settings, world: World | None = None) -> AsyncIterator[Gateway]:
    """Build the gateway, run its workers, and close everything at the end.

    Raises:
        OldDatabaseError, UnsafeDatabaseError, KeyFileError, RegistryError, SourceConfigError, PolicyError,
            RestoredBackupError, JournalError, MayNotEraseError: refuse to start; the message says why.
    """
    async with AsyncExitStack() as stack:
        takeover = Takeover()
        engine = takeover.watch(create_engine(settings.database_url))
        stack.push_async_callback(engine.dispose)
        await require_migrated(engine)
        committer = remembering_at_once(settings, await open_log(settings, engine))
        registrations = Registrations(engine, builtin_allowed=settings.insecure_builtin_identity_provider)
        await registrations.renew()
        sources = await stack.enter_async_context(_sources(settings, registrations, world))
        element_key = await _element_key(committer.facts.keys, world)
        gateway = _assemble(settings, takeover, committer, registrations, sources, world, element_key)
        log, health = committer.log, committer.health
        health.disk = disk_of(settings)
        # Before the sequencer, so that what a restored backup still holds is not signed first.
        tree = takeover.watch(await stack.enter_async_context(growing(settings, engine)))
        await stack.enter_async_context(watched(tree, log, _policy(settings), health))
        # Behind the witnesses: what they refuse is not touched. Before anybody is answered: nobody comes back.
        await replay_tombstones(settings, committer, world.decided_at if world else _as_it_is)
        await registrations.renew()  # the journal may have ended some
        # Behind all that is closed below: a restored backup must know what was taken back a moment before the stop.
        stack.push_async_callback(Following(committer, remembering(settings, committer)).finish)
        # Closed last, so that what the others still keep at the end gets its place in the tree too.
        await stack.enter_async_context(sequencing(tree, log, health, reached=_reached(settings)))
        await stack.enter_async_context(takeover.looking(engine))
        gateway.notice_workers.start()
        stack.push_async_callback(gateway.notice_workers.close)
        gateway.deliveries.start()
        stack.push_async_callback(gateway.deliveries.close)
        gateway.following.start()
        stack.push_async_callback(gateway.following.close)
        gateway.sampling.start()
        stack.push_async_callback(gateway.sampling.close)
        stack.push_async_callback(_close, gateway.identity.refusals)
        yield gateway


async def _close(refusals: RefusalLog) -> None:
    try:
        await refusals.close()
    except UnrecordedError as error:
        # Whoever ends it says why it ends; that a count could not be kept is no other reason.
        logger().warning("audit.unavailable", **where(error))


def _assemble(  # noqa: PLR0913, PLR0917 - the parts, in the order in which they were built
    settings: Settings,
    takeover: Takeover,
    committer: Committer,
    registrations: Registrations,
    sources: Callable[[], Sources],
    world: World | None,
    element_key: bytes | None,
) -> Gateway:
    engine, facts, log = committer.engine, committer.facts, committer.log
    decided_at = world.decided_at if world else _as_it_is
    deliveries = Deliveries(engine, log)
    counters = Counters()
    searching = Searching(committer)
    rules = Rules(engine, lambda: decided_at(utc_now()), required=settings.require_confirmed_rules)
    lateness = Lateness(engine, utc_now)
    return Gateway(
        settings=settings,
        engine=engine,
        takeover=takeover,
        log=log,
        identity=IdentityServices(
            public_url=settings.public_url,
            keys=read_key_file(settings.token_key_file),
            registrations=registrations,
            single_use=SingleUse(engine),
            refusals=RefusalLog(engine, log, utc_now),
            professionals=Professionals(engine, facts),
            persons=Persons(engine, facts),
            provider_keys=ProviderKeys(clock=utc_now, this_machine=settings.invented_people_only),
            clock=utc_now,
            health=committer.health,
        ),
        exchange=Exchange(
            committer=committer,
            sources=sources,
            decided_at=decided_at,
            element_key=element_key,
            require_confirmed_rules=settings.require_confirmed_rules,
            confirmed=rules.are_confirmed,
            registry=registrations.renewed,
            registered=lambda: registrations.current,
            recorded_decisions=world.recorded_decisions if world else (),
            recorded_initiative=world.recorded_initiative if world else None,
            reached=_reached(settings),
            report=counters.before(deliveries.report),
            decided=counters.decided,
        ),
        decisions=Decisions(committer, lateness.beside(rules.warnings)),
        replays=Replays(committer, settings.require_confirmed_rules),
        simulator=Simulator(committer),
        searching=searching,
        access_reports=AccessReports(searching, decided_at),
        contents=Contents(
            Details(searching, known_keys(settings, log), settings.require_confirmed_rules), TicketDesk(searching)
        ),
        facts_desk=FactsDesk(committer, decided_at),
        inbox=Inbox(committer, sources),
        holder_desk=HolderDesk(committer, sources, decided_at),
        stop_switch=StopSwitch(committer),
        emergencies=emergency_desks(committer, decided_at, utc_now, warned_from=settings.emergency_warning),
        outlook=Outlook(
            committer=committer,
            sources=sources,
            decided_at=decided_at,
            askers=lambda: {each.organisation for each in registrations.current.clients.values()},
            require_confirmed_rules=settings.require_confirmed_rules,
            confirmed=rules.are_confirmed,
        ),
        own_view=OwnView(committer, decided_at),
        notices=NoticeInbox(committer),
        notice_workers=_notice_workers(settings, committer, registrations),
        deliveries=deliveries,
        # The index waits for an erasure that holds its place: who came after it would work on what was read before.
        following=Following(
            committer, followers=(QuestionOpener(), ReviewOpener(), *remembering(settings, committer), Indexing())
        ),
        sampling=Sampling(committer, utc_now, holders=sources),
        lateness=lateness,
        rules=rules,
        counters=counters,
    )


def _notice_workers(settings: Settings, committer: Committer, registrations: Registrations) -> NoticeWorkers:
    return NoticeWorkers(
        Looking(committer, registrations.renewed),
        Sending(committer, registrations.renewed, utc_now, this_machine=settings.invented_people_only),
    )


@asynccontextmanager
async def _sources(
    settings: Settings, registrations: Registrations, world: World | None
) -> AsyncIterator[Callable[[], Sources]]:
    """Give what tells who may be asked now: those of a sandbox's world, else those that are registered."""
    if world is not None:
        async with AsyncExitStack() as stack:
            for source in (each for found in world.sources.values() for each in found):
                stack.push_async_callback(source.close)
            yield lambda: world.sources
        return
    systems = RecordSystems(registrations, deadline=settings.source_deadline, limit=settings.source_concurrency)
    systems.open()
    try:
        yield systems.now
    finally:
        await systems.close()


def known_keys(settings: Settings, log: AuditLog) -> list[VerifierKey]:
    """Return the verifier keys that exports and proofs name: the log's own first, then those of its witnesses."""
    return [log.key.verifier, *witness_keys(settings.witness_policy, origin=settings.origin)]


def _policy(settings: Settings) -> Policy | None:
    path = settings.witness_policy
    return None if path is None else load_policy(path, origin=settings.origin)


def _reached(settings: Settings) -> Callable[[Failpoint], Awaitable[None]]:
    return kill_at(settings.insecure_failpoint) if settings.insecure_failpoint else nothing
