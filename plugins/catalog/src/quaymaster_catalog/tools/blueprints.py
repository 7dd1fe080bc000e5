"""Tools about the data model."""

from __future__ import annotations

from typing import Literal

from lazy_importer import lazy_importer

from quaymaster import Answer, PortClient, Table, gather, inline, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.fields",
    "quaymaster.port.documents.blueprint",
    "quaymaster_catalog.documents",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, with_catalog
    from quaymaster.catalog.fields import Field, fields_of
    from quaymaster.port.documents.blueprint import Blueprint
    from quaymaster_catalog.documents import blueprint_document

__all__ = ["get_blueprint", "list_blueprints"]

Part = Literal["properties", "relations", "scorecards", "document"]
_MOST_CHOICES = 12


@tool(read_only=True)
async def list_blueprints(port: PortClient, counts: bool = False, system: bool = False) -> Answer:
    """Lists the blueprints (kinds of entities) and their relations; with counts, how many entities each has."""

    async def answer(catalog: Catalog) -> Answer:
        shown = [it for it in catalog.blueprints.values() if system or not it.identifier.startswith("_")]
        columns = ["identifier", "title", "relations"]
        rows: list[list[object]] = [[it.identifier, it.title, _relations(it)] for it in shown]
        if counts:
            columns.append("entities")
            for row, number in zip(
                rows, await gather(*(port.entities.count(it.identifier) for it in shown)), strict=True
            ):
                row.append(number)
        return Answer(f"{len(shown):,} blueprints", Table(columns, rows))

    return await with_catalog(port, answer)


@tool(read_only=True)
async def get_blueprint(port: PortClient, blueprint: str, part: Part | None = None) -> Answer:
    """Shows what a blueprint's entities have: properties with types and values, relations, scorecards.

    part: only this; "document" is Port's JSON.
    """

    async def answer(catalog: Catalog) -> Answer:
        found = catalog.blueprint(blueprint)
        headline = f"{inline(found.identifier)} ({inline(found.title)})"
        if part == "document":
            return Answer(headline, text=found.model_dump_json(by_alias=True, exclude_unset=True))
        kinds = {"properties": "property", "relations": "relation", "scorecards": "scorecard"}
        wanted = kinds.values() if part is None else [kinds[part]]
        fields = [it for it in fields_of(catalog, found) if it.kind in wanted]
        required = {*found.schema_.required, *(name for name, it in found.relations.items() if it.required)}
        rows = [[it.identifier, it.title, _type(it), _details(it, it.identifier in required)] for it in fields]
        owned = "" if found.ownership is None else f"; owned by teams ({found.ownership.type.lower()})"
        return Answer(
            f"{headline}: {len(rows):,} {part or 'properties, relations and scorecards'}{owned}",
            Table(["identifier", "title", "type", "details"], rows),
            document=blueprint_document.address(profile=port.profile, blueprint=found.identifier),
        )

    return await with_catalog(port, answer)


def _relations(blueprint: Blueprint) -> list[str]:
    return [f"{name} → {it.target}{'[]' if it.many else ''}" for name, it in blueprint.relations.items()]


def _type(field: Field) -> str:
    if field.kind == "relation":
        return f"→ {field.target}{'[]' if field.type == 'array' else ''}"
    return "scorecard" if field.kind == "scorecard" else field.format or field.type


def _details(field: Field, required: bool) -> str:
    details = ["required"] if required else []
    if field.through:
        details.append(f"shows {field.through}")
    if field.choices:
        more = len(field.choices) - _MOST_CHOICES
        listed = " | ".join(field.choices[:_MOST_CHOICES])
        details.append(f"{listed} | {more} more" if more > 0 else listed)
    return "; ".join(details)
