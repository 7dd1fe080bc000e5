"""The kinds of documents that the pack builds with, and everything that Port would refuse in one."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from quaymaster.port.documents import Document, Problem, UnreadableError
from quaymaster.port.documents.action import ActionWrite
from quaymaster.port.documents.blueprint import (
    AggregationProperty,
    Blueprint,
    CalculationProperty,
    MirrorProperty,
    Property,
    Relation,
)
from quaymaster.port.documents.entity import EntityWrite
from quaymaster.port.documents.page import Page
from quaymaster.port.documents.permissions import ActionPermissions, BlueprintPermissions, PagePermissions
from quaymaster.port.documents.scorecard import Level, ScorecardRule, ScorecardWrite
from quaymaster_builder.kind import Kind

__all__ = ["MODELS", "find_problems", "find_shape_problems"]

MODELS: Mapping[Kind, type[Document]] = {
    "blueprint": Blueprint,
    "property": Property,
    "relation": Relation,
    "mirror": MirrorProperty,
    "calculation": CalculationProperty,
    "aggregation": AggregationProperty,
    "scorecard": ScorecardWrite,
    "rule": ScorecardRule,
    "level": Level,
    "action": ActionWrite,
    "automation": ActionWrite,
    "entity": EntityWrite,
    "page": Page,
    "blueprint_permissions": BlueprintPermissions,
    "action_permissions": ActionPermissions,
    "page_permissions": PagePermissions,
}


def find_problems(kind: Kind, document: dict[str, Any]) -> list[Problem]:
    """Returns all that Port refuses in a document, looking at the document alone; empty if it would be accepted.

    Unlike `validate_request`, which stops after the problems of shape as Port does, this goes on to the others.
    """
    problems = find_shape_problems(kind, document)
    with suppress(UnreadableError):  # a document too broken to be read: its problems of shape say why
        problems.extend(MODELS[kind].read(document).find_problems())
    return problems


def find_shape_problems(kind: Kind, document: dict[str, Any]) -> list[Problem]:
    """Returns what Port's schema refuses in a document: keys, types and values, each by itself."""
    problems: list[Problem] = []
    MODELS[kind].check_shape(document, (), problems)
    return problems
