"""The Prometheus text format, version 0.0.4: written by hand, for its library costs 5 MiB in every process.

Source: "Exposition formats" of the Prometheus documentation, section "Text-based format".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.metrics.catalogue import Metric

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One number of a metric. `suffix` is that of a histogram's parts: `_bucket`, `_sum`, `_count`."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""


def written(measured: Iterable[tuple[Metric, Sequence[Sample]]]) -> str:
    """Return what was measured as text; a metric of which nothing is known is left out."""
    return "".join(_metric(metric, samples) for metric, samples in measured if samples)


def _metric(metric: Metric, samples: Sequence[Sample]) -> str:
    says = metric.says.replace("\\", "\\\\").replace("\n", "\\n")
    head = f"# HELP {metric.name} {says}\n# TYPE {metric.name} {metric.type}\n"
    return head + "".join(
        f"{metric.name}{each.suffix}{_labels(each.labels)} {_number(each.value)}\n" for each in samples
    )


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
