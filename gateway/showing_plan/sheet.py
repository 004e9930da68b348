"""A sheet: one plan in the order in which a family reads it, each element a row of texts.

The family's own words come first, then each life domain, then what is missing, who lives where and who works on it.
Nothing that came is left out for being unknown: it stands in `more`, under the name that it came with.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gateway.showing_plan.missing import gap_told
from gateway.showing_plan.reading import Answer
from gateway.showing_plan.rows import Name, Row, as_day_text, as_written, row_of
from gateway.showing_plan.words import called, plain
from schemas.plan import LifeDomain
from schemas.plan_json import VERSION
from schemas.texts import Texts

OWN_WORDS: Final = "own-words"
_OF_THE_PLAN: Final = frozenset(
    {"schema", "version", "family", "elements", "gaps", "households", "coordinators", "team"}
)
_TEAM: Final = frozenset({"name", "organisation", "role", "period", "element"})


@dataclass(frozen=True, slots=True)
class Section:
    """The rows under one title; `word` is the life domain's own word, or what else the section is of."""

    word: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Sentences under one title."""

    word: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole plan. `notes` say what is particular to it; `message` is the answer's own constant sentence."""

    sections: tuple[Section, ...]
    named: tuple[Named, ...]
    notes: tuple[str, ...]
    message: str


def sheet_of(answer: Answer, texts: Texts, *, day: date, name: Name = as_written) -> Sheet:
    """Return the sheet of `answer`; `day` is the day that it is read as of where it does not say its own."""
    goals = {each["id"]: str(each.get("text") or each["id"]) for each in answer.elements}
    rows: dict[str, list[Row]] = {}
    usual = _usual_end(answer)
    for each in answer.elements:
        section = OWN_WORDS if each["kind"] == OWN_WORDS else str(each.get("life_domain") or "")
        terms = answer.released.get(each["id"], {})
        rows.setdefault(section, []).append(
            row_of(each, {} if terms.get("expires_at") == usual else terms, goals, texts, name)
        )
    sections = tuple(Section(word, _title(word, texts), tuple(rows[word])) for word in _ordered(rows))
    named = (
        Named("gaps", texts("section.gaps"), tuple(_gaps(answer, texts, day, name))),
        Named("households", texts("section.households"), tuple(_households(answer, texts, name))),
        Named("team", texts("section.team"), tuple(_team(answer, texts))),
        Named("more", texts("more"), tuple(_more_of_the_plan(answer, texts))),
    )
    message = answer.message.get(texts.language, "")
    return Sheet(
        sections, tuple(each for each in named if each.lines), tuple(_notes(answer, texts)), plain(message, texts)
    )


def _ordered(found: Iterable[str]) -> list[str]:
    known = [OWN_WORDS, *LifeDomain]
    newer = sorted(each for each in found if each and each not in known)
    return [each for each in (*known, *newer, "") if each in found]


def _title(word: str, texts: Texts) -> str:
    if word == OWN_WORDS:
        return texts("kind.own-words")
    return called("life-domain", word, texts) if word else texts("section.none")


def _gaps(answer: Answer, texts: Texts, day: date, name: Name) -> Iterator[str]:
    elements = {each["id"]: each for each in answer.elements}
    for gap in answer.plan.get("gaps", ()):
        about = [name(plain(each, texts)) for each in gap.get("about", ())]
        yield f"{', '.join(about)}: {gap_told(gap, elements, answer.day or day, texts)}"


def _households(answer: Answer, texts: Texts, name: Name) -> Iterator[str]:
    for each in answer.plan.get("households", ()):
        members = [_housemate(member, texts, name) for member in each.get("members", ())]
        organisation = name(plain(each.get("organisation"), texts))
        title = texts("household", household=plain(each.get("household"), texts), organisation=organisation)
        yield f"{title}: {', '.join(members)}"


def _housemate(member: Any, texts: Texts, name: Name) -> str:
    if not isinstance(member, dict):
        return plain(member, texts)
    share = plain(member.get("share"), texts)
    return name(plain(member.get("person"), texts)) + (f" ({share})" if share else "")


def _team(answer: Answer, texts: Texts) -> Iterator[str]:
    team, coordinators = answer.plan.get("team", []), answer.plan.get("coordinators", [])
    coordinating = {each["element"] for each in coordinators if each.get("element")}
    in_team = {each["element"] for each in team if each.get("element")}
    beside = [each for each in coordinators if each not in team and each.get("element") not in in_team]
    for each in (*team, *beside):
        said = [plain(each.get(member), texts) for member in ("name", "role", "organisation")]
        if each in coordinators or each.get("element") in coordinating:
            said.append(texts("coordinator"))
        said.extend(_period(each.get("period"), texts))
        newer = [f"{member}: {plain(value, texts)}" for member, value in each.items() if member not in _TEAM]
        yield ", ".join(each for each in (*said, *newer) if each)


def _period(found: Any, texts: Texts) -> Iterator[str]:
    if not isinstance(found, dict):
        yield plain(found, texts)
        return
    for member, key in (("start", "when.since"), ("end", "when.until")):
        if found.get(member) is not None:
            yield texts(key, day=as_day_text(found[member], texts))


def _more_of_the_plan(answer: Answer, texts: Texts) -> Iterator[str]:
    for member, value in answer.plan.items():
        if member not in _OF_THE_PLAN:
            yield f"{member}: {plain(value, texts)}"
    yield from answer.left


def _usual_end(answer: Answer) -> Any:
    """Return when most of it may no longer be shown; None where that does not hold of some of it at all."""
    ends = [answer.released.get(each["id"], {}).get("expires_at") for each in answer.elements]
    told = [each for each in ends if isinstance(each, str)]
    return max(sorted(set(told)), key=told.count) if told and len(told) == len(ends) else None


def _notes(answer: Answer, texts: Texts) -> Iterator[str]:
    version = str(answer.plan.get("version", VERSION))
    if version not in {VERSION, "1.0"}:
        yield texts("newer", version=version, known=VERSION)
    if answer.foreign:
        yield texts("foreign")
    if not answer.elements:
        yield texts("empty")
    if (usual := _usual_end(answer)) is not None:
        yield texts("shared", day=as_day_text(usual, texts))
    if silent := answer.silent():
        yield texts("silent", sources=texts.listed(silent))
