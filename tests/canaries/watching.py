"""The watch as a part of pytest: a test in which a canary sings fails, and the place is told; the canary is not."""

import sys
from collections.abc import Generator
from typing import Any

import pytest

from tests.canaries.watch import WATCH, told


def pytest_configure() -> None:
    WATCH.watch_the_running_log()
    WATCH.watch_metrics()
    WATCH.watch_urls()
    WATCH.watch_children()


def pytest_collection_finish() -> None:
    WATCH.guard_exceptions()
    WATCH.watch_commands()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    report = yield
    WATCH.look("standard error of a test", report.capstderr)
    if report.when != "setup":
        WATCH.listen_to_children()
    if WATCH.found:
        report.outcome, report.longrepr = "failed", told(WATCH.found)
        report.sections.clear()  # they may hold the canary
        WATCH.found.clear()
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    WATCH.listen_to_children()
    if WATCH.found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        sys.stderr.write(f"\n{told(WATCH.found)}\n")


def pytest_unconfigure() -> None:
    WATCH.leave()
