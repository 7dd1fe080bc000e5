"""Errors: what happened, what to do, and nothing of Port's words lost."""

import pytest

from quaymaster.port.errors import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    Outcome,
    PortError,
    RateLimitedError,
    RejectedError,
    ServerError,
    UnreachableError,
    error_of_response,
)

NOT_FOUND = {
    "ok": False,
    "error": "not_found",
    "message": 'Blueprint with identifier "x" was not found',
    "details": {"resource": "Blueprint", "byField": "identifier", "withValue": "x", "orgId": "org_1"},
}


def test_ports_words_and_details_are_kept():
    error = error_of_response(404, NOT_FOUND, "f" * 32)
    assert type(error) is NotFoundError
    assert (error.status, error.code, error.details, error.trace_id) == (
        404,
        "not_found",
        NOT_FOUND["details"],
        "f" * 32,
    )
    assert str(error) == (
        'Port answered 404 not_found: Blueprint with identifier "x" was not found '
        "(resource='Blueprint', byField='identifier', withValue='x')"
    )


@pytest.mark.parametrize(
    ("status", "family"),
    [
        (301, RejectedError),
        (400, RejectedError),
        (401, AuthenticationError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (409, ConflictError),
        (413, RejectedError),
        (422, RejectedError),
        (429, RateLimitedError),
        (500, ServerError),
        (504, ServerError),
    ],
)
def test_each_status_has_its_family(status, family):
    assert type(error_of_response(status, None, None)) is family


@pytest.mark.parametrize("body", [None, [], "x", {}, {"error": 5, "message": ["x"], "details": "x"}, {"details": None}])
def test_body_in_any_form_is_no_trouble(body):
    error = error_of_response(502, body, None)
    assert str(error) == "Port answered 502; try again later; if it goes on, look at status.port.io"


def test_error_may_be_an_object():
    error = error_of_response(400, {"ok": False, "error": {"name": "bad_model", "message": "no such model"}}, None)
    assert (error.code, str(error)) == ("bad_model", "Port answered 400 bad_model: no such model")


def test_redirect_is_not_followed_and_says_why():
    assert str(error_of_response(302, None, None)) == (
        "Port answered 302 and pointed elsewhere, where this profile's token is not sent"
    )


def test_text_is_cut_but_details_are_not():
    error = error_of_response(422, {"message": "m" * 5000, "details": {"value": "v" * 5000}}, None)
    assert len(str(error)) < 2400
    assert error.details == {"value": "v" * 5000}


def test_when_to_try_again_is_said():
    assert str(error_of_response(429, None, None, 12.4)) == "Port answered 429; try again in 12 s"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.NOT_DONE, "the write was NOT DONE; it can be sent again"),
        (Outcome.UNKNOWN, "whether the write was done is UNKNOWN; look before you send it again"),
    ],
)
def test_what_became_of_a_write_is_said(outcome, said):
    error = UnreachableError("cannot reach Port", trace_id="t")
    concluded = error.concluded(outcome, say=True)
    assert (type(concluded), concluded.outcome, concluded.trace_id) == (UnreachableError, outcome, "t")
    assert str(concluded) == f"cannot reach Port; {said}"
    assert (error.outcome, str(error.concluded(outcome, say=False))) == (None, str(error))


def test_every_family_is_a_port_error():
    assert all(issubclass(it, PortError) for it in (AuthenticationError, RejectedError, ServerError, RateLimitedError))
