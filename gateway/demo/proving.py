"""The last step of the demonstration: the log is exported and verified, and a changed line is found."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.events import EventOutcome, Kind
from audit.export import ExportError, export
from audit.sequence import checkpoint
from audit.verifying.folder import verify_folder
from gateway.database.engine import write_transaction
from gateway.demo.texts import Texts
from gateway.wiring import Gateway

ENTRIES: Final = "entries.ndjson"
SCHOOL: Final = "college-de-brug"
"""In the copy, the first disclosure to this organisation is made to look like a refusal."""


class UnprovenError(Exception):
    """The log could not be written out; the message says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed in the copy: the sequence number of its line, and the words before and after."""

    seq: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Proved:
    """How many events were exported where, what the verifier said of it, and what of a copy with one line changed."""

    size: int
    folder: Path
    status: int
    line: str
    change: Change | None = None
    changed_status: int = 0
    changed_line: str = ""

    def faults(self, texts: Texts) -> list[str]:
        """Return what is not as it must be."""
        if self.status:
            return [texts("fault.verify", line=self.line)]
        if self.change is None:
            return [texts("fault.no-line")]
        if self.changed_status != 1 or f"seq {self.change.seq}:" not in self.changed_line:
            return [texts("fault.tamper", line=self.changed_line)]
        return []


async def prove(gateway: Gateway, out: Path, copy: Path) -> Proved:
    """Export the log to the new folder `out`, verify it, and change a line of it in the new folder `copy`.

    Raises:
        UnprovenError: it cannot be exported.
    """
    try:
        async with write_transaction(gateway.engine) as connection:
            await checkpoint(connection, gateway.log)
        size = await export(gateway.engine, out, keys=[gateway.log.key.verifier])
        verdict = verify_folder(out)
        shutil.copytree(out, copy)
    except (ExportError, OSError) as error:
        raise UnprovenError(error.strerror or "" if isinstance(error, OSError) else str(error)) from error
    proved = Proved(size, out, verdict.exit_status, verdict.line)
    change = _change(copy / ENTRIES)
    if change is None:
        return proved
    again = verify_folder(copy)
    return Proved(size, out, verdict.exit_status, verdict.line, change, again.exit_status, again.line)


def _change(entries: Path) -> Change | None:
    lines = entries.read_text(encoding="utf-8").splitlines(keepends=True)
    for at, line in enumerate(lines):
        entry = json.loads(line)
        leaf = entry["leaf"]
        if leaf["kind"] != Kind.EXCHANGE_DISCLOSED or leaf["organisation"] != SCHOOL:
            continue
        old, new = str(leaf["outcome"]), str(EventOutcome.DENY)
        lines[at] = line.replace(f'"{old}"', f'"{new}"', 1)
        entries.write_text("".join(lines), encoding="utf-8")
        return Change(entry["seq"], old, new)
    return None
