"""Counting at Port, in one request wherever its aggregates can say the filter."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.columns import includes, value_of
from quaymaster.catalog.fields import Field, Path
from quaymaster.catalog.filters import Filter
from quaymaster.catalog.names import fold
from quaymaster.catalog.rules import Term, read_term
from quaymaster.concurrency import gather
from quaymaster.port import PortClient
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.results import inline

__all__ = ["NONE", "count", "count_by", "count_names", "why_empty"]

NONE = "(none)"
"""What stands in place of a value that is missing."""

_FREQUENT = 5


async def count(port: PortClient, blueprint: str, chosen: Filter) -> int:
    """Returns how many entities of a blueprint pass a filter.

    Aggregates cannot filter by a scorecard's level, but they can count by it; what they can say in no way (a relation
    that is empty, or not this one) is counted page by page.
    """
    if chosen.can_aggregate:
        return await port.entities.count(blueprint, chosen.aggregate)
    for term in chosen.terms:
        if term.scored is not None and (rest := chosen.without(term)).can_aggregate:
            scorecard, levels = term.scored
            by_level = await port.entities.count_values(blueprint, scorecard, rest.aggregate, kind="scorecard")
            return sum(by_level.get(level, 0) for level in levels)
    found = port.entities.search_all(blueprint, chosen.search, include=["$identifier"])
    return sum([1 async for _ in found])


async def count_by(
    port: PortClient, catalog: Catalog, blueprint: str, field: Field, chosen: Filter
) -> Mapping[str, int]:
    """Returns how many entities have each value of a field; those without a value are not counted."""
    if chosen.can_aggregate:
        kind = "property" if field.kind == "meta" else field.kind
        return await port.entities.count_values(blueprint, field.identifier, chosen.aggregate, kind=kind)
    counts: Counter[str] = Counter()
    async for entity in port.entities.search_all(blueprint, chosen.search, include=includes([Path((), field)])):
        value = value_of(catalog, field, entity)
        counts.update(str(it) for it in (value if isinstance(value, list) else [value]) if it is not None)
    return counts


async def count_names(
    port: PortClient, catalog: Catalog, blueprint: Blueprint, field: Field, chosen: Filter
) -> dict[str, int]:
    """Returns how many entities have each value, by its name for people; `(none)` for those without one.

    Of an array each element counts. Entities without any end of a relation to many are left out: aggregates cannot
    find them.
    """
    name = blueprint.identifier
    counting = count_by(port, catalog, name, field, chosen)
    empty = read_term(catalog, field, "isEmpty", True, datetime.now(UTC))
    if field.identifier in blueprint.schema_.required or (field.type == "array" and empty.aggregate is None):
        counts, missing = await counting, 0
    elif field.type == "array":
        counts, missing = await gather(counting, count(port, name, chosen.also(Filter((empty,)))))
    else:
        counts, total = await gather(counting, count(port, name, chosen))
        missing = total - sum(counts.values())
    named = {(catalog.team_title(it) if field.is_team else it): n for it, n in counts.items()}
    return {**named, NONE: missing} if missing else named


async def why_empty(port: PortClient, catalog: Catalog, blueprint: Blueprint, chosen: Filter) -> list[str]:
    """Returns what may explain that nothing passes a filter: each condition's own count, and values that occur."""
    name = blueprint.identifier
    if not chosen.terms:
        return [f"blueprint {name!r} has no entities"]
    alone = await gather(*(count(port, name, Filter((term,))) for term in chosen.terms))
    if all(alone):
        counts = "; ".join(f"{inline(term.text)}: {n:,}" for term, n in zip(chosen.terms, alone, strict=True))
        return [f"no entity meets all conditions at once; each alone is met: {counts}"]
    barren = [term for term, n in zip(chosen.terms, alone, strict=True) if not n]
    return list(await gather(*(_what_occurs(port, catalog, name, term) for term in barren)))


async def _what_occurs(port: PortClient, catalog: Catalog, blueprint: str, term: Term) -> str:
    """Says that no entity meets a condition, and which values of its field are the most frequent."""
    said = f"no entity meets {inline(term.text)!r}"
    if term.field is None or term.field.type in {"number", "object"} or term.field.is_date:
        return said
    counts = await count_by(port, catalog, term.of or blueprint, term.field, Filter())
    wanted = term.search.get("value")
    if alike := [it for it in counts if isinstance(wanted, str) and fold(it) == fold(wanted)]:
        return f"{said}; written {' or '.join(repr(inline(it)) for it in alike[:_FREQUENT])} there is one"
    frequent = sorted(counts.items(), key=lambda it: (-it[1], it[0]))[:_FREQUENT]
    if not frequent:
        return f"{said}: {term.field.label} is empty everywhere"
    if frequent[0][1] == 1 and term.search.get("operator") in {"=", "in"}:
        return f'{said}; every {term.field.label} is different: try {{"contains": …}}'
    listed = ", ".join(f"{inline(value)} ({n:,})" for value, n in frequent)
    return f"{said}; the most frequent values of {term.field.label}: {listed}"
