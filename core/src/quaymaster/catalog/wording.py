"""Words that several answers share."""

from quaymaster.catalog.filters import Filter
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.results import inline

__all__ = ["matching"]


def matching(total: int, blueprint: Blueprint, chosen: Filter) -> str:
    """Says how many entities there are, and of what: `812 service entities match lifecycle = Production`."""
    counted = f"{total:,} {inline(blueprint.identifier)} {'entity' if total == 1 else 'entities'}"
    if not chosen.terms:
        return counted
    return f"{counted} {'matches' if total == 1 else 'match'} {chosen}"
