"""Reading the metrics: what was counted, what the gateway knows of its log, and some counts of the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy import exists, func, select
from sqlalchemy.exc import SQLAlchemyError

from audit.grow import tree_size
from audit.store import AuditUnavailableError
from gateway.counting import BUCKETS, Counters
from gateway.health.log_health import LogHealth
from gateway.log.following import places_of
from gateway.metrics import catalogue
from gateway.metrics.catalogue import CATALOGUE, Metric
from gateway.metrics.text import Sample
from gateway.notices.tables import notice, notice_due, notice_looked, notice_settled
from gateway.wiring import Gateway

Measured = dict[Metric, Sequence[Sample]]


@dataclass(frozen=True)
class Measuring:
    """Measures a gateway."""

    gateway: Gateway

    async def measured(self) -> list[tuple[Metric, Sequence[Sample]]]:
        """Return every metric of which something is known, in the order of the catalogue."""
        health = self.gateway.exchange.committer.health
        found = {**_counted(self.gateway.counters), **dict(_of_the_log(health)), **await self._of_the_database()}
        return [(metric, found[metric]) for metric in CATALOGUE if metric in found]

    async def _of_the_database(self) -> Measured:
        looked, settled = notice_looked.c.due == notice_due.c.seq, notice_settled.c.notice == notice.c.seq
        unseen = select(func.count()).select_from(notice_due).where(~exists().where(looked))
        unsaid = select(func.count()).select_from(notice).where(notice.c.announced, ~exists().where(settled))
        try:
            async with self.gateway.engine.connect() as connection:
                size = await tree_size(connection)
                places = await places_of(connection, [each.name for each in self.gateway.following.followers])
                waiting = sum([(await connection.execute(each)).scalar_one() for each in (unseen, unsaid)])
            warnings = await self.gateway.rules.warnings()
            late = await self.gateway.lateness.late()
            emergencies = await self.gateway.emergencies.frequency.by_organisation()
        except (SQLAlchemyError, OSError):
            return {catalogue.DATABASE: [Sample(0)]}
        return {
            catalogue.DATABASE: [Sample(1)],
            catalogue.TREE: [Sample(size)],
            catalogue.NOTICES: [Sample(waiting)],
            catalogue.BEHIND: [Sample(max((size - each for each in places.values()), default=0))],
            catalogue.RULES: [Sample(len(warnings))],
            catalogue.LATE: [
                Sample(late.reviews, {"what": "reviews"}),
                Sample(late.obligations, {"what": "obligations"}),
                Sample(late.disputes, {"what": "disputes"}),
                Sample(late.breaches, {"what": "breaches"}),
            ],
            catalogue.EMERGENCIES: [Sample(uses, {"organisation": name}) for name, uses in sorted(emergencies.items())],
        }


def _of_the_log(health: LogHealth) -> Iterator[tuple[Metric, Sequence[Sample]]]:
    yield catalogue.MAY_DISCLOSE, [Sample(_may_disclose(health))]
    yield catalogue.BROKEN, [Sample(health.broken)]
    yield catalogue.WATCHED, [Sample(health.anchor is not None)]
    if health.anchor is not None:
        yield catalogue.ANCHOR, [Sample(health.anchor.age.total_seconds())]
        yield catalogue.SILENT, [Sample(len(health.anchor.silent))]
    if health.lag is not None:
        yield catalogue.LAG, [Sample(health.lag.age.total_seconds())]
    if health.disk is not None:
        try:
            yield catalogue.DISK, [Sample(health.disk.free(health.disk.folder))]
        except OSError:
            return


def _may_disclose(health: LogHealth) -> bool:
    try:
        health.require_anchored()
    except AuditUnavailableError:
        return False
    return True


def _counted(counters: Counters) -> Measured:
    return {
        catalogue.REQUESTS: [
            Sample(count, {"route": route, "status": status})
            for (route, status), count in sorted(counters.requests.items())
        ],
        catalogue.DECISIONS: [Sample(count, {"outcome": each}) for each, count in sorted(counters.decisions.items())],
        catalogue.SOURCES: [
            Sample(count, {"holder": holder, "system": system})
            for (holder, system), count in sorted(counters.sources_failed.items())
        ],
        catalogue.SECONDS: list(_histogram(counters)),
    }


def _histogram(counters: Counters) -> Iterator[Sample]:
    bounds = [*(repr(each) for each in BUCKETS), "+Inf"]
    totals = list(accumulate(counters.exchanges))
    for bound, total in zip(bounds, totals, strict=True):
        yield Sample(total, {"le": bound}, "_bucket")
    yield Sample(counters.exchange_seconds, suffix="_sum")
    yield Sample(totals[-1], suffix="_count")
