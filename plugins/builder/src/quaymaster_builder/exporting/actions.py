"""Actions and automations as resources (Terraform provider port-labs: port_action)."""

from quaymaster_builder.exporting.fields import Fields
from quaymaster_builder.exporting.hcl import Encoded
from quaymaster_builder.model.refs import Json

__all__ = ["action"]

_INPUT = (
    *("title", "description", "icon", "visible", "disabled", "dependsOn", "sort", "format", "blueprint"),
    *("enum", "enumColors", "minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems"),
)
_METHODS = {
    "KAFKA": "kafka_method",
    "WEBHOOK": "webhook_method",
    "GITHUB": "github_method",
    "GITLAB": "gitlab_method",
    "AZURE_DEVOPS": "azure_method",
    "INTEGRATION_ACTION": "integration_method",
    "UPSERT_ENTITY": "upsert_entity_method",
}
_WORKFLOW = ("org", "repo", "workflow")


def action(document: Json, left: list[str]) -> Json:
    """Returns the attributes of an action or automation."""
    fields = Fields(document, "", left)
    attributes = fields.take("identifier", "title", "icon", "description", "publish", "allowAnyoneToViewRuns")
    approval = fields.pop("requiredApproval")
    if approval is not None:
        attributes["required_approval"] = approval["type"] if isinstance(approval, dict) else str(approval).lower()
    if notification := fields.pop("approvalNotification"):
        inner = fields.inner("approvalNotification", notification)
        attributes[f"approval_{inner.pop('type')}_notification"] = inner.take("url", "format")
        inner.close()
    trigger = fields.inner("trigger")
    if trigger.pop("type") == "automation":
        attributes["automation_trigger"] = _automation(trigger)
    else:
        attributes["self_service_trigger"] = _self_service(trigger)
    trigger.close()
    method = fields.inner("invocationMethod")
    attributes[_METHODS[method.pop("type")]] = _method(method)
    method.close()
    fields.close()
    return attributes


def _automation(trigger: Fields) -> Json:
    event = trigger.inner("event")
    name = f"{event.pop('type').lower()}_event"
    attributes: Json = {name: event.take("blueprintIdentifier", "propertyIdentifier", "actionIdentifier")}
    event.close()
    if condition := trigger.pop("condition"):
        inner = trigger.inner("condition", {key: value for key, value in condition.items() if key != "type"})
        attributes["jq_condition"] = inner.take("combinator", "expressions")
        inner.close()
    return attributes


def _self_service(trigger: Fields) -> Json:
    attributes = trigger.take("operation", "blueprintIdentifier", "actionCardButtonText", "executeActionButtonText")
    attributes |= trigger.encode("condition")
    form = trigger.inner("userInputs")
    required = form.pop("required", [])
    if isinstance(required, dict):
        attributes["required_jq_query"], required = required["jqQuery"], []
    properties: Json = {}
    inputs = form.inner("properties")
    for name in inputs.names():
        definition = inputs.inner(name)
        kind = definition.pop("type")
        taken = _input(kind, definition)
        properties.setdefault(f"{kind}_props", {})[name] = {**taken, **({"required": True} if name in required else {})}
    attributes |= {"user_properties": properties} if properties else {}
    attributes |= {"order_properties": order} if (order := form.pop("order")) else {}
    attributes |= {"steps": steps} if (steps := _each(form, "steps", "title", "order", "visible")) else {}
    titles = form.inner("titles")
    named = {name: titles.inner(name).take("title", "description", "visible") for name in titles.names()}
    attributes |= {"titles": named} if named else {}
    form.close()
    return attributes


def _input(kind: str, fields: Fields) -> Json:
    attributes = fields.take(*_INPUT)
    encryption = fields.pop("encryption")
    if isinstance(encryption, dict):
        attributes["client_side_encryption"] = fields.inner("encryption", encryption).take("algorithm", "key")
    elif encryption:
        attributes["encryption"] = encryption
    default = fields.take("default")
    if kind == "object" and "default" in default:
        default["default"] = Encoded(default["default"])
    if kind == "array":
        items = fields.inner("items")
        own = {"default": default.pop("default")} if "default" in default else {}
        name = f"{items.pop('type', 'string')}_items"
        attributes[name] = {**own, **items.take("format", "blueprint", "enum"), **items.encode("dataset")}
        items.close()
    if dataset := fields.pop("dataset"):
        attributes["dataset"] = _dataset(dataset)
    fields.close()
    return {**attributes, **default}


def _dataset(query: Json) -> Json:
    """Returns a dataset, or a rule of one, as the provider takes it: values are jq programs."""
    renamed = {key: value for key, value in query.items() if key not in {"rules", "value"}}
    if "rules" in query:
        renamed["rules"] = [_dataset(rule) for rule in query["rules"]]
    if "value" in query:
        value = query["value"]
        program = value["jqQuery"] if isinstance(value, dict) and "jqQuery" in value else Encoded(value)
        renamed["value"] = {"jq_query": program}
    return renamed


def _method(fields: Fields) -> Json:
    attributes = fields.take("url", "method", "headers", "org", "repo", "workflow", "webhook", "installationId")
    attributes |= fields.take("projectName", "groupName", "defaultRef", "integrationActionType", "blueprintIdentifier")
    attributes |= fields.encode("payload", "body", "workflowInputs", "pipelineVariables")
    attributes |= fields.write("agent", "synchronized", "reportWorkflowStatus")
    key = "integrationActionExecutionProperties"
    if execution := fields.pop(key):
        inner = fields.inner(key, execution)
        taken = {**inner.take(*_WORKFLOW), **inner.encode("workflowInputs"), **inner.write("reportWorkflowStatus")}
        inner.close()
        attributes["integration_action_execution_properties"] = taken
    if mapping := fields.pop("mapping"):
        inner = fields.inner("mapping", mapping)
        attributes |= inner.take("title")
        team = inner.pop("team")
        teams = {"teams" if isinstance(team, list) else "teams_jq": team} if team else {}
        attributes["mapping"] = {**inner.take("identifier", "icon"), **teams, **inner.encode("properties", "relations")}
        inner.close()
    return attributes


def _each(fields: Fields, key: str, *keys: str) -> list[Json]:
    taken = []
    for place, member in enumerate(fields.pop(key) or ()):
        inner = fields.inner(f"{key}.{place}", member)
        taken.append(inner.take(*keys))
        inner.close()
    return taken
