"""What can be seen of a sandbox from outside, one function for each assumption: what it sees through a door.

`prepared` puts the blueprint `thing` behind the door, which all of them start from.
"""

from collections.abc import Callable
from typing import Any

from .conftest import NOON, Door

THING = {
    "identifier": "thing",
    "title": "Thing",
    "schema": {
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "string", "default": "small"},
            "rank": {"type": "number"},
        }
    },
    "relations": {"part_of": {"target": "thing"}, "uses": {"target": "thing", "many": True}},
}
_THINGS = "/v1/blueprints/thing/entities"
_READINESS = {
    "identifier": "readiness",
    "title": "Readiness",
    "rules": [
        {
            "identifier": "named",
            "title": "Named",
            "level": "Bronze",
            "query": {"combinator": "and", "conditions": [{"property": "name", "operator": "isNotEmpty"}]},
        }
    ],
}


def prepared(door: Door) -> Door:
    door.ok("POST", "/v1/blueprints?create_catalog_page=false", json=THING)
    return door


def _thing(door: Door, identifier: str = "a", **parts: Any) -> dict[str, Any]:
    entity: dict[str, Any] = door.ok("POST", _THINGS, json={"identifier": identifier, **parts})["entity"]
    return entity


def _bare(door: Door) -> dict[str, Any]:
    """Returns an entity whose default has been cleared."""
    return _thing(door, properties={"size": None})


def _found(door: Door, *rules: dict[str, Any], combinator: str = "and") -> list[str]:
    answer = door.ok("POST", f"{_THINGS}/search", json={"query": {"combinator": combinator, "rules": list(rules)}})
    return [entity["identifier"] for entity in answer["entities"]]


def _action(identifier: str, inputs: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    form = {"properties": inputs or {}}
    return {
        "identifier": identifier,
        "trigger": {"type": "self-service", "operation": "CREATE", "userInputs": form},
        "invocationMethod": {"type": "KAFKA"},
        **parts,
    }


def _run(door: Door, properties: dict[str, Any], inputs: dict[str, Any] | None = None, **parts: Any) -> Any:
    door.ok("POST", "/v1/actions", json=_action("act", inputs, **parts))
    return door.send("POST", "/v1/actions/act/runs", json={"properties": properties})


def error_without_token(door: Door) -> str:
    return door.refused("GET", "/v1/blueprints", headers={"authorization": ""})[1]


def error_beyond_the_limit(door: Door) -> str:
    door.ok("PUT", "/__sandbox/rate-limits", json={"others": 0})
    return door.refused("GET", "/v1/blueprints")[1]


def status_of_an_upsert(door: Door) -> int:
    _thing(door)
    return door.send("POST", f"{_THINGS}?upsert=true", json={"identifier": "a"}).status_code


def keys_of_a_validation(door: Door) -> list[str]:
    return sorted(door.ok("POST", f"{_THINGS}?validation_only=true", json={"identifier": "a"}))


def error_of_an_unknown_property(door: Door) -> str:
    return door.refused("POST", _THINGS, json={"properties": {"no": 1}})[1]


def error_of_an_unknown_relation(door: Door) -> str:
    return door.refused("POST", _THINGS, json={"relations": {"no": "a"}})[1]


def status_of_a_missing_target(door: Door) -> int:
    return door.refused("POST", _THINGS, json={"relations": {"part_of": "no"}})[0]


def default_after_an_update(door: Door) -> str | None:
    _bare(door)
    entity = door.ok("PATCH", f"{_THINGS}/a", json={"title": "A"})["entity"]
    size: str | None = entity["properties"].get("size")
    return size


def names_of_read_properties(door: Door) -> list[str]:
    return sorted(_bare(door)["properties"])


def read_relations(door: Door) -> Any:
    return _thing(door)["relations"]


def related_entities(door: Door) -> list[str]:
    for name, part_of in (("a", None), ("b", "a"), ("c", "b")):
        _thing(door, name, relations={"part_of": part_of})
    return _found(door, {"operator": "relatedTo", "blueprint": "thing", "value": "a", "direction": "downstream"})


def entities_without_a_value(door: Door) -> list[str]:
    _thing(door)
    return _found(door, {"property": "name", "operator": "!=", "value": "x"})


def entities_by_other_case(door: Door) -> list[str]:
    _thing(door, properties={"name": "Loud"})
    return _found(door, {"property": "name", "operator": "=", "value": "lOUD"})


def entities_of_today(door: Door) -> list[str]:
    """Returns what was written by the first minute of the day in UTC, which is noon of the clock less twelve hours."""
    patch = {"schema": {"properties": {"at": {"type": "string", "format": "date-time"}}}}
    door.ok("PATCH", "/v1/blueprints/thing", json=patch)
    _thing(door, properties={"at": NOON.replace(hour=0, minute=1).isoformat()})
    return _found(door, {"property": "at", "operator": "between", "value": {"preset": "today"}})


def level_beyond_the_last_rule(door: Door) -> Any:
    door.ok("POST", "/v1/blueprints/thing/scorecards", json=_READINESS)
    _thing(door, properties={"name": "x"})
    return door.ok("GET", f"{_THINGS}/a")["entity"]["scorecards"]["readiness"]["level"]


def relations_after_a_patch(door: Door) -> list[str]:
    patch = {**THING, "relations": {"next": {"target": "thing"}}}
    return sorted(door.ok("PATCH", "/v1/blueprints/thing", json=patch)["blueprint"]["relations"])


def status_of_a_renaming_put(door: Door) -> int:
    return door.send("PUT", "/v1/blueprints/thing", json={**THING, "identifier": "gadget"}).status_code


def actions_of_a_deleted_blueprint(door: Door) -> list[str]:
    trigger = {"type": "self-service", "operation": "CREATE", "blueprintIdentifier": "thing"}
    trigger["userInputs"] = {"properties": {}}  # type: ignore[assignment]  # the other values are texts
    door.ok("POST", "/v1/actions", json=_action("tidy", trigger=trigger))
    door.ok("DELETE", "/v1/blueprints/thing")
    return [action["identifier"] for action in door.ok("GET", "/v1/actions")["actions"]]


def keys_of_an_aggregate(door: Door) -> list[str]:
    query = {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": "thing"}]}
    return sorted(door.ok("POST", "/v1/entities/aggregate", json={"func": "count", "query": query}))


def order_of_lists(door: Door) -> tuple[str, ...]:
    """Returns how runs, the log of one and the audit log are ordered."""
    first = _run(door, {}).json()["run"]["id"]
    second = door.ok("POST", "/v1/actions/act/runs", json={"properties": {}})["run"]["id"]
    for message in ("one", "two"):
        door.ok("POST", f"/v1/actions/runs/{first}/logs", json={"message": message})
    runs = [run["id"] for run in door.ok("GET", "/v1/actions/runs")["runs"]]
    messages = [log["message"] for log in door.ok("GET", f"/v1/actions/runs/{first}/logs")["runLogs"]]
    kinds = [audit["resourceType"] for audit in door.ok("GET", "/v1/audit-log")["audits"]]
    ascending = ([first, second], ["one", "two"], ["blueprint", "action", "run", "run"])
    seen = zip((runs, messages, kinds), ascending, strict=True)
    return tuple("ascending" if it == up else "descending" if it == up[::-1] else "neither" for it, up in seen)


def matching_blueprints(door: Door) -> Any:
    _thing(door)
    rules = [{"property": "$blueprint", "operator": "=", "value": "thing"}]
    return door.ok("POST", "/v1/entities/search", json={"combinator": "and", "rules": rules}).get("matchingBlueprints")


def ok_of_a_partial_bulk(door: Door) -> Any:
    answer = door.send("POST", f"{_THINGS}/bulk", json={"entities": [{"identifier": "a"}, {"properties": {"no": 1}}]})
    assert answer.status_code == 207
    return answer.json()["ok"]


def statuses_of_creating(door: Door) -> list[int]:
    documents = {
        "/v1/blueprints/thing/scorecards": _READINESS,
        "/v1/actions": _action("act"),
        "/v1/webhooks": {"title": "Hook"},
        "/v1/pages": {"identifier": "board", "widgets": []},
    }
    return [door.send("POST", path, json=document).status_code for path, document in documents.items()]


def properties_with_a_failing_calculation(door: Door) -> Any:
    calculation = {"broken": {"title": "Broken", "type": "number", "calculation": ".identifier + 1"}}
    door.ok("PATCH", "/v1/blueprints/thing", json={"calculationProperties": calculation})
    return _bare(door)["properties"]


def roles_of_a_new_action(grant: str) -> Callable[[Door], Any]:
    def roles(door: Door) -> Any:
        door.ok("POST", "/v1/actions", json=_action("act"))
        return door.ok("GET", "/v1/actions/act/permissions")["permissions"][grant]["roles"]

    return roles


def keys_of_a_webhook(door: Door) -> list[str]:
    return sorted(door.ok("POST", "/v1/webhooks", json={"title": "Hook"}))


def approval_of_a_plain_run(door: Door) -> Any:
    return _run(door, {}).json()["run"]["requiredApproval"]


def statuses_of_other_scripts(door: Door) -> tuple[int, int]:
    """Returns the answers to a blueprint and to a list of entities with letters beyond ASCII in their identifiers."""
    blueprint = door.send("POST", "/v1/blueprints", json={**THING, "identifier": "Gerät", "relations": {}})
    return blueprint.status_code, door.send(
        "POST", f"{_THINGS}/bulk", json={"entities": [{"identifier": "ä"}]}
    ).status_code


def text_of_a_whole_number(door: Door) -> str:
    answer = door.send("POST", _THINGS, content=b'{"identifier": "a", "properties": {"rank": 2.0}}')
    return str(answer.text).partition('"rank":')[2].partition(",")[0].partition("}")[0]


def status_with_a_trailing_slash(door: Door) -> int:
    return door.send("GET", "/v1/blueprints/").status_code


def entities_of_an_empty_or(door: Door) -> list[str]:
    _thing(door)
    return _found(door, combinator="or")


def mirror_path_after_a_rename(door: Door) -> Any:
    part = {
        "identifier": "part",
        "title": "Part",
        "schema": {"properties": {}},
        "relations": {"of": {"target": "thing"}},
    }
    door.ok("POST", "/v1/blueprints", json={**part, "mirrorProperties": {"whole": {"path": "of.name"}}})
    door.ok("PATCH", "/v1/blueprints/thing/properties/name/rename", json={"newPropertyName": "label"})
    return door.ok("GET", "/v1/blueprints/part")["blueprint"]["mirrorProperties"]["whole"]["path"]


def scorecards_after_an_empty_put(door: Door) -> list[str]:
    door.ok("POST", "/v1/blueprints/thing/scorecards", json=_READINESS)
    door.ok("PUT", "/v1/blueprints/thing/scorecards", json=[])
    return [scorecard["identifier"] for scorecard in door.ok("GET", "/v1/scorecards")["scorecards"]]


def title_of_a_missing_entity(door: Door) -> Any:
    door.ok(
        "POST",
        f"{_THINGS}?create_missing_related_entities=true",
        json={"identifier": "a", "relations": {"part_of": "new"}},
    )
    return door.ok("GET", f"{_THINGS}/new")["entity"]["title"]


def inputs_of_a_run_without_any(door: Door) -> Any:
    return _run(door, {}, {"size": {"type": "number", "default": 3}}).json()["run"]["properties"]


def status_of_an_unknown_input(door: Door) -> int:
    return int(_run(door, {"no": 1}).status_code)


def status_of_a_missing_entity_input(door: Door) -> int:
    inputs = {"thing": {"type": "string", "format": "entity", "blueprint": "thing"}}
    return int(_run(door, {"thing": "no"}, inputs).status_code)


def status_of_an_order_without_inputs(door: Door) -> int:
    form = {"properties": {}, "order": ["no"]}
    trigger = {"type": "self-service", "operation": "CREATE", "userInputs": form}
    return door.send("POST", "/v1/actions", json=_action("act", trigger=trigger)).status_code


def status_after_a_webhook_error(door: Door) -> Any:
    """Returns the status of a run whose webhook is a port of this machine where nobody listens."""
    method = {"type": "WEBHOOK", "url": "http://127.0.0.1:9/"}
    run = _run(door, {}, invocationMethod=method).json()["run"]["id"]
    return door.ok("GET", f"/v1/actions/runs/{run}")["run"]["status"]


def limit_of_ai_invocations(door: Door) -> Any:
    return door.ok("GET", "/v1/quota/ai-invocations")["monthlyQuotaUsage"]["monthlyLimit"]


def number_of_listed_audits(door: Door) -> int:
    _thing(door)
    _thing(door, "b")
    return len(door.ok("GET", "/v1/audit-log")["audits"])
