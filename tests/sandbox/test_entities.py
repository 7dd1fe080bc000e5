from typing import Any

import pytest

from quaymaster_sandbox.tokens import TOKEN_LIFE_S

SERVICE = {
    "identifier": "service",
    "title": "Service",
    "schema": {
        "properties": {
            "language": {"type": "string", "enum": ["Java", "Go"]},
            "replicas": {"type": "number", "minimum": 1, "default": 2},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["language"],
    },
    "relations": {"parent": {"target": "service"}, "uses": {"target": "service", "many": True}},
}


@pytest.fixture
def services(door: Any) -> Any:
    door.ok("POST", "/v1/blueprints", json=SERVICE)
    return door


def service(identifier: str, **parts: Any) -> dict[str, Any]:
    return {"identifier": identifier, "properties": {"language": "Java"}, **parts}


def test_a_new_entity_reads_back_in_ports_form(services: Any) -> None:
    created = services.ok("POST", "/v1/blueprints/service/entities", json=service("a/b", title="A"))
    stamp = "2026-03-15T12:00:00.000Z"
    entity = {
        "identifier": "a/b",
        "title": "A",
        "icon": None,
        "blueprint": "service",
        "team": [],
        "properties": {"language": "Java", "replicas": 2},
        "relations": {"parent": None, "uses": []},
        "createdAt": stamp,
        "createdBy": "sandbox",
        "updatedAt": stamp,
        "updatedBy": "sandbox",
    }
    assert created == {"ok": True, "entity": entity}
    assert services.ok("GET", "/v1/blueprints/service/entities/a%2Fb") == created


def test_a_token_expires_after_three_hours(services: Any, clock: Any) -> None:
    clock.pass_by(seconds=TOKEN_LIFE_S - 1)
    services.ok("GET", "/v1/blueprints")
    clock.pass_by(seconds=1)
    assert services.refused("GET", "/v1/blueprints") == (401, "unauthorized")
