"""Entities made of foreign data by jq programs (Port: `customize-integrations/configure-mapping`).

Webhooks map the events that they receive, migrations the entities of another blueprint.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from quaymaster_sandbox.values.programs import ProgramError, run_program

Document = dict[str, Any]

_TRUE_BY_DEFAULT = "true"


def map_entities(mapping: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Document]:
    """Yields the entities that a mapping makes of its input: one, or one for each item of `itemsToParse`.

    Inputs that the filter does not accept, and entities without an identifier, make none (a guess for programs that
    fail). An item stands under `.item` beside the rest of the input.
    """
    for source in _items(mapping, given):
        if _run(mapping.get("filter") or _TRUE_BY_DEFAULT, source) is True:
            entity = _mapped(mapping["entity"], source)
            if isinstance(entity.get("identifier"), str | dict):
                yield entity


def _items(mapping: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    program = mapping.get("itemsToParse")
    if program is None:
        yield given
        return
    items = _run(program, given)
    for item in items if isinstance(items, list) else ():
        yield {**given, "item": item}


def _mapped(template: Mapping[str, Any], source: Mapping[str, Any]) -> Document:
    """Returns a mapped entity: every text of the template is a program; properties without a value are left out."""
    entity: Document = {}
    for key, part in template.items():
        if key in ("properties", "relations"):
            values = {name: _value(program, source) for name, program in part.items()}
            entity[key] = {name: value for name, value in values.items() if value is not None}
        elif (value := _value(part, source)) is not None:
            entity[key] = value
    return entity


def _value(template: Any, source: Mapping[str, Any]) -> Any:
    """Returns what a template makes of the input; in a query, only the values of its rules are programs."""
    if isinstance(template, str):
        return _run(template, source)
    if isinstance(template, Mapping) and "rules" in template:
        return {**template, "rules": [_rule(rule, source) for rule in template["rules"]]}
    return template


def _rule(rule: Any, source: Mapping[str, Any]) -> Any:
    if not isinstance(rule, Mapping):
        return rule
    return _value(rule, source) if "rules" in rule else {**rule, "value": _value(rule.get("value"), source)}


def _run(program: str, source: Mapping[str, Any]) -> Any:
    try:
        return run_program(program, source)
    except ProgramError:
        return None
