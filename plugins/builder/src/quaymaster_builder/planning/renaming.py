"""New names for a blueprint's properties and relations: their values stay, and what refers to them follows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from quaymaster_builder.model.parts import Edit, Part, get_part, set_part
from quaymaster_builder.model.references import Node, find_dependents, follow_path
from quaymaster_builder.model.refs import ABSENT, Documents, Json, Ref
from quaymaster_builder.planning.steps import Step

__all__ = ["Renaming"]

_REQUIRED = ("schema", "required")


@dataclass(frozen=True)
class Renaming:
    """Another name for a part of a blueprint.

    Attributes:
        ref: The blueprint.
        part: The part under its present name.
        to: The new name.
    """

    ref: Ref
    part: Part
    to: str

    @property
    def new_part(self) -> Part:
        """Returns the part under its new name."""
        return (*self.part[:-1], self.to)

    def as_step(self, documents: Documents) -> Step:
        """Returns the write that does it; `documents` is the state before."""
        value = get_part(documents[self.ref], self.part)
        return Step("rename", self.ref, (Edit(self.part, value), Edit(self.new_part, new=value)))

    def carried_out(self, documents: Documents) -> dict[Ref, Json]:
        """Returns the documents as Port has them right after it: the part, what is required, and entities' values."""
        document = _moved(documents[self.ref], self.part, self.new_part)
        required = get_part(document, _REQUIRED)
        if isinstance(required, list):
            names = [self.to if name == self.part[-1] and not self._is_relation else name for name in required]
            document = set_part(document, _REQUIRED, names)
        renamed = {**documents, self.ref: document}
        key = "relations" if self._is_relation else "properties"
        for ref, entity in documents.items():
            if ref.kind == "entity" and ref.blueprint == self.ref.identifier:
                renamed[ref] = _moved(entity, (key, self.part[-1]), (key, self.to))
        return renamed

    def followed(self, documents: Documents, among: Iterable[Ref] | None = None) -> dict[Ref, Json]:
        """Returns the documents after it, with what refers to the part changed along; only `among` them, if given."""
        renamed = self.carried_out(documents)
        for ref, part in find_dependents(documents, among).get(Node(self.ref, self.part), ()):
            if ref.kind != "entity" and part != _REQUIRED:
                value = get_part(renamed[ref], part)
                renamed[ref] = set_part(renamed[ref], part, self._rewritten(ref, part, value, documents))
        return renamed

    @property
    def _is_relation(self) -> bool:
        return self.part[0] == "relations"

    def _rewritten(self, ref: Ref, part: Part, value: Any, documents: Documents) -> Any:
        """Returns a value that refers to the part, referring to it by the new name."""
        if part[0] in {"mirrorProperties", "ownership", "teamInheritance"}:
            return {**value, "path": self._rewritten_path(ref.identifier, value["path"].split("."), documents)}
        rewritten = self._rewritten_rules(value)
        if part[0] == "aggregationProperties":
            if not self._is_relation and rewritten["calculationSpec"].get("property") == self.part[-1]:
                rewritten["calculationSpec"] = {**rewritten["calculationSpec"], "property": self.to}
            for path_filter in rewritten.get("pathFilter") or ():
                start = path_filter.get("fromBlueprint", ref.identifier)
                path_filter["path"] = self._rewritten_path(start, path_filter["path"], documents).split(".")
        if part == ("invocationMethod",) and rewritten.get("blueprintIdentifier") == self.ref.identifier:
            key = "relations" if self._is_relation else "properties"
            rewritten = _moved(rewritten, ("mapping", key, self.part[-1]), ("mapping", key, self.to))
        return rewritten

    def _rewritten_path(self, start: str, path: list[str], documents: Documents) -> str:
        names = list(path)
        for place, name in enumerate(path):
            where = follow_path(documents, start, path[:place])[1]
            is_last = place == len(path) - 1
            if name == self.part[-1] and where == self.ref.identifier and (self._is_relation or is_last):
                names[place] = self.to
        return ".".join(names)

    def _rewritten_rules(self, value: Any) -> Any:
        """Returns a copy in which every rule about the part, and every jq program that reads it, has the new name."""
        old, key = self.part[-1], "relation" if self._is_relation else "property"
        if isinstance(value, dict):
            copy = {name: self._rewritten_rules(member) for name, member in value.items()}
            return {**copy, key: self.to} if copy.get(key) == old else copy
        if isinstance(value, list):
            return [self._rewritten_rules(member) for member in value]
        if isinstance(value, str):
            read = re.escape(f".{'relations' if self._is_relation else 'properties'}.")
            named = rf"({read})(?:{re.escape(old)}(?![A-Za-z0-9_@-])|\"{re.escape(old)}\"|'{re.escape(old)}')"
            return re.sub(named, rf'\g<1>"{self.to}"', value)
        return value


def _moved(document: Json, part: Part, to: Part) -> Json:
    value = get_part(document, part)
    return document if value is ABSENT else set_part(set_part(document, part, ABSENT), to, value)
