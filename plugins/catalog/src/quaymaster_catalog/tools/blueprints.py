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

Part = Literal["properties", "relations", "scorecards", "required", "document"]
_KINDS = {"properties": "property", "relations": "relation", "scorecards": "scorecard"}
_MOST_CHOICES = 12


@tool(read_only=True)
async def list_blueprints(
    port: PortClient, identifiers: list[str] | None = None, counts: bool = False, system: bool = False
) -> Answer:
    """Lists the blueprints (kinds of entities) and their relations; with counts, how many entities each has.

    With identifiers, shows what these have.
    """

    async def answer(catalog: Catalog) -> Answer:
        if identifiers:
            return _details_of(port, [catalog.blueprint(it) for it in identifiers], catalog, None)
        shown = [it for it in catalog.blueprints.values() if system or not it.identifier.startswith("_")]
        columns = ["identifier", "title", "relations"]
        rows: list[list[object]] = [[it.identifier, it.title, _relations(it)] for it in shown]
        if counts:
            columns.append("entities")
            numbers = await gather(*(port.entities.count(it.identifier) for it in shown))
            rows = [[*row, number] for row, number in zip(rows, numbers, strict=True)]
        return Answer(f"{len(shown):,} blueprints", Table(columns, rows))

    return await with_catalog(port, answer)


@tool(read_only=True)
async def get_blueprint(port: PortClient, blueprint: str, part: Part | None = None) -> Answer:
    """Shows what a blueprint's entities have: properties with types and values, relations, scorecards.

    part: only this; "document" is Port's JSON.
    """

    async def answer(catalog: Catalog) -> Answer:
        found = catalog.blueprint(blueprint)
        if part == "document":
            return Answer(_named(found), text=found.model_dump_json(by_alias=True, exclude_unset=True))
        return _details_of(port, [found], catalog, part)

    return await with_catalog(port, answer)


def _details_of(port: PortClient, blueprints: list[Blueprint], catalog: Catalog, part: str | None) -> Answer:
    """Returns what the entities of some blueprints have, each row marked by its blueprint if they are several."""
    rows = [(it, row) for it in blueprints for row in _rows(catalog, it, part)]
    columns = ["identifier", "title", "type", "details"]
    what = f"{len(rows):,} {part or 'properties, relations and scorecards'}"
    if len(blueprints) > 1:
        named = ", ".join(map(_named, blueprints))
        return Answer(f"{named}: {what}", Table(["blueprint", *columns], [[it.identifier, *row] for it, row in rows]))
    (one,) = blueprints
    owned = "" if one.ownership is None else f"; owned by teams ({one.ownership.type.lower()})"
    document = blueprint_document.address(profile=port.profile, blueprint=one.identifier)
    return Answer(f"{_named(one)}: {what}{owned}", Table(columns, [row for _, row in rows]), document=document)


def _rows(catalog: Catalog, blueprint: Blueprint, part: str | None) -> list[list[str | None]]:
    kinds = [_KINDS[part]] if part in _KINDS else list(_KINDS.values())
    required = {*blueprint.schema_.required, *(name for name, it in blueprint.relations.items() if it.required)}
    return [
        [it.identifier, it.title, _type(it), _details(it, it.identifier in required)]
        for it in fields_of(catalog, blueprint)
        if it.kind in kinds and (part != "required" or it.identifier in required)
    ]


def _named(blueprint: Blueprint) -> str:
    return f"{inline(blueprint.identifier)} ({inline(blueprint.title)})"


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
