"""The tool that shows scorecards as they are defined."""

from __future__ import annotations

import json

from lazy_importer import lazy_importer

from quaymaster import Answer, PortClient, Table, inline, tool

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.port.documents.scorecard",
    "quaymaster_scorecards.choice",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import load_catalog
    from quaymaster.port.documents.scorecard import DEFAULT_LEVELS, Scorecard
    from quaymaster_scorecards.choice import choose_scorecard

__all__ = ["list_scorecards"]


@tool(read_only=True)
async def list_scorecards(
    port: PortClient, identifiers: list[str] | None = None, blueprint: str | None = None
) -> Answer:
    """Lists scorecards with their levels, lowest first; with identifiers, these as Port's JSON, complete."""
    scorecards = await port.scorecards.list_all()
    if blueprint is not None:
        found = (await port.remember(load_catalog)).blueprint(blueprint).identifier
        scorecards = [it for it in scorecards if it.blueprint == found]
        if not scorecards:
            return Answer(f"blueprint {inline(found)} has no scorecards")
    if identifiers is None:
        return _summary(scorecards)
    chosen = [choose_scorecard(scorecards, name) for name in identifiers]
    documents = [json.dumps(it.to_json(), ensure_ascii=False, separators=(",", ":")) for it in chosen]
    return Answer(_counted(len(chosen)), text="\n".join(documents))


def _summary(scorecards: list[Scorecard]) -> Answer:
    rows = [
        [
            it.identifier,
            it.title,
            it.blueprint,
            " < ".join(level.title for level in it.levels or DEFAULT_LEVELS),
            len(it.rules),
        ]
        for it in scorecards
    ]
    return Answer(_counted(len(rows)), Table(["identifier", "title", "blueprint", "levels", "rules"], rows))


def _counted(number: int) -> str:
    return "1 scorecard" if number == 1 else f"{number:,} scorecards"
