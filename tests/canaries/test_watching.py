"""The watch itself: a product that leaks, in each place where it could, is caught, and the canary is not told on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.canaries.looking import BSN, FAMILY_NAME, STREET

HOUSE = Path(__file__).resolve().parents[2]

LEAKING = f"""
import asyncio, io, logging, subprocess, sys
import aiohttp, pytest, typer
from typer.testing import CliRunner
from gateway.commands.leaving import stop
from gateway.logs import configure_logs, logger
from gateway.metrics.text import Sample, written
from gateway.metrics.catalogue import CATALOGUE
from gateway.registry.snapshot import RegistryError
import gateway.notices.sending

def test_the_running_log():
    logger().warning("notices.webhook_failed", why="{FAMILY_NAME}")

def test_the_running_log_on_a_stream_of_its_own():
    configure_logs(io.StringIO())
    logger().warning("notices.webhook_failed", why="{BSN}")

def test_the_text_of_an_exception_that_is_caught():
    with pytest.raises(RegistryError):
        raise RegistryError("no such person: {BSN}")

def test_the_metrics():
    metric = next(iter(CATALOGUE))
    written([(metric, [Sample(1, {{"holder": "{STREET}"}})])])

def test_a_url():
    ask = "async def ask(session):\\n    await session.get('http://127.0.0.1:1/?bsn={BSN}')"
    code = compile(ask, gateway.notices.sending.__file__, "exec")
    told = {{}}
    exec(code, told)
    async def run():
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientError):
                await told["ask"](session)
    asyncio.run(run())

def test_another_process():
    code = "import sys; sys.stderr.write('{FAMILY_NAME}')"
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={{"PATH": "/usr/bin"}})

def test_another_process_whose_errors_nobody_hears():
    code = "raise ValueError('{BSN}')"
    subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL)

def test_what_is_inherited():
    subprocess.run(["sh", "-c", "echo {FAMILY_NAME} >&2"])

def test_a_command():
    app = typer.Typer()
    app.command()(lambda: stop("{FAMILY_NAME}", 2))
    CliRunner().invoke(app, [])

def test_nothing():
    logger().warning("notices.webhook_failed", why="status 500")
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("leaking")
    (folder / "test_leaking.py").write_text(LEAKING)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.canaries.watching", "-q", "-p", "no:cacheprovider", "-rA"]
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HOUSE), "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert not list(folder.glob("canaries-*")), "what was kept is still there"
    return ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("leak", "place"),
    [
        ("the_running_log", "planted in the running log"),
        ("the_running_log_on_a_stream_of_its_own", "number in the running log"),
        ("the_text_of_an_exception_that_is_caught", "number in the text of an exception RegistryError"),
        ("the_metrics", "planted in the metrics"),
        ("a_url", "number in a URL at gateway/notices/sending.py:2"),
        ("another_process", "planted in standard error of a process"),
        ("another_process_whose_errors_nobody_hears", "number in standard error of a process"),
        ("what_is_inherited", "planted in standard error of a test"),
        ("a_command", "planted in standard error of a command"),
    ],
)
def test_a_leak_fails_its_test_and_is_told_by_kind_and_place(told: str, leak: str, place: str) -> None:
    part = told.partition(f"_ test_{leak} _")[2].partition("\n_____")[0]
    assert place in part
    assert f"FAILED test_leaking.py::test_{leak} " in f"{told} "


def test_what_tells_of_nobody_passes(told: str) -> None:
    assert "PASSED test_leaking.py::test_nothing" in told
    assert "9 failed, 1 passed" in told


def test_the_canary_itself_is_not_told(told: str) -> None:
    for canary in (BSN, FAMILY_NAME, STREET):
        assert canary not in told
