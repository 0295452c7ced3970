"""Figures as text, in the exposition format of Prometheus (version 0.0.4), which other collectors read too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure that goes up and down.

    Attributes:
        name: with its unit, such as "center_disk_free_bytes".
        told: what it means, in one sentence.
        values: by the values of the labels, in their order; () where there are none.
    """

    name: str
    told: str
    values: Mapping[tuple[str, ...], float]
    labels: tuple[str, ...] = field(default=())


def exposition(gauges: Iterable[Gauge]) -> str:
    """All of them, each with its meaning and kind."""
    return "".join(_written(each) for each in gauges)


def _written(gauge: Gauge) -> str:
    head = f"# HELP {gauge.name} {gauge.told}\n# TYPE {gauge.name} gauge\n"
    return head + "".join(
        f"{gauge.name}{_labelled(gauge.labels, values)} {figure!r}\n"
        for values, figure in gauge.values.items()
    )


def _labelled(labels: tuple[str, ...], values: tuple[str, ...]) -> str:
    if not labels:
        return ""
    pairs = zip(labels, values, strict=True)
    return "{" + ",".join(f'{label}="{value.translate(ESCAPED)}"' for label, value in pairs) + "}"
