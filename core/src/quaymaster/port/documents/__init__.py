"""The shapes of Port's documents, one module a kind: `blueprint`, `entity`, `query`, `scorecard`, `action` and so on.

Each model serves two ways: `Blueprint.read(json)` takes what Port answers, and `validate_request(Blueprint, json)`
holds a request to what Port accepts. Import the modules one by one: this package loads none of them.
"""

from quaymaster.port.documents._base import (
    Document,
    find_request_problems,
    find_shape_problems,
    validate_request,
    validate_request_list,
)
from quaymaster.port.documents.problems import DocumentError, Problem, UnreadableError

__all__ = [
    "Document",
    "DocumentError",
    "Problem",
    "UnreadableError",
    "find_request_problems",
    "find_shape_problems",
    "validate_request",
    "validate_request_list",
]
