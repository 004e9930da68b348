"""The tombstone journal: there, and whole. Without it a restored backup brings back what was taken back since."""

from typing import Final

from gateway.doctor.finding import Finding, Patient, bad, ok, warn
from gateway.erasing.journal import Journal
from gateway.erasing.tombstone import JournalError
from gateway.keys.first import read_log_key

_DO: Final = "set SCHAKEL_TOMBSTONES, and run `schakel tombstones begin`; see docs/how-to/forget.md"


async def journal(patient: Patient) -> Finding:
    """Look that the journal is as the key of the log signed it; not what of it the database carried out."""
    patient.require("tombstones", "environment", "log_key_file", "public_url", "log_origin")
    settings = patient.settings
    if settings.tombstones is None and settings.invented_people_only:
        return ok("there is none, and nobody here is real")
    if settings.tombstones is None:
        return warn("there is none: a backup that is restored brings back what was withdrawn since", _DO)
    try:
        lines = Journal(settings.tombstones, read_log_key(settings)).read()
    except JournalError as error:
        return bad(str(error), "see docs/how-to/forget.md")
    return ok(f"whole: {len(lines)} lines; keep a copy where nothing can be changed")
