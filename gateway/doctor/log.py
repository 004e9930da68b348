"""The database and the log in it: reachable, of this version, growing in time, and seen by its witnesses."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.durability import UnsafeDatabaseError, check_durability
from audit.grow import tree_size
from audit.heads import anchored_size, first_head_above, newest_size, witnessed_by
from audit.policy import Policy
from audit.sequence import oldest_waiting
from audit.tables import audit_checkpoint
from gateway.database.fences import may_rebuild
from gateway.database.steps import OldDatabaseError, newest_step, require_migrated
from gateway.doctor.events import placed_at
from gateway.doctor.finding import Finding, Patient, bad, ok, warn
from gateway.health.anchor import STOP_FROM, WARN_FROM
from gateway.keys.first import read_log_key
from gateway.witness.policy_file import load_policy
from schemas.calendar import utc_milliseconds

_IN_TREE_WITHIN: Final = timedelta(seconds=5)
"""Audit log contract, promise 3."""


async def database(patient: Patient) -> Finding:
    """Look whether the database answers, has the tables of this version, and keeps what it says it keeps."""
    try:
        await require_migrated(patient.connectable())
        async with patient.connectable().connect() as connection:
            await check_durability(connection)
    except (OldDatabaseError, UnsafeDatabaseError) as error:
        return bad(str(error), "until then the gateway does not start")
    return ok(f"it answers, has every step up to {newest_step()}, and a commit is on disk when it returns")


async def fences(patient: Patient) -> Finding:
    """Look whether the gateway's login could change what the log holds."""
    async with patient.connectable().connect() as connection:
        if connection.dialect.name != "postgresql":
            return ok("SQLite has no logins; the mode of its file, and a witness, must do")
        if not await may_rebuild(connection):
            return ok("the gateway's login may add to the log, and change nothing in it")
    if patient.settings.invented_people_only:
        return ok("the gateway's login owns the tables, and all people are invented")
    return warn(
        "the gateway's login owns the tables: who takes it over can rewrite the log until a witness has signed",
        "give the gateway a login of its own; see docs/how-to/database-roles.md",
    )


async def sequencer(patient: Patient) -> Finding:
    """Look whether every event got its place in the tree, and the tree its signature, within 5 seconds."""
    async with patient.connectable().connect() as connection:
        since = await _unplaced_since(connection) or await placed_at(connection, await newest_size(connection) or 0)
        size = await tree_size(connection)
    waited = timedelta(0) if since is None else patient.now() - since
    if waited > _IN_TREE_WITHIN:
        return bad(
            f"an event has waited {int(waited.total_seconds())} seconds for its place in a signed tree",
            "is `schakel serve` running? If so, look for a transaction left open, and for `audit.unavailable`",
        )
    return ok(f"all events are in the tree of {size}, signed")


async def _unplaced_since(connection: AsyncConnection) -> datetime | None:
    if connection.dialect.name != "postgresql":
        return None  # there an event is placed as it is kept
    waits = await oldest_waiting(connection)
    return None if waits is None else datetime.fromtimestamp(waits.built_at, UTC)


async def anchor(patient: Patient) -> Finding:
    """Look how long a head has waited for its witnesses."""
    policy = _policy(patient)
    if policy is None:
        return ok("there are no witnesses to wait for; see `watching`")
    async with patient.connectable().connect() as connection:
        anchored = await anchored_size(connection, read_log_key(patient.settings).verifier, policy, above=0)
        first = await first_head_above(connection, anchored)
    age = timedelta(0) if first is None else patient.now() - first[1]
    said = f"{anchored} events are anchored, and what came after has waited {int(age.total_seconds() // 60)} minutes"
    if age >= STOP_FROM:
        return bad(f"{said}: nothing is disclosed", "reach the witnesses; see docs/how-to/run-a-witness.md")
    if age >= WARN_FROM:
        return warn(said, "reach the witnesses; after 4 hours nothing is disclosed")
    return ok(said)


async def watching(patient: Patient) -> Finding:
    """Look which witnesses do not sign any more."""
    policy = _policy(patient)
    if policy is None:
        if patient.settings.invented_people_only:
            return ok("nobody watches, and all people are invented")
        return warn(
            "no witness watches the log: nobody else can tell whether it was rewritten or put back from a backup",
            "set SCHAKEL_WITNESS_POLICY; see docs/how-to/run-a-witness.md",
        )
    async with patient.connectable().connect() as connection:
        due = await _due(connection, patient.now())
        signing = [each for each in policy.witnesses if await witnessed_by(connection, each.key) >= due]
    silent = sorted(each.name for each in policy.witnesses if each not in signing)
    said = f"{len(signing)} of {len(policy.witnesses)} witnesses sign"
    if not silent:
        return ok(said)
    do = "ask who runs them; `witness.silent` in the running log says why"
    enough = policy.is_met([each.key for each in signing])
    return (warn if enough else bad)(f"{said}; not since 15 minutes: {', '.join(silent)}", do)


async def _due(connection: AsyncConnection, now: datetime) -> int:
    """Return the size of the newest head that every witness has had 15 minutes to sign."""
    # Instants are kept as texts of one length, so they sort as what they say.
    long_ago = audit_checkpoint.c.at <= utc_milliseconds(now - WARN_FROM)
    size: int | None = (
        await connection.execute(select(func.max(audit_checkpoint.c.size)).where(long_ago))
    ).scalar_one()
    return size or 0


def _policy(patient: Patient) -> Policy | None:
    patient.require("witness_policy", "log_origin", "public_url", "log_key_file")
    path = patient.settings.witness_policy
    return None if path is None else load_policy(path, origin=patient.settings.origin)
