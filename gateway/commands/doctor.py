"""`schakel doctor`: one line for each thing that an installation rests on."""

import asyncio
import logging
import os
from collections.abc import Mapping
from typing import Final

import orjson

from gateway.doctor.examining import examined
from gateway.doctor.finding import Finding, Grade
from gateway.logs import configure_logs
from gateway.wiring import utc_now

_WIDTH: Final = 11


def run_doctor() -> Mapping[str, Finding]:
    """Look at everything, with the settings of the environment."""
    configure_logs(level=logging.CRITICAL)  # what is found is said once
    return asyncio.run(examined(os.environ, now=utc_now))


def as_lines(findings: Mapping[str, Finding]) -> str:
    """Return the findings for people."""
    return "\n".join(
        f"{each.grade:<4} {name:<{_WIDTH}} {each.said}{f' → {each.do}' if each.do else ''}"
        for name, each in findings.items()
    )


def as_json(findings: Mapping[str, Finding]) -> str:
    """Return the findings for programs."""
    checks = [{"check": name, "grade": each.grade, "said": each.said, "do": each.do} for name, each in findings.items()]
    return orjson.dumps({"ok": is_well(findings), "checks": checks}).decode()


def is_well(findings: Mapping[str, Finding]) -> bool:
    """Say whether nothing is bad."""
    return all(each.grade is not Grade.BAD for each in findings.values())
