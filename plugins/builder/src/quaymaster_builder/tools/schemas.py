"""The schema of documents, and the verdict on one."""

from __future__ import annotations

from typing import Any

from lazy_importer import lazy_importer

from quaymaster import Answer, Table, tool
from quaymaster_builder.kind import Kind

__lazy_modules__ = {
    "quaymaster_builder.kinds",
    "quaymaster_builder.schemas.pieces",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster_builder.kinds import find_problems
    from quaymaster_builder.schemas.pieces import describe_piece

__all__ = ["get_schema", "validate_document"]


@tool(read_only=True)
async def get_schema(path: str) -> str:
    """Tells what Port takes in a kind of document, or at a path in it, with an example.

    Paths: "operation", "blueprint", "action.invocationMethod.GITHUB", "blueprint.schema.properties.string".
    """
    return describe_piece(path)


@tool(read_only=True)
async def validate_document(kind: Kind, document: dict[str, Any]) -> Answer:
    """Lists at once all that Port would refuse in a document, each with its place and remedy. Writes nothing."""
    problems = find_problems(kind, document)
    if not problems:
        return Answer(f"valid: Port accepts this {kind}, as far as the document alone decides")
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    rows = [(problem.place, problem.message, problem.expected) for problem in problems]
    return Answer(f"{count} in this {kind}; nothing was written", Table(("place", "problem", "remedy"), rows))
