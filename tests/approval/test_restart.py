"""A server on one machine, started anew: who was registered and approved before still is."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from tests.approval.browser import Browser, told
from tests.approval.client import Client
from tests.http.serving import free_port
from tests.http.test_serve import wait_until_ready
from tests.login.conftest import port  # noqa: F401 - a fixture

COMMAND = [sys.executable, "-m", "quaymaster"]


@contextmanager
def launched(environment: dict[str, str], url: str) -> Iterator[None]:
    listen_at = url.rpartition(":")[2]
    with subprocess.Popen([*COMMAND, "serve", "--http", "--port", listen_at], env=environment) as process:
        try:
            wait_until_ready(url)
            yield
        finally:
            process.terminate()


def test_clients_and_sessions_outlive_a_restart(port, tmp_path):  # noqa: F811 - the fixture
    environment = {
        **os.environ,
        "PYTHONWARNINGS": "ignore",
        "QUAYMASTER_HTTP__APPROVAL": "true",
        "QUAYMASTER_STATE_URL": f"sqlite://{tmp_path}/state/it.sqlite",
        "QUAYMASTER_ORGANIZATION": port.acme,
        "PORT_BASE_URL": port.url,
        "PORT_CLIENT_ID": "acme-id",
        "PORT_CLIENT_SECRET": "acme-secret",
    }
    url = f"http://127.0.0.1:{free_port()}"
    with Browser() as browser:
        with launched(environment, url):
            client = Client(url, f"{url}/mcp")
            command = [*COMMAND, "approve"]
            code = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
            page = browser.open(client.link())
            assert f"Acme ({port.acme})" in page.text
            tokens = client.redeem(told(browser.answer(page, code=code))["code"]).json()
        with launched(environment, url):
            assert browser.open(client.link()).status == 200
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            listing = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
            assert httpx2.post(f"{url}/mcp", json=listing, headers=headers, trust_env=False).status_code != 401
            assert client.refresh(tokens["refresh_token"]).status_code == 200
    mode = (tmp_path / "state" / "it.sqlite").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
