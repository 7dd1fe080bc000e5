"""Filters as a model writes them, `{"team": "backend", "coverage": {"<": 80}}`, understood with the data model."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.fields import Field, Path, fields_of, resolve
from quaymaster.catalog.finding import find_identifiers
from quaymaster.catalog.names import choose
from quaymaster.catalog.rules import Rule, Term, every, read_term
from quaymaster.concurrency import gather
from quaymaster.errors import InputError
from quaymaster.port import PortClient
from quaymaster.port.documents import DocumentError, validate_request
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.query import BlueprintQuery, Query
from quaymaster.results import inline

__all__ = ["Filter", "read_filter"]

_MOST_ENDS = 1000
"""The most entities that a condition behind a relation may match; they are named one by one in the query."""
_COMBINATORS = ("and", "or")
_SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(("eq", "==", "is"), "="),
    **dict.fromkeys(("ne", "neq", "not", "<>"), "!="),
    **dict.fromkeys(("gt", "after", "since"), ">"),
    **dict.fromkeys(("lt", "before"), "<"),
    **dict.fromkeys(("gte", "ge", "from"), ">="),
    **dict.fromkeys(("lte", "le", "until"), "<="),
    **dict.fromkeys(("nin", "not in", "not_in"), "notIn"),
    **dict.fromkeys(("startswith", "starts_with"), "beginsWith"),
    "ends_with": "endsWith",
    "doesnotcontain": "doesNotContains",
}
"""Other spellings of Port's operators, in lower case."""


@dataclass(frozen=True)
class Filter:
    """What entities must meet: all of the terms; no term accepts every entity."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return ", ".join(inline(term.text) for term in self.terms)

    @property
    def search(self) -> Rule | None:
        """Returns the query for a blueprint's search; None for every entity."""
        return {"combinator": "and", "rules": [it.search for it in self.terms]} if self.terms else None

    @property
    def can_aggregate(self) -> bool:
        """Whether Port's aggregates can say all terms."""
        return all(it.aggregate is not None for it in self.terms)

    @property
    def aggregate(self) -> Rule | None:
        """Returns the query for aggregates; None for every entity."""
        return {"combinator": "and", "rules": [it.aggregate for it in self.terms]} if self.terms else None

    def also(self, other: "Filter") -> "Filter":
        """Returns the filter that accepts what both accept."""
        return Filter((*self.terms, *other.terms))

    def without(self, term: Term) -> "Filter":
        """Returns the filter without one of its terms."""
        return Filter(tuple(it for it in self.terms if it is not term))


async def read_filter(
    port: PortClient, catalog: Catalog, blueprint: Blueprint, where: Mapping[str, Any] | None
) -> Filter:
    """Returns the filter that a model has written for a blueprint's entities.

    Port is asked only where a condition is about a related entity (`{"domain": "Payments"}`), which may be named by its
    title, or about what that has (`{"domain.tier": 1}`).

    Raises:
        InputError: A name, an operator or a value does not fit the blueprint; the text lists what would.
    """
    if not where:
        return Filter()
    if "combinator" in where or "rules" in where:
        return Filter((_own_query(catalog, blueprint, where),))
    now = datetime.now(UTC)
    terms: list[Term] = []
    for name, condition in where.items():
        if (combinator := name.lower().removeprefix("$")) in _COMBINATORS:
            terms += await _combined(port, catalog, blueprint, combinator, condition)
            continue
        path = resolve(catalog, blueprint, name)
        for operator, given in _comparisons(name, condition):
            value = await _ends(port, catalog, path.field, given)
            term = read_term(catalog, path.field, operator, value, now)
            terms.append(await _behind(port, path, term) if path.relations else term)
    return Filter(tuple(terms))


async def _combined(
    port: PortClient, catalog: Catalog, blueprint: Blueprint, combinator: str, filters: Any
) -> list[Term]:
    """Returns the terms of several filters; of `or`, one that says that one of them must be met.

    Raises:
        InputError: These are no filters, or one of them is wrong.
    """
    if not isinstance(filters, list) or not filters or not all(isinstance(it, Mapping) and it for it in filters):
        raise InputError(f'"{combinator}" takes a list of filters, such as [{{"tier": "1"}}, {{"language": "Java"}}]')
    read = await gather(*(read_filter(port, catalog, blueprint, it) for it in filters))
    if combinator == "and":
        return [term for it in read for term in it.terms]
    aggregates = [it.aggregate for it in read if it.can_aggregate and it.aggregate]
    aggregate = every(aggregates, "or") if len(aggregates) == len(read) else None
    return [Term(" or ".join(map(str, read)), every([it.search for it in read if it.search], "or"), aggregate)]


def _comparisons(name: str, condition: Any) -> list[tuple[str, Any]]:
    """Returns the operators and values of a condition: a value (equal), a list (one of), None (empty), or a mapping."""
    if condition is None:
        return [("isEmpty", True)]
    if isinstance(condition, list):
        return [("in", condition)]
    if not isinstance(condition, Mapping):
        return [("=", condition)]
    if not condition:
        raise InputError(f"the condition on {name!r} is empty; write a value, a list, null, or {{operator: value}}")
    written: list[tuple[str, Any]] = [
        (_SPELLINGS.get(operator.lower().strip("$ "), operator), value) for operator, value in condition.items()
    ]
    return [
        ("isEmpty" if operator == "=" else "isNotEmpty", True)
        if value is None and operator in {"=", "!="}
        else (operator, value)
        for operator, value in written
    ]


async def _ends(port: PortClient, catalog: Catalog, field: Field, value: Any) -> Any:
    """Returns what a relation is compared with: the identifiers of entities whose identifiers or titles are given."""
    target = catalog.blueprints.get(field.target)
    names = value if isinstance(value, list) else [value]
    if target is None or not names or not all(isinstance(it, str) for it in names):
        return value
    found = await find_identifiers(port, target, names)
    return found if isinstance(value, list) else found[0]


async def _behind(port: PortClient, path: Path, term: Term) -> Term:
    """Returns a condition on the entities behind relations as one on the entities themselves.

    The ends that meet it are looked up first, and named in the rule (Port: `matchAny`).
    """
    found = await port.entities.search(
        path.relations[-1].target,
        {"combinator": "and", "rules": [term.search]},
        include=["$identifier"],
        limit=_MOST_ENDS,
    )
    if found.next is not None:
        raise InputError(f"more than {_MOST_ENDS:,} entities meet {term.text!r}; narrow that condition")
    text = term.text.replace(path.field.label, str(path), 1)
    rule: Rule = {
        "property": {"path": [it.identifier for it in path.relations]},
        "operator": "matchAny",
        "value": [it.identifier for it in found.entities],
    }
    return Term(text, rule, rule, term.field, of=path.relations[-1].target)


def _own_query(catalog: Catalog, blueprint: Blueprint, query: Mapping[str, Any]) -> Term:
    """Returns a query in Port's own form, checked: Port matches nothing, silently, where a property does not exist."""
    document = dict(query)
    validate_request(BlueprintQuery, document)
    _check_names(catalog, blueprint, document)
    try:
        validate_request(Query, document)
        aggregate: Rule | None = document
    except DocumentError:
        aggregate = None
    return Term("the given query", document, aggregate)


def _check_names(catalog: Catalog, blueprint: Blueprint, query: Mapping[str, Any]) -> None:
    fields = fields_of(catalog, blueprint)
    for rule in query["rules"]:
        if "rules" in rule:
            _check_names(catalog, blueprint, rule)
            continue
        for key in ("property", "relation", "scorecard"):
            name = rule.get(key)
            known = [it for it in fields if it.kind == key or (key == "property" and it.kind == "meta")]
            if isinstance(name, str) and not name.startswith("$") and name not in {it.identifier for it in known}:
                close = choose(name, known, key, f"blueprint {blueprint.identifier!r}")
                raise InputError(
                    f"unknown {key} {name!r} in Port's own query form; its identifier is {close.identifier!r}"
                )
