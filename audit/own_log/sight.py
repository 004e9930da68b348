"""As what somebody looks at the log of one person, and what of it could endanger or tell on somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from audit.sentences.hearer import Hearer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One look at the log of `hearer.person` by `hearer.reader`, at `at`.

    `safe` are the organisations whose lines may be told at all: known, and none that looks into violence, crime or the
    protection of children. `beside` says that a youth reads it himself: then who reads beside him is told of
    organisations that are named to him only. `sees_attempts` says whether an attempt of somebody else tells him of
    nobody's no but his own. `givers` says who gave each yes and no, by the id of that fact.
    """

    hearer: Hearer
    at: datetime
    safe: frozenset[str]
    beside: bool = False
    sees_attempts: bool
    givers: Mapping[str, str]
