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


@pytest.fixture(scope="module")
def sandbox() -> Iterator[tuple[str, str]]:
    """Yields the base URL of a sandbox with the demo organisation, and what it printed at the start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "quaymaster", "sandbox", "serve", "--port", str(port), "--services", "60"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        printed = process.stderr.readline() + process.stderr.readline()
        wait_for(f"http://127.0.0.1:{port}/__sandbox/health")
        yield f"http://127.0.0.1:{port}", printed
        process.terminate()


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
