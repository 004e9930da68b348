"""What a look is given: the acts of a period, and what does not stand in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from audit.signals.acts import Act
from audit.signals.hours import Rosters

Marks = Mapping[str, frozenset[str]]
"""Of an account or a person, by pseudonym: what his family name and address hash to. Only whoever hashed them knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What does not stand in the log: `accounts` and `persons` have marks, organisations have rosters."""

    accounts: Marks = field(default_factory=dict, repr=False)
    persons: Marks = field(default_factory=dict, repr=False)
    rosters: Rosters = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was looked at: the acts of the period, and those of the windows `before` its beginning `since`.

    `before_was_too_much` says that those before could not be read, so nothing is known of what is normal.
    """

    since: datetime
    acts: Sequence[Act]
    before: Sequence[Act] = ()
    before_was_too_much: bool = False
    known: Known = Known()
