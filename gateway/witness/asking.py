"""Asking one witness to cosign a tree head (C2SP tlog-witness): nothing that it says is believed without a signature.

A witness may be slow, wrong or hostile. It can make that its own cosignature is missing, and no more: it says which
size it holds, and whether that is more than ours is proven only by a head that our own log signed.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias
from urllib.parse import quote

from adapters.contract import SourceError
from audit.checkpoint import Checkpoint, read_note, verify_note
from audit.policy import Witness
from audit.signing import VerifierKey
from audit.witness import Addition

if TYPE_CHECKING:
    from adapters.http import Answer  # the client itself is only loaded where there are witnesses

DEADLINE: Final = timedelta(seconds=10)
CLOCKS_APART: Final = timedelta(minutes=5)
_OK, _CONFLICT, _UNPROCESSABLE = 200, 409, 422
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
_TIMESTAMP_BYTES: Final = 8

Prove = Callable[[int, int], Awaitable[Sequence[bytes]]]
"""Gives the consistency proof from one size to another, of the stored tree."""


@dataclass(frozen=True, slots=True)
class Head:
    """A signed tree head, and the note that our log signed."""

    checkpoint: Checkpoint
    note: str


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The witness signed: the tree that was shown contains all that it ever signed of this log."""

    line: str


@dataclass(frozen=True, slots=True)
class Holds:
    """The witness says that it signed a head which does not lead to ours; `note` is that head, if it shows one."""

    size: int
    note: bytes | None


@dataclass(frozen=True, slots=True)
class Silent:
    """No cosignature, and no word that means anything; `why` is for an operator and names no address."""

    why: str


Said: TypeAlias = Cosigned | Holds | Silent


class Wire(Protocol):
    """What is needed of `adapters.http.HTTPClient`, whose base is the witness's submission prefix."""

    async def post_text(self, path: str, body: bytes) -> "Answer":
        """Post `body` to `path` below the prefix."""
        ...

    async def get(self, url: str) -> "Answer":
        """Get `url`, relative to the prefix."""
        ...


@dataclass(frozen=True)
class Asker:
    """Asks `witness` for the log whose key is `log`. `now` is our clock."""

    witness: Witness
    log: VerifierKey
    wire: Wire
    prove: Prove
    now: Callable[[], datetime]
    deadline: timedelta = DEADLINE

    async def ask(self, head: Head, old: int) -> Said:
        """Ask for a cosignature of `head` by a witness that, as far as we know, holds a tree of `old` leaves."""
        try:
            async with asyncio.timeout(self.deadline.total_seconds()):
                return await self._ask(head, old)
        except TimeoutError:
            return Silent(f"no answer within {self.deadline.total_seconds():g} seconds")
        except SourceError as error:
            return Silent(str(error))

    async def _ask(self, head: Head, old: int) -> Said:
        size = head.checkpoint.size
        answer = await self._post(head, old)
        if answer.status == _CONFLICT:
            held = _size_in(answer.content)
            if held is not None and held <= size and held != old:
                answer, old = await self._post(head, held), held
        if answer.status == _OK:
            return self._cosigned(head, answer.content)
        if answer.status == _CONFLICT:
            held = _size_in(answer.content)
            return Silent("status 409 without a size") if held is None else await self._holds(held)
        if answer.status == _UNPROCESSABLE:
            return await self._holds(old)
        return Silent(f"status {answer.status}")

    async def _post(self, head: Head, old: int) -> "Answer":
        proof = await self.prove(old, head.checkpoint.size) if old else ()
        return await self.wire.post_text("add-checkpoint", Addition(old, tuple(proof), head.note.encode()).text())

    def _cosigned(self, head: Head, content: bytes) -> Said:
        note, key = head.note.encode() + content, self.witness.key
        try:
            verified = verify_note(note, [self.log, key])
            signatures = read_note(note)[1]
        except ValueError:
            return Silent("its answer is no signature of its own on this checkpoint")
        if verified.checkpoint != head.checkpoint or key not in verified.cosigners:
            return Silent("its answer is no signature of its own on this checkpoint")
        own = next(each for each in signatures if (each.name, each.key_id) == (key.name, key.key_id))
        seconds = int.from_bytes(own.signature[:_TIMESTAMP_BYTES])
        if abs(seconds - self.now().timestamp()) > CLOCKS_APART.total_seconds():
            return Silent("its clock and ours are more than 5 minutes apart; set the one that is wrong")
        return Cosigned(own.line())

    async def _holds(self, size: int) -> Said:
        # Not in the protocol of witnesses, which leaves it open; the address is that of C2SP tlog-mirror.
        try:
            answer = await self.wire.get(f"{quote(self.log.name, safe='')}/checkpoint")
        except SourceError:
            return Holds(size, None)
        return Holds(size, answer.content if answer.status == _OK else None)


def _size_in(content: bytes) -> int | None:
    found = _SIZE.fullmatch(content)
    return None if found is None else int(found[1])
