"""Queries over entities: rules joined by `and` or `or`, in each of Port's dialects (Port docs: search-and-query).

A query is read into typed rules, one class for each thing that a rule can be about. Which rules, operators and values
a dialect takes is in `_dialects`; the class of the query names the dialect.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from quaymaster.port.documents import _dialects
from quaymaster.port.documents._base import Document, KindedDocument
from quaymaster.port.documents._fields import Combinator
from quaymaster.port.documents._operands import (
    CONTEXTS,
    DATE_PRESETS,
    ContextProperty,
    DatePreset,
    DateRange,
    Hop,
    JqQuery,
    Operand,
    PropertySchema,
    PropertySchemaItems,
    RelationPath,
)
from quaymaster.port.documents._rules import Dialect, check_group
from quaymaster.port.documents.problems import Path, Problem

__all__ = [
    "CONTEXTS",
    "DATE_PRESETS",
    "BlueprintQuery",
    "ContextProperty",
    "DatasetQuery",
    "DatePreset",
    "DateRange",
    "Hop",
    "IdentifierQuery",
    "JqQuery",
    "MatchAnyRule",
    "Operand",
    "PropertyRule",
    "PropertySchema",
    "PropertySchemaItems",
    "PropertySchemaRule",
    "Query",
    "RelatedToRule",
    "RelationPath",
    "RelationRule",
    "Rule",
    "RuleValue",
    "ScorecardQuery",
    "ScorecardRule",
]

RuleValue = str | int | float | bool | list[Any] | Operand | None


class Rule(KindedDocument):
    """One rule of a query; of this very class only when it is about something that we do not know."""

    @classmethod
    def name_kind(cls, json: Mapping[str, Any]) -> str | None:
        """Returns what the rule is about: told by its operator for `relatedTo` and `matchAny`, else by a key."""
        operator = json.get("operator")
        if operator in ("relatedTo", "matchAny"):
            return str(operator)
        return next(
            (key for key in ("rules", "propertySchema", "property", "relation", "scorecard") if key in json), None
        )


class PropertyRule(Rule, kind="property"):
    """A rule about a property or meta-property of the candidate; `not_` belongs to scorecards alone."""

    property: str | ContextProperty
    operator: str
    value: RuleValue = None
    not_: bool | None = None


class RelationRule(Rule, kind="relation"):
    """A rule about what the candidate is related to; `not_` belongs to scorecards alone."""

    relation: str
    operator: str
    value: RuleValue = None
    target_property: str | None = None
    not_: bool | None = None


class ScorecardRule(Rule, kind="scorecard"):
    """A rule about the candidate's level in a scorecard, or about its result for one of the scorecard's rules."""

    scorecard: str
    operator: str
    value: RuleValue = None
    scorecard_rule: str | None = None


class RelatedToRule(Rule, kind="relatedTo"):
    """A rule that the candidate is related, over any number of steps in one direction, to entities of a blueprint."""

    blueprint: str
    operator: str
    value: str | list[str] | Operand
    direction: str | None = None
    required: bool | None = None


class MatchAnyRule(Rule, kind="matchAny"):
    """A rule that a path of relations ends at, or starts from, one of the entities named."""

    property: str | Operand
    operator: str
    value: str | list[str] | Operand


class PropertySchemaRule(Rule, kind="propertySchema"):
    """A rule that any property of a given type and format satisfies."""

    property_schema: PropertySchema
    operator: str
    value: RuleValue = None


class Query(Rule, kind="rules"):
    """Rules joined by `and` or `or`; an empty list matches everything, which is a guess.

    Of this very class: a query over the whole catalog (Port: POST /v1/entities/search, aggregations, policies).
    """

    dialect: ClassVar[Dialect] = _dialects.SEARCH

    combinator: Combinator
    rules: list[Rule]

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds the problems of the query and of every rule in it, in the query's dialect."""
        check_group(cls.dialect, json, path, problems)


class BlueprintQuery(Query):
    """A query over the entities of one blueprint (Port: POST /v1/blueprints/{blueprint}/entities/search)."""

    dialect: ClassVar[Dialect] = _dialects.BLUEPRINT_SEARCH


class DatasetQuery(Query):
    """A query that limits the entities a form offers; its values may be jq programs (Port: `dataset` of an input)."""

    dialect: ClassVar[Dialect] = _dialects.DATASET


class IdentifierQuery(Query):
    """A query in the place of an entity's identifier, team or related entities (Port docs: configure-mapping)."""

    dialect: ClassVar[Dialect] = _dialects.IDENTIFIER


class ScorecardQuery(Document):
    """The conditions of a scorecard's rule or filter, joined by `and` or `or`; they do not nest (docs: scorecards).

    A condition may be read as JSON text, as Terraform keeps it; a request with such a condition is refused.
    """

    combinator: Combinator
    conditions: list[Rule | str]

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds the problems of the query and of every condition in it."""
        check_group(_dialects.SCORECARD, json, path, problems)
