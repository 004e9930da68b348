"""What the holders of authority who agreed to a mandate agreed to: the categories that it had then. Pure.

Source: decision contract, 5.5 (under 16 each holder of authority agrees); facts contract, *Who* (mandate: agreement).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from consent.known.registered import merged
from consent.known.rows import Told


def agreed_to(rows: Iterable[Told], mandate: str) -> frozenset[str] | None:
    """Return the categories to which everybody agreed who agreed to `mandate` and still does; None where nobody does.

    `rows` are what was told of the family, as `consent.known.rows.opened` orders them. Whether who agreed has
    authority yet is not asked: he may have it again.
    """
    source: Mapping[str, Any] = {}
    when_agreed: dict[tuple[str, str], frozenset[str]] = {}
    for row in rows:
        if (row.name.section, row.name.id) == ("mandates", mandate):
            source = merged(source, row.fields)
            for each in source.get("parent_agreements", ()):
                when_agreed.setdefault((each["by"], each["on"]), frozenset(source["categories"]))
    agreements = source.get("parent_agreements", ())
    standing = [when_agreed[each["by"], each["on"]] for each in agreements if "withdrawn_on" not in each]
    return frozenset.intersection(*standing) if standing else None
