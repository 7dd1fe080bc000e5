"""Searches (Port: POST /v1/entities/search and POST /v1/blueprints/{blueprint_identifier}/entities/search)."""

import base64
import binascii
from typing import Any

from quaymaster.port.documents.query import Query
from quaymaster.port.documents.search import BlueprintSearch
from quaymaster_sandbox.catalog.finding import find_everywhere, find_ids
from quaymaster_sandbox.catalog.permissions import readable
from quaymaster_sandbox.catalog.reading import read_entities
from quaymaster_sandbox.catalog.view import make_view
from quaymaster_sandbox.errors import invalid_request
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.routes.views import view_of

_PAGE = 200


def search_entities(call: Call) -> Response:
    """Answers all matching entities of all blueprints, in order of creation; there is no paging here."""
    query = call.document(Query)
    view = view_of(call)
    numbered: list[tuple[int, dict[str, Any]]] = []
    for blueprint, ids in find_everywhere(call.session, query):
        numbered += zip(ids, read_entities(call.session, blueprint, ids, view), strict=True)
    numbered.sort(key=lambda pair: pair[0])
    entities = [entity for _, entity in numbered]
    body: dict[str, Any] = {"entities": entities}
    if call.session.assumptions.matching_blueprints_shown:
        body["matchingBlueprints"] = list(dict.fromkeys(entity["blueprint"] for entity in entities))
    if call.flag("allow_partial_results"):
        body["failedBlueprints"] = []
    return ok(**body)


def search_blueprint(call: Call) -> Response:
    """Answers one page of the matching entities of a blueprint; `next` is there as long as there are more."""
    session = call.session
    blueprint = session.catalog.get(call.params["blueprint_identifier"])
    body = call.document(BlueprintSearch, optional=True)
    limit = int(body.get("limit", _PAGE))
    condition = readable(session, blueprint, body.get("query"))
    ids = find_ids(session, blueprint, condition, after=_position(body.get("from")), limit=limit + 1)
    view = make_view(body.get("include"), body.get("exclude"))
    answer: dict[str, Any] = {"entities": list(read_entities(session, blueprint, ids[:limit], view))}
    if len(ids) > limit:
        answer["next"] = _cursor(ids[limit - 1])
    return ok(**answer)


def _cursor(entity_id: int) -> str:
    return base64.urlsafe_b64encode(f"after:{entity_id}".encode()).decode()


def _position(cursor: str | None) -> int:
    """Returns the number of the last entity of the page before; 0 on the first page."""
    if cursor is None:
        return 0
    try:
        name, _, number = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").partition(":")
    except (binascii.Error, UnicodeError):
        name, number = "", ""
    if name != "after" or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise invalid_request('"from" is not a value that was returned as "next"')
    return int(number)


ROUTES = (
    Route("POST", "/v1/entities/search", search_entities),
    Route("POST", "/v1/blueprints/{blueprint_identifier}/entities/search", search_blueprint),
)
