"""Scorecards (Port: /v1/scorecards and /v1/blueprints/{blueprint_identifier}/scorecards)."""

from quaymaster.port.documents.scorecard import ScorecardListItem, ScorecardReplacement, ScorecardWrite
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.documents import checked
from quaymaster_sandbox.errors import invalid_request
from quaymaster_sandbox.http import Call, Response
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.scorecards import writing
from quaymaster_sandbox.scorecards.reading import describe
from quaymaster_sandbox.scorecards.scorecard import Scorecard


def list_all_scorecards(call: Call) -> Response:
    """Answers the scorecards of all blueprints."""
    return _list(call, list(call.session.catalog.scorecards))


def list_scorecards(call: Call) -> Response:
    """Answers the scorecards of a blueprint."""
    return _list(call, list(call.session.catalog.scorecards.of(_blueprint(call).id)))


def get_scorecard(call: Call) -> Response:
    """Answers one scorecard."""
    return _one(call, _scorecard(call), 200)


def create_scorecard(call: Call) -> Response:
    """Creates a scorecard."""
    blueprint = _blueprint(call)
    scorecard = writing.create_scorecard(call.session, blueprint, call.document(ScorecardWrite))
    return _one(call, scorecard, call.session.assumptions.create_status)


def replace_scorecard(call: Call) -> Response:
    """Replaces a scorecard."""
    body = call.document(ScorecardReplacement)
    identifier = call.params["scorecard_identifier"]
    return _one(call, writing.replace_scorecard(call.session, _blueprint(call), identifier, body), 200)


def replace_scorecards(call: Call) -> Response:
    """Replaces all scorecards of a blueprint by those of the list."""
    bodies = call.raw()
    if not isinstance(bodies, list):
        raise invalid_request("body must be array")
    checked_bodies = [checked(ScorecardListItem, body) for body in bodies]
    return _list(call, writing.replace_scorecards(call.session, _blueprint(call), checked_bodies))


def delete_scorecard(call: Call) -> Response:
    """Deletes a scorecard, its rules and their results."""
    writing.delete_scorecard(call.session, _scorecard(call))
    return Response(200, {"ok": True})


def _blueprint(call: Call) -> Blueprint:
    return call.session.catalog.get(call.params["blueprint_identifier"])


def _scorecard(call: Call) -> Scorecard:
    return call.session.catalog.scorecards.get(_blueprint(call).id, call.params["scorecard_identifier"])


def _one(call: Call, scorecard: Scorecard, status: int) -> Response:
    return Response(status, {"ok": True, "scorecard": describe(call.session, scorecard)})


def _list(call: Call, scorecards: list[Scorecard]) -> Response:
    return Response(200, {"ok": True, "scorecards": [describe(call.session, scorecard) for scorecard in scorecards]})


_ALL = "/v1/blueprints/{blueprint_identifier}/scorecards"
_ONE = f"{_ALL}/{{scorecard_identifier}}"

ROUTES = (
    Route("GET", "/v1/scorecards", list_all_scorecards),
    Route("GET", _ALL, list_scorecards),
    Route("POST", _ALL, create_scorecard, writes=True),
    Route("PUT", _ALL, replace_scorecards, writes=True),
    Route("GET", _ONE, get_scorecard),
    Route("PUT", _ONE, replace_scorecard, writes=True),
    Route("DELETE", _ONE, delete_scorecard, writes=True),
)
