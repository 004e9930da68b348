"""A page of AuditEvents as a Bundle. Pure.

Source: HL7 FHIR R4, *Bundle* and *RESTful API* (paging, self link).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from gateway.fhir.auditing import AFTER, PATIENT, AuditSearch
from gateway.fhir.outcomes import Told, outcome
from gateway.log.question import Cursor


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what was found, the newest first. `person` is what a URL may call him; `events` of the log were seen.

    `next` is where the next page begins, None where this is the last.
    """

    resources: tuple[dict[str, Any], ...]
    events: int
    person: str | None
    next: Cursor | None


def audit_searchset(page: Page, search: AuditSearch, *, base: str, name: str) -> dict[str, Any]:
    """Return a page as a Bundle. It tells no total: that would cost as much as the whole answer."""
    links = [{"relation": "self", "url": _url(search, page.person, base, search.after)}]
    if page.next is not None:
        links.append({"relation": "next", "url": _url(search, page.person, base, page.next)})
    complete = outcome(
        [Told("information", "informational", f"complete for the first {page.events} events of the log")]
    )
    found = [
        {"fullUrl": f"{base}/AuditEvent/{each['id']}", "resource": each, "search": {"mode": "match"}}
        for each in page.resources
    ]
    return {
        "resourceType": "Bundle",
        "id": name,
        "type": "searchset",
        "link": links,
        "entry": [*found, {"resource": complete, "search": {"mode": "outcome"}}],
    }


def _url(search: AuditSearch, person: str | None, base: str, after: Cursor | None) -> str:
    asked = [*([] if person is None else [("patient", f"{PATIENT}{person}")]), *search.used]
    asked += [] if after is None else [(AFTER, after.encoded())]
    query = urlencode(asked, safe="/:,")
    return f"{base}/AuditEvent?{query}" if query else f"{base}/AuditEvent"
