"""As what somebody of the family looks at a log: what the law of facts says, put into the words of the log. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from audit.own_log.sight import Sight
from audit.sentences.hearer import NEVER_TOLD, Hearer
from consent.entries import Organisation
from consent.facts import Facts
from consent.whose_log import ReadsAs, has_the_say_alone, is_safe, unnamed
from schemas.words import Category

PLACES: Final = frozenset({Category.WHEREABOUTS, Category.PLACEMENT})
"""The kinds of data of which only the person himself is told: that there is something to say of where he is."""


def sight_of(  # noqa: PLR0913 - who looks at whose log, as what and when, and what is known: each by name
    *,
    reader: str,
    person: str,
    reading: ReadsAs,
    facts: Facts,
    organisations: Iterable[Organisation],
    at: datetime,
) -> Sight:
    """Return how `reader`, who reads the log of `person` as `reading`, sees it.

    `facts` are those of the family, `organisations` all that are registered: of any other nobody knows what it is.
    """
    known = {each.id: each for each in organisations}
    himself = reading is ReadsAs.HIMSELF
    given = {one.id: one.given_by for one in facts.consents} | {one.id: one.given_by for one in facts.refusals}
    return Sight(
        hearer=Hearer(
            person=person,
            reader=reader,
            reads_for_child=reading in {ReadsAs.PARENT, ReadsAs.BESIDE},
            names={name: each.name or name for name, each in known.items()},
            unnamed=unnamed(known, reader, person, facts, reading),
            masked=NEVER_TOLD if himself else NEVER_TOLD | PLACES,
            confidential=not himself,
        ),
        at=at,
        safe=frozenset(name for name, each in known.items() if is_safe(each, reading)),
        beside=reading is ReadsAs.BESIDE,
        sees_attempts=himself or has_the_say_alone(reader, person, facts, reading),
        givers=given,
    )
