from typing import Any

import pytest


def blueprint(identifier: str, properties: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    return {"identifier": identifier, "title": identifier, "schema": {"properties": properties or {}}, **parts}


TEXT = {"type": "string"}


@pytest.fixture
def catalog(door: Any) -> Any:
    door.ok("POST", "/v1/blueprints", json=blueprint("domain", {"name": TEXT, "size": {"type": "number"}}))
    service = blueprint(
        "service",
        {"language": TEXT, "seen": TEXT, "tags": {"type": "array"}},
        relations={"domain": {"target": "domain"}, "uses": {"target": "service", "many": True}},
        mirrorProperties={"domain_name": {"path": "domain.name"}},
    )
    door.ok("POST", "/v1/blueprints", json=service)
    door.ok("POST", "/v1/blueprints/domain/entities", json={"identifier": "shop", "properties": {"name": "Shop"}})
    properties = {"language": "Java", "seen": "2026-01-01T00:00:00+02:00", "tags": ["a"]}
    entity = {"identifier": "cart", "properties": properties, "relations": {"domain": "shop"}}
    door.ok("POST", "/v1/blueprints/service/entities", json=entity)
    return door


def cart(door: Any) -> Any:
    return door.ok("GET", "/v1/blueprints/service/entities/cart")["entity"]


def found(door: Any, rule: dict[str, Any]) -> list[str]:
    query = {"combinator": "and", "rules": [rule]}
    answer = door.ok("POST", "/v1/blueprints/service/entities/search", json={"query": query})
    return [entity["identifier"] for entity in answer["entities"]]


def test_a_blueprint_reads_back_with_ports_defaults_and_stamps(door: Any) -> None:
    sent = blueprint("thing", {"name": TEXT}, relations={"next": {"target": "thing"}}, color="mauve")
    stored = door.ok("POST", "/v1/blueprints", json=sent)["blueprint"]
    assert stored == {
        **sent,
        "schema": {"properties": {"name": TEXT}, "required": []},
        "relations": {"next": {"target": "thing", "required": False, "many": False}},
        "mirrorProperties": {},
        "calculationProperties": {},
        "aggregationProperties": {},
        "createdAt": "2026-03-15T12:00:00.000Z",
        "createdBy": "sandbox",
        "updatedAt": "2026-03-15T12:00:00.000Z",
        "updatedBy": "sandbox",
    }


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({"relations": {"a": {"target": "nowhere"}}}, (404, "not_found")),
        ({"relations": {"_a": {"target": "domain"}}}, (422, "system_identifier_error")),
        ({"mirrorProperties": {"m": {"path": "nowhere.name"}}}, (422, "invalid_mirror_property_path")),
        (
            {"relations": {"d": {"target": "domain"}}, "mirrorProperties": {"m": {"path": "d.nothing"}}},
            (422, "invalid_mirror_property_path"),
        ),
        ({"ownership": {"type": "Inherited", "path": "nowhere"}}, (422, "invalid_inherited_ownership_path")),
        ({"identifier": "service"}, (409, "identifier_taken")),
        ({"schema": {"properties": {}, "required": ["x"]}}, (422, "blueprint_missing_property")),
    ],
)
def test_a_blueprint_that_leads_nowhere_is_refused(catalog: Any, parts: Any, refusal: Any) -> None:
    before = catalog.ok("GET", "/v1/blueprints")
    assert catalog.refused("POST", "/v1/blueprints", json={**blueprint("new"), **parts}) == refusal
    assert catalog.ok("GET", "/v1/blueprints") == before


def test_patch_merges_the_maps_and_put_replaces_them(catalog: Any) -> None:
    patch = {"schema": {"properties": {"tier": {"type": "number"}}, "required": ["tier"]}}
    patched = catalog.ok("PATCH", "/v1/blueprints/service", json=patch)["blueprint"]
    assert list(patched["schema"]["properties"]) == ["language", "seen", "tags", "tier"]
    assert patched["schema"]["required"] == ["tier"]
    assert list(patched["relations"]) == ["domain", "uses"]
    catalog.ok("PUT", "/v1/blueprints/service", json=blueprint("service", {"language": TEXT}))
    assert cart(catalog)["properties"] == {"language": "Java"}
    assert cart(catalog)["relations"] == {}


def test_a_property_that_was_dropped_comes_back_without_its_values(catalog: Any) -> None:
    catalog.ok("PUT", "/v1/blueprints/service", json=blueprint("service", {"language": TEXT}))
    catalog.ok("PATCH", "/v1/blueprints/service", json={"schema": {"properties": {"tags": {"type": "number"}}}})
    assert "tags" not in cart(catalog)["properties"]
    assert found(catalog, {"property": "tags", "operator": "isNotEmpty"}) == []


def test_the_type_of_a_property_is_fixed(catalog: Any) -> None:
    patch = {"schema": {"properties": {"language": {"type": "number"}}}}
    assert catalog.refused("PATCH", "/v1/blueprints/service", json=patch) == (422, "invalid_request")


def test_a_new_format_makes_stored_texts_comparable_as_instants(catalog: Any) -> None:
    rule = {"property": "seen", "operator": "<", "value": "2025-12-31T23:00:00Z"}
    assert found(catalog, rule) == []
    patch = {"schema": {"properties": {"seen": {"type": "string", "format": "date-time"}}}}
    catalog.ok("PATCH", "/v1/blueprints/service", json=patch)
    assert found(catalog, rule) == ["cart"]


def test_renames_keep_values_and_lead_mirrors_along(catalog: Any) -> None:
    catalog.ok("PATCH", "/v1/blueprints/domain/properties/name/rename", json={"newPropertyName": "label"})
    catalog.ok("PATCH", "/v1/blueprints/service/relations/domain/rename", json={"newRelationIdentifier": "area"})
    catalog.ok("PATCH", "/v1/blueprints/service/mirror/domain_name/rename", json={"newMirrorName": "area_label"})
    catalog.ok("PATCH", "/v1/blueprints/service/properties/tags/rename", json={"newPropertyName": "labels"})
    assert catalog.ok("GET", "/v1/blueprints/service")["blueprint"]["mirrorProperties"] == {
        "area_label": {"path": "area.label"}
    }
    entity = cart(catalog)
    assert entity["properties"] == {
        "language": "Java",
        "seen": "2026-01-01T00:00:00+02:00",
        "labels": ["a"],
        "area_label": "Shop",
    }
    assert entity["relations"] == {"area": "shop", "uses": []}
    assert found(catalog, {"property": "labels", "operator": "contains", "value": "a"}) == ["cart"]


def test_what_is_not_there_or_taken_cannot_be_renamed(catalog: Any) -> None:
    rename = "/v1/blueprints/service/properties/{}/rename"
    assert catalog.refused("PATCH", rename.format("no"), json={"newPropertyName": "x"}) == (404, "not_found")
    taken = catalog.refused("PATCH", rename.format("seen"), json={"newPropertyName": "tags"})
    assert taken == (409, "identifier_taken")


def test_a_renamed_blueprint_is_still_the_target_of_relations(catalog: Any) -> None:
    body = blueprint("area", {"name": TEXT, "size": {"type": "number"}})
    catalog.ok("PUT", "/v1/blueprints/domain", json=body)
    assert catalog.ok("GET", "/v1/blueprints/service")["blueprint"]["relations"]["domain"]["target"] == "area"
    assert cart(catalog)["properties"]["domain_name"] == "Shop"
    assert catalog.refused("GET", "/v1/blueprints/domain") == (404, "not_found")


def test_a_renamed_blueprint_is_still_related_to_itself_and_scored(catalog: Any) -> None:
    rule = {"combinator": "and", "conditions": [{"property": "language", "operator": "=", "value": "Java"}]}
    rules = [{"identifier": "java", "title": "Java", "level": "Bronze", "query": rule}]
    card = {"identifier": "card", "title": "Card", "rules": rules}
    catalog.ok("POST", "/v1/blueprints/service/scorecards", json=card)
    renamed = catalog.ok("PATCH", "/v1/blueprints/service", json={"identifier": "app"})["blueprint"]
    assert renamed["relations"]["uses"]["target"] == "app"
    assert catalog.ok("GET", "/v1/blueprints/_scorecard/entities/card")["entity"]["properties"]["blueprint"] == "app"
    assert catalog.ok("GET", "/v1/blueprints/app/entities/cart")["entity"]["scorecards"]["card"]["level"] == "Bronze"


def test_renames_lead_aggregations_and_ownership_along_and_nothing_else_of_that_name(catalog: Any) -> None:
    count = {"calculationBy": "entities", "func": "count"}
    services = {"title": "Services", "target": "service", "calculationSpec": count}
    services["pathFilter"] = [{"fromBlueprint": "service", "path": ["domain"]}]
    catalog.ok("PATCH", "/v1/blueprints/domain", json={"aggregationProperties": {"services": services}})
    called_alike = {"schema": {"properties": {"domain": TEXT}}, "mirrorProperties": {"own": {"path": "uses.domain"}}}
    catalog.ok(
        "PATCH", "/v1/blueprints/service", json={**called_alike, "ownership": {"type": "Inherited", "path": "domain"}}
    )
    catalog.ok("PATCH", "/v1/blueprints/service/relations/domain/rename", json={"newRelationIdentifier": "area"})
    renamed = catalog.ok("GET", "/v1/blueprints/service")["blueprint"]
    assert renamed["ownership"]["path"] == "area"
    assert renamed["mirrorProperties"] == {"domain_name": {"path": "area.name"}, "own": {"path": "uses.domain"}}
    domain = catalog.ok("GET", "/v1/blueprints/domain")["blueprint"]
    assert domain["aggregationProperties"]["services"]["pathFilter"] == [{"fromBlueprint": "service", "path": ["area"]}]
    assert catalog.ok("GET", "/v1/blueprints/domain/entities/shop")["entity"]["properties"]["services"] == 1


def test_a_relation_that_a_mirror_passes_over_cannot_change(catalog: Any) -> None:
    patch = {"relations": {"domain": {"target": "domain", "many": True}}}
    assert catalog.refused("PATCH", "/v1/blueprints/service", json=patch) == (422, "invalid_mirror_property_path")


def test_a_blueprint_goes_only_without_entities_and_relations_to_it(catalog: Any) -> None:
    assert catalog.refused("DELETE", "/v1/blueprints/domain") == (403, "has_dependents")
    assert catalog.refused("DELETE", "/v1/blueprints/service") == (403, "has_dependents")
    catalog.ok("DELETE", "/v1/blueprints/service/all-entities")
    catalog.ok("DELETE", "/v1/blueprints/service")
    assert catalog.refused("GET", "/v1/blueprints/service") == (404, "not_found")


def test_ports_own_blueprints_can_be_extended_but_not_changed(catalog: Any) -> None:
    extension = {"schema": {"properties": {"pronouns": TEXT}}, "relations": {"home": {"target": "domain"}}}
    catalog.ok("PATCH", "/v1/blueprints/_user", json=extension)
    protected = (422, "protected_blueprint_violation")
    assert catalog.refused("PUT", "/v1/blueprints/_user", json=blueprint("_user")) == protected
    assert catalog.refused("DELETE", "/v1/blueprints/_team") == protected
    required = {"relations": {"home": {"target": "domain", "required": True}}}
    assert catalog.refused("PATCH", "/v1/blueprints/_team", json=required) == protected


def test_a_blueprint_with_a_mirror_over_itself_can_be_renamed(catalog: Any) -> None:
    catalog.ok("PATCH", "/v1/blueprints/service", json={"mirrorProperties": {"tongues": {"path": "uses.language"}}})
    assert catalog.ok("PATCH", "/v1/blueprints/service", json={"identifier": "app"})["blueprint"]["identifier"] == "app"


def test_a_blueprint_can_go_though_an_aggregation_is_over_it(catalog: Any) -> None:
    count = {"title": "N", "target": "service", "calculationSpec": {"calculationBy": "entities", "func": "count"}}
    catalog.ok("PATCH", "/v1/blueprints/domain", json={"aggregationProperties": {"services": count}})
    catalog.ok("DELETE", "/v1/blueprints/service/all-entities?delete_blueprint=true")
    catalog.ok("PATCH", "/v1/blueprints/domain", json={"title": "Area"})
    assert catalog.ok("GET", "/v1/blueprints/domain/entities/shop")["entity"]["properties"]["services"] == 0
    other = {"aggregationProperties": {"more": count}}
    assert catalog.refused("PATCH", "/v1/blueprints/domain", json=other) == (404, "not_found")
