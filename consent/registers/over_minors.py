"""What becomes of the authority over a minor when a register has answered about it.

What the register said earlier and says no longer ends, all of it, whatever it says now. What a person recorded and the
register does not say is *disputed*, never ended: ending one of two holders would make the yes of the other enough,
while a disputed authority opens nothing and the no of its holder still counts (decision contract, 5.3 lines 3 and 6).

Source: facts contract, *Who* (authority), F3 and F4; decision contract, 5.2.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from consent.entries import Authority
from consent.known.rows import Known
from consent.registers.brp_gezag import Held, NotKnown, Relation, Unknown
from consent.registers.seen import Act, Amend, How, New, Note, Seen, Step, ended, surely_ended, written
from consent.representation import AUTHORITY
from schemas.calendar import parse_moment
from schemas.words import AuthorityKind

_TELLS: Final[Mapping[Unknown, str]] = {
    Unknown.CANNOT_BE_DETERMINED: "who has authority is not known: the register cannot tell",
    Unknown.THIRD_PARTY_UNKNOWN: "who has authority is not known: the register does not know the third party",
    Unknown.GUARDIAN_UNNAMED: "who has authority is not known: the register does not name the guardian",
    Unknown.HOLDER_UNIDENTIFIED: "who has authority is not known: a holder is nobody of this family here; import the "
    "persons first, he with the others",
    Unknown.NOT_GIVEN: "who has authority is not known: the register says nothing about it",
}


def after_answer(relation: Relation, on: datetime, seen: Seen) -> list[Step]:
    """Return the steps that an answer of `on` leads to."""
    return list(_Answer(relation, on, seen).steps())


class _Answer:
    """One relation, held against what is known."""

    def __init__(self, relation: Relation, on: datetime, seen: Seen) -> None:
        self._relation = relation
        self._on = on
        self._seen = seen
        facts = relation.facts if isinstance(relation, Held) else ()
        self._said: dict[tuple[str, str], Authority] = {(one.holder, str(one.kind)): one for one in facts}
        self._about = [
            # Of partial authority and of who represents an adult such a register says nothing.
            each
            for each in seen.of("authority", over=relation.minor)
            if AuthorityKind(each.source["kind"]) in AUTHORITY
        ]

    def steps(self) -> Iterator[Step]:
        standing = [each for each in self._about if self._seen.stands(each)]
        own = {_who(each): each for each in standing if self._seen.told_by_register(each)}
        for each in standing:
            yield from self._after(each)
        if isinstance(self._relation, Held):
            yield from (surely_ended(each) for each in self._about if self._is_doubted_end(each))
        for who, fact in self._said.items():
            if who not in own or self._is_cleared(own[who]):
                yield self._new(who, fact)
        if isinstance(self._relation, NotKnown):
            yield Note(_TELLS[self._relation.why])
        elif not self._said:
            yield Note("nobody has authority for the time being; somebody must ask a court")

    def _after(self, fact: Known) -> Iterator[Step]:
        said = self._said.get(_who(fact))
        if self._seen.told_by_register(fact):
            if said is None or self._is_cleared(fact):
                yield ended(fact, "until", self._on)
                return
            yield from self._told_again(fact, said)
            return
        if said is not None:
            yield from self._confirmed(fact) if self._is_told_anew(fact) else ()
        elif not fact.source.get("disputed") and not self._is_before(fact):
            yield _disputed(fact)

    def _told_again(self, fact: Known, said: Authority) -> Iterator[Step]:
        if not fact.source.get("disputed") and (said.disputed or self._is_doubted_by_hand(said.holder)):
            yield _disputed(fact)
        if parse_moment(fact.source["verified_on"]) < self._on:
            yield Amend((fact.section, fact.id), {"verified_on": written(self._on)}, Act.RECORD)

    def _confirmed(self, fact: Known) -> Iterator[Step]:
        if "verified_on" in fact.source or fact.source.get("disputed"):
            return
        fields = {"verified_on": written(self._on)}
        yield Amend((fact.section, fact.id), fields, Act.CONFIRM, "verified_on")

    def _is_cleared(self, fact: Known) -> bool:
        """Return whether only the register doubted its fact, and does so no longer: it then tells it anew."""
        said = self._said.get(_who(fact))
        return (
            said is not None
            and not said.disputed
            and fact.source.get("disputed") is True
            and not self._seen.is_closed_by_hand(fact, "disputed")
            and not self._ends_later(_who(fact))
            and not self._is_doubted_by_hand(said.holder)
        )

    def _ends_later(self, who: tuple[str, str]) -> bool:
        """Return whether hands set a later end to what says so, which stands until then, and told it no more since."""
        seen, same = self._seen, [each for each in self._about if _who(each) == who]
        return any(seen.stands(each) and seen.is_ended_by_hand(each) for each in same) and not seen.told_anew(same)

    def _new(self, who: tuple[str, str], fact: Authority) -> New | Note:
        fields: dict[str, Any] = {name: value for name, value in fact.source.items() if name != "id"}
        if self._is_doubted_by_hand(who[0]):
            fields["disputed"] = True
        if self._ends_later(who) and not fields.get("disputed"):
            return Note("authority that the register names ends on the day that somebody here set, until told anew")
        return New("authority", fields)

    def _is_doubted_end(self, fact: Known) -> bool:
        """Return whether hands ended it, which is not sure yet, and the register says too that it is no more."""
        over = fact.word.ended_by is not None and not self._seen.stands(fact)
        return over and _who(fact) not in self._said and not self._is_before(fact)

    def _is_before(self, fact: Known) -> bool:
        """Return whether a fact begins after the answer, which says nothing of it then."""
        return parse_moment(fact.source["since"]) > self._on

    def _is_doubted_by_hand(self, holder: str) -> bool:
        """Return whether somebody suspended, disputed or ended the authority of `holder`, and nobody said otherwise.

        It is said otherwise by ending the disputed or suspended fact, and recording a new one after an end; what stood
        beside that counts where it was verified, for so it opens by itself. An end that lies ahead is no doubt yet of
        what the register says too: that stands until then.
        """
        seen = self._seen
        his = [each for each in self._about if each.source["holder"] == holder]
        standing = [each for each in his if seen.stands(each)]
        if any(seen.is_closed_by_hand(each, name) for each in standing for name in ("disputed", "suspended_on")):
            return True
        beside = (each for each in standing if "verified_on" in each.source and not seen.is_ended_by_hand(each))
        anew = [*seen.told_anew(his), *beside]
        if any(not seen.told_by_register(each) and not each.source.get("disputed") for each in anew):
            return False
        ended_ones = (each for each in his if seen.is_ended_by_hand(each))
        return any(not seen.stands(each) or _who(each) not in self._said for each in ended_ones)

    def _is_told_anew(self, fact: Known) -> bool:
        """Return whether hands told `fact`, or the same beside it, after they last ended one that was the same."""
        seen, same = self._seen, [each for each in self._about if _who(each) == _who(fact)]
        end = seen.last_end(each for each in same if not seen.stands(each))
        return any(each.version > end and seen.stands(each) and not seen.told_by_register(each) for each in same)


def _who(fact: Known) -> tuple[str, str]:
    return fact.source["holder"], fact.source["kind"]


def _disputed(fact: Known) -> Amend:
    return Amend((fact.section, fact.id), {"disputed": True}, Act.CLOSE, "disputed", how=How.ENDS)
