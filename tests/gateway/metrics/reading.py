"""A strict reader of the Prometheus text format, written from its description: what it does not know, it refuses."""

import re
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"')
_SAMPLE = re.compile(rf"({_NAME})(?:\{{(.*)\}})? ([0-9.e+-]+|\+Inf|NaN)")


@dataclass
class Read:
    """What stands in a text: the types by metric, and the numbers by name and labels."""

    types: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, tuple[tuple[str, str], ...]], float] = field(default_factory=dict)

    def number(self, name: str, /, **labels: str) -> float:
        return self.numbers[name, tuple(sorted(labels.items()))]

    def labels(self, name: str) -> set[tuple[tuple[str, str], ...]]:
        return {labels for known, labels in self.numbers if known == name}


def read(text: str) -> Read:
    """Return what `text` says.

    Raises:
        ValueError: at the first line that is not of the format, of a metric without type, or that stands there twice.
    """
    found = Read()
    if not text.endswith("\n"):
        raise ValueError("the last line does not end")
    for line in text.splitlines():
        if re.fullmatch(rf"# HELP {_NAME} [^\n]+", line):
            continue
        typed = re.fullmatch(rf"# TYPE ({_NAME}) (counter|gauge|histogram)", line)
        if typed:
            if typed[1] in found.types:
                raise ValueError(f"two types: {line}")
            found.types[typed[1]] = typed[2]
            continue
        _take(found, line)
    return found


def _take(found: Read, line: str) -> None:
    sample = _SAMPLE.fullmatch(line)
    if sample is None:
        raise ValueError(f"no sample: {line}")
    name, written, number = sample[1], sample[2] or "", sample[3]
    if re.sub(r"_(bucket|sum|count)$", "", name) not in found.types and name not in found.types:
        raise ValueError(f"no type: {line}")
    pairs = _LABEL.findall(written)
    if ",".join(f'{each}="{value}"' for each, value in pairs) != written:
        raise ValueError(f"no labels: {line}")
    key = name, tuple(sorted(pairs))
    if key in found.numbers:
        raise ValueError(f"twice: {line}")
    found.numbers[key] = float(number)
