"""Reads from Port what a plan rests on: the one module of planning that does."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from quaymaster import PortClient, gather
from quaymaster.port.errors import NotFoundError
from quaymaster_builder.model.parts import from_port, get_part, own_entity
from quaymaster_builder.model.references import PROPERTY_MAPS
from quaymaster_builder.model.refs import Documents, Json, Ref
from quaymaster_builder.planning.hazards import Question

__all__ = ["Scope", "answer", "read_documents", "read_one"]

_IDENTIFIERS_A_SEARCH = 100


@dataclass
class Scope:
    """What to read besides the blueprints, which are always read.

    Attributes:
        scorecards: Whether the scorecards of all blueprints are needed.
        actions: Whether all actions and automations are needed.
        pages: Whether all pages are needed.
        single: Entities and permissions, one by one.
        emptied: Blueprints whose entities may all go, so that their number is needed.
    """

    scorecards: bool = False
    actions: bool = False
    pages: bool = False
    single: set[Ref] = field(default_factory=set)
    emptied: set[str] = field(default_factory=set)


async def read_documents(port: PortClient, scope: Scope) -> dict[Ref, Json]:
    """Returns the documents of a scope as they are worked with; what does not exist is not among them.

    Takes one request for each sort of document, each permission and each count, and one for each hundred entities of a
    blueprint.
    """
    documents = dict(await _read_lists(port, scope))
    wanted = sorted(ref for ref in scope.single if ref.owner in documents)
    emptied = sorted(it for it in scope.emptied if Ref("blueprint", it) in documents)
    entities: defaultdict[str, list[str]] = defaultdict(list)
    for ref in wanted:
        if ref.kind == "entity":
            entities[ref.blueprint].append(ref.identifier)
    permissions = [ref for ref in wanted if ref.kind != "entity"]
    found, granted, counts = await gather(
        gather(*(_read_entities(port, documents, it, names) for it, names in entities.items())),
        gather(*(read_one(port, ref) for ref in permissions)),
        gather(*(port.entities.count(it) for it in emptied)),
    )
    for group in found:
        documents |= group
    documents |= {ref: it for ref, it in zip(permissions, granted, strict=True) if it is not None}
    counted = {Ref("entities", "", it): {"count": count} for it, count in zip(emptied, counts, strict=True) if count}
    return {**documents, **counted}


async def read_one(port: PortClient, ref: Ref) -> Json | None:
    """Returns one document as it is worked with, in one request; None if it does not exist.

    An entity comes with its computed values too.
    """
    try:
        return from_port(ref.kind, await _fetch(port, ref))
    except NotFoundError:
        return None


async def answer(port: PortClient, question: Question) -> Any:
    """Returns what was counted: a number, or the number of entities by value; one request."""
    blueprint, name = question.blueprint, question.name
    match question.about:
        case "with":
            return await port.entities.count(blueprint, {name: {"isNotEmpty": True}})
        case "without":
            return await port.entities.count(blueprint, {name: None})
        case "values":
            return await port.entities.count_values(blueprint, name)
    return sum((await port.entities.count_values(blueprint, name, kind="relation")).values())


async def _read_lists(port: PortClient, scope: Scope) -> Iterator[tuple[Ref, Json]]:
    async def none() -> list[Any]:
        return []

    blueprints, (scorecards, actions, pages) = await gather(
        port.blueprints.list_all(),
        gather(
            port.scorecards.list_all() if scope.scorecards else none(),
            port.actions.list_all() if scope.actions else none(),
            port.pages.list_all() if scope.pages else none(),
        ),
    )
    named = [
        *((Ref("blueprint", it.identifier), it) for it in blueprints),
        *((Ref("scorecard", it.identifier, it.blueprint or ""), it) for it in scorecards),
        *((Ref("action", it.identifier), it) for it in actions),
        *((Ref("page", it.identifier or ""), it) for it in pages),
    ]
    return ((ref, from_port(ref.kind, it.to_json())) for ref, it in named)


async def _read_entities(
    port: PortClient, documents: Documents, blueprint: str, identifiers: Sequence[str]
) -> dict[Ref, Json]:
    """Returns the entities of a blueprint that exist, with their own values only."""
    own = get_part(documents[Ref("blueprint", blueprint)], PROPERTY_MAPS[0])
    starts = range(0, len(identifiers), _IDENTIFIERS_A_SEARCH)
    chunks = [list(identifiers[start : start + _IDENTIFIERS_A_SEARCH]) for start in starts]
    pages = await gather(*(port.entities.search(blueprint, {"$identifier": it}) for it in chunks))
    found: dict[Ref, Json] = {}
    for entity in (entity for page in pages for entity in page.entities):
        found[Ref("entity", entity.identifier, blueprint)] = own_entity(entity.to_json(), own)
    return found


async def _fetch(port: PortClient, ref: Ref) -> Json:
    match ref.kind:
        case "blueprint":
            return (await port.blueprints.get(ref.identifier)).to_json()
        case "scorecard":
            return (await port.scorecards.get(ref.blueprint, ref.identifier)).to_json()
        case "action":
            return (await port.actions.get(ref.identifier)).to_json()
        case "entity":
            return (await port.entities.get(ref.blueprint, ref.identifier)).to_json()
        case "page":
            return (await port.pages.get(ref.identifier)).to_json()
        case "blueprint_permissions":
            return (await port.permissions.get_of_blueprint(ref.identifier)).to_json()
        case "action_permissions":
            return (await port.permissions.get_of_action(ref.identifier)).to_json()
        case "page_permissions":
            return (await port.permissions.get_of_page(ref.identifier)).to_json()
    return {"count": await port.entities.count(ref.blueprint)}
