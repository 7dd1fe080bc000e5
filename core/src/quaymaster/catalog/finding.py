"""Entities whose names are known, and those whose names are almost known."""

import re
from collections.abc import Sequence

from quaymaster.catalog.names import fold
from quaymaster.errors import InputError, nearest_first
from quaymaster.port import PortClient
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.entity import Entity
from quaymaster.results import inline

__all__ = ["find_entities", "find_identifiers", "find_one", "named", "near_matches", "say_missing"]

_MOST_NEAR = 3
_MOST_READ = 1000
_WORD = re.compile(r"[A-Z]?[^\W\dA-Z_]+|[^\W\d_]+|\d+")


async def find_entities(
    port: PortClient, blueprint: Blueprint, names: Sequence[str], include: Sequence[str] | None
) -> list[Entity]:
    """Returns the entities whose identifier, or else title, is one of the names; each once, in the names' order.

    A name that nothing has exactly finds what has it in other letter case or punctuation.
    """
    entities = await _read(port, blueprint, names, include)
    others = [name for name in names if not named(name, entities)][:_MOST_NEAR]
    alike = [it for name in others for it in await near_matches(port, blueprint, name) if fold(it) == fold(name)]
    if alike:
        entities += await _read(port, blueprint, alike, include)
    return list({it.identifier: it for name in names for it in named(name, entities)}.values())


async def find_one(port: PortClient, blueprint: Blueprint, name: str, include: Sequence[str] | None = None) -> Entity:
    """Returns the entity of a name, with what is asked for; all of it by default.

    Raises:
        InputError: There is none, or several have this title.
    """
    return await _only(port, blueprint, name, await find_entities(port, blueprint, [name], include))


async def find_identifiers(port: PortClient, blueprint: Blueprint, names: Sequence[str]) -> list[str]:
    """Returns the identifiers of the entities of some names, in the names' order.

    Raises:
        InputError: A name stands for no entity, or for several.
    """
    entities = await find_entities(port, blueprint, names, ["$title"])
    return [(await _only(port, blueprint, name, named(name, entities))).identifier for name in names]


async def _only(port: PortClient, blueprint: Blueprint, name: str, found: Sequence[Entity]) -> Entity:
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(inline(it.identifier) for it in found)
        raise InputError(f"{blueprint.identifier} {name!r} is ambiguous; choose one of: {choices}")
    near = ", ".join(map(inline, await near_matches(port, blueprint, name)))
    raise InputError(f"{blueprint.identifier} {name!r} does not exist" + (f"; nearest: {near}" if near else ""))


async def _read(
    port: PortClient, blueprint: Blueprint, names: Sequence[str], include: Sequence[str] | None
) -> list[Entity]:
    rules = [{"property": key, "operator": "in", "value": list(names)} for key in ("$identifier", "$title")]
    page = await port.entities.search(
        blueprint.identifier, {"combinator": "or", "rules": rules}, include=include, limit=_MOST_READ
    )
    return page.entities


async def near_matches(port: PortClient, blueprint: Blueprint, name: str) -> list[str]:
    """Returns identifiers that look like a name: of entities that share a word or the first letters with it."""
    words = sorted({word for word in _WORD.findall(name) if len(word) > 2}, key=len, reverse=True)[:_MOST_NEAR]
    spellings = dict.fromkeys(form for word in words for form in (word, word.lower(), word.capitalize()))
    rules = [
        {"property": key, "operator": operator, "value": value}
        for key in ("$identifier", "$title")
        for operator, values in (
            ("contains", spellings),
            ("beginsWith", (name[:4], name[:4].lower(), name[:4].capitalize())),
        )
        for value in values
        if value
    ]
    if not rules:
        return []
    query = {"combinator": "or", "rules": rules}
    page = await port.entities.search(blueprint.identifier, query, include=["$identifier"], limit=_MOST_READ)
    names = {it.identifier: it for it in page.entities}
    by_title = {it.title: it.identifier for it in page.entities if it.title}
    ordered = nearest_first(name, [*names, *(title for title in by_title if title not in names)])
    return list(dict.fromkeys(by_title.get(it, it) for it in ordered))[:_MOST_NEAR]


def named(name: str, entities: Sequence[Entity]) -> list[Entity]:
    """Returns the entity with this identifier; if there is none, those with this title, or else with one like it."""
    return (
        [it for it in entities if it.identifier == name]
        or [it for it in entities if it.title == name]
        or [it for it in entities if fold(name) in {fold(it.identifier), fold(it.title or "")} - {""}]
    )


async def say_missing(port: PortClient, blueprint: Blueprint, names: Sequence[str]) -> list[str]:
    """Returns notes on names that no entity has: for the first of them, with names that look like them."""
    notes = []
    for name in names[:_MOST_NEAR]:
        near = ", ".join(map(inline, await near_matches(port, blueprint, name)))
        nearest = f"; nearest: {near}" if near else ""
        notes.append(f"{inline(blueprint.identifier)} {inline(name)!r} does not exist{nearest}")
    if len(names) > _MOST_NEAR:
        notes.append(f"{len(names) - _MOST_NEAR} more do not exist: {', '.join(map(inline, names[_MOST_NEAR:]))}")
    return notes
