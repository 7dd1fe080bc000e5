"""Resources: the full documents behind the answers, by address."""

from __future__ import annotations

from collections.abc import Sequence

from lazy_importer import lazy_importer

from quaymaster import PortClient, resource

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.finding",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import load_catalog
    from quaymaster.catalog.finding import near_matches

__all__ = ["blueprint_document", "complete_blueprint", "complete_entity", "entity_document"]

_MOST_NAMES = 50


async def complete_blueprint(port: PortClient, value: str) -> Sequence[str]:
    """Returns the blueprints whose identifier begins with a text, then those that hold it."""
    catalog = await port.remember(load_catalog)
    found = [name for name in catalog.blueprints if value.casefold() in name.casefold()]
    return sorted(found, key=lambda name: (not name.casefold().startswith(value.casefold()), name))


async def complete_entity(port: PortClient, value: str, blueprint: str) -> Sequence[str]:
    """Returns entities of a blueprint whose identifier begins with a text, or looks like it."""
    catalog = await port.remember(load_catalog)
    found = catalog.blueprint(blueprint)
    if not value:
        page = await port.entities.search(found.identifier, include=["$identifier"], limit=_MOST_NAMES)
        return [it.identifier for it in page.entities]
    begin = {"combinator": "and", "rules": [{"property": "$identifier", "operator": "beginsWith", "value": value}]}
    page = await port.entities.search(found.identifier, begin, include=["$identifier"], limit=_MOST_NAMES)
    return [it.identifier for it in page.entities] or await near_matches(port, found, value)


@resource("port://{profile}/blueprint/{blueprint}", title="Blueprint", complete={"blueprint": complete_blueprint})
async def blueprint_document(port: PortClient, blueprint: str) -> object:
    """A blueprint's document as Port has it."""
    return (await port.blueprints.get(blueprint)).to_json()


@resource(
    "port://{profile}/entity/{blueprint}/{identifier}",
    title="Entity",
    complete={"blueprint": complete_blueprint, "identifier": complete_entity},
)
async def entity_document(port: PortClient, blueprint: str, identifier: str) -> object:
    """An entity's document as Port has it, with its scorecard results."""
    return (await port.entities.get(blueprint, identifier)).to_json()
