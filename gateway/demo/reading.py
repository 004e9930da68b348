"""The step of the demonstration in which the mother asks who has looked, and reads her own log and her children's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.api.log.own import PATH
from gateway.demo.family import Asked
from gateway.demo.stage import Said, Stage
from gateway.demo.texts import Texts
from gateway.sandbox.call import CallError
from gateway.sandbox.credentials import CredentialsError

_FOUND: Final = 200


@dataclass(frozen=True, slots=True)
class Read:
    """What came of the step: for each log the answer. `broken` is why it could not be played to its end."""

    asked: Asked
    logs: Mapping[str, Said] = field(default_factory=dict)
    broken: str = ""

    def days(self, person: str) -> list[Mapping[str, Any]]:
        """Return the days of the log of `person`, newest first; none where it did not come."""
        said = self.logs.get(person)
        found: list[Mapping[str, Any]] = [] if said is None else said.body.get("days", [])
        return found

    def message(self, texts: Texts) -> str:
        """Return what stands under every log: that there may be more, and where to ask."""
        found = [said.body["message"][texts.language] for said in self.logs.values() if "message" in said.body]
        return str(found[0]) if found else ""

    def faults(self, texts: Texts) -> list[str]:
        """Return what is not as the story says, a sentence each; empty where all is well."""
        return [texts("fault.broken", why=self.broken)] if self.broken else list(self._faults(texts))

    def _faults(self, texts: Texts) -> Iterator[str]:
        for person, must in self.asked.logs.items():
            name, said = texts.name(person), self.logs[person]
            if said.status != _FOUND:
                yield texts("fault.log-not-read", who=name, status=said.status)
                continue
            lines = [each for day in self.days(person) for each in day["lines"]]
            came = [{"mark": each["mark"]["code"], "organisation": each["organisation"]} for each in lines]
            if came != must:
                yield texts("fault.lines", who=name, came=_listed(came), must=_listed(must))


async def read_logs(stage: Stage, asked: Asked) -> Read:
    """Let the reader of `asked` ask for each log, with a login of his own."""
    logs: dict[str, Said] = {}
    try:
        for person in asked.logs:
            logs[person] = await stage.call(f"person:{asked.reader}", "GET", f"{PATH}?person={person}")
    except (CallError, CredentialsError) as error:
        return Read(asked, broken=str(error))
    return Read(asked, logs)


def _listed(lines: list[dict[str, Any]]) -> str:
    return ", ".join(f"{each['mark']} {each['organisation']}" for each in lines) or "-"
