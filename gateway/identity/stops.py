"""Why something could not be recorded, so was not done, in the running log. Outside one only hears that it is so."""

from audit.store import AuditUnavailableError
from gateway.identity.refusals import UnrecordedError
from gateway.logs import logger, where


def tell_why(error: BaseException | None) -> None:
    """Say what stopped a request, where `error`, or what it was made of, is that the log did not take it."""
    while error is not None and not isinstance(error, AuditUnavailableError | UnrecordedError):
        error = error.__context__
    if error is not None:
        logger().warning("audit.unavailable", why=str(error), **where(_first(error)))


def _first(error: BaseException) -> BaseException:
    """Return what `error` came of: it tells a full disk from a database that is gone."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
