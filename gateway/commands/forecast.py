"""`schakel forecast`: what lies ahead for the persons of a world file, without a gateway."""

import orjson

from consent.outlook.forecast import forecast, horizon
from consent.world.fields import FieldError, moment
from consent.world.shape import WorldError
from gateway.simulator.world_files import problems_of, read_world_file
from schemas.calendar import written

_INVALID = 2


def run_forecast(path: str, *, until: str | None) -> tuple[int, str]:
    """Return 0 and, as JSON, what lies ahead of the first request's instant in the file at `path`; `-` reads stdin.

    2 and what is wrong where the file is invalid or cannot be read, or `until` is no day and no instant.
    """
    try:
        end = None if until is None else moment(until)
    except FieldError:
        return _INVALID, "--until: expected a day or an instant with an offset"
    try:
        world = read_world_file(path)
    except (OSError, WorldError) as error:
        return _INVALID, "\n".join(f"{path}: {problem}" for problem in problems_of(error))
    if not world.requests:
        return _INVALID, f"{path}: request: expected one, for its instant"
    at = world.requests[0].at
    last = horizon(at) if end is None else end
    entries = forecast(world.facts, at, until=last)
    told = {"at": written(at), "until": written(last), "ahead": [each.as_json() for each in entries]}
    return 0, orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
