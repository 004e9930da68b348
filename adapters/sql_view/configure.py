"""Builds the door to a database from plain settings."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from adapters.contract import RecordSource
from adapters.entry import Entry
from adapters.mapping import LoadedMapping
from adapters.sql_view.settings import DRIVERS, View, ViewSettings
from adapters.sql_view.source import SQLViewSource


def build(organisation: str, mapping: LoadedMapping, settings: Entry, deadline: float) -> RecordSource | None:
    """Return the source that `settings` describe, or None with the reasons in its problems."""
    before = len(settings.problems)
    url = _url(settings)
    views = [view for each in settings.listed("views") if (view := _view(each, mapping))]
    for kind in mapping.kinds.keys() - {each.kind for each in views}:
        settings.wrong("views", f"no view gives the records of kind `{kind}`, which the mapping reads")
    row_limit = settings.whole("row_limit", 10_000, most=1_000_000)
    settings.done()
    if len(settings.problems) > before or url is None:
        return None
    return SQLViewSource(organisation, mapping, ViewSettings(url, tuple(views), row_limit, deadline))


def _url(settings: Entry) -> URL | None:
    text, password_file = settings.text("url"), settings.file("password_file")
    try:
        url = make_url(text)
    except ArgumentError:
        settings.wrong("url", "not an address of a database: postgresql+asyncpg://account@host/name")
        return None
    if url.drivername not in DRIVERS:
        settings.wrong("url", f"begins with one of: {', '.join(sorted(DRIVERS))}")
        return None
    if url.password is not None:
        settings.wrong("url", "no password may stand in it: use password_file")
    return url if password_file is None else _with_password(settings, url, password_file)


def _with_password(settings: Entry, url: URL, file: Path) -> URL:
    try:
        return url.set(password=file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        settings.wrong("password_file", "cannot be read")
        return url


def _view(entry: Entry, mapping: LoadedMapping) -> View | None:
    kind, view, person = entry.one_of("kind", mapping.kinds), entry.text("view"), entry.names("person")
    number = entry.one_of("number", ("text", "integer"), "text")
    entry.done()
    try:
        return View(kind, view, person, "integer" if number == "integer" else "text")
    except ValueError as error:
        entry.problems.append(f"{entry.at}: {error}")
        return None
