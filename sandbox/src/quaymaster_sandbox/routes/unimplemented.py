"""Routes that Port has and the sandbox does not: they say so, rather than answer something plausible."""

from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.http import Call, Response
from quaymaster_sandbox.router import Route

_PATHS = (
    "GET /v1/blueprints/system/{blueprint_identifier}/structure",
    "POST /v1/blueprints/{blueprint_identifier}/entities/top-search",
    "POST /v1/blueprints/entities/datasource-entities",
    "POST /v1/blueprints/persistent-calculation-properties/register",
    "POST /v1/blueprints/{blueprint_identifier}/permissions/simulate",
    "GET /v1/blueprints/{blueprint_identifier}/actions",
    "POST /v1/blueprints/{blueprint_identifier}/actions",
    "POST /v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}/actions/{action_identifier}/runs",
    "POST /v1/actions/runs/claim-pending",
    "PATCH /v1/actions/runs/ack",
    "GET /v1/sidebars/catalog",
    "POST /v1/sidebars/catalog/folders",
    "DELETE /v1/sidebars/catalog/folders/{folder_identifier}",
    "POST /v1/workflows/{workflow_identifier}/runs",
    "GET /v1/workflows/runs/{run_id}",
    "GET /v1/skills",
    "GET /v1/skills/search",
    "POST /v1/skills/upload",
    "POST /v1/skills/upload/batch",
    "POST /v1/skills/{skill_identifier}/publish",
    "POST /v1/skills/{skill_identifier}/unpublish",
    "GET /v1/llm-providers",
    "POST /v1/llm-providers",
    "GET /v1/apps",
    "GET /v1/data-sources",
    "POST /v1/data-sources",
    "POST /v1/rotate-credentials/{user_email}",
)


def _route(path: str) -> Route:
    method, _, template = path.partition(" ")

    def refuse(_call: Call) -> Response:
        raise PortError(501, "not_implemented", f"The sandbox does not implement {path}")

    return Route(method, template, refuse)


ROUTES = tuple(map(_route, _PATHS))
