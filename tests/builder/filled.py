"""An organisation that holds a document of every kind, filled through plans."""

from tests.builder import whole
from tests.builder.conftest import Port, id_in
from tests.builder.documents import TEXT

BLUEPRINTS = [whole.SERVICE, whole.LIBRARY, whole.HEIR]
DOCUMENTS = {
    "scorecard": [whole.SCORECARD],
    "action": [*whole.ACTIONS, whole.BASE],
    "automation": whole.AUTOMATIONS,
    "entity": [whole.ENTITY],
    "page": [whole.PAGE],
    **{kind: [document] for kind, document in whole.PERMISSIONS.items()},
    "blueprint": BLUEPRINTS,
}
ROUTES = {
    "blueprint": "/v1/blueprints/{}",
    "scorecard": "/v1/blueprints/service/scorecards/{}",
    "action": "/v1/actions/{}",
    "automation": "/v1/actions/{}",
    "entity": "/v1/blueprints/service/entities/{}",
    "page": "/v1/pages/{}",
    "blueprint_permissions": "/v1/blueprints/{}/permissions",
    "action_permissions": "/v1/actions/{}/permissions",
    "page_permissions": "/v1/pages/{}/permissions",
}
OWNERS = {"blueprint_permissions": "service", "action_permissions": "base", "page_permissions": "overview"}


def apply(quay, *operations, undo=None):
    planned = quay.call("undo", plan=undo) if undo else quay.call("plan_changes", operations=list(operations))
    made = id_in(planned)
    answer = quay.call("apply_plan", plan=made)
    assert answer.startswith("applied"), answer
    return made


def fill(quay):
    """Creates every document, through plans."""

    def create(kind, document, **where):
        return {"op": "create", "kind": kind, "document": document, **where}

    port = Port(quay)
    for team in ("web", "ops"):
        port.send("POST", "/v1/teams", body={"name": team})
    apply(quay, *(create("blueprint", it) for it in [*whole.WORLD, *BLUEPRINTS]))
    apply(quay, *(create("entity", {"identifier": it}, blueprint="squad") for it in ("north", "south")))
    apply(quay, create("entity", whole.ENTITY, blueprint="service"))
    apply(quay, create("property", TEXT, blueprint="_scorecard", identifier="note"))
    apply(quay, create("scorecard", whole.SCORECARD, blueprint="service"), create("page", whole.PAGE))
    apply(quay, create("action", whole.BASE), create("action", {**whole.BASE, "identifier": "other"}))
    apply(
        quay, *(create("action", it) for it in whole.ACTIONS), *(create("automation", it) for it in whole.AUTOMATIONS)
    )
    for kind, document in whole.PERMISSIONS.items():
        apply(quay, {"op": "update", "kind": kind, "identifier": OWNERS[kind], "document": document})


def stored(port, kind, document):
    route = ROUTES[kind].format("{}")
    answer = port.send("GET", route, OWNERS.get(kind) or document["identifier"])
    found = next(value for key, value in answer.items() if key != "ok")
    if kind == "entity":
        own = whole.SERVICE["schema"]["properties"]
        found["properties"] = {name: value for name, value in found["properties"].items() if name in own}
    return found
