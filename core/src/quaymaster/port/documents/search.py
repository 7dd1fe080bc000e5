"""Bodies of the routes that look for entities and compute over them (Port: /v1/entities and …/entities/search)."""

from typing import Annotated, Any

from quaymaster.port.documents._base import Document, KindedDocument
from quaymaster.port.documents._constraints import OneOf, Range
from quaymaster.port.documents.blueprint import AVERAGE_PERIODS
from quaymaster.port.documents.problems import Path, Problem, missing, unknown_key
from quaymaster.port.documents.query import BlueprintQuery, Query

__all__ = [
    "TIME_INTERVALS",
    "TIME_PRESETS",
    "Aggregation",
    "AggregationOverTime",
    "BlueprintSearch",
    "CountOverTime",
    "PropertiesHistory",
    "PropertiesOverTime",
    "TimeRange",
]

TIME_INTERVALS = ("hour", "day", "isoWeek", "month", "quarter")
_LONG_PRESETS = ("last2Years", "last3Years")
TIME_PRESETS = (
    "today",
    "yesterday",
    "lastDay",
    "lastWeek",
    "last2Weeks",
    "lastMonth",
    "last3Months",
    "last6Months",
    "last12Months",
    *_LONG_PRESETS,
)

TimeInterval = Annotated[str, OneOf(TIME_INTERVALS)]


class BlueprintSearch(Document):
    """A page of a blueprint's entities (Port: POST /v1/blueprints/{blueprint_identifier}/entities/search)."""

    closed = True

    query: BlueprintQuery | None = None
    include: list[str] | None = None
    exclude: list[str] | None = None
    limit: Annotated[int | float, Range(1, 1000)] = 200
    from_: str | None = None


class Aggregation(Document):
    """One number, or counts by value (Port: POST /v1/entities/aggregate)."""

    closed = True

    func: Annotated[str, OneOf(("count", "average", "sum", "min", "max", "median", "countValues"))]
    query: Query
    property: str | None = None
    relation: str | None = None
    scorecard: str | None = None
    rule: str | None = None
    average_of: Annotated[str, OneOf(AVERAGE_PERIODS)] | None = None
    measure_time_by: str | None = None
    calculation_by: str | None = None

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds also what depends on the function: what it counts or computes over."""
        before = len(problems)
        super().check_shape(json, path, problems)
        if len(problems) > before:
            return
        if json["func"] == "countValues":
            _check_grouping(json, path, problems)
            return
        if json["func"] not in ("count", "average") and "property" not in json:
            problems.append(missing(path, "property", f"function {json['func']!r} is computed over a property"))
        numbers = ("func", "query", "averageOf", "measureTimeBy", "calculationBy")
        known = numbers if json["func"] == "count" else (*numbers, "property")
        problems.extend(unknown_key(path, key, known) for key in json if key not in known)


def _check_grouping(json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
    groupings = ({"property"}, {"relation"}, {"scorecard"}, {"scorecard", "rule"})
    if json.keys() - {"func", "query"} not in groupings:
        expected = "group by one of property, relation, scorecard, or scorecard and rule"
        problems.append(Problem(path, "must match exactly one schema in oneOf", expected))


class TimeRange(Document):
    """The span of time that a chart shows."""

    closed = True

    preset: Annotated[str, OneOf(TIME_PRESETS)]
    time_zone: str | None = None


class AggregationOverTime(KindedDocument):
    """A series of numbers for a chart (Port: POST /v1/entities/aggregate-over-time)."""

    tag = "aggregationType"
    closed = True

    aggregation_type: str
    blueprint: str
    time_range: TimeRange
    time_interval: TimeInterval
    query: Query
    measure_time_by: str
    func: str

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds also that spans of several years are shown by quarter."""
        super().check_shape(json, path, problems)
        if cls.is_kind():
            _check_interval(json, path, problems)


class PropertiesOverTime(AggregationOverTime, kind="aggregatePropertiesValues"):
    """One series for each property."""

    func: Annotated[str, OneOf(("average", "sum", "min", "max", "median", "last"))]
    properties: list[str]


class CountOverTime(AggregationOverTime, kind="countEntities"):
    """The number of entities, in one series or in one for each value of a property."""

    func: Annotated[str, OneOf(("count", "average"))]
    breakdown_property: str | None = None


class _ZonedTimeRange(TimeRange):
    time_zone: str


class PropertiesHistory(Document):
    """What properties of one entity were in the past (Port: POST /v1/entities/properties-history)."""

    closed = True

    entity_identifier: str
    blueprint_identifier: str
    property_names: list[str]
    time_interval: TimeInterval | None = None
    time_range: _ZonedTimeRange | None = None

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds also that spans of several years are shown by quarter."""
        super().check_shape(json, path, problems)
        _check_interval(json, path, problems)


def _check_interval(json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
    """Adds a problem unless a long span is shown by quarter; so is, as Port's schema has it, one that is not given."""
    span = json.get("timeRange", {})
    long = isinstance(span, dict) and span.get("preset", _LONG_PRESETS[0]) in _LONG_PRESETS
    if long and json.get("timeInterval", "quarter") != "quarter":
        problems.append(
            Problem((*path, "timeInterval"), "must be equal to one of the allowed values", "one of: quarter")
        )
