"""Reading the settings so that every wrong one is named at once, and unsafe ones refuse to start."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from sqlalchemy import make_url

from audit.policy import PolicyError
from gateway.registry.said import NEEDED, ConfirmationError, officer_named
from gateway.settings import PREFIX, Settings
from gateway.toml_file import TomlFileError, read_toml
from gateway.witness.policy_file import load_policy

FILE_VARIABLE: Final = f"{PREFIX}SETTINGS_FILE"
KEY_FILES: Final = ("key_file", "log_key_file", "token_key_file")
# Stands in for a required setting that is wrong, so that the checks over several settings can still run on the others.
_STAND_IN: Final[dict[str, Any]] = {
    "public_url": "https://stand-in.invalid",
    "key_file": "stand-in",
    "log_key_file": "stand-in",
    "token_key_file": "stand-in",
}


class SettingsError(Exception):
    """The settings are wrong; `problems` has a line for each of them. Correct them all and start again."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class _Problem(NamedTuple):
    setting: str
    text: str


def load_settings(env: Mapping[str, str]) -> Settings:
    """Return the settings of `env` and the file that it names, checked so that the gateway may start on them.

    Raises:
        SettingsError: with every problem, not only the first.
    """
    values, places, problems = _gathered(env)
    settings, wrong = _validated(values)
    problems += wrong
    bad = {problem.setting for problem in problems}
    problems += [problem for problem in _checked(settings) if problem.setting not in bad]
    if problems:
        raise SettingsError([_line(problem, places) for problem in problems])
    return settings


def read_settings(env: Mapping[str, str]) -> Settings:
    """Return the settings without looking at the files that they name: for commands that make those files.

    Raises:
        SettingsError: a value is wrong or a setting is not known.
    """
    values, places, problems = _gathered(env)
    settings, wrong = _validated(values)
    if problems or wrong:
        raise SettingsError([_line(problem, places) for problem in (*problems, *wrong)])
    return settings


def as_they_are(env: Mapping[str, str]) -> tuple[Settings, frozenset[str], list[str]]:
    """Return settings whatever is wrong with them, which of them are not known, and a line for each fault.

    For who looks what is wrong; never serve with them.
    """
    values, places, problems = _gathered(env)
    settings, wrong = _validated(values)
    unread = any(problem.setting == FILE_VARIABLE for problem in problems)
    unknown = Settings.model_fields.keys() - values.keys() if unread else ()
    stand_ins = frozenset((*unknown, *(problem.setting for problem in wrong)))
    problems += [*wrong, *(problem for problem in _checked(settings) if problem.setting not in stand_ins)]
    return settings, stand_ins, [_line(problem, places) for problem in problems]


def check(settings: Settings) -> list[str]:
    """Return a line for everything about `settings` that is unsafe or missing; empty where all is well."""
    return [_line(problem, {}) for problem in _checked(settings)]


def weakened(settings: Settings) -> list[str]:
    """Return the names of the `insecure_` settings that are in use, for the start-up log and the health page."""
    return [name for name in type(settings).model_fields if name.startswith("insecure_") and getattr(settings, name)]


def _gathered(env: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str], list[_Problem]]:
    values, places, problems = _from_file(env.get(FILE_VARIABLE))
    for name in sorted(env):
        if not name.startswith(PREFIX) or name == FILE_VARIABLE:
            continue
        setting = name.removeprefix(PREFIX).lower()
        if name != name.upper() or setting not in Settings.model_fields:
            problems.append(_Problem(name, "there is no such setting; remove it or correct its name"))
            continue
        values[setting], places[setting] = env[name], name
    return values, places, problems


def _from_file(named: str | None) -> tuple[dict[str, Any], dict[str, str], list[_Problem]]:
    if named is None:
        return {}, {}, []
    try:
        found = read_toml(Path(named))
    except OSError:
        return {}, {}, [_Problem(FILE_VARIABLE, f"cannot read {named}; name a TOML file that this account may read")]
    except TomlFileError as error:
        return {}, {}, [_Problem(FILE_VARIABLE, f"{named} is not TOML: {error}")]
    places = {key: f"{named}: {key}" for key in found}
    unknown = [
        _Problem(places[key], "there is no such setting; remove it or correct its name")
        for key in found
        if key not in Settings.model_fields
    ]
    return {key: found[key] for key in found if key in Settings.model_fields}, places, unknown


def _validated(values: dict[str, Any]) -> tuple[Settings, list[_Problem]]:
    """Return settings, and what is wrong with `values`; what is wrong has a stand-in, not to be relied on."""
    try:
        return Settings(**values), []
    except ValidationError as error:
        problems = [_Problem(str(each["loc"][0]), _said(each["type"], each["msg"])) for each in error.errors()]
    bad = {problem.setting for problem in problems}
    kept = {key: value for key, value in values.items() if key not in bad}
    filled = {**{key: _STAND_IN[key] for key in bad if key in _STAND_IN}, **kept}
    return Settings(**filled), problems


def _said(kind: str, message: str) -> str:
    if kind == "missing":
        return "is missing; it has no default"
    said = message.removeprefix("Value error, ")
    return said[:1].lower() + said[1:]


def _line(problem: _Problem, places: Mapping[str, str]) -> str:
    if problem.setting in Settings.model_fields:
        return f"{places.get(problem.setting, PREFIX + problem.setting.upper())}: {problem.text}"
    return f"{problem.setting}: {problem.text}"


def _checked(settings: Settings) -> list[_Problem]:
    checks: tuple[Callable[[Settings], Iterator[_Problem]], ...] = (
        _address,
        _files,
        _keys_apart,
        _one_database,
        _tombstones,
        _two_officers,
        _witnesses,
        _disk,
        _insecure,
    )
    return [problem for each in checks for problem in each(settings)]


def _address(settings: Settings) -> Iterator[_Problem]:
    if settings.public_url.startswith("https://") or settings.invented_people_only or settings.insecure_http:
        return
    yield _Problem("public_url", "must be https in production")


def _files(settings: Settings) -> Iterator[_Problem]:
    for name in KEY_FILES:
        path: Path = getattr(settings, name)
        try:
            mode = path.stat().st_mode
        except OSError:
            yield _Problem(name, f"there is no file {path} that this account can see; `schakel org add` makes the keys")
            continue
        if not stat.S_ISREG(mode):
            yield _Problem(name, f"{path} is not a file")
        elif mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield _Problem(name, f"others may read {path}; run chmod 600 on it")


def _keys_apart(settings: Settings) -> Iterator[_Problem]:
    paths = [getattr(settings, name).resolve() for name in KEY_FILES]
    for at, name in enumerate(KEY_FILES):
        if paths[at] in paths[:at]:
            yield _Problem(name, "is the same file as another key; give each key its own")
    database = make_url(settings.database_url).database
    if settings.invented_people_only or settings.database_url.startswith("postgresql") or not database:
        return
    # One backup of the folder would hold the persons' data and the key to it, and erasing would mean nothing.
    if settings.key_file.resolve().parent == Path(database).resolve().parent:
        yield _Problem("key_file", "lies in the folder of the database; keep it apart, and out of its backups")


def _one_database(settings: Settings) -> Iterator[_Problem]:
    for name in ("sequencer_database_url", "eraser_database_url"):
        url: str | None = getattr(settings, name)
        if url is None:
            continue
        if settings.database_url.startswith("sqlite"):
            yield _Problem(name, "is for PostgreSQL only; SQLite has no logins")
        elif _place(settings.database_url) != _place(url):
            # Nothing would get its place in the tree, or nobody would be forgotten, and nobody would see it.
            yield _Problem(name, "names another database than database_url; only the login may differ")


def _tombstones(settings: Settings) -> Iterator[_Problem]:
    folder = settings.tombstones
    if folder is None:
        return
    if not _is_folder(folder):
        yield _Problem("tombstones", f"there is no folder {folder} that this account can see; make it, or mount it")
    database = make_url(settings.database_url).database
    if settings.invented_people_only or settings.database_url.startswith("postgresql") or not database:
        return
    # One backup of the folder would hold the database and all that says who must not come back, both of the same day.
    if folder.resolve() == Path(database).resolve().parent:
        yield _Problem("tombstones", "is the folder of the database; keep the journal apart, and out of its backups")


def _is_folder(path: Path) -> bool:
    # Not pathlib's, which raises where a path is too long or lies where this account may not look.
    return os.path.isdir(path)  # noqa: PTH112


def _place(url: str) -> tuple[object, ...]:
    parsed = make_url(url)
    query = {key: value for key, value in parsed.query.items() if key != "passfile"}
    return parsed.drivername, parsed.host, parsed.port, parsed.database, query


def _two_officers(settings: Settings) -> Iterator[_Problem]:
    if settings.officers is None:
        return
    try:
        different = {officer_named(each) for each in settings.officers}
    except ConfirmationError as error:
        yield _Problem("officers", str(error))
        return
    if len(different) < NEEDED:
        yield _Problem("officers", "names fewer than two persons, so nobody could confirm a rule set; name a second")


def _witnesses(settings: Settings) -> Iterator[_Problem]:
    if settings.witness_policy is None or settings.public_url == _STAND_IN["public_url"]:
        return
    try:
        load_policy(settings.witness_policy, origin=settings.origin)
    except PolicyError as error:
        yield _Problem("witness_policy", str(error))


def _disk(settings: Settings) -> Iterator[_Problem]:
    folder = settings.disk_folder
    if folder is not None and not _is_folder(folder):
        yield _Problem("disk_folder", f"there is no folder {folder} that this account can see; name the database's")


def _insecure(settings: Settings) -> Iterator[_Problem]:
    if settings.invented_people_only:
        return
    if settings.insecure_builtin_identity_provider:
        yield _Problem("insecure_builtin_identity_provider", "is for sandbox and demo only")
    if not settings.require_confirmed_rules:
        yield _Problem("require_confirmed_rules", "must be on in production")
    if settings.insecure_failpoint is not None:
        yield _Problem("insecure_failpoint", "is for tests only, never in production")
