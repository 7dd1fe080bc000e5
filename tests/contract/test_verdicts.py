"""Our models accept exactly the request bodies that Port's OpenAPI document accepts."""

from functools import cache

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from tests.contract.bodies import BODIES, disagreements, load_examples, load_openapi
from tests.contract.mutations import mutate
from tests.contract.samples import SAMPLES

from quaymaster.port.documents import UnreadableError, validate_request, validate_request_list

every_body = pytest.mark.parametrize("body", BODIES, ids=lambda body: body.route)

_ROUTES_OF_EXAMPLES = {
    "blueprint": ["POST /v1/blueprints", "PUT /v1/blueprints/{identifier}", "PATCH /v1/blueprints/{identifier}"],
    "blueprint-fragment": ["PATCH /v1/blueprints/{identifier}"],
    "scorecard": [
        "POST /v1/blueprints/{blueprint_identifier}/scorecards",
        "PUT /v1/blueprints/{blueprint_identifier}/scorecards/{scorecard_identifier}",
    ],
    "action": ["POST /v1/actions", "PUT /v1/actions/{action_identifier}"],
}


def test_every_request_body_of_port_has_a_model():
    routes = {
        f"{method.upper()} {path}"
        for path, operations in load_openapi()["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }
    assert {body.route for body in BODIES} == routes


@every_body
def test_samples_are_accepted_by_both(body):
    assert [(body.port_accepts(sample), body.refusals(sample)) for sample in SAMPLES[body.route]] == [(True, [])] * len(
        SAMPLES[body.route]
    )


@every_body
def test_samples_read_back_unchanged(body):
    for sample in SAMPLES[body.route]:
        if body.is_list:
            assert [document.to_json() for document in validate_request_list(body.model, sample)] == sample
        else:
            assert body.model.read(sample).to_json() == sample


@every_body
def test_one_change_gets_the_same_verdict(body):
    for sample in SAMPLES[body.route]:
        assert disagreements(body, mutate(sample)) == []


@every_body
def test_documents_read_back_unchanged_and_only_refused_ones_cannot_be_read(body):
    for sample in SAMPLES[body.route]:
        for description, document in mutate(sample):
            if isinstance(document, dict):
                try:
                    assert body.model.read(document).to_json() == document, description
                except UnreadableError:
                    assert body.refusals(document), description


@cache
def _load_routes():
    return schemathesis.openapi.from_dict(load_openapi())


def _strategy(body, mode):
    method, path = body.route.split()
    return _load_routes()[path][method].as_strategy(generation_mode=mode)


def _assert_same_verdict_on_generated(body, mode, examples):
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=_strategy(body, mode))
    def verdicts_are_the_same(case):
        if isinstance(case.body, dict | list):
            assert disagreements(body, [(case.body, case.body)]) == []

    verdicts_are_the_same()


@every_body
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_generated_bodies_get_the_same_verdict(body, mode):
    _assert_same_verdict_on_generated(body, mode, examples=5)


@pytest.mark.slow
@every_body
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_many_generated_bodies_get_the_same_verdict(body, mode):
    _assert_same_verdict_on_generated(body, mode, examples=100)


def test_real_documents_are_accepted_and_read_back_unchanged():
    models = {body.route: body.model for body in BODIES}
    tried = 0
    for name, document in load_examples().items():
        for route in _ROUTES_OF_EXAMPLES.get(name.split(".")[-2], ()):
            assert validate_request(models[route], document).to_json() == document
            tried += 1
    assert tried > len(_ROUTES_OF_EXAMPLES)


@every_body
def test_one_change_to_a_real_document_gets_the_same_verdict(body):
    for name, document in load_examples().items():
        if body.route in _ROUTES_OF_EXAMPLES.get(name.split(".")[-2], ()):
            assert disagreements(body, mutate(document)) == []
