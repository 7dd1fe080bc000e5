"""Numbers over entities (Port: POST /v1/entities/aggregate)."""

from quaymaster.port.documents.search import Aggregation
from quaymaster_sandbox.catalog.aggregates import aggregate, count_values
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route


def aggregate_entities(call: Call) -> Response:
    """Answers one number for all matching entities, or how many have each value."""
    body = call.document(Aggregation)
    result = count_values(call.session, body) if body["func"] == "countValues" else aggregate(call.session, body)
    return ok(**{call.session.assumptions.aggregate_result_key: result})


ROUTES = (Route("POST", "/v1/entities/aggregate", aggregate_entities),)
