"""The figures that can be computed over entities: `count`, `average(coverage)`, `p90(lead_time)`, `share`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from quaymaster import InputError, nearest_first
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.fields import Path, resolve
from quaymaster.port.documents.blueprint import Blueprint

__all__ = ["COUNT", "SHARE", "Measure", "PortFunction", "figure", "read_measures"]

PortFunction = Literal["sum", "average", "min", "max", "median"]
"""The functions that Port computes (Port: POST /v1/entities/aggregate)."""
_FUNCTIONS: dict[str, PortFunction] = {
    "sum": "sum",
    "average": "average",
    "avg": "average",
    "mean": "average",
    "min": "min",
    "max": "max",
    "median": "median",
}
_PERCENTILE = re.compile(r"p([1-9]\d?)")
_WRITTEN = re.compile(r"\s*(\w+)(?:\s*\(\s*(?P<in>.*?)\s*\)|\s+(?:of\s+)?(?P<after>\S.*?))?\s*")


@dataclass(frozen=True)
class Measure:
    """A figure over entities.

    Attributes:
        function: `count`, `share`, one of Port's functions, or a percentile (`p90`).
        path: What it is computed over; None for `count` and `share`.
    """

    function: str
    path: Path | None = None

    def __str__(self) -> str:
        return self.function if self.path is None else f"{self.function}({self.path})"

    @property
    def port_function(self) -> PortFunction | None:
        """Returns the function of Port's that computes it; None if there is none."""
        if self.path is None or self.path.relations:
            return None
        return _FUNCTIONS.get(self.function)


COUNT = Measure("count")
"""How many entities there are."""
SHARE = Measure("share")
"""What part of all entities these are."""


def read_measures(catalog: Catalog, blueprint: Blueprint, written: Sequence[str]) -> list[Measure]:
    """Returns the measures that a model has written.

    Raises:
        InputError: A function is unknown, or what it is computed over is not there or no number.
    """
    return list(dict.fromkeys(_read_measure(catalog, blueprint, it) for it in written))


def figure(function: str, values: Sequence[float]) -> float | None:
    """Returns a function of Port's, or a percentile, of values; None if there are none.

    A percentile p of n ordered values is the value at the place (n - 1) * p / 100, between two values in proportion.
    """
    if not values:
        return None
    match function:
        case "sum":
            return sum(values)
        case "average":
            return sum(values) / len(values)
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "median":
            return median(values)
    ordered = sorted(values)
    place = (len(ordered) - 1) * int(function.removeprefix("p")) / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _read_measure(catalog: Catalog, blueprint: Blueprint, written: str) -> Measure:
    match = _WRITTEN.fullmatch(written)
    function, name = (match[1].lower(), match["in"] or match["after"]) if match else (written, None)
    if function in {"count", "share"}:
        return Measure(function)
    function = _FUNCTIONS.get(function, function)
    if function not in _FUNCTIONS and not _PERCENTILE.fullmatch(function):
        choices = ", ".join(nearest_first(function, ["count", "share", *dict.fromkeys(_FUNCTIONS.values()), "p90"]))
        raise InputError(f"unknown measure {written!r}; choose from: {choices}; such as 'average(coverage)'")
    if not name:
        raise InputError(f"measure {written!r} needs a number property: '{function}(coverage)'")
    path = resolve(catalog, blueprint, name)
    if path.field.type != "number":
        raise InputError(f"{str(path)!r} is no number ({path.field.type}); {function} needs one")
    return Measure(function, path)
