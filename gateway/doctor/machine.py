"""What the machine gives: settings that fit, the right time, certificates that are valid, room on the disk."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from sqlalchemy import text

from gateway.doctor.events import newest_at
from gateway.doctor.finding import Finding, Patient, bad, ok, warn
from gateway.health.disk import disk_of, free_bytes
from gateway.registry.store import load_registry

_APART_WARN: Final = timedelta(seconds=5)
_APART_BAD: Final = timedelta(seconds=60)
"""What a token's proof may be apart; further, and nobody can log in."""
_ENDS_SOON: Final = timedelta(days=30)
_CERTIFICATES: Final = ("client_certificate", "ca_file")


async def settings(patient: Patient) -> Finding:
    """Look whether every setting is right."""
    if patient.problems:
        return bad("; ".join(patient.problems), "correct them; docs/reference/settings.md has them all")
    return ok("all are right")


async def clock(patient: Patient) -> Finding:
    """Hold the clock against the database's, and against the newest event."""
    async with patient.connectable().connect() as connection:
        apart = timedelta(0)
        if connection.dialect.name == "postgresql":
            before = patient.now()
            theirs: datetime = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
            # The database looked at its clock somewhere between our two looks.
            apart = max(before - theirs, theirs - patient.now(), timedelta(0))
        newest = await newest_at(connection)
    if newest is not None and newest - patient.now() > _APART_WARN:
        return bad(
            f"the newest event is of {newest:%Y-%m-%dT%H:%M:%SZ}, ahead of this clock", "set the clock right (NTP)"
        )
    if apart > _APART_WARN:
        said = f"this clock and the database's are {apart.total_seconds():.0f} seconds apart"
        return (bad if apart > _APART_BAD else warn)(said, "set both by NTP")
    return ok(f"{patient.now():%Y-%m-%dT%H:%M:%SZ}, as the database has it and after the newest event")


async def certificate(patient: Patient) -> Finding:
    """Look at the certificate files of the record systems; that of our own address is the proxy's."""
    async with patient.connectable().connect() as connection:
        registry = await load_registry(connection, builtin_allowed=True)
    files = {
        Path(str(each.settings[name])): f"{each.organisation}/{each.system} {name}"
        for each in registry.sources
        for name in _CERTIFICATES
        if each.settings.get(name)
    }
    if not files:
        return ok("none is configured here: the proxy ends TLS, so look at its certificate there")
    findings = [await asyncio.to_thread(_of_file, path, of, patient.now()) for path, of in files.items()]
    worst = sorted(findings, key=lambda each: ("bad", "warn", "ok").index(each.grade))
    return worst[0] if worst[0].do else ok(f"{len(files)} are valid for {_ENDS_SOON.days} days and more")


def _of_file(path: Path, of: str, now: datetime) -> Finding:
    try:
        ends = min(_ends(path))
    except OSError as error:
        return bad(
            f"source {of}: cannot read {path}: {error.strerror}", "put the file back, or let this account read it"
        )
    except ValueError:
        return bad(f"source {of}: {path} holds no certificate", "put a certificate in PEM form there")
    if ends <= now:
        return bad(f"source {of}: {path} ended on {ends:%Y-%m-%d}", "put a new certificate there")
    if ends - now < _ENDS_SOON:
        return warn(f"source {of}: {path} ends on {ends:%Y-%m-%d}", "put a new certificate there before")
    return ok("")


def _ends(path: Path) -> Iterator[datetime]:
    for each in x509.load_pem_x509_certificates(path.read_bytes()):
        yield each.not_valid_after_utc


async def disk(patient: Patient) -> Finding:
    """Look how full the disk of the database is, as the running gateway does."""
    patient.require("disk_folder", "disk_minimum_free", "database_url")
    seen = disk_of(patient.settings)
    if seen is None:
        return warn(
            "this machine cannot see the disk of the database",
            "watch it where it is, or name its folder in SCHAKEL_DISK_FOLDER where it is on this machine",
        )
    why = seen.obstacle()
    if why is not None:
        return bad(f"nothing is disclosed: {why}", "make room")
    if said := seen.warnings():
        return warn(said[0], "make room")
    return ok(f"{free_bytes(seen.folder) // 1024**2} MiB are free in {seen.folder}")
