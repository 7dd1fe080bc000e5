"""What somebody asks for: operations on documents and on parts of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quaymaster import nearest_first
from quaymaster_builder.kind import Kind
from quaymaster_builder.model.parts import KEYED_LISTS, Part
from quaymaster_builder.model.references import Node
from quaymaster_builder.model.refs import Json, Ref, RefKind
from quaymaster_builder.planning.trouble import PlanError, Trouble

__all__ = ["PART_MAPS", "Operation", "OperationKind", "OperationVerb", "address", "read_operations"]

OperationVerb = Literal["create", "update", "upsert", "complete", "replace", "delete", "rename"]
OperationKind = Kind | Literal["entities"]

PART_MAPS: Mapping[str, Part] = {
    "property": ("schema", "properties"),
    "relation": ("relations",),
    "mirror": ("mirrorProperties",),
    "calculation": ("calculationProperties",),
    "aggregation": ("aggregationProperties",),
}
"""Where the parts of a blueprint stand, by kind."""

_RENAMED = frozenset(PART_MAPS)
"""What keeps its values under a new name; anything else would be deleted and made anew."""


class Operation(BaseModel):
    """One thing to do, to a document or to a part of one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    op: OperationVerb
    kind: OperationKind
    identifier: str = Field("", description="of the document or part; for a level, its title")
    blueprint: str = Field("", description="which blueprint it belongs to")
    scorecard: str = Field("", description="which scorecard a rule or level belongs to")
    document: Json | None = Field(None, description="Port's own JSON; with update and upsert, null takes a key out")
    to: str = Field("", description="the new name, with rename")
    position: Annotated[int, Field(ge=0)] | None = Field(None, description="a level's rank, the lowest is 0")

    def given(self) -> Json:
        """Returns what was asked for, as JSON."""
        return self.model_dump(mode="json", exclude_defaults=True)


def read_operations(operations: Sequence[Mapping[str, Any]]) -> list[Operation]:
    """Returns the operations as values.

    Raises:
        PlanError: Some are malformed; every problem of each is named.
    """
    read: list[Operation] = []
    troubles: list[Trouble] = []
    for index, given in enumerate(operations):
        try:
            operation = _completed(Operation.model_validate(given))
        except ValidationError as exc:
            troubles.extend(_trouble(index, dict(error)) for error in exc.errors(include_url=False))
        else:
            read.append(operation)
            troubles.extend(Trouble(f"operations[{index}]", *missing) for missing in _lacks(operation))
    if troubles:
        raise PlanError(troubles)
    return read


def address(operation: Operation, blueprint: str) -> Node:
    """Returns which part of which document an operation is about.

    Args:
        operation: The operation.
        blueprint: The blueprint that a scorecard, rule or level belongs to, whether the operation says so or not.
    """
    kind, identifier = operation.kind, operation.identifier
    if kind in PART_MAPS:
        return Node(Ref("blueprint", operation.blueprint), (*PART_MAPS[kind], identifier))
    match kind:
        case "rule":
            return Node(Ref("scorecard", operation.scorecard, blueprint), ("rules", identifier))
        case "level":
            return Node(Ref("scorecard", operation.scorecard, blueprint), ("levels", identifier))
        case "scorecard":
            return Node(Ref("scorecard", identifier, blueprint))
        case "entity" | "entities":
            return Node(Ref(kind, identifier, operation.blueprint))
        case "automation":
            return Node(Ref("action", identifier))
    whole: RefKind = kind  # type: ignore[assignment]  # what is left are names of documents
    return Node(Ref(whole, identifier))


def _completed(operation: Operation) -> Operation:
    """Returns the operation with the identifier that its document has, if it has none of its own."""
    named = (operation.document or {}).get("title" if operation.kind == "level" else "identifier")
    if operation.identifier or not isinstance(named, str):
        return operation
    return operation.model_copy(update={"identifier": named})


def _lacks(operation: Operation) -> Iterator[tuple[str, str]]:
    """Yields each thing that an operation needs and does not have, with what to do."""
    verb, kind = operation.op, operation.kind
    if kind == "entities" and (verb != "delete" or operation.identifier):
        yield "kind 'entities' stands for all entities of a blueprint", "it takes op 'delete' and a blueprint only"
    elif kind != "entities" and not operation.identifier:
        yield "no identifier", "say which document or part it is about"
    if not operation.blueprint and (kind in {*PART_MAPS, "entity", "entities"}):
        yield "no blueprint", f"say which blueprint the {kind} belongs to"
    if not operation.scorecard and kind in {"rule", "level"}:
        yield "no scorecard", f"say which scorecard the {kind} belongs to"
    if verb not in {"delete", "rename"} and operation.document is None:
        yield "no document", f"give the {kind} to {verb}, in Port's own JSON"
    if verb == "rename" and (kind not in _RENAMED or not operation.to):
        kinds = ", ".join(sorted(_RENAMED))
        yield "nothing to rename", f"rename takes `to`, the new name, and one of these kinds: {kinds}"
    if verb in {"delete", "create"} and kind.endswith("_permissions"):
        yield f"permissions cannot be {verb}d", "they come and go with what they are about; use update"
    if kind == "scorecard":
        yield from _unnamed_members(operation.document or {})


def _unnamed_members(scorecard: Json) -> Iterator[tuple[str, str]]:
    for key, name in KEYED_LISTS.items():
        members = scorecard.get(key)
        names = [it.get(name) for it in members if isinstance(it, dict)] if isinstance(members, list) else []
        named = {it for it in names if isinstance(it, str) and it}
        if members is not None and (not isinstance(members, list) or len(named) < len(members)):
            yield f"{key!r} is a list of objects, each with a {name!r} of its own", f"give each of the {key} one"


def _trouble(index: int, error: Mapping[str, Any]) -> Trouble:
    where = ".".join(map(str, (f"operations[{index}]", *error["loc"])))
    if error["type"] == "extra_forbidden":
        fields = ", ".join(nearest_first(str(error["loc"][-1]), Operation.model_fields))
        return Trouble(where, "an operation has no such key", f"it takes: {fields}")
    return Trouble(where, str(error["msg"]), "")
