"""One event as a sentence or a few, at language level B1.

Who acted is told as organisation and role, never by name: names of those who work there are for their organisation to
tell (`law.md` R7.5, U-22). Whether an event is told to anybody, `audit.own_log` says. An event of a kind that nobody
put into words here has no sentence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from audit.events import EventOutcome, Field, Kind
from audit.sentences.hearer import Hearer
from audit.sentences.released import Released, released
from audit.sentences.who import Who, who_acted
from audit.told import Told
from schemas.texts import Texts
from schemas.words import Purpose

_IN_A_SENTENCE: Final = 3
"""So many kinds of data are named in one sentence, which must stay short."""


class Mark(StrEnum):
    """What kind of line it is: a picture and a word stand beside it."""

    READ = "read"
    REFUSED = "refused"
    WAITING = "waiting"
    EMERGENCY = "emergency"
    AUTOMATIC = "automatic"
    CHOICE = "choice"
    WRITTEN = "written"
    LOOKED = "looked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What is told of an event; `organisation` and `role` of who acted, None where he is not named."""

    mark: Mark
    text: str
    organisation: str | None
    role: str | None


def sentence(told: Told, hearer: Hearer, texts: Texts) -> Sentence | None:
    """Return how `told` is put into words for `hearer`, or None where nobody ever put its kind into words."""
    actor = told.fields.get(Field.ACTOR)
    say = _SAYING.get(told.kind)
    if say is None or not isinstance(actor, Mapping):
        return None
    who = who_acted(told, actor, hearer, texts)
    said = say(_Saying(told, hearer, who, texts))
    if said is None:
        return None
    mark, parts = said
    text = " ".join(dict.fromkeys(parts))
    return Sentence(mark=mark, text=text, organisation=who.organisation, role=who.role)


_Said = tuple[Mark, Iterable[str]]


@dataclass(frozen=True, slots=True)
class _Saying:
    """One event, and what its sentence is made with."""

    told: Told
    hearer: Hearer
    who: Who
    texts: Texts

    def text(self, key: str, **values: object) -> str:
        return self.texts(key, who=self.who.text, about=self.about, **values)

    def by_whom(self, key: str, **values: object) -> str:
        """Return the text of `key` for whoever acted: some read otherwise where that is the reader, or a machine."""
        other = f"{key}.you" if self.who.is_reader else f"{key}.automatic" if self.who.is_machine else key
        return self.text(other if other in self.texts else key, **values)

    @property
    def about(self) -> str:
        if self.hearer.is_himself:
            return self.texts("about.you")
        return self.texts("about.child" if self.hearer.reads_for_child else "about.person")

    @property
    def detail(self) -> Mapping[str, Any]:
        found = self.told.fields.get(Field.DETAIL)
        return found if isinstance(found, Mapping) else {}

    @property
    def is_refused(self) -> bool:
        return self.told.outcome is EventOutcome.DENY

    @property
    def is_emergency(self) -> bool:
        return self.told.fields.get(Field.PURPOSE) == Purpose.EMERGENCY


def _disclosed(saying: _Saying) -> _Said | None:
    found = released(saying.told, saying.hearer)
    if not found:
        return None
    what = [saying.by_whom("read"), *_topics(found, saying.texts), *_why(found, saying)]
    mark = Mark.AUTOMATIC if saying.who.is_machine else Mark.READ
    emergency = [saying.text("emergency")] if saying.is_emergency else []
    return Mark.EMERGENCY if saying.is_emergency else mark, [*what, *emergency]


def _topics(found: Sequence[Released], texts: Texts) -> Iterator[str]:
    words = list(dict.fromkeys(texts(f"category.{each.category}") for each in found))
    for first in range(0, len(words), _IN_A_SENTENCE):
        listed = texts.listed(words[first : first + _IN_A_SENTENCE])
        yield texts("topics.more" if first else "topics", topics=listed)


def _why(found: Sequence[Released], saying: _Saying) -> Iterator[str]:
    own = [each.own_yes_on for each in found if each.own_yes_on is not None]
    if own:
        yield saying.text("allowed.own-yes", day=saying.texts.day(max(own)))
    for each in found:
        if each.own_yes_on is None:
            yield _because(each.basis, saying)


def _because(basis: str, saying: _Saying) -> str:
    # A yes that is not the reader's own is another's act, and has no words: only that the law allowed it. Who is not
    # named is not told apart by the law he stands on either: "foster parent" says where a child is.
    hidden = saying.who.is_hidden or f"allowed.{basis}" not in saying.texts
    return saying.text("allowed.law" if hidden else f"allowed.{basis}")


def _denied(saying: _Saying) -> _Said:
    if saying.is_emergency:
        return Mark.EMERGENCY, [saying.text("emergency.opened"), saying.text("emergency.refused")]
    return Mark.REFUSED, [saying.by_whom("wanted")]


def _reviewed(saying: _Saying) -> _Said:
    if saying.is_emergency:
        return Mark.EMERGENCY, [saying.text("emergency.opened"), saying.text("emergency.waiting")]
    return Mark.WAITING, [saying.by_whom("waiting")]


def _chosen(key: str) -> Callable[[_Saying], _Said]:
    def say(saying: _Saying) -> _Said:
        # It may be another's word that a backup lost: of the reader nothing is told that he may never have said.
        how = "you" if saying.who.is_reader else "restored" if saying.who.makes_sure else "noted"
        return Mark.CHOICE, [saying.text(f"{key}.{how}")]

    return say


def _wrote(key: str) -> Callable[[_Saying], _Said | None]:
    def say(saying: _Saying) -> _Said | None:
        section = saying.detail.get("section")
        if section == "refusals":
            return _chosen("lifted")(saying) if key == "changed" else None
        what = f"what.{section}"
        if what not in saying.texts:
            return None
        return Mark.WRITTEN, [saying.text(key, what=saying.text(what))]

    return say


def _not_written(saying: _Saying) -> _Said:
    return Mark.REFUSED, [saying.text("wrote.refused")]


_LISTS: Final = frozenset({"facts", "who-may-see", "forecast", "content"})
"""What is read besides the log itself, as `detail.read` has it; `content` is what an officer opened with a ticket."""


def _looked(saying: _Saying) -> _Said:
    key = "looked.facts" if saying.detail.get("read") in _LISTS else "looked.list"
    if saying.is_refused:
        return Mark.REFUSED, [saying.text(f"{key}.refused")]
    return Mark.LOOKED, [saying.by_whom(key)]


def _copied(saying: _Saying) -> _Said:
    return Mark.LOOKED, [saying.text("looked.list.refused" if saying.is_refused else "copied")]


_SAYING: Final[Mapping[Kind, Callable[[_Saying], _Said | None]]] = {
    Kind.EXCHANGE_DISCLOSED: _disclosed,
    Kind.EXCHANGE_DENIED: _denied,
    Kind.EXCHANGE_REVIEWED: _reviewed,
    Kind.CONSENT_GIVEN: _chosen("given"),
    Kind.CONSENT_REFUSED: _chosen("refused"),
    Kind.CONSENT_WITHDRAWN: _chosen("withdrawn"),
    Kind.CONSENT_CONFIRMED: _chosen("confirmed"),
    Kind.FACT_RECORDED: _wrote("wrote"),
    Kind.FACT_CONFIRMED: _wrote("checked"),
    Kind.FACT_CLOSED: _wrote("changed"),
    Kind.FACT_REFUSED: _not_written,
    Kind.AUTHORITY_CHANGED: _wrote("wrote"),
    Kind.ORDER_CHANGED: _wrote("wrote"),
    Kind.CAPACITY_RECORDED: _wrote("wrote"),
    Kind.MANDATE_CHANGED: _wrote("wrote"),
    Kind.LOG_READ: _looked,
    Kind.LOG_EXPORTED: _copied,
    Kind.LOG_UNMASKED: _looked,
}
"""The kinds that are put into words. What is not here is told to nobody."""
