"""The page of the plan: its prose (`plan_page.md`), with every kind of element as the code has it, and an example."""

from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from inspect import getdoc
from typing import Any, Final

import orjson

from adapters.mapping.targets import Need, OneOf, Target, Whole, targets_of
from docs.page import filled, table
from schemas.plan import (
    KINDS,
    ActivityStage,
    Arranged,
    Direction,
    Element,
    FamilyHousehold,
    Gap,
    Handling,
    HelpEnd,
    Housemate,
    Intensity,
    Measured,
    Missing,
    Pillar,
    PlacementForm,
    Profile,
    RelianceDomain,
    Source,
    Support,
)
from schemas.plan.texts import CATALOGUES
from schemas.plan_json import element_json
from schemas.texts import read_catalogue
from schemas.words import Category, OrderKind, Regime

_INSTANT: Final = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
_SOURCE: Final = Source(organisation="de-waard", system="dossier", record="71", version="1", retrieved_at=_INSTANT)

_EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "own-words": {"text": "Ik wil thuis wonen en weer naar school.", "speaker": "sem"},
    "need": {"text": "Bij mijn tante kom ik tot rust.", "direction": Direction.STRENGTH},
    "goal": {"text": "Ik ga weer naar school.", "target_date": date(2027, 3, 1), "progress": "Twee ochtenden gelukt."},
    "agreement": {"text": "School belt vóór negen uur als Sem er niet is.", "by": ("school", "Bram")},
    "safety-agreement": {
        "danger": "Ruzie die uit de hand loopt",
        "signals": ("schreeuwen", "met deuren slaan"),
        "steps": ("Sem gaat naar zijn tante", "Sem belt Bram"),
        "by": ("Sem", "tante", "Bram"),
    },
    "activity": {
        "text": "Training",
        "provider": "Jeugdhulp De Waard",
        "stage": ActivityStage.STOPPED_EARLY,
        "stage_reason": "Zijn begeleider ging weg.",
        "referred_by": "Huisarts De Brug",
    },
    "appointment": {"text": "Sem en Bram", "begins_at": _INSTANT, "participants": ("Bram de Wit",)},
    "evaluation": {
        "measure": Measured.GOAL_ATTAINMENT,
        "instrument": "GAS",
        "score": Decimal("-1.0"),
        "lowest": Decimal(-2),
        "highest": Decimal(2),
        "evaluated_on": date(2026, 11, 16),
        "ended": HelpEnd.PLANNED,
    },
    "report": {"title": "Na twee maanden", "text": "Sem komt vaker uit bed.", "written_on": date(2026, 11, 16)},
    "legal-status": {"measure": OrderKind.SUPERVISION_ORDER, "voluntary": False, "carried_out_by": "GI West"},
    "placement": {"form": PlacementForm.NETWORK_FOSTER_CARE, "reason": "Thuis was het niet veilig."},
    "household": {"household": "H2", "share": "weekenden"},
    "support-level": {"level": Support.NEED, "assessed_on": date(2026, 9, 14)},
    "client-profile": {"profile": Profile.MULTIPLE_PROBLEMS, "intensity": Intensity.INTENSIVE},
    "self-reliance": {"domain": RelianceDomain.HOUSING, "score": 3, "assessed_on": date(2026, 9, 14)},
    "big-five": {"pillar": Pillar.LIVING, "arranged": Arranged.OPEN, "due": date(2027, 4, 3)},
    "contact": {
        "name": "Anna Visser",
        "organisation": "Wijkteam Noord",
        "role": "jeugdprofessional",
        "coordinator": True,
    },
}


def plan_page() -> str:
    """Return the page.

    Raises:
        KeyError: a kind has no example.
    """
    parts = {
        "kinds": _kinds(),
        "gaps": _gaps(),
        "common": _fields("need", frozenset({"direction"})),
        "derived": _derived(),
    }
    return filled("plan_page.md", parts)


def _kinds() -> str:
    return "\n\n".join(_kind(word, kind) for word, kind in KINDS.items())


def _kind(word: str, kind: type[Element]) -> str:
    common = frozenset(each.name for each in fields(Element))
    own = [each for name, each in targets_of(word).items() if name not in common and "." not in name]
    members = _rows(own) if own else "No members of its own."
    return f"### {word}\n\n{_prose(kind)}\n\n{members}\n\n{_block(_example(word, kind))}"


def _example(word: str, kind: type[Element]) -> dict[str, Any]:
    made = kind(
        id=f"e-{word}",
        about=("sem",),
        category=Category.GOALS,
        regime=Regime.JEUGDWET,
        source=_SOURCE,
        handling=Handling(created_on="2026-09-14"),
        **_EXAMPLES[word],
    )
    common = {each.name for each in fields(Element)} - {"text"}
    return {name: value for name, value in element_json(made).items() if name not in common}


def _prose(kind: type) -> str:
    return "\n\n".join(" ".join(each.split()) for each in (getdoc(kind) or "").split("\n\n"))


def _fields(word: str, without: frozenset[str]) -> str:
    shown = (each for name, each in targets_of(word).items() if name not in without and "handling" not in name)
    return _rows(list(shown))


def _rows(targets: list[Target]) -> str:
    rows = ((f"{each.name}{' **!**' if each.need is Need.REQUIRED else ''}", _takes(each)) for each in targets)
    return table(("member", "holds"), rows)


def _takes(target: Target) -> str:
    several = "several: " if target.many else ""
    if isinstance(target.constant, OneOf):
        return several + _words(target.constant.words)
    if isinstance(target.constant, Whole):
        return f"a whole number from {target.constant.lowest} to {target.constant.highest}"
    return several + " or ".join(sorted(each.value for each in target.takes))


def _words(words: type[StrEnum]) -> str:
    return " ".join(f"`{each}`" for each in words)


def _block(shown: Any) -> str:
    return f"```json\n{orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode()}\n```"


def _gaps() -> str:
    texts = read_catalogue(CATALOGUES)
    rows = (
        (f"`{key.removeprefix('gap.').partition('.')[0]}`", each["en"], each["nl"])
        for key, each in texts.items()
        if key.startswith("gap.")
    )
    return table(("gap", "what is said of it", "in Dutch"), rows)


def _derived() -> str:
    household = FamilyHousehold("H2", "de-waard", "dossier", (Housemate("sem", "weekenden", "e-household"),))
    gap = Gap(Missing.ADULTHOOD_OPEN, ("sem",), ("e-big-five",))
    return _block({"households": [household], "gaps": [gap]})
