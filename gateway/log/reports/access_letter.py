"""The letter of an access report: totals and what one can do on the first page, then what happened, day by day. Pure.

Source: `reference/ux.md` P6; GDPR article 15; `reference/law.md` R7.2 (who, what, when, why) and R7.5.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from audit.own_log.days import Day
from audit.sentences.catalogue import texts_in as sentences_in
from audit.sentences.sentence import Mark
from consent.whose_log import ReadsAs
from schemas.texts import LANGUAGES, WORDS, Language, Texts, in_language, read_catalogue

_FILES: Final = (WORDS, Path(__file__).with_name("access_texts.yaml"))
_COUNTED: Final = {
    Mark.READ: "report.read",
    Mark.AUTOMATIC: "report.read",
    Mark.REFUSED: "report.refused",
    Mark.EMERGENCY: "report.emergency",
}
_ACTS: Final = ("report.can.ask", "report.can.wrong", "report.can.stop", "report.can.complain")


@cache
def texts_in(language: Language) -> Texts:
    """Return the texts of the letter in `language`."""
    return in_language(read_catalogue(_FILES), language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is told to who asked. `number` stands for the person; `root` is the newest checkpoint's, base64, or None.

    `of` is the organisation of which it is the part, None where it is the whole.
    """

    reading: ReadsAs
    number: str
    of: str | None
    since: datetime | None
    until: datetime
    days: Sequence[Day]
    root: str | None

    def as_json(self) -> dict[str, Any]:
        """Return it in both languages."""
        return {
            "reads_as": str(self.reading),
            "number": self.number,
            "first_page": {each: list(self.first_page(each)) for each in LANGUAGES},
            "days": [each.as_json() for each in self.days],
        }

    def first_page(self, language: Language) -> Iterator[str]:
        """Yield the sentences of the first page, a paragraph each."""
        texts, own = texts_in(language), sentences_in(language)
        yield texts(f"report.asked.{self.reading}")
        if self.reading is ReadsAs.BESIDE:
            yield texts("report.beside")
        if self.of is not None:
            yield texts("report.part", organisation=self.of)
        yield texts("report.number", number=self.number)
        yield self._period(texts)
        yield from self._totals(texts)
        yield own("list.more")
        yield texts("report.can")
        yield from (texts(each) for each in _ACTS)
        if self.root is not None:
            yield texts("report.proof", root=self.root)

    def _period(self, texts: Texts) -> str:
        until = texts.moment(self.until)
        if self.since is None:
            return texts("report.period.all", until=until)
        return texts("report.period", since=texts.moment(self.since), until=until)

    def _totals(self, texts: Texts) -> Iterator[str]:
        counted: Counter[str] = Counter()
        for day in self.days:
            for line in day.lines:
                counted[_COUNTED.get(line.said["nl"].mark, "report.other")] += len(line.events)
        if not counted:
            yield texts("report.none")
        for key in (*dict.fromkeys(_COUNTED.values()), "report.other"):
            if counted[key]:
                yield texts(key, count=counted[key])
