"""Numbers over time (Port: POST /v1/entities/aggregate-over-time and /v1/entities/properties-history)."""

from quaymaster.port.documents.search import AggregationOverTime, PropertiesHistory
from quaymaster_sandbox.catalog import series
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route


def aggregate_over_time(call: Call) -> Response:
    """Answers a series of numbers over the entities of a blueprint."""
    return ok(result=series.aggregate_over_time(call.session, call.document(AggregationOverTime)))


def properties_history(call: Call) -> Response:
    """Answers what properties of an entity were in the past."""
    return ok(result=series.properties_history(call.session, call.document(PropertiesHistory)))


ROUTES = (
    Route("POST", "/v1/entities/aggregate-over-time", aggregate_over_time),
    Route("POST", "/v1/entities/properties-history", properties_history),
)
