"""Reading the scenarios of the national register's authority module: who is asked about, and what it must answer.

Only the expected answers are read, and written as the JSON of the register's interface. How the register comes to them
is no concern of ours. A line of an answer that is not understood is an error, so nothing is dropped in silence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_START = re.compile(r"(Abstract Scenario|Scenario|Voorbeeld):\s*(.*)")
_NUMBERED = re.compile(r"de persoon '([^']+)' met burgerservicenummer '(\d{9})'")
_ASKED = re.compile(r"Als 'gezag' wordt gevraagd van '([^']+)'")
_NOTHING = re.compile(r"(Dan heeft '[^']+' geen gezaghouder|\* heeft de persoon geen gezag)")
_OPENING = re.compile(r"Dan heeft '[^']+' de volgende gezagsrelaties")
_DOUBTED = "En is het gezag in onderzoek"
_RELATION = re.compile(r"(?:Dan|En|\*) is het gezag over '([^']+)' (.*)")
_PARENT, _THIRD = r"ouder '([^']+)'", r"derde '([^']+)'"
_NO_NUMBER = 999_900_000
"""Where a scenario gives somebody no number, he gets one after this, out of the range for tests."""


@dataclass
class Scenario:
    """One scenario with an expected answer; `kinds` in the order of `answer`."""

    name: str
    asked_about: str
    numbers: dict[str, str]
    answer: list[dict[str, Any]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def named(self, name: str) -> str:
        """Return the number of somebody in this scenario."""
        return self.numbers.setdefault(name, str(_NO_NUMBER + len(self.numbers)))

    def person(self, name: str) -> dict[str, Any]:
        return {"burgerservicenummer": self.named(name), "naam": {"voornamen": name}}


def scenarios(folder: Path) -> list[Scenario]:
    """Return every scenario below `folder` that asks for authority, the rows of outlines one by one."""
    return [one for path in sorted(folder.rglob("*.feature")) for one in _of_file(path)]


def questions(folder: Path) -> int:
    """Return how often a file asks for authority, rows of outlines not counted."""
    return sum(len(_ASKED.findall(path.read_text(encoding="utf-8"))) for path in folder.rglob("*.feature"))


def _of_file(path: Path) -> Iterator[Scenario]:
    background: dict[str, str] = {}
    title, block = "", list[str]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), "Scenario: the end"]:
        text = line.strip()
        started = _START.fullmatch(text)
        if not started:
            block.append(text)
            continue
        if title:
            yield from _of_block(f"{path.stem}: {title}", block, background)
        else:
            background = _numbers(block)
        title, block = started[2], []


def _numbers(block: list[str]) -> dict[str, str]:
    return {found[1]: found[2] for line in block if (found := _NUMBERED.search(line))}


def _of_block(title: str, block: list[str], background: dict[str, str]) -> Iterator[Scenario]:
    block = [line for line in block if not line.startswith(("#", "@"))]
    rows = _examples(block)
    for row in rows or [{}]:
        filled = [_filled(line, row) for line in block]
        found = _scenario(f"{title} {' '.join(row.values())}".strip(), filled, background)
        if found is not None:
            yield found


def _filled(line: str, row: dict[str, str]) -> str:
    for column, value in row.items():
        line = line.replace(f"<{column}>", value)
    return line


def _examples(block: list[str]) -> list[dict[str, str]]:
    if "Voorbeelden:" not in block:
        return []
    lines = [line for line in block[block.index("Voorbeelden:") + 1 :] if line.startswith("|")]
    head, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(head, row, strict=True)) for row in rows]


def _scenario(name: str, block: list[str], background: dict[str, str]) -> Scenario | None:
    asked = [position for position, line in enumerate(block) if _ASKED.fullmatch(line)]
    if not asked:
        return None
    [position] = asked
    who = _ASKED.fullmatch(block[position])
    assert who
    found = Scenario(name, who[1], background | _numbers(block))
    found.named(who[1])
    for line in block[position + 1 :]:
        if line == "" or _OPENING.fullmatch(line) or _NOTHING.fullmatch(line):
            continue
        if line == "Voorbeelden:" or line.startswith(("Regel:", "|")):
            break
        if line == _DOUBTED:
            found.answer[-1]["inOnderzoek"] = True
            continue
        _add(found, line)
    return found


def _add(scenario: Scenario, line: str) -> None:
    relation = _RELATION.fullmatch(line)
    assert relation, f"an answer that is not understood: {line}"
    minor, told = relation.groups()
    for kind, (pattern, make) in _KINDS.items():
        if found := re.fullmatch(pattern, told):
            scenario.answer.append(make(scenario, *found.groups()) | {"minderjarige": scenario.person(minor)})
            scenario.kinds.append(kind)
            return
    raise AssertionError(f"a relation that is not understood: {told}")


def _third(scenario: Scenario, name: str) -> dict[str, Any]:
    return {"type": "BekendeDerde", **scenario.person(name)}


_KINDS: dict[str, tuple[str, Any]] = {
    "one parent": (
        f"eenhoofdig ouderlijk gezag met {_PARENT}",
        lambda of, one: {"type": "EenhoofdigOuderlijkGezag", "ouder": of.person(one)},
    ),
    "two parents": (
        f"gezamenlijk ouderlijk gezag met {_PARENT} en {_PARENT}",
        lambda of, one, two: {"type": "GezamenlijkOuderlijkGezag", "ouders": [of.person(one), of.person(two)]},
    ),
    "a parent and another": (
        f"gezamenlijk gezag met {_PARENT} en {_THIRD}",
        lambda of, one, two: {"type": "GezamenlijkGezag", "ouder": of.person(one), "derde": _third(of, two)},
    ),
    "a parent and somebody unknown": (
        f"gezamenlijk gezag met {_PARENT} en een onbekende derde",
        lambda of, one: {"type": "GezamenlijkGezag", "ouder": of.person(one), "derde": {"type": "OnbekendeDerde"}},
    ),
    "joint with two parents": (
        f"gezamenlijk gezag met {_PARENT} en {_PARENT}",
        lambda of, one, two: {"type": "GezamenlijkGezag", "ouders": [of.person(one), of.person(two)]},
    ),
    "a guardian": (
        f"voogdij met {_THIRD}",
        lambda of, one: {"type": "Voogdij", "derden": [_third(of, one)]},
    ),
    "a guardian unnamed": ("voogdij", lambda _: {"type": "Voogdij", "derden": []}),
    "nobody": (
        "tijdelijk geen gezag met de toelichting '([^']*)'",
        lambda _, why: {"type": "TijdelijkGeenGezag", "toelichting": why},
    ),
    "cannot be determined": (
        "niet te bepalen met de toelichting '([^']*)'",
        lambda _, why: {"type": "GezagNietTeBepalen", "toelichting": why},
    ),
}
