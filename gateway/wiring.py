"""Building the gateway: the only place that knows every part. Constructors, called in order."""

import asyncio
import base64
import binascii
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.configure import source_from
from adapters.contract import RecordSource
from audit.durability import check_durability
from audit.grow import BrokenTreeError
from audit.policy import Policy
from audit.sequence import checkpoint, sequence
from audit.sequencer import Sequencer
from audit.signing import SigningKey
from audit.store import AuditLog
from consent.request import HolderDecision
from consent.store import FactStore
from gateway.commit import Committer
from gateway.database import create_engine, write_transaction
from gateway.deliveries import Deliveries
from gateway.disk import disk_of
from gateway.exchange import Exchange
from gateway.facts import FactsDesk
from gateway.failpoints import Failpoint, kill_at, nothing
from gateway.growing import growing
from gateway.holders.deciding import HolderDesk
from gateway.holders.inbox import Inbox
from gateway.holders.stopping import StopSwitch
from gateway.identity.caller import IdentityServices
from gateway.identity.keys import KeyFileError, read_key_file, read_secret, write_secret
from gateway.identity.keys import create_key_file as create_token_key_file
from gateway.identity.refusal_log import RefusalLog
from gateway.identity.replay import SingleUse
from gateway.key_files import create_key_file
from gateway.key_files import read_key_file as read_key_service
from gateway.lag import Lag
from gateway.log.following import Following
from gateway.logs import logger, where
from gateway.metrics.counting import Counters
from gateway.notices.inbox import NoticeInbox
from gateway.notices.looking import Looking
from gateway.notices.running import NoticeWorkers
from gateway.notices.sending import Sending
from gateway.officers import Decisions
from gateway.outlook.outlook import Outlook
from gateway.registry.store import Registrations
from gateway.replay.replays import Replays
from gateway.rules.confirmed import Rules
from gateway.sealing import AuditSealer
from gateway.settings import Settings
from gateway.simulating import Simulator
from gateway.steps import require_migrated
from gateway.witness.policy_file import load_policy
from gateway.witness.watching import watched

SEED_BYTES: Final = 32
SEQUENCE_EVERY: Final = timedelta(milliseconds=200)


def utc_now() -> datetime:
    """Return the machine's clock."""
    return datetime.now(UTC)


@dataclass
class Gateway:
    """Everything that a running gateway consists of."""

    settings: Settings
    engine: AsyncEngine
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
    outlook: Outlook
    notices: NoticeInbox
    notice_workers: NoticeWorkers
    deliveries: Deliveries
    following: Following
    rules: Rules
    counters: Counters


@dataclass(frozen=True)
class World:
    """What a sandbox hands in: its records, a clock that stands still, and what holders decided."""

    sources: Mapping[str, Sequence[RecordSource]]
    decided_at: Callable[[datetime], datetime]
    recorded_decisions: tuple[HolderDecision, ...] = ()
    recorded_initiative: Literal["holder"] | None = None


def _as_it_is(instant: datetime) -> datetime:
    return instant


def make_first_keys(settings: Settings) -> list[Path]:
    """Make the key files that do not exist yet; return those made. A file that exists is never touched."""
    makers = {
        settings.key_file: create_key_file,
        settings.token_key_file: create_token_key_file,
        settings.log_key_file: _create_log_key_file,
    }
    made = [path for path in makers if not path.exists()]
    for path in made:
        makers[path](path)
    return made


def _create_log_key_file(path: Path) -> None:
    write_secret(path, base64.b64encode(secrets.token_bytes(SEED_BYTES)))


def read_log_key(settings: Settings) -> SigningKey:
    """Return the log's signing key.

    Raises:
        KeyFileError: no such file, one that others may read, or no key in it.
    """
    try:
        seed = base64.b64decode(read_secret(settings.log_key_file), validate=True)
        return SigningKey.from_seed(settings.origin, seed)
    except (binascii.Error, ValueError):
        raise KeyFileError(f"{settings.log_key_file} does not hold the base64 of {SEED_BYTES} bytes") from None


@asynccontextmanager
async def open_log(settings: Settings, engine: AsyncEngine, facts: FactStore) -> AsyncIterator[AuditLog]:
    """Open the audit log on a database that keeps what it says it keeps.

    Raises:
        UnsafeDatabaseError: it does not; refuse to start.
        KeyFileError, KeyUnavailableError: a key cannot be used.
    """
    async with engine.connect() as connection:
        await check_durability(connection)
    async with write_transaction(engine) as connection:
        sealer = AuditSealer(await facts.log_key(connection))
    yield AuditLog(key=read_log_key(settings), sealer=sealer, now=utc_now)


@asynccontextmanager
async def open_gateway(settings: Settings, world: World | None = None) -> AsyncIterator[Gateway]:
    """Build the gateway, run its workers, and close everything at the end.

    Raises:
        OldDatabaseError, UnsafeDatabaseError, KeyFileError, RegistryError, SourceConfigError, PolicyError,
            RestoredBackupError: refuse to start; the message says why.
    """
    async with AsyncExitStack() as stack:
        engine = create_engine(settings.database_url)
        stack.push_async_callback(engine.dispose)
        await require_migrated(engine)
        facts = FactStore(read_key_service(settings.key_file))
        log = await stack.enter_async_context(open_log(settings, engine, facts))
        registrations = Registrations(engine, builtin_allowed=settings.insecure_builtin_identity_provider)
        await registrations.renew()
        sources = world.sources if world else _sources(settings, registrations)
        for source in (each for found in sources.values() for each in found):
            stack.push_async_callback(source.close)
        gateway = _assemble(settings, engine, facts, log, registrations, sources, world)
        health = gateway.exchange.committer.health
        health.disk = disk_of(settings)
        # Before the sequencer, so that what a restored backup still holds is not signed first.
        tree = await stack.enter_async_context(growing(settings, engine))
        await stack.enter_async_context(watched(tree, log, _policy(settings), health))
        # Closed last, so that what the others still keep at the end gets its place in the tree too.
        await stack.enter_async_context(_sequencing(gateway, tree))
        gateway.notice_workers.start()
        stack.push_async_callback(gateway.notice_workers.close)
        gateway.deliveries.start()
        stack.push_async_callback(gateway.deliveries.close)
        gateway.following.start()
        stack.push_async_callback(gateway.following.close)
        stack.push_async_callback(gateway.identity.refusals.close)
        yield gateway


def _assemble(  # noqa: PLR0913, PLR0917 - the parts, in the order in which they were built
    settings: Settings,
    engine: AsyncEngine,
    facts: FactStore,
    log: AuditLog,
    registrations: Registrations,
    sources: Mapping[str, Sequence[RecordSource]],
    world: World | None,
) -> Gateway:
    sealer = log.sealer
    assert isinstance(sealer, AuditSealer)  # noqa: S101 - `open_log` made it
    committer = Committer(engine, facts, log, sealer)
    decided_at = world.decided_at if world else _as_it_is
    deliveries = Deliveries(engine, log)
    counters = Counters()
    rules = Rules(engine, lambda: decided_at(utc_now()), required=settings.require_confirmed_rules)
    return Gateway(
        settings=settings,
        engine=engine,
        log=log,
        identity=IdentityServices(
            public_url=settings.public_url,
            keys=read_key_file(settings.token_key_file),
            registrations=registrations,
            single_use=SingleUse(engine),
            refusals=RefusalLog(engine, log, utc_now),
            clock=utc_now,
        ),
        exchange=Exchange(
            committer=committer,
            sources=sources,
            decided_at=decided_at,
            require_confirmed_rules=settings.require_confirmed_rules,
            confirmed=rules.are_confirmed,
            recorded_decisions=world.recorded_decisions if world else (),
            recorded_initiative=world.recorded_initiative if world else None,
            reached=_reached(settings),
            report=counters.before(deliveries.report),
            decided=counters.decided,
        ),
        decisions=Decisions(committer, rules.warnings),
        replays=Replays(committer, settings.require_confirmed_rules),
        simulator=Simulator(committer),
        facts_desk=FactsDesk(committer, decided_at),
        inbox=Inbox(committer, sources, decided_at),
        holder_desk=HolderDesk(committer, sources, decided_at),
        stop_switch=StopSwitch(committer),
        outlook=Outlook(
            committer=committer,
            sources=sources,
            decided_at=decided_at,
            askers=lambda: {each.organisation for each in registrations.current.clients.values()},
            require_confirmed_rules=settings.require_confirmed_rules,
            confirmed=rules.are_confirmed,
        ),
        notices=NoticeInbox(committer),
        notice_workers=_notice_workers(settings, committer, registrations),
        deliveries=deliveries,
        following=Following(committer, followers=()),
        rules=rules,
        counters=counters,
    )


def _notice_workers(settings: Settings, committer: Committer, registrations: Registrations) -> NoticeWorkers:
    return NoticeWorkers(
        Looking(committer, registrations.renewed),
        Sending(committer, registrations.renewed, utc_now, this_machine=settings.invented_people_only),
    )


def _sources(settings: Settings, registrations: Registrations) -> dict[str, list[RecordSource]]:
    found: dict[str, list[RecordSource]] = {}
    for each in registrations.current.sources:
        described = {
            "deadline": settings.source_deadline.total_seconds(),
            "concurrency": settings.source_concurrency,
            **each.settings,
            "organisation": each.organisation,
            "system": each.system,
        }
        found.setdefault(each.organisation, []).append(source_from(described, at=f"source {each.system}"))
    return found


def _policy(settings: Settings) -> Policy | None:
    path = settings.witness_policy
    return None if path is None else load_policy(path, origin=settings.origin)


@asynccontextmanager
async def _sequencing(gateway: Gateway, tree: AsyncEngine) -> AsyncIterator[None]:
    stop = asyncio.Event()
    lag = Lag()
    if gateway.engine.dialect.name == "postgresql":  # on SQLite an event is placed as it is kept
        gateway.exchange.committer.health.lag = lag
    sequencer = Sequencer(
        tree,
        gateway.log,
        SEQUENCE_EVERY,
        _failed,
        looked=lag.looked,
        reached=_reached(gateway.settings),
    )

    async def run() -> None:
        try:
            await sequencer.run(stop)
            await sequence_the_rest(tree, gateway.log)
        except (SQLAlchemyError, OSError) as error:
            _failed(error)
        except BrokenTreeError as error:
            # Nothing more is signed or kept, and `/readyz` says so; verifying an export names the place.
            gateway.exchange.committer.health.broken = True
            logger().error("audit.unavailable", **where(error))

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        stop.set()
        await task


async def sequence_the_rest(engine: AsyncEngine, log: AuditLog) -> None:
    """Give what is kept and waits its place in the tree, and sign the head.

    Raises:
        BrokenTreeError: the stored tree was changed; nothing is signed.
    """
    if engine.dialect.name == "postgresql":
        async with engine.begin() as connection:
            await sequence(connection, log)
    async with write_transaction(engine) as connection:
        await checkpoint(connection, log)


def _reached(settings: Settings) -> Callable[[Failpoint], Awaitable[None]]:
    return kill_at(settings.insecure_failpoint) if settings.insecure_failpoint else nothing


def _failed(error: Exception) -> None:
    logger().warning("audit.unavailable", **where(error))
