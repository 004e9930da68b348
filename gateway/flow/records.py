"""From an element of the plan to what is decided on: whose data, where, of which category, under which law."""

from typing import Any

from consent.entries import Record
from consent.world.fields import moment
from schemas.plan import Element
from schemas.words import RecordSource


def record_of(element: Element) -> Record:
    """Return the record that `element` is to the decision core, without any content of it.

    Raises:
        FieldError: `created_on` is no date or instant; `gateway.flow.believing` refuses such an element before.
    """
    handling = element.handling
    told: dict[str, Any] = {
        "id": element.id,
        "holder": element.source.organisation,
        "about": sorted(element.about),
        "category": str(element.category),
        "regime": None if element.regime is None else str(element.regime),
        "created_on": handling.created_on,
    }
    if handling.told_by is not RecordSource.PROFESSIONAL:
        told["source"] = str(handling.told_by)
    if handling.told_in_confidence:
        told["told_in_confidence"] = True
    if handling.good_care_veto:
        told["good_care_veto"] = True
    if handling.restricted:
        told["restricted"] = True
    if handling.confidential_from:
        told["confidential_from"] = sorted(handling.confidential_from)
    return Record(
        source=told,
        id=element.id,
        holder=element.source.organisation,
        about=frozenset(element.about),
        category=element.category,
        regime=element.regime,
        created_on=moment(handling.created_on),
        origin=handling.told_by,
        told_in_confidence=handling.told_in_confidence,
        confidential_from=frozenset(handling.confidential_from),
        good_care_veto=handling.good_care_veto,
        restricted=handling.restricted,
    )
