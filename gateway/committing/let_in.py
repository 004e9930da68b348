"""A transaction in which somebody acts: none is committed of who was ended before that, whatever he waited for.

His body may take its time, and so may the locks that he waits for.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.store import AuditUnavailableError
from gateway.committing.calls import Call, EndedError
from gateway.committing.commit import Committer
from gateway.committing.recording import refused_event
from gateway.database.engine import write_transaction
from gateway.identity.caller import Caller, is_let_in_at_commit
from gateway.registry.snapshot import RegistryError


@asynccontextmanager
async def transaction_of(
    committer: Committer, caller: Caller, call: Call, *, looks_before: bool = False
) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that may write, and commit it at the end of the block if `caller` is let in still.

    Who has what is registered for himself, and may end himself, `looks_before` that by `require_let_in`.

    Raises:
        EndedError: he is not; nothing was done, and that he tried is in the log.
        AuditUnavailableError: nobody can say.
    """
    try:
        async with write_transaction(committer.engine) as connection:
            yield connection
            if not looks_before:
                await require_let_in(connection, caller)
    except EndedError:
        await committer.keep(refused_event(caller, call, None))
        raise


async def require_let_in(connection: AsyncConnection, caller: Caller) -> None:
    """Go on only where `caller` is let in still; the transaction must wait for nobody after this.

    Raises:
        EndedError: he is not.
        AuditUnavailableError: nobody can say.
    """
    try:
        is_let_in = await is_let_in_at_commit(connection, caller)
    except RegistryError as error:
        raise AuditUnavailableError("what is registered cannot be read") from error
    if not is_let_in:
        raise EndedError
