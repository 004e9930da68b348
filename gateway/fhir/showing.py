"""What somebody may see of consents and refusals, as FHIR Consents. Pure.

Shows what `GET /api/v1/persons/{id}/facts` shows him, no more and no less.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from consent.entries import Consent, Refusal
from consent.fhir.actors import ORGANISATION, PERSON, PROFESSIONAL
from consent.fhir.addresses import EXTENSION
from consent.fhir.extensions import TOLD
from consent.fhir.issues import InexpressibleError
from consent.fhir.writing import write
from consent.known.registered import Registered
from consent.known.rows import Known
from gateway.facts.looking import Looked, lacks
from gateway.facts.seeing import fields_of, recorded_by
from gateway.facts.stage import read_entry
from schemas.calendar import parse_moment, utc_milliseconds

SECTIONS: Final = ("consents", "refusals")


@dataclass(frozen=True, slots=True)
class Shown:
    """One Consent; `resource` is None of one that FHIR cannot say. `version` counts its changes, from 1."""

    resource: dict[str, Any] | None
    version: int
    updated: datetime


def shown(looked: Looked) -> list[Shown]:
    """Return the Consents among what somebody saw, in the order of recording."""
    return [_shown(looked, each) for each in looked.found if each.section in SECTIONS]


def kind_in(registry: Registered) -> Callable[[str], str]:
    """Return what says as which type of resource an id is referred to."""

    def kind_of(name: str) -> str:
        if registry.source("organisations", name) is not None:
            return ORGANISATION
        return PERSON if registry.source("professionals", name) is None else PROFESSIONAL

    return kind_of


def _shown(looked: Looked, known: Known) -> Shown:
    rows = [each.recorded_at for each in looked.family.told if each.name[2:4] == (known.section, known.id)]
    # Who sees for himself or a child is told whose yes it is as the view of facts tells him.
    giver = fields_of(looked.stage, known).get("given_by")
    one = read_entry(known.section, {**known.source, **({} if giver is None else {"given_by": giver})})
    assert isinstance(one, Consent | Refusal)  # noqa: S101 - for the type checker; the section says so
    stage, updated = looked.stage, max(rows)
    try:
        resource = write(one, kind_of=kind_in(stage.registry), at=parse_moment(stage.at))
    except InexpressibleError:
        return Shown(None, len(rows), updated)
    meta = {"versionId": str(len(rows)), "lastUpdated": utc_milliseconds(updated)}
    extensions = [*resource.pop("extension", ()), *_told(looked, known)]
    if giver is None:
        del resource["performer"]
    kind, name = resource.pop("resourceType"), resource.pop("id")
    whole = {"resourceType": kind, "id": name, "meta": meta, "extension": extensions, **resource}
    return Shown(whole, len(rows), updated)


def _told(looked: Looked, known: Known) -> list[dict[str, Any]]:
    recorder, by = looked.stage.recorders[known.person, known.version], recorded_by(looked.stage, known)
    organisation = by["organisation"]
    is_one = organisation is not None and looked.stage.registry.source("organisations", organisation) is not None
    told = [
        *(("needs", each) for each in lacks(looked.stage, known)),
        ("recorded-at", utc_milliseconds(recorder.recorded_at)),
        *([("recorded-by", {"reference": f"{ORGANISATION}/{organisation}"})] if is_one else []),
        ("recorded-as", by["form"]),
    ]
    return [{"url": EXTENSION + name, TOLD[name][0]: value} for name, value in told]
