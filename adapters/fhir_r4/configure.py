"""Builds the door to a FHIR server from plain settings."""

import asyncio
import ssl
from pathlib import Path
from typing import Final

from yarl import URL

from adapters.contract import RecordSource, SourceSilentError
from adapters.entry import Entry
from adapters.fhir_r4.source import ACCEPT, FHIRSettings, FHIRSource
from adapters.http import HTTPSettings, Token
from adapters.mapping import LoadedMapping

_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TOKEN_BYTES: Final = 10_000


def build(organisation: str, mapping: LoadedMapping, settings: Entry, deadline: float) -> RecordSource | None:
    """Return the source that `settings` describe, or None with the reasons in its problems."""
    before = len(settings.problems)
    token_file = settings.file("token_file")
    http = HTTPSettings(
        base_url=_base_url(settings),
        accept=ACCEPT,
        deadline_seconds=deadline,
        size_limit=settings.whole("size_limit", 10_000_000, most=100_000_000),
        connections=settings.whole("connections", 4, most=64),
        tls=_tls(settings),
        token=None if token_file is None else _token_from(token_file),
    )
    page_limit, page_size = settings.whole("page_limit", 20, most=1_000), settings.whole("page_size", 200, most=10_000)
    searches = _searches(settings, mapping)
    settings.done()
    if len(settings.problems) > before:
        return None
    return FHIRSource(organisation, mapping, FHIRSettings(http, searches, page_limit, page_size))


def _base_url(settings: Entry) -> URL:
    text, plain = settings.text("base_url"), settings.flag("insecure_plain_http")
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme != "https" and not (url.scheme == "http" and plain and url.host in _THIS_MACHINE):
        settings.wrong("base_url", "an https address; plain http only to this machine, with insecure_plain_http: true")
    if url.query_string or url.fragment or url.user is not None:
        settings.wrong("base_url", "no question, fragment or account may stand in it")
    return url


def _tls(settings: Entry) -> ssl.SSLContext | None:
    ca_file, certificate = settings.file("ca_file"), settings.file("client_certificate")
    if ca_file is None and certificate is None:
        return None
    try:
        context = ssl.create_default_context(cafile=ca_file)
        if certificate is not None:
            context.load_cert_chain(certificate)
    except (OSError, ssl.SSLError) as error:
        settings.wrong("ca_file" if certificate is None else "client_certificate", f"is of no use: {error.strerror}")
        return None
    return context


def _token_from(file: Path) -> Token:
    def read() -> str:
        try:
            with file.open("rb") as stream:
                return stream.read(_TOKEN_BYTES).decode("ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise SourceSilentError("the token file cannot be read") from None

    async def token() -> str:
        # Read each time: a token is renewed by somebody else.
        return await asyncio.to_thread(read)

    return token


def _searches(settings: Entry, mapping: LoadedMapping) -> dict[str, str]:
    below = settings.below("searches")
    searches = {kind: below.text(kind) for kind in mapping.kinds if kind != "Patient"}
    below.done()
    if "Patient" not in mapping.kinds and not all(each.endswith(":identifier") for each in searches.values()):
        settings.wrong("searches", "the mapping has no records of kind `Patient` to find the persons by")
    return searches
