"""Plans as Terraform and as JSON."""

import json
import re

import hcl2
import pytest
from tests.builder.documents import NUMBER, TEXT, blueprint, rule, scorecard

from quaymaster_builder.exporting.hcl import Encoded, block
from quaymaster_builder.templates.catalog import list_templates
from quaymaster_sandbox.testing import ToolFailed

SERVICE = {
    **blueprint(
        "service",
        tier={"type": "string", "title": "Tier", "enum": ["T1", "T2"], "enumColors": {"T1": "red"}, "default": "T2"},
        docs={"type": "object", "spec": "open-api", "default": {"openapi": "3.1"}},
        replicas={"type": "number", "minimum": 1, "exclusiveMaximum": 9},
        public={"type": "boolean", "default": False},
        tags={"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}, "default": ["a"], "minItems": 1},
    ),
    "relations": {"team": {"target": "squad", "title": "Team"}},
    "mirrorProperties": {"lead": {"path": "team.lead", "title": "Lead"}},
    "calculationProperties": {"url": {"calculation": '"https://x/" + .identifier', "type": "string", "format": "url"}},
    "aggregationProperties": {
        "size": {"title": "Size", "target": "squad", "calculationSpec": {"calculationBy": "entities", "func": "count"}}
    },
    "changelogDestination": {"type": "WEBHOOK", "url": "https://hooks.example/x", "agent": True},
}
SQUAD = blueprint("squad", lead=TEXT)
FORM = {
    "properties": {
        "name": {"type": "string", "title": "Name", "pattern": "^${x}$", "default": {"jqQuery": ".user.email"}},
        "service": {
            "type": "string",
            "format": "entity",
            "blueprint": "service",
            "dataset": {
                "combinator": "and",
                "rules": [{"property": "tier", "operator": "=", "value": {"jqQuery": ".form.x"}}],
            },
        },
        "secret": {"type": "string", "encryption": "aes256-gcm"},
        "tags": {"type": "array", "items": {"type": "string", "enum": ["a"]}, "dependsOn": ["name"]},
    },
    "required": ["name"],
    "steps": [{"title": "One", "order": ["name", "service"]}, {"title": "Two", "order": ["secret", "tags"]}],
}
ACTION = {
    "identifier": "scaffold",
    "title": "Scaffold",
    "trigger": {"type": "self-service", "operation": "CREATE", "userInputs": FORM},
    "invocationMethod": {
        "type": "GITHUB",
        "org": "acme",
        "repo": "infra",
        "workflow": "new.yml",
        "workflowInputs": {"name": "{{ .inputs.name }}"},
        "reportWorkflowStatus": True,
    },
    "requiredApproval": {"type": "ANY"},
    "approvalNotification": {"type": "email"},
}
AUTOMATION = {
    "identifier": "escalate",
    "trigger": {
        "type": "automation",
        "event": {"type": "ENTITY_UPDATED", "blueprintIdentifier": "service"},
        "condition": {"type": "JQ", "expressions": ['.diff.after.properties.tier == "T1"'], "combinator": "and"},
    },
    "invocationMethod": {
        "type": "UPSERT_ENTITY",
        "blueprintIdentifier": "service",
        "mapping": {"identifier": "{{ .event.diff.after.identifier }}", "properties": {"public": False}},
    },
    "publish": True,
}
CART = {
    "identifier": "cart",
    "properties": {"tier": "T1", "replicas": 2, "public": True, "tags": ["a"], "docs": {"openapi": "3.0"}},
    "relations": {"team": "web"},
}


def create(kind, document, **where):
    return {"op": "create", "kind": kind, "document": document, **where}


EVERYTHING = [
    create("blueprint", {**SERVICE, "ownership": {"type": "Direct"}}),
    create("blueprint", SQUAD),
    create(
        "scorecard", scorecard("ready", rule("tiered", property="tier", operator="=", value="T1")), blueprint="service"
    ),
    create("action", ACTION),
    create("automation", AUTOMATION),
    create("entity", {"identifier": "web"}, blueprint="squad"),
    create("entity", CART, blueprint="service"),
]


def plain(value):
    """Returns what HCL's text means: quotes, escapes and templates taken away."""
    if isinstance(value, dict):
        return {plain(key): plain(member) for key, member in value.items() if key != "__is_block__"}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, str) and value.startswith('"'):
        return json.loads(value).replace("$${", "${").replace("%%{", "%{")
    return value


def exported(quay, plan, **options):
    """Returns the text of all parts of an export."""
    first = quay.call("export_plan", plan=plan, **options)
    parts = int(re.search(r"part 1 of (\d+)", first)[1])
    answers = [first, *(quay.call("export_plan", plan=plan, part=it, **options) for it in range(2, parts + 1))]
    return [re.search(r"^```\n(.*)\n```", it, re.DOTALL | re.MULTILINE)[1] for it in answers]


def resources(texts):
    found = {}
    for text in texts:
        for resource in plain(hcl2.loads(text)).get("resource", ()):
            for kind, named in resource.items():
                found |= {f"{kind}.{name}": attributes for name, attributes in named.items()}
    return found


def test_every_kind_becomes_a_resource_that_depends_on_what_it_needs(quay, plan):
    found = resources(exported(quay, plan(*EVERYTHING)))
    assert {address: it.get("depends_on", []) for address, it in found.items()} == {
        "port_blueprint.squad": [],
        "port_blueprint.service": ["${port_blueprint.squad}"],
        "port_aggregation_properties.service": ["${port_blueprint.service}", "${port_blueprint.squad}"],
        "port_scorecard.ready": ["${port_blueprint.service}"],
        "port_action.scaffold": ["${port_blueprint.service}"],
        "port_action.escalate": ["${port_blueprint.service}"],
        "port_entity.web": ["${port_blueprint.squad}"],
        "port_entity.cart": ["${port_blueprint.service}", "${port_entity.web}"],
    }


def test_blueprint_has_its_parts_where_the_provider_takes_them(quay, plan):
    service = resources(exported(quay, plan(*EVERYTHING)))["port_blueprint.service"]
    assert service["properties"] == {
        "string_props": {
            "tier": {"title": "Tier", "default": "T2", "enum": ["T1", "T2"], "enum_colors": {"T1": "red"}}
        },
        "object_props": {"docs": {"spec": "open-api", "default": '${jsonencode({openapi = "3.1"})}'}},
        "number_props": {"replicas": {"minimum": 1}},
        "boolean_props": {"public": {"default": False}},
        "array_props": {"tags": {"min_items": 1, "string_items": {"default": ["a"], "pattern": "^[a-z]+$"}}},
    }
    assert service["webhook_changelog_destination"] == {"url": "https://hooks.example/x", "agent": True}
    assert service["ownership"] == {"type": "Direct"}


def test_action_has_its_form_and_its_method_where_the_provider_takes_them(quay, plan):
    found = resources(exported(quay, plan(*EVERYTHING)))
    scaffold, escalate = found["port_action.scaffold"], found["port_action.escalate"]
    inputs = scaffold["self_service_trigger"]["user_properties"]["string_props"]
    assert inputs["name"] == {"title": "Name", "pattern": "^${x}$", "default_jq_query": ".user.email", "required": True}
    assert inputs["service"]["dataset"]["rules"][0]["value"] == {"jq_query": ".form.x"}
    assert inputs["secret"] == {"encryption": "aes256-gcm"}
    assert scaffold["github_method"]["report_workflow_status"] == "true"
    assert (scaffold["required_approval"], scaffold["approval_email_notification"]) == ("ANY", {})
    assert escalate["automation_trigger"]["entity_updated_event"] == {"blueprint_identifier": "service"}
    assert escalate["upsert_entity_method"]["blueprint_identifier"] == "service"


def test_what_the_provider_cannot_say_is_told(quay, plan):
    (text,) = exported(quay, plan(create("blueprint", SQUAD), create("blueprint", SERVICE)))
    assert "# the provider has no attribute for schema.properties.replicas.exclusiveMaximum" in text
    assert text.count("# the provider") == 1


def test_document_that_port_has_is_imported(quay, plan):
    quay.seed("service", {"identifier": "cart", "tier": "T1"})
    made = plan(create("scorecard", scorecard("ready"), blueprint="service"))
    quay.call("apply_plan", plan=made)
    (text,) = exported(quay, made)
    assert plain(hcl2.loads(text))["import"] == [{"to": "${port_scorecard.ready}", "id": "service:ready"}]


def test_blueprints_that_need_each_other_are_told(quay, plan):
    two = [
        create("blueprint", {**blueprint(one), "relations": {"to": {"target": other}}}) for one, other in ("ab", "ba")
    ]
    (text,) = exported(quay, plan(*two))
    assert "# blueprint 'b' needs this as well: apply this without it first" in text


def test_json_is_what_another_plan_takes(quay, port, plan):
    made = plan(*EVERYTHING)
    (text,) = exported(quay, made, format="json")
    assert quay.call("apply_plan", plan=made).startswith("applied")
    assert quay.call("plan_changes", operations=[{"op": "upsert", **it} for it in json.loads(text)]).startswith(
        "nothing"
    )


def test_export_shows_the_same_before_and_after_the_plan_is_applied(quay, plan):
    quay.seed("service", {"identifier": "cart", "tier": "T1", "cost": "3"})
    made = plan(
        {"op": "rename", "kind": "property", "blueprint": "service", "identifier": "tier", "to": "level"},
        {"op": "update", "kind": "property", "blueprint": "service", "identifier": "cost", "document": NUMBER},
        {"op": "delete", "kind": "entity", "blueprint": "service", "identifier": "cart"},
    )
    before = exported(quay, made)
    quay.call("apply_plan", plan=made)
    assert exported(quay, made) == before
    assert "# entity 'cart' of 'service' is not to be: remove it" in before[0]


@pytest.mark.parametrize("name", list_templates())
def test_every_text_of_a_template_is_in_its_export(quay, plan, name):
    text = "\n".join(exported(quay, plan({"template": name})))
    hcl2.loads(text)
    for document in list_templates()[name].documents:
        assert [it for it in texts_in(document["document"]) if json.dumps(it) not in text] == []


def texts_in(value, key=""):
    """Yields the texts of a document, but for those that only say of which sort something is."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from texts_in(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from texts_in(member, key)
    elif isinstance(value, str) and key not in {"type", "calculationBy", "func"}:
        yield value


def test_long_export_comes_in_parts(quay, plan):
    many = [create("blueprint", blueprint(f"b{n}", **{f"p{it}": TEXT for it in range(150)})) for n in range(8)]
    made = plan(*many)
    assert len(exported(quay, made)) > 1
    assert len(resources(exported(quay, made))) == 8
    with pytest.raises(ToolFailed, match="there is no part 99"):
        quay.call("export_plan", plan=made, part=99)


def test_text_cannot_break_out_of_its_quotes():
    text = 'a"b\\c\n\x01${x}%{y}'
    written = block('resource "x" "y"', {"a": text, "b": Encoded({"for": text, "or so": None})})
    (resource,) = hcl2.loads(written)["resource"]
    assert json.loads(resource['"x"']['"y"']["a"]) == text.replace("${", "$${").replace("%{", "%%{")
    assert '"for" = ' in written
