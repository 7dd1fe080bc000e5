"""What a plan warns of, by name and with counts, before anything is written."""

import pytest
from tests.builder.documents import NUMBER, TEXT, rule, scorecard

SERVICE = {"kind": "property", "blueprint": "service"}
RUN = {"type": "self-service", "operation": "CREATE", "userInputs": {"properties": {}, "required": [], "order": []}}
ACTION = {"identifier": "deploy", "trigger": RUN, "invocationMethod": {"type": "KAFKA", "payload": {}}}


@pytest.fixture(autouse=True)
def services(quay, port):
    quay.seed("team", {"identifier": "web"})
    quay.seed("service", *({"identifier": f"s{n}", "tier": f"T{n % 3}", "cost": str(n)} for n in range(9)))
    quay.seed("service", {"identifier": "bare"})
    relation = {"team": {"target": "team"}}
    port.send("PATCH", "/v1/blueprints/{}", "service", body={"relations": relation})
    for name in ("s0", "s1"):
        port.send("PATCH", "/v1/blueprints/{}/entities/{}", "service", name, body={"relations": {"team": "web"}})
    card = scorecard("ready", rule("tiered", property="tier", operator="=", value="T1"))
    port.send("POST", "/v1/blueprints/{}/scorecards", "service", body=card)
    port.send("POST", "/v1/actions", body=ACTION)


@pytest.mark.parametrize(
    ("operation", "warning"),
    [
        (
            {"op": "update", **SERVICE, "identifier": "cost", "document": NUMBER},
            "property 'cost' of blueprint 'service' changes its type from string to number: 9 entities lose",
        ),
        (
            {"op": "delete", **SERVICE, "identifier": "tier"},
            "property 'tier' of blueprint 'service' is removed: 9 entities lose their value",
        ),
        (
            {"op": "delete", **SERVICE, "identifier": "tier"},
            "property 'tier' of blueprint 'service' is still referred to by rule 'tiered' of scorecard 'ready'",
        ),
        (
            {"op": "delete", "kind": "relation", "blueprint": "service", "identifier": "team"},
            "relation 'team' of blueprint 'service' is removed: 2 entities lose their link",
        ),
        (
            {"op": "delete", "kind": "blueprint", "identifier": "service"},
            "10 entities of 'service' are deleted",
        ),
        (
            {"op": "update", **SERVICE, "identifier": "tier", "document": {"enum": ["T0", "T1"]}},
            "the enum of property 'tier' of blueprint 'service' narrows: 3 entities hold values outside it: T2 (3)",
        ),
        (
            {
                "op": "update",
                "kind": "blueprint",
                "identifier": "service",
                "document": {"schema": {"required": ["tier"]}},
            },
            "property 'tier' of blueprint 'service' becomes required: 1 entities lack it, and Port will refuse",
        ),
        (
            {
                "op": "update",
                "kind": "action_permissions",
                "identifier": "deploy",
                "document": {"execute": {"teams": ["web"]}},
            },
            "permission widens: 1 teams more may execute (permissions of action 'deploy'): web",
        ),
        (
            {
                "op": "update",
                "kind": "blueprint_permissions",
                "identifier": "service",
                "document": {"entities": {"unregister": {"roles": ["Admin", "service-moderator", "Member"]}}},
            },
            "permission widens: 1 roles more may entities unregister (permissions of blueprint 'service'): Member",
        ),
        (
            {"op": "delete", "kind": "scorecard", "identifier": "ready"},
            "scorecard 'ready' of 'service' is deleted",
        ),
    ],
    ids=["type", "property", "referrer", "relation", "blueprint", "enum", "required", "run", "grant", "scorecard"],
)
def test_plan_warns_by_name_and_with_counts(quay, port, operation, warning):
    before = port.state()
    assert f"warning: {warning}" in quay.call("plan_changes", operations=[operation])
    assert port.state() == before


def test_removal_of_a_required_property_is_warned_of_as_such(quay, port):
    port.send("PATCH", "/v1/blueprints/{}/entities/{}", "service", "bare", body={"properties": {"tier": "T0"}})
    port.send("PATCH", "/v1/blueprints/{}", "service", body={"schema": {"properties": {}, "required": ["tier"]}})
    answer = quay.call("plan_changes", operations=[{"op": "delete", **SERVICE, "identifier": "tier"}])
    assert (
        "property 'tier' of blueprint 'service', which is required, is removed: 10 entities lose their value" in answer
    )


def test_everything_that_refers_to_a_property_of_another_type_is_named(quay, port):
    trigger = {"type": "automation", "event": {"type": "ENTITY_UPDATED", "blueprintIdentifier": "service"}}
    condition = {"type": "JQ", "expressions": [".diff.after.properties.tier == null"], "combinator": "and"}
    watch = {**ACTION, "identifier": "watch", "trigger": {**trigger, "condition": condition}}
    port.send("POST", "/v1/actions", body=watch)
    link = {"calculationProperties": {"link": {"calculation": ".properties.tier", "type": "string"}}}
    port.send("PATCH", "/v1/blueprints/{}", "service", body=link)
    change = {"op": "update", **SERVICE, "identifier": "tier", "document": NUMBER}
    answer = quay.call("plan_changes", operations=[change])
    assert "property 'tier' of blueprint 'service' is still referred to by " in answer
    for referrer in ("calculation property 'link'", "rule 'tiered' of scorecard 'ready'", "trigger of action 'watch'"):
        assert referrer in answer


def test_what_adds_warns_of_nothing(quay):
    operation = {"op": "create", **SERVICE, "identifier": "new", "document": TEXT}
    answer = quay.call("plan_changes", operations=[operation])
    assert "warning" not in answer
    assert "it only adds" in answer
