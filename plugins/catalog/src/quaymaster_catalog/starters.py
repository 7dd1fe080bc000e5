"""Prompts: texts that start a model on a task, written from what the catalog really holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lazy_importer import lazy_importer

from quaymaster import PortClient, gather, inline, prompt
from quaymaster_catalog.documents import complete_blueprint, complete_entity

__lazy_modules__ = {
    "quaymaster.catalog.catalog",
    "quaymaster.catalog.finding",
    "quaymaster.catalog.fields",
    "quaymaster.port.documents.blueprint",
    "quaymaster.prompts",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster.catalog.catalog import Catalog, load_catalog
    from quaymaster.catalog.fields import Field, fields_of
    from quaymaster.catalog.finding import find_one
    from quaymaster.port.documents.blueprint import Blueprint
    from quaymaster.prompts import Completer

__all__ = ["explore_my_catalog", "incident_context", "onboard_me"]

_SERVICE = "service"
_MOST_KINDS = 12
_MOST_IDEAS = 8
_NEWEST = 5


async def _complete_service(port: PortClient, value: str, blueprint: str) -> Sequence[str]:
    return await complete_entity(port, value, blueprint or _SERVICE)


_COMPLETE: Mapping[str, Completer] = {"service": _complete_service, "blueprint": complete_blueprint}


@prompt(title="Explore my catalog")
async def explore_my_catalog(port: PortClient) -> str:
    """Suggests questions that the data in the catalog can answer."""
    catalog = await port.remember(load_catalog)
    own = [it for it in catalog.blueprints.values() if not it.identifier.startswith("_")]
    counts = await gather(*(port.entities.count(it.identifier) for it in own))
    filled = sorted(((n, it) for n, it in zip(counts, own, strict=True) if n), key=lambda it: -it[0])
    kinds = ", ".join(f"{inline(it.identifier)} ({n:,})" for n, it in filled[:_MOST_KINDS])
    ideas = [idea for _, it in filled for idea in _ideas(catalog, it)]
    listed = "\n".join(f"- {idea}" for idea in dict.fromkeys(ideas[:: max(1, len(ideas) // _MOST_IDEAS)]))
    return (
        f"My software catalog in Port holds {kinds}.\n\n"
        "Suggest five questions about it that would surprise or worry an engineering leader, each answerable in one or "
        "two tool calls; then ask me which one to answer first. The catalog can answer questions such as these:\n"
        f"{listed}"
    )


@prompt(title="Onboard me to a service", complete=_COMPLETE)
async def onboard_me(port: PortClient, service: str, blueprint: str | None = None) -> str:
    """Explains a service to somebody who is new to it."""
    subject = await _find(port, service, blueprint)
    calls = [
        subject.call("describe_entity"),
        subject.call("trace_dependencies"),
        subject.call("entity_history", limit=10),
        *subject.newest(),
    ]
    return (
        f"I am new to {inline(subject.name)}. Explain to me, in half a page and for an engineer: what it is and who "
        "owns it, what it depends on and who depends on it, how healthy it is, what has happened to it lately, and "
        "whom to ask. End with the three things that I should look at first, with their links.\n\n"
        f"Gather the facts with these calls, and leave out what they do not tell:\n{_listed(calls)}"
    )


@prompt(title="Incident context for a service", complete=_COMPLETE)
async def incident_context(port: PortClient, service: str, blueprint: str | None = None) -> str:
    """Gathers what somebody needs who has to handle an incident of a service."""
    subject = await _find(port, service, blueprint)
    calls = [
        subject.call("who_is_on_call"),
        subject.call("describe_entity"),
        subject.call("trace_dependencies", direction="downstream", depth=2),
        subject.call("trace_dependencies", direction="upstream"),
        *subject.newest(),
    ]
    return (
        f"There is an incident of {inline(subject.name)}. Give me, on one screen: who is on call and who owns it; what "
        "breaks if it is down; what it depends on that may be the cause; what was changed or deployed last, with "
        "times; links to dashboards and the runbook. State only what the calls tell, and say what is missing.\n\n"
        f"{_listed(calls)}"
    )


@dataclass(frozen=True)
class _Subject:
    """The entity that a prompt is about."""

    catalog: Catalog
    blueprint: Blueprint
    name: str

    def call(self, tool: str, **arguments: object) -> str:
        """Returns a call of a tool for the entity, as a model writes it."""
        return _call(tool, blueprint=self.blueprint.identifier, identifier=self.name, **arguments)

    def newest(self) -> Iterator[str]:
        """Yields calls for the newest entities of each kind that is dated and relates to the entity."""
        for other in self.catalog.blueprints.values():
            fields = fields_of(self.catalog, other)
            relation = next(
                (name for name, it in other.relations.items() if it.target == self.blueprint.identifier), None
            )
            date = next((it.identifier for it in fields if it.is_date and it.kind == "property"), None)
            is_same_or_system = other.identifier == self.blueprint.identifier or other.identifier.startswith("_")
            if relation is None or date is None or is_same_or_system:
                continue
            yield _call(
                "list_entities",
                blueprint=other.identifier,
                where={relation: self.name},
                columns=[date, *(it.identifier for it in fields if it.choices)][:4],
                sort=f"-{date}",
                limit=_NEWEST,
            )


async def _find(port: PortClient, name: str, blueprint: str | None) -> _Subject:
    catalog = await port.remember(load_catalog)
    found = catalog.blueprint(blueprint or _SERVICE)
    entity = await find_one(port, found, name, ["$identifier"])
    return _Subject(catalog, found, entity.identifier)


def _ideas(catalog: Catalog, blueprint: Blueprint) -> Iterator[str]:
    """Yields questions that fit the fields of a blueprint."""
    name = inline(blueprint.title)
    fields = [it for it in fields_of(catalog, blueprint) if it.kind != "meta"]
    for it in fields:
        if it.kind == "scorecard":
            yield f"Which teams' {name} entities are on the lowest levels of {_called(it)}?"
        elif it.choices:
            yield f"How many {name} entities have which {_called(it)}, by team?"
        elif it.type == "number":
            yield f"Which {name} entities have the highest {_called(it)}, and is it one team?"
        elif it.type == "boolean" or it.format == "url":
            yield f"Which {name} entities lack {_called(it)}?"
        elif it.kind == "relation" and it.target == blueprint.identifier:
            yield f"Which {name} entity has the most dependents, and who is on call for it?"
        elif it.is_date:
            yield f"How did the number of {name} entities by {_called(it)} develop, week by week?"


def _called(field: Field) -> str:
    return inline(field.title or field.label)


def _call(tool: str, **arguments: object) -> str:
    return (
        f"{tool}({', '.join(f'{name}={json.dumps(value, ensure_ascii=False)}' for name, value in arguments.items())})"
    )


def _listed(calls: Sequence[str]) -> str:
    return "\n".join(f"- {call}" for call in calls)
