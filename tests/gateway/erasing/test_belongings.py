"""What is a person's is on the list of what goes, and a list without it would be found out."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from consent.store.tables import person_identifier, person_key
from gateway.commands.log import log_of
from gateway.committing.idempotency import idempotent_request
from gateway.erasing import belongings
from gateway.erasing.belongings import BELONGINGS, destroy
from gateway.roles.rights_sql import columns_of
from tests.gateway.erasing import make
from tests.gateway.erasing.test_forgotten import lived

OF_NOBODY = {
    "alembic_version": "the step of the migrations",
    "audit_checkpoint": "sizes and roots",
    "audit_cosignature": "sizes and signatures",
    "audit_event": "commitments, and values sealed under keys that are gone; who acted stays",
    "audit_leaf": "hashes",
    "audit_node": "hashes",
    "crisis_set": "a holder and his officers",
    "log_follower": "how far somebody has read",
    "log_ticket": "who may see content; what of is sealed under the log's key and ends on its day",
    "log_ticket_step": "who agreed",
    "log_ticket_use": "how often",
    "notice": "keyed hashes and request ids",
    "notice_attempt": "numbers of notices",
    "notice_settled": "numbers of notices",
    "obligation": "an event's id",
    "obligation_done": "an event's id",
    "registration": "clients and organisations",
    "registry_fact": "organisations and professionals",
    "review_closed": "an item's id",
    "review_excluded": "keyed hashes of officers",
    "review_item": "an event's id",
    "review_sample": "a week",
    "review_taken": "keyed hashes of officers",
    "stop_lift": "a holder and his officers",
    "review_verdict": "an item's id",
    "rule_confirmation": "officers",
    "signal_explained": "a keyed hash, which nobody can make of an id that is nowhere any more",
    "signal_word": "officers",
    "tombstone_done": "numbers of lines",
    "used_once": "digests, for some minutes",
}
"""The tables that hold nothing by which a person is found, each with why."""


def test_every_table_is_forgotten_with_its_person_or_leads_to_nobody() -> None:
    gone = {each.table.name for each in BELONGINGS}
    assert gone & OF_NOBODY.keys() == set()
    assert gone | OF_NOBODY.keys() == set(columns_of())


async def test_a_list_that_lacks_a_table_is_found_out(small: make.House) -> None:
    await small.begin()
    await lived(small)
    caught = []
    async with log_of(small.inner.settings) as committer:
        for left in BELONGINGS:
            kept = tuple(each for each in BELONGINGS if each is not left)
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(belongings, "BELONGINGS", kept)
                caught += [left.table.name] if await _shows(committer.engine) else []
    assert set(caught) == {
        "person_key", "audit_subject", "notice_looked", "notice_due", "fact", "person_identifier", "person",
        "idempotent_request",
    }  # fmt: skip


async def _shows(engine: AsyncEngine) -> bool:
    """Destroy what is on the list, and take that back; say whether anything of Sem was left, or it was not taken."""
    async with engine.connect() as connection:
        await connection.execution_options(schakel_writes=True)
        transaction = await connection.begin()
        try:
            return await _is_left(connection)
        finally:
            await transaction.rollback()


async def _is_left(connection: AsyncConnection) -> bool:
    try:
        await destroy(connection, "sem")
    except IntegrityError:
        return True
    for table in (person_key, person_identifier):
        if (await connection.execute(select(func.count()).where(table.c.person == "sem"))).scalar_one():
            return True
    answers = select(func.count()).select_from(idempotent_request)
    return bool(await make.where(connection, "sem")) or bool((await connection.execute(answers)).scalar_one())
