"""On record by which settings and keys a gateway serves: who starts it on others than before says so in the log first.

Source: audit log contract, promise 2: configuration and key changes are events.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.finding.search import Wanted, entries_of, find
from audit.finding.terms import Term, What
from audit.part import WHOLE
from audit.store import AuditUnavailableError
from consent.keys import KeyUnavailableError
from gateway.committing.commit import Committer
from gateway.identity.keys import TokenKeys
from gateway.log.following import place_of
from gateway.log.indexing import NAME, search_key
from gateway.log.telling import tell_or_skip
from gateway.registry.snapshot import OPERATOR
from gateway.settings import Settings

# Where a process stands, not what it does; and the addresses of databases hold passwords.
_OF_A_MACHINE: Final = frozenset(
    {"host", "port", "metrics_port", "database_url", "sequencer_database_url", "eraser_database_url", "disk_folder"}
)
_PUBLIC_FILES: Final = frozenset({"officer_keys", "witness_policy"})
_LOOKED_BACK: Final = 100
"""Among so many changes the last of settings is looked for; where it lies deeper, they are told once more."""


async def tell_settings(committer: Committer, settings: Settings, keys: TokenKeys) -> None:
    """Keep an event of `settings`, unless the last such event that the index of the search knows says the same.

    It names the log's key too, and tells of every key by which a token counts: whoever adds one signs for anybody.

    Raises:
        AuditUnavailableError: it cannot be kept, or the log not be read; do not serve.
    """
    try:
        told = {"log": committer.log.key.verifier.label, "tokens": _digest(keys.document)}
        detail = {"settings": told_of(settings), "keys": told}
        key = await search_key(committer.facts.keys)
        async with committer.engine.connect() as connection:
            last = await _last(committer, connection, key)
    except (SQLAlchemyError, OSError, KeyUnavailableError) as error:
        raise AuditUnavailableError("what was told of settings before cannot be read") from error
    if last != detail:
        fields = {Field.ACTOR: {"operator": OPERATOR}, Field.DETAIL: detail}
        await committer.keep(Event(Kind.CONFIG_CHANGED, EventOutcome.OK, OPERATOR, fields=fields))


def told_of(settings: Settings) -> dict[str, Any]:
    """Return `settings` as an event tells them: of a file that anybody may read the digest, of another that it is."""
    told = settings.model_dump(mode="json", exclude=set(_OF_A_MACHINE))
    for name in told:
        value = getattr(settings, name)
        if isinstance(value, Path):
            told[name] = _digest(value.read_bytes()) if name in _PUBLIC_FILES else True
    return told


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


async def _last(committer: Committer, connection: AsyncConnection, key: bytes) -> Any:
    """Return what the last event of settings says; None where there is none."""
    term = Term(WHOLE, What.KIND, Kind.CONFIG_CHANGED).keyed(key)
    wanted = Wanted(terms=(term,), person=None, size=await place_of(connection, NAME))
    async for page in entries_of(connection, await find(connection, wanted, most=_LOOKED_BACK)):
        for entry in page:
            told = tell_or_skip(committer, entry)
            detail = None if told is None else told.fields.get(Field.DETAIL)
            if isinstance(detail, dict) and "settings" in detail:
                return detail
    return None
