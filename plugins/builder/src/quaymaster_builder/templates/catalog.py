"""The templates by name, as operations that add what is missing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from quaymaster import InputError, nearest_first
from quaymaster_builder.model.refs import Json

__all__ = ["Template", "find_template", "list_templates"]

_REFERENCES = frozenset({"target", "blueprint", "blueprintIdentifier", "fromBlueprint"})
"""The keys under which documents name blueprints."""


@dataclass(frozen=True)
class Template:
    """Documents for one need.

    Attributes:
        name: What it is asked for by.
        title: What people call it.
        description: One sentence.
        documents: Each with its `kind`, its `document`, and for a scorecard its `blueprint`.
        mappings: Configurations of integrations that fill it, by integration; they are set in Port.
    """

    name: str
    title: str
    description: str
    documents: tuple[Json, ...]
    mappings: Mapping[str, Any]

    def operations(self, names: Mapping[str, str]) -> list[Json]:
        """Returns what adds all that is missing of the template.

        Args:
            names: The organisation's own names, by the names that blueprints have in the template.
        """
        return [{"op": "complete", **_renamed(it, names)} for it in self.documents]


@cache
def list_templates() -> Mapping[str, Template]:
    """Returns all templates by name."""
    found = {}
    for file in sorted(files("quaymaster_builder.templates").iterdir(), key=lambda it: it.name):
        if file.name.endswith(".json"):
            name, content = file.name.removesuffix(".json"), json.loads(file.read_text(encoding="utf-8"))
            mappings = content.get("mappings", {})
            found[name] = Template(
                name, content["title"], content["description"], tuple(content["documents"]), mappings
            )
    return found


def find_template(name: str) -> Template:
    """Returns a template.

    Raises:
        InputError: There is none of that name; the text lists those there are.
    """
    templates = list_templates()
    if name not in templates:
        raise InputError(f"there is no template {name!r}; there are: {', '.join(nearest_first(name, templates))}")
    return templates[name]


def _renamed(value: Any, names: Mapping[str, str], *, of_blueprint: bool = False) -> Any:
    """Returns documents that name blueprints as the organisation does."""
    if isinstance(value, list):
        return [_renamed(member, names) for member in value]
    if not isinstance(value, dict):
        return value
    renamed = {}
    for key, member in value.items():
        names_one = key in _REFERENCES or (of_blueprint and key == "identifier")
        if names_one and isinstance(member, str):
            renamed[key] = names.get(member, member)
        else:
            is_blueprint = key == "document" and value.get("kind") == "blueprint"
            renamed[key] = _renamed(member, names, of_blueprint=is_blueprint)
    return renamed
