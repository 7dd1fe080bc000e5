"""What entities are grouped by: a field's values, or the calendar spans of an instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quaymaster import InputError, PortClient, nearest_first
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.counts import NONE, count_by
from quaymaster.catalog.dates import as_port_writes
from quaymaster.catalog.fields import Field, Path, fields_of, resolve
from quaymaster.catalog.filters import Filter
from quaymaster.catalog.rules import Term, read_term
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster_catalog.buckets import BUCKETS, bucket_of, buckets_between, span_of

__all__ = ["Group", "Slice", "read_groups", "slices_of"]

_MOST_SLICES = 60
_MOST_GROUPS = 2


@dataclass(frozen=True)
class Group:
    """One thing to group by.

    Attributes:
        path: The field, perhaps behind relations.
        bucket: Of an instant, the sort of span; empty for anything else.
    """

    path: Path
    bucket: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.bucket}" if self.bucket else str(self.path)

    @property
    def is_exclusive(self) -> bool:
        """Whether every entity is in exactly one of the groups."""
        return not any(it.type == "array" for it in (*self.path.relations, self.path.field))

    def names(self, value: Any) -> list[str]:
        """Returns the groups that an entity with this value is in; an array's each element is one."""
        values = value if isinstance(value, list) else [value]
        return list(dict.fromkeys(self._name(it) for it in values)) or [NONE]

    def _name(self, value: Any) -> str:
        if value in (None, ""):
            return NONE
        if self.bucket:
            return bucket_of(datetime.fromisoformat(value), self.bucket)
        return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Slice:
    """One group, as a condition that Port's aggregates can say."""

    name: str
    term: Term


def read_groups(catalog: Catalog, blueprint: Blueprint, names: str | Sequence[str] | None) -> list[Group]:
    """Returns what to group by: `team`, `created_at:week`, or two such names.

    Raises:
        InputError: A name stands for nothing or cannot be grouped by, or there are too many.
    """
    asked = [names] if isinstance(names, str) else list(names or ())
    if len(asked) > _MOST_GROUPS:
        raise InputError(f"group_by takes at most {_MOST_GROUPS} names, not {len(asked)}")
    return [_read_group(catalog, blueprint, name) for name in asked]


def _read_group(catalog: Catalog, blueprint: Blueprint, name: str) -> Group:
    head, _, bucket = name.rpartition(":")
    if not head and bucket in BUCKETS:
        dates = ", ".join(f"'{it.label}:{bucket}'" for it in fields_of(catalog, blueprint) if it.is_date)
        raise InputError(f"by which date is {bucket!r} meant? choose from: {dates}")
    if bucket in BUCKETS:
        path = resolve(catalog, blueprint, head)
        if path.field.is_date:
            return Group(path, bucket)
        raise InputError(f"{head!r} is no date; group it without {':' + bucket!r}")
    if head and not name.startswith("scorecard:"):
        choices = ", ".join(nearest_first(bucket, BUCKETS))
        raise InputError(f"{bucket!r} is no span of time to group by; choose from: {choices}")
    path = resolve(catalog, blueprint, name)
    if path.field.is_date:
        raise InputError(f"{name!r} is a date; group it by day, week, month, quarter or year: '{name}:week'")
    if path.field.type == "object":
        raise InputError(f"{name!r} holds objects; it cannot be grouped by")
    return Group(path)


async def slices_of(
    port: PortClient, catalog: Catalog, blueprint: Blueprint, group: Group, chosen: Filter
) -> list[Slice] | None:
    """Returns a condition for each group that occurs; None if they are too many, or if Port cannot say them.

    Spans of time can be told in advance if the filter bounds the instant on both sides.
    """
    field = group.path.field
    if group.path.relations or field.kind == "scorecard" or not chosen.can_aggregate:
        return None
    if group.bucket:
        return _spans(field, group.bucket, chosen)
    counts = await count_by(port, catalog, blueprint.identifier, field, chosen)
    if len(counts) > _MOST_SLICES or (field.kind == "relation" and not blueprint.relations[field.identifier].required):
        return None
    now = datetime.now(UTC)
    slices = [
        Slice(catalog.team_title(it) if field.is_team else it, read_term(catalog, field, "=", _typed(field, it), now))
        for it in counts
    ]
    if field.kind == "relation" or field.identifier in blueprint.schema_.required:
        return slices
    return [*slices, Slice(NONE, read_term(catalog, field, "isEmpty", True, now))]


def _spans(field: Field, bucket: str, chosen: Filter) -> list[Slice] | None:
    now = datetime.now(UTC)
    bounds = [span_of(term.span, now) for term in chosen.terms if term.field == field and term.span is not None]
    if not bounds:
        return None
    start, end = max(it[0] for it in bounds), min(it[1] for it in bounds)
    slices: list[Slice] = []
    for name, first, last in buckets_between(start, end, bucket):
        if len(slices) == _MOST_SLICES:
            return None
        rule = {
            "property": field.identifier,
            "operator": "between",
            "value": {"from": as_port_writes(first), "to": as_port_writes(last)},
        }
        slices.append(Slice(name, Term(name, rule, rule, field)))
    return slices


def _typed(field: Field, value: str) -> Any:
    """Returns the value that a group's name stands for; counts have names for keys."""
    if field.type == "boolean":
        return value == "true"
    return float(value) if field.type == "number" else value
