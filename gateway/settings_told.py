"""On record by which settings and keys a gateway serves: it says so in the log before it does, at each start.

At each, because which it was before nobody can say where several run side by side.

Source: audit log contract, promise 2: configuration and key changes are events.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from audit.events import Event, EventOutcome, Field, Kind
from gateway.committing.commit import Committer
from gateway.identity.keys import TokenKeys
from gateway.registry.snapshot import OPERATOR
from gateway.settings import Settings
from schemas.whole_file import whole

# Where a process stands, not what it does; and the addresses of databases hold passwords.
_OF_A_MACHINE: Final = frozenset(
    {"host", "port", "metrics_port", "database_url", "sequencer_database_url", "eraser_database_url", "disk_folder"}
)
_PUBLIC_FILES: Final = frozenset({"officer_keys", "witness_policy"})


async def tell_settings(committer: Committer, settings: Settings, keys: TokenKeys) -> None:
    """Keep an event of `settings`, of the log's key and of those by which a token counts: who adds one signs for all.

    Raises:
        AuditUnavailableError: it cannot be kept; do not serve.
    """
    told = {"log": committer.log.key.verifier.label, "tokens": _digest(keys.document)}
    fields = {Field.ACTOR: {"operator": OPERATOR}, Field.DETAIL: {"settings": told_of(settings), "keys": told}}
    await committer.keep(Event(Kind.CONFIG_CHANGED, EventOutcome.OK, OPERATOR, fields=fields))


def told_of(settings: Settings) -> dict[str, Any]:
    """Return `settings` as an event tells them: of a file that anybody may read the digest, of another that it is."""
    told = settings.model_dump(mode="json", exclude=set(_OF_A_MACHINE))
    for name in told:
        value = getattr(settings, name)
        if isinstance(value, Path):
            told[name] = _digest_of(value) if name in _PUBLIC_FILES else True
    return told


def _digest_of(file: Path) -> str:
    try:
        return _digest(whole(file))
    except OSError:
        return "unreadable"  # who needs it says so; a withdrawal does not


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"
