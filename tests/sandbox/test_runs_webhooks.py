"""Webhooks that are really called: on this machine alone, and only if the sandbox may do that."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from quaymaster_sandbox.actions.automations import LONGEST_CHAIN

from .conftest import Door
from .test_actions_automations import automate
from .test_runs import TEXT, define, run


@dataclass
class Backend:
    """A web server that writes down what comes and answers what a test says."""

    url: str = ""
    status: int = 200
    answer: bytes = b'{"built": true}'
    calls: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            backend.calls.append((self.command, self.path, headers, body))
            self.send_response(backend.status)
            self.send_header("content-length", str(len(backend.answer)))
            self.send_header("location", f"{backend.url}/elsewhere")
            self.end_headers()
            self.wfile.write(backend.answer)

        do_POST = do_PUT = do_GET = answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        backend.url = f"http://127.0.0.1:{server.server_port}"
        yield backend
        server.shutdown()
        thread.join()


@pytest.fixture
def delivering(door: Door) -> Door:
    door.ok("PUT", "/__sandbox/webhook-delivery", json={"enabled": True})
    return door


def test_nobody_is_called_unless_the_sandbox_may(door: Door, backend: Backend) -> None:
    define(door, {"type": "WEBHOOK", "url": backend.url})
    assert run(door)["status"] == "IN_PROGRESS"
    assert backend.calls == []


def test_a_call_is_complete_and_signed_with_the_client_secret(delivering: Door, backend: Backend) -> None:
    delivering.ok("POST", "/v1/organization/secrets", json={"secretName": "KEY", "secretValue": "hush"})
    method = {
        "type": "WEBHOOK",
        "url": f"{backend.url}/hook?for={{{{ .inputs.name }}}}",
        "method": "PUT",
        "headers": {"X-Key": "{{ .secrets.KEY }}"},
        "body": {"run": "{{ .run.id }}", "name": "ä"},
    }
    define(delivering, method, {"name": TEXT})
    made = run(delivering, name="x ä")
    [(verb, path, headers, body)] = backend.calls
    assert (verb, path, headers["x-key"]) == ("PUT", "/hook?for=x%20%C3%A4", "hush")
    assert json.loads(body) == {"run": made["id"], "name": "ä"}
    signed = headers["x-port-timestamp"].encode() + b"." + body
    digest = base64.b64encode(hmac.new(b"sandbox", signed, hashlib.sha256).digest()).decode()
    assert headers["x-port-signature"] == f"v1,{digest}"
    assert delivering.ok("GET", f"/v1/actions/runs/{made['id']}")["run"] == made
    assert made["payload"]["headers"] == {"X-Key": "*****"}


@pytest.mark.parametrize(
    ("status", "answer", "outcome", "response"),
    [
        (200, b'{"built": true}', "SUCCESS", {"built": True}),
        (201, b"done", "SUCCESS", "done"),
        (500, b"\xff", "FAILURE", "\ufffd"),
        (302, b"5", "FAILURE", "5"),
    ],
)
def test_a_synchronised_run_takes_its_status_from_the_answer(
    delivering: Door, backend: Backend, status: int, answer: bytes, outcome: str, response: Any
) -> None:
    backend.status, backend.answer = status, answer
    define(delivering, {"type": "WEBHOOK", "url": backend.url, "synchronized": True})
    made = delivering.ok("GET", f"/v1/actions/runs/{run(delivering)['id']}")["run"]
    assert (made["status"], made["response"]) == (outcome, response)
    assert len(backend.calls) == 1


def test_a_webhook_that_fails_fails_its_run(delivering: Door, backend: Backend) -> None:
    backend.status, backend.answer = 404, b"no such job"
    define(delivering, {"type": "WEBHOOK", "url": backend.url})
    path = f"/v1/actions/runs/{run(delivering)['id']}"
    assert delivering.ok("GET", path)["run"]["status"] == "FAILURE"
    [line] = delivering.ok("GET", f"{path}/logs")["runLogs"]
    assert line["message"] == "the webhook answered with an error: no such job"


@pytest.mark.parametrize("headers", [{}, {"x": "a\r\nb"}, {"": "x"}])
def test_a_webhook_that_cannot_be_called_fails_its_run(delivering: Door, headers: dict[str, str]) -> None:
    define(delivering, {"type": "WEBHOOK", "url": "http://127.0.0.1:9/", "headers": headers, "synchronized": True})
    made = delivering.ok("GET", f"/v1/actions/runs/{run(delivering)['id']}")["run"]
    assert made["status"] == "FAILURE"
    assert made["response"].startswith("http://127.0.0.1:9/ was not reached: ")


def test_nobody_beyond_this_machine_is_called(delivering: Door) -> None:
    define(delivering, {"type": "WEBHOOK", "url": "http://192.0.2.1/", "agent": True, "synchronized": True})
    made = delivering.ok("GET", f"/v1/actions/runs/{run(delivering)['id']}")["run"]
    assert made["status"] == "IN_PROGRESS"


def test_a_webhook_is_called_only_when_its_run_is_approved(delivering: Door, backend: Backend) -> None:
    define(delivering, {"type": "WEBHOOK", "url": backend.url}, requiredApproval=True)
    waiting = run(delivering)["id"]
    assert backend.calls == []
    delivering.ok("PATCH", f"/v1/actions/runs/{waiting}/approval", json={"status": "APPROVE"})
    assert len(backend.calls) == 1


def test_answers_that_set_off_more_webhooks_come_to_an_end(delivering: Door, backend: Backend) -> None:
    define(delivering)
    path = f"/v1/actions/runs/{run(delivering)['id']}"
    delivering.ok("DELETE", "/v1/actions/act")
    method = {"type": "WEBHOOK", "url": backend.url, "synchronized": True}
    automate(delivering, {"type": "RUN_UPDATED", "actionIdentifier": "act"}, method, identifier="act")
    delivering.ok("PATCH", path, json={"status": "SUCCESS"})
    assert len(backend.calls) == LONGEST_CHAIN
