"""The running log: JSON lines on standard error, in which nothing can stand that is not listed here.

An allow-list, not a search for what looks personal: a field that the catalogue does not name for its event is left out,
whoever wrote it. What other people's libraries say is told by place and kind only, because their messages hold
addresses, statements and values. What must be proven stands in the audit log, not here.

Source: promise I10 of `design.md`; `reference/security.md` 4.4.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO

from gateway.unused import out_of_sight

# It would load it for a console that draws; five megabytes in every worker, none of which has one.
with out_of_sight("rich"):
    import structlog

EVENTS: Final[Mapping[str, frozenset[str]]] = {
    "gateway.starting": frozenset({"environment", "host", "port"}),
    "gateway.ready": frozenset({"url", "weakened"}),
    "metrics.ready": frozenset({"port"}),
    "gateway.stopped": frozenset(),
    "exchange.failed": frozenset({"error_type", "place"}),
    "request.failed": frozenset({"method", "error_type", "place"}),
    "audit.unavailable": frozenset({"error_type", "place", "why"}),
    "audit.late": frozenset({"seconds", "why"}),
    "audit.in_time": frozenset(),
    "audit.unwitnessed": frozenset(),
    "audit.unfenced": frozenset(),
    "audit.unanchored": frozenset({"minutes", "why"}),
    "audit.contradicted": frozenset({"why"}),
    "database.taken_over": frozenset(),
    "holder.stopped": frozenset({"organisation"}),
    "holder.goes_on": frozenset({"organisation"}),
    "disk.filling": frozenset({"why"}),
    "disk.enough": frozenset(),
    "witness.silent": frozenset({"witness", "why"}),
    "witness.ready": frozenset({"url", "key", "logs"}),
    "witness.refused": frozenset({"why", "held"}),
    "witness.not_kept": frozenset({"error_type", "place"}),
    "witness.stopped": frozenset(),
    "deliveries.lost": frozenset({"count", "error_type"}),
    "notices.waiting": frozenset({"error_type", "place"}),
    "notices.event_broken": frozenset({"error_type", "place"}),
    "notices.webhook_failed": frozenset({"organisation", "attempt", "why"}),
    "notices.webhook_dead": frozenset({"organisation", "notice", "why"}),
    "log.following_waits": frozenset({"error_type", "place"}),
    "log.event_broken": frozenset({"error_type", "place"}),
    "log.events_missing": frozenset({"since", "then", "found"}),
    "reviews.sample_waits": frozenset({"error_type", "place"}),
    "erasing.to_scrub": frozenset({"why"}),
    "erasing.not_marked": frozenset({"error_type", "place"}),
    "holder.question_lost": frozenset({"error_type", "place"}),
    "source.unusable": frozenset({"organisation", "system", "error_type", "place"}),
    "source.not_closed": frozenset({"organisation", "system", "error_type", "place"}),
    "provider.silent": frozenset({"organisation", "issuer", "why"}),
    "library.said": frozenset({"logger", "error_type", "place"}),
}
"""Every event that may be logged, with the fields that it may have. Add the event here before you log it."""

UNLISTED: Final = "unlisted"
"""What is logged instead of an event that is not in the catalogue."""

_ALWAYS: Final = frozenset({"event", "level", "timestamp"})
_MOST: Final = 200


def listed_only(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep of `entry` what the catalogue lists for its event: plain values, and of a text the first 200 characters."""
    event = str(entry.get("event"))
    known = EVENTS.get(event)
    if known is None:
        return {"event": UNLISTED, "level": entry.get("level"), "timestamp": entry.get("timestamp")}
    return {name: _plain(value) for name, value in entry.items() if name in known | _ALWAYS}


def configure_logs(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Send our events and other libraries' to `stream` (standard error), as JSON lines."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            listed_only,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Wherever standard error goes at the moment of writing.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr if stream is None else stream),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Forwarding(level=logging.WARNING)]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio", "aiohttp.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"
    # It writes each path with its query.
    logging.getLogger("uvicorn.access").disabled = True


def logger() -> Any:
    """Return the logger: `logger().info("gateway.ready", url=…)`."""
    return structlog.get_logger()


def where(error: BaseException) -> dict[str, str]:
    """Return what may be said of an exception: its type and the line that raised it, never its message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
    return {"error_type": type(error).__name__, "place": place}


class _Forwarding(logging.Handler):
    """Tells that another library said something, and where; not what."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log `record` without its message."""
        said = {"logger": record.name, "place": f"{record.module}:{record.lineno}"}
        if record.exc_info is not None and record.exc_info[1] is not None:
            said |= where(record.exc_info[1])
        at = "error" if record.levelno >= logging.ERROR else "warning"
        getattr(logger(), at)("library.said", **said)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(each) for each in value]
    return str(value)[:_MOST]
