"""The page that shows one family's plan, and its picture: drawn from an answer that the gateway gave in the story.

The answer is kept beside the page, so that nothing needs to run to draw it. `python -m docs.one_family` asks anew;
tests/gateway/demo/test_one_family.py tells when that is due.
"""

import asyncio
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from docs.family_picture import picture
from docs.page import filled
from gateway.demo import family, institutions
from gateway.demo.playing import play
from gateway.demo.stage import open_stage
from gateway.showing_plan.printing import WIDE, plain_text
from gateway.showing_plan.reading import Answer, read_answer
from gateway.showing_plan.sheet import Sheet, sheet_of
from gateway.showing_plan.words import texts_in
from schemas.calendar import local_day

KEPT: Final = Path(__file__).parent / "explanation" / "one-family.json"
_TEXTS: Final = texts_in("en")


async def ask() -> Mapping[str, Any]:
    """Play the first step of the story, and return what the gateway answered."""
    today = local_day(datetime.now(UTC))
    step = family.story(today=today)[0]
    with tempfile.TemporaryDirectory(prefix="schakel-one-family-") as name:
        folder = Path(name)
        with institutions.running(folder, today=today) as found:
            async with open_stage(folder, found, family.facts(today=today), step.request) as stage:
                return (await play(stage, step)).answer.body


def one_family_picture() -> str:
    """Return the picture of the plan, as SVG."""
    answer, sheet = _kept()
    persons = _TEXTS.listed([_name(each) for each in answer.plan["family"]])
    domains = ", ".join(f"{each.title} ({len(each.rows)})" for each in sheet.sections)
    return picture(
        sheet,
        title=f"One family, one plan: {persons}",
        subtitle=f"As Anna of the local team may see it on {_TEXTS.day(_day(answer))}. Nobody in it exists.",
        described=f"The plan by life domain, with how many elements each has: {domains}. Below it stands as text.",
        language="nl",
    )


def one_family_page() -> str:
    """Return the page."""
    answer, sheet = _kept()
    told = {
        "table": plain_text(sheet, _TEXTS, WIDE).rstrip(),
        "day": _TEXTS.day(_day(answer)),
        "elements": str(len(answer.elements)),
        "sources": _TEXTS.listed(sorted({row.source for section in sheet.sections for row in section.rows})),
    }
    return filled("one_family_page.md", told)


def _kept() -> tuple[Answer, Sheet]:
    answer = read_answer(KEPT.read_bytes())
    return answer, sheet_of(answer, _TEXTS, day=_day(answer), name=_name)


def _day(answer: Answer) -> Any:
    assert answer.day is not None  # noqa: S101 - the kept answer has a receipt; a test asks anew
    return answer.day


def _name(id_: str) -> str:
    return family.names().get(id_, id_)


if __name__ == "__main__":
    KEPT.write_bytes(orjson.dumps(asyncio.run(ask()), option=orjson.OPT_INDENT_2) + b"\n")
