"""Writes the pages that follow from code: `python -m docs.generate`; with `--check` it only says what is not fresh."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import orjson

from docs.audit_renderings import audit_renderings_page
from docs.consent_fhir import consent_fhir_page
from docs.fhir_door import fhir_door_page
from docs.fhir_losses import losses_page
from docs.one_family import one_family_page, one_family_picture
from docs.openapi import openapi_file
from docs.page import table, unwrapped
from docs.plan_fhir import plan_fhir_page
from docs.plan_page import plan_page
from docs.reviews import reviews_page
from docs.rules.page import rules_page
from docs.settings_page import settings_page
from docs.whose_word import whose_word_page
from gateway.api.problems import CATALOGUE
from gateway.erasing import terms
from gateway.metrics import catalogue
from gateway.roles.rights_sql import ROLES_SQL, roles_sql
from schemas.plan_json import json_schema

REFERENCE: Final = Path(__file__).resolve().parent / "reference"
EXPLANATION: Final = REFERENCE.with_name("explanation")
_NOTE: Final = "<!-- Written by `make docs`; change the code, not this page. -->\n\n"


def plan_schema() -> str:
    """Return the JSON Schema of the plan."""
    return orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2).decode() + "\n"


def problems_page() -> str:
    """Return the page of the errors."""
    rows = ((f"`{code}`", f"{text.status:d}", text.en, text.nl) for code, text in sorted(CATALOGUE.items()))
    return (
        "# Errors\n\n"
        "Errors are RFC 9457 problems: `type` is `urn:schakel:problem:` and the code. `errors` names the members of\n"
        "your request that are wrong (the first 100), with what to do. A problem never tells more than follows from\n"
        "your request.\n\n"
        f"{table(('code', 'status', 'English', 'Dutch'), rows)}\n"
    )


def metrics_page() -> str:
    """Return the page of the metrics."""
    rows = (
        (
            f"`{each.name}`",
            f"{each.type}{''.join(f' `{label}`' for label in each.labels)}",
            each.says,
            "" if each.page is None else f"[{each.alarm}](../how-to/runbook/{each.page})",
        )
        for each in catalogue.CATALOGUE
    )
    return (
        f"# Metrics\n\n{unwrapped(catalogue.__doc__)}\n\n"
        "With `SCHAKEL_METRICS_PORT` set, `GET /metrics` answers on that port of 127.0.0.1, in the text format of\n"
        "Prometheus (0.0.4). It is on no other address, and the public port knows no such path. Each\n"
        "process counts its own.\n\n"
        f"{table(('metric', 'type, labels', 'what it is', 'alarm'), rows)}\n"
    )


def retention_page() -> str:
    """Return the page that says how long what is kept."""
    header = ("what", "term", "counted from", "by which rule", "read on")
    rows = ((each.what, each.told, each.counted_from, each.source, each.read_on.isoformat()) for each in terms.TERMS)
    return (
        f"# How long what is kept\n\n{unwrapped(terms.__doc__)}\n\n"
        "`schakel retention` says what is due; how a person is forgotten stands in\n[forget](../how-to/forget.md).\n\n"
        f"{table(header, rows)}\n"
    )


PAGES: Final[dict[str, Callable[[], str]]] = {
    "plan.schema.json": plan_schema,
    "plan.md": plan_page,
    "openapi.json": openapi_file,
    "settings.md": settings_page,
    "problems.md": problems_page,
    "metrics.md": metrics_page,
    "retention.md": retention_page,
    "reviews.md": reviews_page,
    "consent-fhir.md": consent_fhir_page,
    "fhir-door.md": fhir_door_page,
    "plan-fhir.md": plan_fhir_page,
    "fhir-losses.md": partial(losses_page, _NOTE),
    "audit-renderings.md": audit_renderings_page,
    "rules.nl.md": partial(rules_page, "nl"),
    "rules.en.md": partial(rules_page, "en"),
    "whose-word.nl.md": partial(whose_word_page, "nl"),
    "whose-word.en.md": partial(whose_word_page, "en"),
}
ELSEWHERE: Final[dict[Path, Callable[[], str]]] = {
    ROLES_SQL: roles_sql,
    EXPLANATION / "one-family.md": one_family_page,
    EXPLANATION / "one-family.svg": one_family_picture,
}
_FILES: Final = {REFERENCE / name: page for name, page in PAGES.items()} | ELSEWHERE


def written(path: Path) -> str:
    """Return what stands in the file at `path`: over a page, that it is written from code."""
    return (_NOTE if path.suffix == ".md" else "") + _FILES[path]()


def main(arguments: list[str]) -> int:
    """Write or check every page; return 1 where one was not fresh."""
    stale = [path for path in _FILES if _read(path) != written(path)]
    if "--check" in arguments:
        for path in stale:
            place = path.relative_to(REFERENCE.parents[1])
            print(f"{place} is not fresh; run `make docs`", file=sys.stderr)  # noqa: T201 - a command
        return 1 if stale else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(written(path), encoding="utf-8")
    return 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
