"""Reading a TOML file that somebody names: the settings, the registry, what an officer brings along."""

import tomllib
from pathlib import Path
from typing import Any

from schemas.whole_file import whole


class TomlFileError(Exception):
    """The file holds no TOML; the message says at which line and column, as far as anybody can."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of the file at `path`.

    Raises:
        OSError: it cannot be read.
        TomlFileError: it is not TOML.
    """
    try:
        # Editors of Windows put a mark before the first line, which TOML 1.1 lets pass.
        return tomllib.loads(whole(path).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise TomlFileError("it is not UTF-8") from None
    except RecursionError:
        raise TomlFileError("it has too many levels") from None
    except tomllib.TOMLDecodeError as error:
        raise TomlFileError(str(error)) from None
    except ValueError:  # as Python says of a number of thousands of digits
        raise TomlFileError("a number in it has too many digits") from None
