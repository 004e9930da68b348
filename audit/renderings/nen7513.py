"""An event as a line of NEN 7513: the columns with what each means, and the code book that goes with them. Pure.

One table makes the header, the cells and the code book. What the event does not hold, or is not for this viewer, is an
empty cell.

Source: NEN 7513:2018 chapters 5 and 6, and the Logius names of 2024, as `reference/law.md` R7.4 gives them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from audit.events import Field, Kind
from audit.part import WHOLE, Part
from audit.renderings import agents, entities
from audit.renderings.codes import KINDS, OUTCOMES, READ, REASONS, Action
from audit.renderings.csv_safe import line
from audit.renderings.elements import Node
from audit.renderings.fhir import coded, outcome_reason
from schemas.calendar import utc_milliseconds
from schemas.texts import Texts
from schemas.words import Category, Purpose, Role

_AND: Final = ", "
_CONSENTING: Final = ("consents", "refusals", "orders", "mandates")
_RELATING: Final = ("involvements",)
GONE: Final = "gewist"
"""In place of what a decision rests on, where that went with somebody who was erased: it is not that there was none."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, and where a cell comes from. What it means stands in `words.yaml`."""

    name: str
    cell: Callable[[Part, Node], str]


def header() -> str:
    """Return the line of the headers."""
    return line([each.name for each in COLUMNS])


def row(seen: Part, node: Node) -> str:
    """Return the line of one event, as the viewer of `seen` may see it."""
    return line([each.cell(seen, node) for each in COLUMNS])


def code_book(texts: Texts) -> Iterator[str]:
    """Yield the lines of the code book: of every column what it means, and of every code in it.

    `texts` holds those of `words.yaml` beside this module, and the words of the decision contract.
    """
    yield line(["kolom", "code", "betekenis"])
    for each in COLUMNS:
        yield line([each.name, "", texts(f"column.{each.name.replace(' ', '-')}")])
    for cells in _codes(texts):
        yield line(cells)


def _codes(texts: Texts) -> Iterator[tuple[str, str, str]]:
    types = {each.type.code: each.type.display for each in (*KINDS.values(), READ)}
    yield from (("gebeurteniscode", code, types[code]) for code in sorted(types))
    for column, codes, key in (
        ("gebeurtenis", Kind, "event"),
        ("actiecode", Action, "action"),
        ("gebruikersrol", Role, "role"),
        ("gevoeligheid", Category, "category"),
        ("objecttype", ("1", "2"), "object"),
        ("objectrol", ("1", "4"), "object-role"),
        ("resultaat", ("0", "4", "8"), "result"),
    ):
        yield from ((column, str(code), texts(f"{key}.{code}")) for code in codes)
    yield "resultaat", "", texts("result.none")
    for column in ("behandelrelatieprotocol", "toestemmingsprofiel", "controles"):
        yield column, GONE, texts("evidence.gone")
    for purpose in Purpose:
        yield "doel", str(purpose), f"{texts(f'purpose.{purpose}')} (HL7 v3 ActReason: {REASONS[purpose]})"


def _who(name: str) -> Callable[[Part, Node], str]:
    return lambda seen, _: str(getattr(agents.who_of(seen), name) or "")


def _user(seen: Part, node: Node) -> str:
    who = agents.who_of(seen)
    if who.id is None:
        return ""
    return node.pseudonym(who.id) if who.form in {"person", "mentor"} else who.id


def _seq(seen: Part, _: Node) -> str:
    return "" if seen.told.seq is None else str(seen.told.seq)


def _kind(seen: Part, _: Node) -> str:
    return "" if seen.kind is None else str(seen.kind)


def _outcome(seen: Part, _: Node) -> str:
    return "" if seen.outcome is None else OUTCOMES[seen.outcome]


def _network(seen: Part, _: Node) -> str:
    found = seen.told.fields.get(Field.NETWORK)
    return found if isinstance(found, str) and seen.viewer == WHOLE else ""


def _purpose(seen: Part, _: Node) -> str:
    found = seen.told.fields.get(Field.PURPOSE)
    return found if isinstance(found, str) else ""


def _lifecycle(seen: Part, _: Node) -> str:
    subtype = coded(seen).subtype
    return "" if subtype is None else subtype.code


def _sensitivity(seen: Part, _: Node) -> str:
    return _AND.join(sorted({str(each["category"]) for each in seen.released}))


def _evidence(sections: Sequence[str]) -> Callable[[Part, Node], str]:
    def cell(seen: Part, _: Node) -> str:
        if _is_gone(seen):
            return GONE
        facts = seen.told.fields.get(Field.FACTS, {})
        names = {str(one["id"]) for each in sections for one in facts.get(each, ()) if "id" in one}
        return _AND.join(sorted(names & entities.evidence_of(seen)))

    return cell


def _is_gone(seen: Part) -> bool:
    return seen.told.facts_gone and bool(entities.evidence_of(seen))


def _checks(seen: Part, _: Node) -> str:
    if _is_gone(seen):
        return GONE
    facts = seen.told.fields.get(Field.FACTS, {})
    elsewhere = {str(one["id"]) for each in (*_CONSENTING, *_RELATING) for one in facts.get(each, ()) if "id" in one}
    return _AND.join(sorted(entities.evidence_of(seen) - elsewhere))


def _results(seen: Part, _: Node) -> str:
    return _AND.join(f"{result} {what}" for result, what in entities.result_lines(seen))


def _emergency(seen: Part, _: Node) -> str:
    used = seen.kind in {Kind.EMERGENCY_OPENED, Kind.EMERGENCY_CLOSED}
    return "ja" if used or seen.told.fields.get(Field.PURPOSE) == Purpose.EMERGENCY else "nee"


COLUMNS: Final = (
    Column("volgnummer", _seq),
    Column("identificatie", lambda seen, _: seen.told.id),
    Column("gebeurteniscode", lambda seen, _: coded(seen).type.code),
    Column("gebeurtenis", _kind),
    Column("actiecode", lambda seen, _: str(coded(seen).action)),
    Column("datum en tijd", lambda seen, _: utc_milliseconds(seen.told.at)),
    Column("resultaat", _outcome),
    Column("reden", lambda seen, _: outcome_reason(seen) or ""),
    Column("gebruikers-ID", _user),
    Column("gebruikerssoort", _who("form")),
    Column("gebruikersrol", _who("role")),
    Column("authenticatie", _who("authentication")),
    Column("verantwoordelijke gebruiker", lambda seen, _: seen.told.organisation),
    Column("systeem", _who("client")),
    Column("toegangspunt", _network),
    Column("doel", _purpose),
    Column("objecttype", lambda seen, _: "2" if seen.person is None else "1"),
    Column("objectrol", lambda seen, _: "4" if seen.person is None else "1"),
    Column("levenscyclus", _lifecycle),
    Column("identificator cliënt", lambda seen, node: "" if seen.person is None else node.pseudonym(seen.person)),
    Column("bronhouder", lambda seen, _: _AND.join(seen.holders)),
    Column("gevoeligheid", _sensitivity),
    Column("zoekvraag", lambda *_: ""),
    Column("autorisatieprotocol", lambda seen, _: _AND.join(agents.policies(seen))),
    Column("behandelrelatieprotocol", _evidence(_RELATING)),
    Column("toestemmingsprofiel", _evidence(_CONSENTING)),
    Column("controles", _checks),
    Column("besluit", _results),
    Column("bron", lambda _, node: node.address),
    Column("noodprocedure", _emergency),
    Column("verzoek", lambda seen, _: entities.request_id(seen) or ""),
)
"""The columns, in their order."""
