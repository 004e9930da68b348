"""The house's own nginx configuration on loopback ports, in front of a gateway or of whatever a test puts there."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from consent.world.file import world_of as read_world
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.running import Options, prepare, sandbox_settings, world_of
from gateway.serving import listen, served
from gateway.wiring import open_gateway
from tests.gateway.worlds import world
from tests.postgres import missing

HOUSE = Path(__file__).resolve().parents[2]
NGINX = "/usr/sbin/nginx"
NAME = "localhost"
START_SECONDS = 10


@dataclass
class Door:
    """An nginx that runs with our configuration; `behind` is the port to which it passes on."""

    url: str
    port: int
    behind: int
    folder: Path

    def trusting(self, *, most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
        """Return what a caller holds the door's certificate against; he speaks `most` and below."""
        context = ssl.create_default_context(cafile=str(self.folder / "localhost.pem"))
        context.maximum_version = most
        return context

    async def by_hand(self, lines: str) -> bytes:
        """Send `lines` as they are on a connection of their own, and return every byte that comes back."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.trusting(), server_hostname=NAME
        )
        writer.write(f"{lines}\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        with suppress(ssl.SSLError):
            await writer.wait_closed()
        return answer

    def logged(self) -> str:
        """Return all that stands in any log of the door."""
        return "".join(each.read_text() for each in sorted(self.folder.glob("*.log")))


@contextmanager
def door(folder: Path, *, behind: int) -> Iterator[Door]:
    """Run nginx with `deploy/nginx`, in which only names, ports and places differ."""
    if not Path(NGINX).exists():
        missing("nginx", "apt-get install nginx-light")
    port = _free_port()
    _write_certificate(folder)
    shutil.copytree(HOUSE / "deploy" / "nginx", folder / "etc")
    for file in (folder / "etc").rglob("*.conf"):
        file.write_text(_moved(file.read_text(), folder, port, behind))
    main = folder / "etc" / "nginx.conf"
    main.write_text(_main(folder))
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(main), "-e", str(folder / "start.log")])
    try:
        _wait(port, process)
        yield Door(f"https://{NAME}:{port}", port, behind, folder)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _moved(text: str, folder: Path, port: int, behind: int) -> str:
    lines = [line for line in text.splitlines() if "listen [::]" not in line]
    moved = "\n".join(lines) + "\n"
    for old, new in (
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("/etc/ssl/schakel/schakel.example.org.pem", f"{folder}/localhost.pem"),
        ("/etc/ssl/private/schakel.example.org.key", f"{folder}/localhost.key"),
        ("schakel.example.org", NAME),
        ("127.0.0.1:8420", f"127.0.0.1:{behind}"),
        ("/var/log/nginx/", f"{folder}/"),
    ):
        moved = moved.replace(old, new)
    return moved


def _main(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    # Debian's nginx writes such a log for whatever no server of ours takes; nothing of ours may reach it.
    logs = f"access_log {folder}/debian.access.log combined; error_log {folder}/debian.error.log info;"
    site = "include sites-available/schakel.conf;"
    account = "user root;" if os.geteuid() == 0 else ""
    return (
        f"{account} daemon off; worker_processes 1; pid {folder}/nginx.pid;\n"
        f"events {{ worker_connections 256; }}\nhttp {{ {places} {logs} include conf.d/*.conf; {site} }}\n"
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail("nginx does not start with our configuration")
            time.sleep(0.02)
        else:
            return


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "localhost.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "localhost.key").write_bytes(written)


@dataclass(frozen=True)
class Heard:
    """An answer, as it came out of the door."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def content_type(self) -> str:
        return self.headers["Content-Type"]


@dataclass
class Served:
    """A real gateway behind the door, and the means to ask it as anybody."""

    door: Door
    credentials: Credentials
    session: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> Heard:
        """Ask for `path` without any token."""
        async with self.session.get(self.door.url + path, headers=headers) as answer:
            return Heard(answer.status, await answer.read(), answer.headers)

    async def post(self, path: str, body: bytes) -> Heard:
        """Post `body` as JSON without any token."""
        headers = {"Content-Type": "application/json"}
        async with self.session.post(self.door.url + path, data=body, headers=headers) as answer:
            return Heard(answer.status, await answer.read(), answer.headers)


@asynccontextmanager
async def served_gateway(folder: Path) -> AsyncIterator[Served]:
    """Run a gateway round a small family, on SQLite, behind the door: all that is asked goes through nginx."""
    file = read_world(world())
    with listen("127.0.0.1", 0) as listening, door(folder, behind=listening.getsockname()[1]) as front:
        settings = sandbox_settings(folder, front.url, Options())
        credentials = await prepare(file, settings)
        first = file.requests[0].requester
        connector = aiohttp.TCPConnector(ssl=front.trusting())
        async with (
            open_gateway(settings, world_of(file, file.requests[0])) as gateway,
            served(gateway, listening.dup()),
            aiohttp.ClientSession(connector=connector) as session,
        ):
            yield Served(front, credentials.with_first(first.form, first.id), session)
