"""The SQL functions that conditions on derived values call back."""

import json
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Kind
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.storage.database import Connection
from quaymaster_sandbox.values.cells import Cell, cell_of, element_of, to_json


def register_functions(connection: Connection) -> None:
    """Makes the SQL functions known to a connection; they work in the session that the connection is in."""

    def derived_value(blueprint_id: int, entity_id: int, identifier: str) -> Cell:
        return _derived_cell(connection.session, blueprint_id, entity_id, identifier)

    def derived_text(blueprint_id: int, entity_id: int, identifier: str) -> str | None:
        value = _derived(connection.session, blueprint_id, entity_id, identifier)
        return value if isinstance(value, str) else None

    connection.create_function("derived_value", 3, derived_value)
    connection.create_function("derived_text", 3, derived_text)
    connection.create_function("instant_text", 1, _instant_text, deterministic=True)
    connection.create_function("json_element", 2, _json_element, deterministic=True)


def _derived(session: Session, blueprint_id: int, entity_id: int, identifier: str) -> Any:
    return session.derived.get(session, session.catalog.by_id(blueprint_id), entity_id, identifier)


def _derived_cell(session: Session, blueprint_id: int, entity_id: int, identifier: str) -> Cell:
    value = _derived(session, blueprint_id, entity_id, identifier)
    if value is None or isinstance(value, list | dict):
        return None if value is None else to_json(value)
    calculation = session.catalog.by_id(blueprint_id).calculations.get(identifier)
    return cell_of(calculation.kind if calculation is not None else Kind.NUMBER, value)


def _instant_text(micros: int | None) -> str | None:
    return None if micros is None else format_millis(micros // 1000)


def _json_element(json_type: str, value: Any) -> Cell:
    if json_type in ("true", "false"):
        return element_of(json.loads(json_type))
    return None if json_type in ("object", "array") else value
