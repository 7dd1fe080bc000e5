"""The kinds of documents that the pack builds with, by name."""

from typing import Literal

__all__ = ["Kind"]

Kind = Literal[
    "blueprint",
    "property",
    "relation",
    "mirror",
    "calculation",
    "aggregation",
    "scorecard",
    "rule",
    "level",
    "action",
    "automation",
    "entity",
    "page",
    "blueprint_permissions",
    "action_permissions",
    "page_permissions",
]
"""What a document is. The five after `blueprint` are parts of one, as `rule` and `level` are of a scorecard."""
