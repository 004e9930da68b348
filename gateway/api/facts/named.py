"""How a door of facts names the field that is wrong."""

from consent.world.shape import WorldError
from gateway.api.problems import FieldError


def named_fields(error: WorldError) -> tuple[FieldError, ...]:
    """Return what is wrong by path below the entry, without the value that a message may end with."""
    parted = (problem.split(": ") for problem in error.problems)
    return tuple(FieldError(path.partition(".")[2] or path, what) for path, what, *_ in parted)
