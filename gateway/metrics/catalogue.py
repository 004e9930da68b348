"""Every metric that the gateway shows, from one list; `docs/reference/metrics.md` follows from it.

The values of a label come from a closed list: names of routes, statuses of HTTP, outcomes of decisions, and the sources
and organisations that an operator registered. No person, professional, client or address is ever one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Type(StrEnum):
    """The types of the Prometheus text format that are used here."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: what it says, the names of its labels, and when it is an alarm, with the page of the runbook."""

    name: str
    type: Type
    says: str
    labels: tuple[str, ...] = ()
    alarm: str | None = None
    page: str | None = None


REQUESTS: Final = Metric(
    "schakel_requests_total",
    Type.COUNTER,
    "Requests that were answered, by route and status; `none` where who asked went away first.",
    ("route", "status"),
    "a rise of 401 or 403",
    "flood.md",
)
DECISIONS: Final = Metric(
    "schakel_decisions_total", Type.COUNTER, "Decisions of the exchange that are on record, by outcome.", ("outcome",)
)
SECONDS: Final = Metric(
    "schakel_exchange_seconds", Type.HISTOGRAM, "How long an exchange took, from its first byte to its last."
)
SOURCES: Final = Metric(
    "schakel_sources_failed_total",
    Type.COUNTER,
    "Questions that a record system did not answer, by holder and system.",
    ("holder", "system"),
    "a rise for one source",
    "source-fails.md",
)
MAY_DISCLOSE: Final = Metric(
    "schakel_may_disclose",
    Type.GAUGE,
    "1 where something may leave; 0 where the log, its anchor, its disk or its lag stops everything.",
    (),
    "0",
    "log-not-written.md",
)
DATABASE: Final = Metric(
    "schakel_database_answers",
    Type.GAUGE,
    "1 where the database answers; where it does not, what is read from it is left out.",
    (),
    "0",
    "log-not-written.md",
)
BROKEN: Final = Metric(
    "schakel_log_broken", Type.GAUGE, "1 where the log's tree was found changed.", (), "1", "old-backup.md"
)
TREE: Final = Metric("schakel_log_events", Type.GAUGE, "Events in the log's tree.")
LAG: Final = Metric(
    "schakel_log_lag_seconds",
    Type.GAUGE,
    "How long the oldest event waits for its place in the tree (PostgreSQL).",
    (),
    "above 5",
    "late.md",
)
WATCHED: Final = Metric(
    "schakel_log_watched", Type.GAUGE, "1 where a witness policy is configured.", (), "0", "unanchored.md"
)
ANCHOR: Final = Metric(
    "schakel_anchor_age_seconds",
    Type.GAUGE,
    "How long the oldest checkpoint waits for its witnesses.",
    (),
    "above 900; from 14400 nothing is disclosed",
    "unanchored.md",
)
SILENT: Final = Metric(
    "schakel_witnesses_silent",
    Type.GAUGE,
    "Witnesses that did not cosign when they were last asked.",
    (),
    "above 0 for 15 minutes",
    "unanchored.md",
)
DISK: Final = Metric(
    "schakel_disk_free_bytes",
    Type.GAUGE,
    "What is free on the disk of the database, where this machine sees it.",
    (),
    "below four times `SCHAKEL_DISK_MINIMUM_FREE`",
    "disk.md",
)
NOTICES: Final = Metric(
    "schakel_notices_waiting",
    Type.GAUGE,
    "Ends of facts that nobody looked at yet, and notices that are not announced yet.",
    (),
    "does not shrink for an hour",
    "notices.md",
)
RULES: Final = Metric(
    "schakel_rules_warnings",
    Type.GAUGE,
    "Rule sets that end soon, or that two officers must confirm.",
    (),
    "above 0",
    "rules-unconfirmed.md",
)
EMERGENCIES: Final = Metric(
    "schakel_emergencies",
    Type.GAUGE,
    "Uses of the emergency procedure in the last 30 days, by the organisation that asked.",
    ("organisation",),
    "at or above `SCHAKEL_EMERGENCY_WARNING`, or a rise for one organisation",
    "emergencies.md",
)
BEHIND: Final = Metric(
    "schakel_log_behind",
    Type.GAUGE,
    "Events that the slowest of what is done behind the log (search, reviews, questions, signals) has not taken yet.",
    (),
    "does not shrink for ten minutes",
    "not-followed.md",
)
LATE: Final = Metric(
    "schakel_reviews_late",
    Type.GAUGE,
    "Reviews, and obligations of people, whose day is past; reviews whose judges differ, and that may be of a breach.",
    ("what",),
    "above 0",
    "reviews.md",
)
CATALOGUE: Final = (
    MAY_DISCLOSE,
    DATABASE,
    BROKEN,
    LAG,
    WATCHED,
    ANCHOR,
    SILENT,
    DISK,
    RULES,
    NOTICES,
    BEHIND,
    LATE,
    EMERGENCIES,
    SOURCES,
    REQUESTS,
    DECISIONS,
    SECONDS,
    TREE,
)
"""In the order in which an operator looks."""
