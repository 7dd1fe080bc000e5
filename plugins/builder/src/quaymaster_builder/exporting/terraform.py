"""Documents as Terraform for the provider port-labs (https://registry.terraform.io/providers/port-labs/port-labs)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from quaymaster_builder.exporting import actions, blueprints, others
from quaymaster_builder.exporting.hcl import Reference, block, quote
from quaymaster_builder.model.parts import split, to_port
from quaymaster_builder.model.references import needs
from quaymaster_builder.model.refs import Documents, Json, Ref, RefKind
from quaymaster_builder.model.secrets import find_removed_secrets

__all__ = ["to_terraform"]

_PROVIDER = """terraform {
  required_providers {
    port = {
      source  = "port-labs/port-labs"
      version = "~> 2.0"
    }
  }
}"""
_AGGREGATIONS = "port_aggregation_properties"
_SYSTEM_KIND = "port_system_blueprint"
_SECRET = "Port holds a secret that this server does not read, set it in"  # noqa: S105 - a sentence
_SYSTEM = "a system blueprint holds more than is shown here: keep of it what port_system_blueprint is to add"

_WRITERS: Mapping[RefKind, Callable[[Json, list[str]], Json]] = {
    "blueprint": blueprints.blueprint,
    "blueprint_permissions": others.blueprint_permissions,
    "scorecard": others.scorecard,
    "action": actions.action,
    "action_permissions": others.action_permissions,
    "entity": others.entity,
    "page": others.page,
    "page_permissions": others.page_permissions,
}


def to_terraform(documents: Documents, existing: Sequence[Ref], gone: Sequence[Ref]) -> list[str]:
    """Returns the blocks of the configuration that leads to these documents.

    Args:
        documents: What there is to be, as it is worked with; one depends on those before it alone.
        existing: Which of them Port has already: these are imported.
        gone: What there is not to be.
    """
    export = _Export(documents)
    parts = [_PROVIDER, *(f"# {ref} is not to be: remove it" for ref in gone)]
    for ref in documents:
        parts += export.resources(ref, is_new=ref not in existing)
    return parts


class _Export:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._addresses: dict[Ref, str] = {}

    def resources(self, ref: Ref, *, is_new: bool) -> Iterator[str]:
        """Yields a resource for a document, its import if Port has it, and a second for what is kept apart."""
        document = _whole(ref, self._documents[ref])
        left: list[str] = []
        is_system = ref.kind == "blueprint" and ref.identifier.startswith("_")
        kind = _SYSTEM_KIND if is_system else f"port_{ref.kind}"
        needed = [it for it in dict.fromkeys(self._needed(ref)) if it in self._documents and it != ref]
        before = [self._addresses[it] for it in needed if it in self._addresses]
        name = self._name(kind, ref)
        attributes = _WRITERS[ref.kind](document, left)
        notes = [f"the provider has no attribute for {place}" for place in left]
        notes += [f"{_SECRET} {'.'.join(place)}" for place in find_removed_secrets(document)]
        notes += [f"{it} needs this as well: apply this without it first" for it in needed if it not in self._addresses]
        notes += [_SYSTEM] if kind == _SYSTEM_KIND else []
        yield _resource(kind, name, attributes, before, notes)
        if not is_new:
            imported = f"{ref.blueprint}:{ref.identifier}" if ref.blueprint else ref.identifier
            yield _import(f"{kind}.{name}", imported)
        self._addresses[ref] = f"{kind}.{name}"
        if ref.kind == "blueprint" and document.get("aggregationProperties"):
            attributes = blueprints.aggregation_properties(document, left)
            yield _resource(_AGGREGATIONS, name, attributes, [f"{kind}.{name}", *before], [])

    def _needed(self, ref: Ref) -> Iterator[Ref]:
        for part, value in split(ref.kind, self._documents[ref]).items():
            yield from (node.ref for node in needs(ref, part, value, self._documents))

    def _name(self, kind: str, ref: Ref) -> str:
        wanted = re.sub(r"\W+", "_", ref.identifier, flags=re.ASCII)
        name = wanted if re.match(r"[A-Za-z_]", wanted) else f"_{wanted}"
        taken, number, free = set(self._addresses.values()), 2, name
        while f"{kind}.{free}" in taken:
            free, number = f"{name}_{number}", number + 1
        return free


def _resource(kind: str, name: str, attributes: Json, before: list[str], notes: list[str]) -> str:
    if before:
        attributes["depends_on"] = [Reference(it) for it in dict.fromkeys(before)]
    header = f"resource {quote(kind)} {quote(name)}"
    return "\n".join([*(f"# {note}" for note in notes), block(header, attributes)])


def _whole(ref: Ref, document: Json) -> Json:
    """Returns a document as Port takes it, with the names that stand in its address."""
    named: dict[str, Any] = {"identifier": ref.identifier}
    if ref.blueprint:
        named["blueprint"] = ref.blueprint
    return {**to_port(ref.kind, document), **named}


def _import(address: str, identifier: str) -> str:
    return block("import", {"to": Reference(address), "id": identifier})
