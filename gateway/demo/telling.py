"""Telling the story in a terminal: a title for each step, what came, and what the privacy officer sees."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.box import ROUNDED
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from consent.law.purposes import PURPOSES
from gateway.demo import officer_view
from gateway.demo.plan_table import plan_table
from gateway.demo.playing import PLAN, Played
from gateway.demo.proving import Proved
from gateway.demo.reading import Read
from gateway.demo.stage import Stage
from gateway.demo.texts import Texts
from schemas.words import ALL

QUESTION: Final = (
    '{"person": {"system": "urn:schakel:person", "value": "milan"},'
    ' "purpose": "coordinate-plan", "categories": ["goals"]}'
)
"""What the line to paste asks."""


@dataclass(frozen=True)
class Teller:
    """Prints the story on `console`, in the language of `texts`."""

    console: Console
    texts: Texts

    def begin(self) -> None:
        """Say what this is."""
        self._boxed([Text(self.texts("intro.text"))], self.texts("intro.title"), style="none")

    def step(self, number: int, count: int, played: Played, faults: Sequence[str]) -> None:
        """Tell one step."""
        texts, step = self.texts, played.step
        self._title(number, count, step.title[texts.language])
        for line in (*_before(played, texts), *_asked(played, texts)):
            self.console.print(Padding(Text(line), (0, 0, 0, 2)))
        if not played.broken:
            self.console.print()
            self.console.print(self._came(played))
            self._boxed(_officers_part(played, texts), texts("officer.title"), style="yellow")
        self._verdict(number, step.id, faults)

    def who_looked(self, number: int, count: int, read: Read, faults: Sequence[str]) -> None:
        """Tell what the reader of the logs reads there."""
        texts, who = self.texts, self.texts.name(read.asked.reader)
        self._title(number, count, texts("looked.title", who=who))
        for person in read.logs:
            own = person == read.asked.reader
            title = texts("looked.own") if own else texts("looked.child", who=texts.name(person))
            self._boxed(_lines_read(read, person, texts), title, style="cyan")
        self.console.print(Text(read.message(texts), style="dim"))
        self._verdict(number, "who-looked", faults)

    def log(self, number: int, count: int, proved: Proved, faults: Sequence[str]) -> None:
        """Tell what became of the log. The verifier's lines stand as it printed them."""
        texts, change = self.texts, proved.change
        self._title(number, count, texts("log.title"))
        lines = [
            (texts("log.exported"), texts("log.events.where", count=proved.size, where=proved.folder)),
            (texts("log.verified"), proved.line),
        ]
        if change is not None:
            told = texts("log.changed.what", line=change.seq, old=change.old, new=change.new)
            lines += [(texts("log.changed"), told), (texts("log.again"), proved.changed_line)]
        self._whole(lines)
        self._verdict(number, "log", faults)

    def all_right(self, count: int, seconds: float) -> None:
        """Say that every step went as it must."""
        said = self.texts("end.right", count=count, seconds=f"{seconds:.1f}")
        self.console.print(Text(f"\n✔ {said}", style="bold green"))

    def serving(self, stage: Stage, command: str) -> None:
        """Say where everything is, and what to try; `command` is how `schakel` is called here."""
        texts, url, institutions = self.texts, stage.credentials.gateway_url, stage.institutions
        self.console.print()
        self.console.rule(Text(texts("serving"), style="bold"), align="left")
        self._whole(
            [
                (texts("serving.gateway"), url),
                (texts("serving.doors"), f"{url}/api/v1/openapi.json"),
                (texts("serving.log"), f"{url}/audit/checkpoint"),
                (texts.name("de-linde"), institutions.de_linde.url),
                (texts.name("de-waard"), str(institutions.de_waard.path)),
                (texts.name("schuldhulp-stad"), str(institutions.schuldhulp_stad.path)),
                (texts("serving.credentials"), str(stage.credentials_file)),
            ]
        )
        self.console.print(Text(f"\n{texts('serving.try')}", style="bold"))
        who = ["--credentials", str(stage.credentials_file), "--as", "anna"]
        line = shlex.join([command, "call", *who, "POST", PLAN, "--json", QUESTION])
        self.console.print(Text(line), soft_wrap=True)

    def _title(self, number: int, count: int, title: str) -> None:
        self.console.print()
        self.console.rule(Text(self.texts("step.of", number=number, count=count), style="bold"), align="left")
        self.console.print(Text(title, style="bold"))

    def _whole(self, lines: Iterable[tuple[str, str]]) -> None:
        # Addresses, paths and the verifier's lines are for pasting and searching: never broken.
        for name, told in lines:
            self.console.print(Text(f"  {name:<20}  ", style="dim") + Text(told, style="none"), soft_wrap=True)

    def _boxed(self, parts: Iterable[RenderableType], title: str, *, style: str) -> None:
        box = Panel(
            Group(*parts), title=Text(title), title_align="left", box=ROUNDED, border_style=style, padding=(0, 1)
        )
        self.console.print(box)

    def _verdict(self, number: int, id_: str, faults: Sequence[str]) -> None:
        if not faults:
            self.console.print(Text(f"✔ {self.texts('right')}", style="green"))
            return
        self.console.print(Text(f"✘ {self.texts('wrong')}", style="bold red"))
        for each in faults:
            self.console.print(Text(f"  {fault_line(self.texts, number, id_, each)}", style="red"), soft_wrap=True)

    def _came(self, played: Played) -> RenderableType:
        texts, elements = self.texts, played.elements()
        if not elements:
            detail = played.answer.body.get("message", {}).get(texts.language, "")
            said = Text(f"{texts('comes.nothing')} {played.answer.status}: ", style="bold") + Text(f"“{detail}”")
            return Group(said, Text(texts("comes.same"), style="dim"))
        came = Text(_counted(elements, texts), style="bold")
        coordinators = [each["name"] for each in played.answer.body["plan"]["coordinators"]]
        if coordinators:
            came += Text(f" · {texts('coordinator', who=texts.listed(coordinators))}", style="not bold")
        table = plan_table(elements, played.step.request["about"], texts, self.console.width)
        return Group(came, table, Text(texts("allowed", bases=_bases(played, texts)), style="dim"))


def fault_line(texts: Texts, number: int, id_: str, fault: str) -> str:
    """Return one line that names the step and what is wrong with it."""
    return f"{texts('step', number=number)} {id_}: {fault}"


def _before(played: Played, texts: Texts) -> Iterator[str]:
    if played.step.facts:
        yield texts("order")
    if played.step.withdraw is not None and played.withdrawal is not None:
        key = "withdrawal" if played.withdrawal.status == 201 else "withdrawal.failed"  # noqa: PLR2004 - created
        yield texts(key, who=texts.name(played.step.withdraw["by"]))


def _asked(played: Played, texts: Texts) -> Iterator[str]:
    request = played.step.request
    [(form, id_)] = request["requester"].items()
    name = texts.name(id_)
    organisation = played.officer.body.get("organisation")
    works_for = f" ({texts.name(organisation)})" if form == "professional" and organisation else ""
    yield texts(
        "asks",
        who=name[0].upper() + name[1:] + works_for,
        about=texts.name(request["about"]),
        what=_wanted(request, texts),
        purpose=texts.word("purpose", request["purpose"]),
    )
    if "question" in request:
        yield f"“{request['question']}”"


def _wanted(request: Mapping[str, Any], texts: Texts) -> str:
    if request["categories"] == ALL:
        return texts("everything")
    return texts.listed([texts.word("category", each) for each in request["categories"]])


def _lines_read(read: Read, person: str, texts: Texts) -> Iterator[Text]:
    for day in read.days(person):
        yield Text(day["heading"][texts.language], style="bold")
        for each in day["lines"]:
            often = f" ({each['often'][texts.language]})" if each["often"] else ""
            yield Text(f"· {each['text'][texts.language]}{often}")


def _counted(elements: Sequence[Mapping[str, Any]], texts: Texts) -> str:
    systems = len({each["source"]["organisation"] for each in elements})
    sources = texts("count.systems.one" if systems == 1 else "count.systems.many", count=systems)
    return texts("comes.one" if len(elements) == 1 else "comes.many", count=len(elements), sources=sources)


def _bases(played: Played, texts: Texts) -> str:
    titles = {basis.number: basis.title for bases in PURPOSES.values() for basis in bases}
    numbers = sorted({each["basis"] for each in played.answer.body["released"].values()})
    return texts.listed([f"{getattr(titles[each], texts.language)} ({each})" for each in numbers])


def _officers_part(played: Played, texts: Texts) -> Iterator[Text]:
    held, unasked = list(officer_view.held_back(played, texts)), list(officer_view.unasked(played, texts))
    for key, lines in (("officer.held-back", held), ("officer.unasked", unasked)):
        if lines:
            yield Text(texts(key), style="bold")
            yield from (Text(f"· {line}") for line in lines)
    if not held and not unasked:
        yield Text(texts("officer.nothing"))
    yield from (Text(line, style="dim") for line in officer_view.heard(played, texts))
