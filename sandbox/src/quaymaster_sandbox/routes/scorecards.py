"""Scorecards (Port: /v1/scorecards and /v1/blueprints/{blueprint_identifier}/scorecards)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from quaymaster.port.documents.scorecard import ScorecardListItem, ScorecardReplacement, ScorecardWrite
from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.documents import checked
from quaymaster_sandbox.errors import invalid_request
from quaymaster_sandbox.http import Call, Response, ok
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
    body = call.document(ScorecardWrite)
    with _audited(call, blueprint):
        scorecard = writing.create_scorecard(call.session, blueprint, body)
    return _one(call, scorecard, call.session.assumptions.create_status)


def replace_scorecard(call: Call) -> Response:
    """Replaces a scorecard."""
    blueprint = _blueprint(call)
    body = call.document(ScorecardReplacement)
    with _audited(call, blueprint):
        scorecard = writing.replace_scorecard(call.session, blueprint, call.params["scorecard_identifier"], body)
    return _one(call, scorecard, 200)


def replace_scorecards(call: Call) -> Response:
    """Replaces all scorecards of a blueprint by those of the list."""
    blueprint = _blueprint(call)
    bodies = call.raw()
    if not isinstance(bodies, list):
        raise invalid_request("body must be array")
    checked_bodies = [checked(ScorecardListItem, body) for body in bodies]
    with _audited(call, blueprint):
        scorecards = writing.replace_scorecards(call.session, blueprint, checked_bodies)
    return _list(call, scorecards)


def delete_scorecard(call: Call) -> Response:
    """Deletes a scorecard, its rules and their results."""
    scorecard = _scorecard(call)
    with _audited(call, _blueprint(call)):
        writing.delete_scorecard(call.session, scorecard)
    return ok()


@contextmanager
def _audited(call: Call, blueprint: Blueprint) -> Iterator[None]:
    """Logs what the block does to the scorecards of a blueprint."""
    before = _documents(call, blueprint)
    yield
    after = _documents(call, blueprint)
    for identifier in dict.fromkeys((*before, *after)):
        versions = before.get(identifier), after.get(identifier)
        if versions[0] is not versions[1]:
            record_document_change(call.session, "scorecard", identifier, *versions, blueprint=blueprint.identifier)


def _documents(call: Call, blueprint: Blueprint) -> dict[str, Mapping[str, Any]]:
    return {scorecard.identifier: scorecard.document for scorecard in call.session.catalog.scorecards.of(blueprint.id)}


def _blueprint(call: Call) -> Blueprint:
    return call.session.catalog.get(call.params["blueprint_identifier"])


def _scorecard(call: Call) -> Scorecard:
    return call.session.catalog.scorecards.get(_blueprint(call).id, call.params["scorecard_identifier"])


def _one(call: Call, scorecard: Scorecard, status: int) -> Response:
    return ok(status, scorecard=describe(call.session, scorecard))


def _list(call: Call, scorecards: list[Scorecard]) -> Response:
    return ok(scorecards=[describe(call.session, scorecard) for scorecard in scorecards])


_ALL = "/v1/blueprints/{blueprint_identifier}/scorecards"
_ONE = f"{_ALL}/{{scorecard_identifier}}"

ROUTES = (
    Route("GET", "/v1/scorecards", list_all_scorecards),
    Route("GET", _ALL, list_scorecards),
    Route("POST", _ALL, create_scorecard, writes=True, moderators=True),
    Route("PUT", _ALL, replace_scorecards, writes=True, moderators=True),
    Route("GET", _ONE, get_scorecard),
    Route("PUT", _ONE, replace_scorecard, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_scorecard, writes=True, moderators=True),
)
