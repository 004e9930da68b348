"""JSON as a server wrote it: every digit of its numbers, and no object in which two things stand under one name. Pure.

Source: FHIR R4 (4.0.1), json.html (names are unique in an object) and datatypes.html, decimal (1.10 is not 1.1).
"""

import json
from typing import Any, Final, NoReturn

import orjson


class NotReadError(ValueError):
    """It cannot be read; the message says where or why, without a value."""


def read(content: bytes) -> Any:
    """Return what `content` holds; a number with a fraction or an exponent is the text that it is.

    Raises:
        NotReadError: not JSON in UTF-8, nested deeper than anybody reads, or a member stands twice in one object.
    """
    try:
        text = content.decode()
        if any(each in text for each in _NO_NUMBERS):
            orjson.loads(text)  # says where one stands that Python takes for a number
        return json.loads(text, parse_float=str, parse_constant=_no_number, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise NotReadError(f"not JSON at line {error.lineno} column {error.colno}") from None
    except UnicodeDecodeError as error:
        line, before = content.count(b"\n", 0, error.start) + 1, content[: error.start].rpartition(b"\n")[2]
        raise NotReadError(f"not JSON at line {line} column {len(before) + 1}: not UTF-8") from None
    except RecursionError:
        raise NotReadError("nested too deep") from None
    except NotReadError:
        raise
    except ValueError:
        raise NotReadError("a number is too long") from None  # as Python has it, of thousands of digits


_NO_NUMBERS: Final = ("NaN", "Infinity")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        # Who reads the first and who reads the last would read another thing: whom it is about, or how it is labelled.
        raise NotReadError("a member stands twice in one object")
    return told


def _no_number(_word: str) -> NoReturn:
    raise NotReadError("not JSON: not a number")
