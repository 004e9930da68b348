"""The rules of the first signals, as rows. A change is a new row with a date, so that last year's look can be repeated.

Source: issue 7, point 7; `reference/ux.md` 4.1 P8; `reference/law.md` R7.5 (proactive control is policy, not law).
"""

from datetime import date, timedelta
from typing import Final

from audit.signals.rule import Both, Rule

_FIRST: Final = date(2026, 11, 1)
_WEEK: Final = timedelta(days=7)

VOLUME: Final = Rule(
    number="SG-01",
    title=Both("Ongewoon vaak gekeken", "Unusually many looks"),
    says=Both(
        "{who} van {organisation} keek {count} keer in een week.",
        "{who} of {organisation} looked {times} in a week.",
    ),
    threshold=20,
    factor=4,
    window=_WEEK,
    in_force_from=_FIRST,
)
OWN_FAMILY: Final = Rule(
    number="SG-02",
    title=Both("Eigen achternaam of adres", "Own family name or address"),
    says=Both(
        "Een medewerker van {organisation} keek {count} keer bij iemand met dezelfde achternaam of hetzelfde adres.",
        "An employee of {organisation} looked {times} at somebody with the same family name or address.",
    ),
    threshold=1,
    window=_WEEK,
    in_force_from=_FIRST,
)
NO_RELATION: Final = Rule(
    number="SG-03",
    title=Both("Geen werkrelatie", "No working relation"),
    says=Both(
        "Een medewerker van {organisation} keek {count} keer bij een gezin waar hij volgens de feiten niet bij werkt.",
        "An employee of {organisation} looked {times} at a family with which the facts show no work of his.",
    ),
    threshold=1,
    window=_WEEK,
    in_force_from=_FIRST,
)
REFUSALS: Final = Rule(
    number="SG-04",
    title=Both("Steeds geweigerd", "Refused again and again"),
    says=Both(
        "Een medewerker of systeem van {organisation} werd {count} keer geweigerd binnen 24 uur.",
        "An employee or system of {organisation} was refused {times} within 24 hours.",
    ),
    threshold=5,
    window=timedelta(days=1),
    in_force_from=_FIRST,
)
OUTSIDE_HOURS: Final = Rule(
    number="SG-05",
    title=Both("Buiten werktijd", "Outside hours"),
    says=Both(
        "Een medewerker van {organisation} keek {count} keer buiten werktijd in een week.",
        "An employee of {organisation} looked {times} outside hours in a week.",
    ),
    threshold=3,
    window=_WEEK,
    in_force_from=_FIRST,
)
EMERGENCIES: Final = Rule(
    number="SG-06",
    title=Both("Vaak spoed in een team", "Many emergencies in a team"),
    says=Both(
        "{organisation} gebruikte {count} keer spoed in een week.",
        "{organisation} used an emergency {times} in a week.",
    ),
    threshold=3,
    factor=2,
    window=_WEEK,
    in_force_from=_FIRST,
)

ROWS: Final = (VOLUME, OWN_FAMILY, NO_RELATION, REFUSALS, OUTSIDE_HOURS, EMERGENCIES)
"""Every rule, by number."""
