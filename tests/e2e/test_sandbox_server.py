"""The sandbox as a server of its own: any Port client can talk to it, ours too."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters


def request(url: str, *, method: str = "GET", body: object = None, token: str | None = None) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, str]]:
    """Yields the base URL of a sandbox server, and what it printed at the start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "quaymaster", "sandbox", "serve", "--port", str(port), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        printed = process.stderr.readline() + process.stderr.readline()
        wait_for(f"http://127.0.0.1:{port}/__sandbox/health")
        try:
            yield f"http://127.0.0.1:{port}", printed
        finally:
            process.kill()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[tuple[str, str]]:
    """Yields a sandbox with a small demo organisation."""
    with serving("--services", "60") as served:
        yield served


def log_in(base_url: str) -> str:
    body = {"clientId": "sandbox", "clientSecret": "sandbox"}
    token: str = request(f"{base_url}/v1/auth/access_token", method="POST", body=body)[1]["accessToken"]
    return token


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            if request(url)[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer")


def test_says_where_it_is_and_how_to_get_in(sandbox):
    base_url, printed = sandbox
    assert base_url in printed
    assert "PORT_CLIENT_ID=sandbox" in printed
    assert "PORT_CLIENT_SECRET=sandbox" in printed


def test_any_port_client_can_talk_to_it(sandbox):
    base_url, _ = sandbox
    status, answer = request(
        f"{base_url}/v1/auth/access_token", method="POST", body={"clientId": "sandbox", "clientSecret": "sandbox"}
    )
    assert status == 200
    status, answer = request(f"{base_url}/v1/blueprints/service/entities-count", token=answer["accessToken"])
    assert (status, answer) == (200, {"ok": True, "count": 60})


def test_wrong_secret_is_refused_as_port_does(sandbox):
    base_url, _ = sandbox
    status, answer = request(
        f"{base_url}/v1/auth/access_token", method="POST", body={"clientId": "sandbox", "clientSecret": "wrong"}
    )
    assert (status, answer["ok"], answer["error"]) == (401, False, "invalid_credentials")


async def test_our_server_works_on_it(sandbox):
    base_url, _ = sandbox
    environment = {"PORT_BASE_URL": base_url, "PORT_CLIENT_ID": "sandbox", "PORT_CLIENT_SECRET": "sandbox"}
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "quaymaster", "serve"], env={**os.environ, **environment}
    )
    async with Client(parameters) as client:
        result = await client.call_tool("count_entities", {"blueprint": "service"})
    assert (result.is_error, result.content[0].text) == (False, "60 service entities")


class Backend(BaseHTTPRequestHandler):
    """Answers every call with 200."""

    def do_POST(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Prints nothing."""


@pytest.mark.parametrize(("options", "status"), [((), "IN_PROGRESS"), (("--deliver-webhooks",), "SUCCESS")])
def test_delivers_webhooks_and_assumes_only_what_it_is_told(options, status):
    with HTTPServer(("127.0.0.1", 0), Backend) as backend:
        Thread(target=backend.serve_forever, daemon=True).start()
        method = {"type": "WEBHOOK", "url": f"http://127.0.0.1:{backend.server_port}/", "synchronized": True}
        form = {"type": "self-service", "operation": "CREATE", "userInputs": {"properties": {}}}
        action = {"identifier": "call", "trigger": form, "invocationMethod": method}
        with serving("--empty", "--assume", "create_status=200", *options) as (base_url, _):
            token = log_in(base_url)
            assert request(f"{base_url}/v1/actions", method="POST", body=action, token=token)[0] == 200
            runs = f"{base_url}/v1/actions/call/runs"
            run = request(runs, method="POST", body={"properties": {}}, token=token)[1]["run"]["id"]
            assert request(f"{base_url}/v1/actions/runs/{run}", token=token)[1]["run"]["status"] == status
        backend.shutdown()


def test_answered_writes_survive_the_death_of_the_server(tmp_path):
    options = ("--empty", "--db", str(tmp_path / "port.db"))
    thing = {"identifier": "thing", "title": "Thing", "schema": {"properties": {}}}
    entities = "/v1/blueprints/thing/entities"
    with serving(*options) as (base_url, _):  # which ends it by SIGKILL
        token = log_in(base_url)
        assert request(f"{base_url}/v1/blueprints", method="POST", body=thing, token=token)[0] == 201
        for number in range(20):
            body = {"identifier": f"t{number}"}
            assert request(base_url + entities, method="POST", body=body, token=token)[0] == 201
    with serving(*options) as (base_url, _):
        kept = request(base_url + entities, token=log_in(base_url))[1]["entities"]
        assert [entity["identifier"] for entity in kept] == [f"t{number}" for number in range(20)]


def test_two_servers_on_one_file_see_each_others_writes(tmp_path):
    options = ("--empty", "--db", str(tmp_path / "port.db"))
    thing = {"identifier": "thing", "title": "Thing", "schema": {"properties": {}}}
    with serving(*options) as (one, _), serving(*options) as (other, _):
        token = log_in(one)
        assert log_in(other) == token
        assert request(f"{one}/v1/blueprints", method="POST", body=thing, token=token)[0] == 201
        for number, base_url in enumerate((one, other) * 10):
            body = {"identifier": f"t{number}"}
            path = "/v1/blueprints/thing/entities"
            assert request(base_url + path, method="POST", body=body, token=token)[0] == 201
        for base_url in (one, other):
            count = request(f"{base_url}/v1/blueprints/thing/entities-count", token=token)[1]["count"]
            assert count == 20
