"""Orders of entities, which Port's search does not know, and how few entities are enough to know a page of one."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quaymaster import PortClient
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.counts import count_by
from quaymaster.catalog.fields import Field, Path, resolve
from quaymaster.catalog.filters import Filter
from quaymaster.catalog.rules import Term, read_term
from quaymaster.port.documents.blueprint import Blueprint

__all__ = ["Key", "Sort", "read_sort", "window_of"]

Key = tuple[bool, int, Any, str]
"""What entities are compared by: whether there is a value, the value's rank, and the identifier."""


@dataclass(frozen=True)
class Sort:
    """An order of entities: by a field, entities without a value last, and by identifier where that leaves it open."""

    path: Path
    descending: bool

    def __str__(self) -> str:
        return f"{self.path}{' descending' if self.descending else ''}"

    def key(self, value: Any, identifier: str) -> Key:
        """Returns what entities are compared by; the largest comes first if the order descends."""
        return (value is not None) if self.descending else (value is None), *rank(self.path.field, value), identifier

    def first(self, keys: Iterable[Key], limit: int) -> list[Key]:
        """Returns the first keys in this order, at most `limit`."""
        return heapq.nlargest(limit, keys) if self.descending else heapq.nsmallest(limit, keys)

    def is_after(self, key: Key, other: Key) -> bool:
        """Whether a key comes after another one."""
        return key < other if self.descending else key > other


def read_sort(catalog: Catalog, blueprint: Blueprint, written: str | None) -> Sort | None:
    """Returns the order that a model has written: `bug_count`, `-bug_count` or `bug_count desc`; None for Port's own.

    Raises:
        InputError: The name stands for nothing, or for several things.
    """
    if written is None:
        return None
    name, _, direction = written.strip().rpartition(" ")
    if direction.lower() not in {"asc", "desc"}:
        name, direction = written, ""
    return Sort(
        resolve(catalog, blueprint, name.strip().removeprefix("-")), name.startswith("-") or direction.lower() == "desc"
    )


def rank(field: Field, value: Any) -> tuple[int, Any]:
    """Returns a value as part of a key: numbers before text, levels by rank, lists by their first elements."""
    if field.kind == "scorecard" and value in field.choices:
        return 0, field.choices.index(value)
    if isinstance(value, int | float):
        return 0, value
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return 1, "" if value is None else str(value).casefold()


async def window_of(
    port: PortClient, catalog: Catalog, blueprint: str, chosen: Filter, sort: Sort, last: Key | None, limit: int
) -> Filter | None:
    """Returns a narrower filter that still lets the next `limit` entities of an order through; None if none is known.

    Port counts the entities of each value in one request. From the counts follows how far the page reaches, and only
    the entities within have to be read: of 100,000 some dozens instead of all.
    """
    field = sort.path.field
    if sort.path.relations or field.kind not in {"property", "meta"} or field.type not in {"string", "number"}:
        return None
    if not chosen.can_aggregate:
        return None
    counts = await count_by(port, catalog, blueprint, field, chosen)
    values = _values_of_page(field, counts, sort, last, limit)
    if not values:
        return None
    now = datetime.now(UTC)
    if field.type == "number" or field.is_date:
        bounds = sorted([values[0], values[-1]], key=lambda it: rank(field, it))
        terms = [read_term(catalog, field, *it, now) for it in ((">=", bounds[0]), ("<=", bounds[1]))]
        return chosen.also(Filter(tuple(terms)))
    rule = {"property": field.identifier, "operator": "in", "value": values}
    return chosen.also(Filter((Term(f"{field.label} among those of the page", rule, rule, field),)))


def _values_of_page(field: Field, counts: Mapping[str, int], sort: Sort, last: Key | None, limit: int) -> list[Any]:
    """Returns the values that the next `limit` entities have, in order; empty if entities without a value follow."""
    typed = {(float(it) if field.type == "number" else it): n for it, n in counts.items()}
    ordered = sorted(typed, key=lambda it: rank(field, it), reverse=sort.descending)
    values, found = [], 0
    for value in ordered:
        here = None if last is None else _compare(rank(field, value), last[1:3], descending=sort.descending)
        if here is not None and here < 0:
            continue
        values.append(value)
        found += typed[value] if here != 0 else 0  # of the last row's own value an unknown part has been shown
        if found >= limit:
            return values
    return []


def _compare(one: tuple[int, Any], other: tuple[int, Any], *, descending: bool) -> int:
    """Returns -1, 0 or 1: whether one rank comes before, with or after another in the order."""
    sign = (one > other) - (one < other)
    return -sign if descending else sign
