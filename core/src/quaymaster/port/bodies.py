"""Documents on their way to Port."""

from quaymaster.port.documents import Document
from quaymaster.port.sender import JSON

__all__ = ["Body", "to_body", "to_replacement"]

Body = Document | JSON
"""A document to write: a model, or the JSON itself; Port has the last word on either."""

_SERVER_FIELDS = frozenset({"id", "createdAt", "createdBy", "updatedAt", "updatedBy"})
"""What Port adds when it shows a document, and refuses in one that replaces it (port docs: blueprints, "PUT")."""


def to_body(document: Body) -> JSON:
    """Returns the JSON of a document."""
    return document.to_json() if isinstance(document, Document) else document


def to_replacement(document: Body) -> JSON:
    """Returns the JSON of a document as it was read, perhaps changed since, without what Port adds when it shows it."""
    return {name: value for name, value in to_body(document).items() if name not in _SERVER_FIELDS}
