"""Saves what entities lose by a plan, so that undo can bring it back."""

from collections.abc import Container, Iterator, Sequence

from quaymaster import PortClient
from quaymaster_builder.model.changes import is_redirected
from quaymaster_builder.model.parts import Part, get_part, own_entity
from quaymaster_builder.model.references import PROPERTY_MAPS
from quaymaster_builder.model.refs import ABSENT, Json
from quaymaster_builder.planning.steps import Step

__all__ = ["Saved", "save"]

Saved = list[Json]
"""Entities, each with its `blueprint`: `whole` ones that go, others with just the values that they lose."""


async def save(port: PortClient, steps: Sequence[Step], limit: int) -> Saved:
    """Returns what entities lose by the steps: at most `limit` whole entities of a blueprint, and of each value."""
    saved: Saved = []
    for blueprint, part in _losses(steps):
        where = None
        if part:
            subject = "property" if part[0] == "properties" else "relation"
            where = {"combinator": "and", "rules": [{subject: part[1], "operator": "isNotEmpty"}]}
        own = get_part((await port.blueprints.get(blueprint)).to_json(), PROPERTY_MAPS[0])
        count = 0
        async for entity in port.entities.search_all(blueprint, where, include=[part[1]] if part else None):
            if count == limit:
                break
            count += 1
            saved.append({"blueprint": blueprint, "whole": not part, **_kept(entity.to_json(), part, own)})
    return saved


def _losses(steps: Sequence[Step]) -> Iterator[tuple[str, Part]]:
    """Yields each blueprint whose entities all go, and each property and relation whose values go."""
    for step in steps:
        if step.ref.kind == "entities":
            yield step.ref.blueprint, ()
        elif step.ref.kind == "blueprint" and step.verb == "update":
            for edit in step.edits:
                if edit.part[:-1] == PROPERTY_MAPS[0] and edit.is_removal:
                    yield step.ref.identifier, ("properties", edit.part[-1])
                if edit.part[0] == "relations" and edit.old is not ABSENT and (edit.is_removal or is_redirected(edit)):
                    yield step.ref.identifier, ("relations", edit.part[-1])


def _kept(entity: Json, part: Part, own: Container[str]) -> Json:
    document = own_entity(entity, own)
    if not part:
        return document
    key, name = part
    return {"identifier": document["identifier"], key: {name: get_part(document, part)}}
