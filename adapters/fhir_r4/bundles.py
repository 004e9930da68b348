"""What a FHIR server answers, taken apart: one page of a search, or why not. Pure.

Source: FHIR R4 (4.0.1), http.html section 3.1.0.10 and operationoutcome.html. Read as plain JSON, not by models: one
unknown extension must not cost a whole resource.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.contract import SourceMalformedError, SourceSilentError
from adapters.fhir_r4 import json_text

ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")

_TYPE: Final = re.compile(r"[A-Za-z]{1,64}")
_ISSUES: Final = frozenset(
    {
        "business-rule", "code-invalid", "conflict", "deleted", "duplicate", "exception", "expired", "extension",
        "forbidden", "incomplete", "informational", "invalid", "invariant", "lock-error", "login", "multiple-matches",
        "no-store", "not-found", "not-supported", "processing", "required", "security", "structure", "suppressed",
        "throttled", "timeout", "too-costly", "too-long", "transient", "unknown", "value",
    }
)  # fmt: skip
"""The codes of an issue (FHIR R4, valueset-issue-type). What is not one of them is not repeated."""

_TRY_LATER: Final = frozenset({"transient", "lock-error", "no-store", "timeout", "throttled"})
_BAD: Final = frozenset({"error", "fatal"})


@dataclass(frozen=True, slots=True)
class Page:
    """The resources of one page, in the server's order, and where the next page is.

    `matches` are those that were searched for, `total` how many the server says that there are on all pages.
    """

    resources: tuple[dict[str, Any], ...] = field(repr=False)
    next_url: str | None = field(repr=False)
    matches: int
    total: int | None


def read_page(status: int, content: bytes, place: str) -> Page:
    """Return the page that `content` holds; `place` names it in messages.

    Raises:
        SourceSilentError: the server says that it cannot now.
        SourceMalformedError: it refuses, or this is no page of a search.
    """
    if status != 200:  # noqa: PLR2004  # a search that went well
        raise _refusal(status, content, place)
    body = _json(content, place)
    if body.get("resourceType") == "OperationOutcome":
        raise _refusal(status, content, place)
    if body.get("resourceType") != "Bundle" or body.get("type") != "searchset":
        raise SourceMalformedError(f"{place}: a Bundle of type searchset was expected")
    entries = body.get("entry", [])
    if not isinstance(entries, list):
        raise SourceMalformedError(f"{place}: entry: a list was expected")
    found = [_resource(entry, f"{place}: entry[{position}]") for position, entry in enumerate(entries)]
    total = body.get("total")
    return Page(
        resources=tuple(each for each in found if each is not None),
        next_url=_next(body, place),
        matches=sum(_is_match(entry) for entry in entries),
        total=total if isinstance(total, int) else None,
    )


def check_total(pages: Sequence[Page], place: str) -> None:
    """Refuse a search that was cut off: fewer matches on all its pages than the server says that there are.

    Raises:
        SourceMalformedError: what is missing may be what matters most, and nobody would see that it is missing.
    """
    matches, total = sum(each.matches for each in pages), max((each.total or 0) for each in pages)
    if matches < total:
        raise SourceMalformedError(f"{place}: {matches} of {total} resources, and no next page")


def _is_match(entry: Mapping[str, Any]) -> bool:
    search = entry.get("search")
    return not isinstance(search, dict) or search.get("mode", "match") == "match"


def _json(content: bytes, place: str) -> dict[str, Any]:
    try:
        body = json_text.read(content)
    except json_text.NotReadError as error:
        raise SourceMalformedError(f"{place}: {error}") from None
    if not isinstance(body, dict):
        raise SourceMalformedError(f"{place}: a resource was expected")
    return body


def _resource(entry: object, place: str) -> dict[str, Any] | None:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(resource, dict) or not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        raise SourceMalformedError(f"{place}: a resource was expected")
    if kind == "OperationOutcome":
        issues = _issues(resource)
        if any(severity in _BAD for severity, _ in issues):
            raise SourceMalformedError(f"{place}: {_said(issues)}")
        return None  # a hint or a warning about the search
    identity = resource.get("id")
    if not isinstance(identity, str) or not ID.fullmatch(identity):
        raise SourceMalformedError(f"{place}: {kind} without an id")
    return resource


def _next(body: Mapping[str, Any], place: str) -> str | None:
    links = body.get("link", [])
    if not isinstance(links, list) or not all(isinstance(each, dict) for each in links):
        raise SourceMalformedError(f"{place}: link: a list was expected")
    found = [each.get("url") for each in links if each.get("relation") == "next"]
    if not found:
        return None
    if len(found) > 1 or not isinstance(found[0], str):
        raise SourceMalformedError(f"{place}: link: one next page was expected")
    return found[0]


def _refusal(status: int, content: bytes, place: str) -> Exception:
    try:
        body = _json(content, place)
    except SourceMalformedError as error:
        return error if status == 200 else SourceMalformedError(f"{place}: status {status}")  # noqa: PLR2004  # as above
    issues = _issues(body)
    if any(code in _TRY_LATER for _, code in issues):
        return SourceSilentError(f"{place}: status {status}: {_said(issues)}")
    return SourceMalformedError(f"{place}: status {status}: {_said(issues)}")


def _issues(outcome: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return severity and code of each issue. Its text is left alone: it may repeat what was asked."""
    issues = outcome.get("issue")
    return [
        (str(each.get("severity")), code if (code := each.get("code")) in _ISSUES else "an unknown code")
        for each in (issues if isinstance(issues, list) else [])
        if isinstance(each, dict) and isinstance(each.get("code"), str)
    ]


def _said(issues: list[tuple[str, str]]) -> str:
    return ", ".join(sorted({code for _, code in issues})) or "no reason given"
