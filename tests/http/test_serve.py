"""`quaymaster serve --http` as a process: how it starts, what it refuses to start with, and how it stops."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

import anyio
import httpx2
import pytest
from tests.http.serving import connect, free_port

COMMAND = [sys.executable, "-m", "quaymaster", "serve", "--http", "--sandbox", "--services", "60"]


@contextmanager
def launched(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yields the process and where it listens, once it is ready."""
    port = free_port()
    command = [*COMMAND, "--port", str(port), *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}")
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_until_ready(url: str) -> None:
    transport = httpx2.HTTPTransport(retries=0)
    with httpx2.Client(transport=transport, timeout=2) as client:
        for _ in range(300):
            try:
                if client.get(f"{url}/ready").status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            signal.sigtimedwait([], 0.05)
    raise AssertionError(f"{url} did not become ready")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize("workers", ["1", "2"])
async def test_client_lists_and_calls(mode, workers):
    with launched("--workers", workers) as (_, url):
        async with connect(f"{url}/mcp", mode) as client:
            for _ in range(4):
                result = await client.call_tool("count_entities", {"blueprint": "service"})
                assert result.content[0].text == "60 service entities"


def test_stop_is_clean():
    with launched() as (process, url), httpx2.Client() as client:
        assert client.get(f"{url}/health").json() == {"status": "ok"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) in {0, -signal.SIGTERM}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_open_streams_do_not_hold_up_the_stop(mode):
    with launched() as (process, url):
        async with AsyncExitStack() as closing:
            client = await closing.enter_async_context(connect(f"{url}/mcp", mode))
            if mode == "auto":  # a client of the older protocol has opened its stream by itself
                await closing.enter_async_context(client.listen(resource_subscriptions=["port://default/blueprint/x"]))
            process.send_signal(signal.SIGTERM)
            with anyio.fail_after(8):
                while process.poll() is None:  # noqa: ASYNC110 - another process
                    await anyio.sleep(0.05)


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--host", "0.0.0.0"], {}, "at 0.0.0.0 everybody could call this server: set up a way to sign in first"),
        (["--host", "0.0.0.0"], {"TOKENS": '[{"name":"ci","profile":"default","sha256":"%s"}]' % ("0" * 64)},
         "at 0.0.0.0 the server must know its own name: set http.public_url"),
        ([], {"TOKENS": '[{"name":"ci","profile":"acme","sha256":"%s"}]' % ("0" * 64)},
         "token 'ci' is for profile 'acme'; there are: default"),
        ([], {"TOKENS": '[{"name":"ci","profile":"acme","sha256":"plain-text"}]'}, "String should match pattern"),
        ([], {"SEALING_KEYS": '["short"]'}, "each key needs 32 characters or more"),
        ([], {"PUBLIC_URL": "mcp.example.com/path"}, "must be a scheme and a host"),
        ([], {"WORKERS": "0"}, "greater than or equal to 1"),
    ],
)  # fmt: skip
def test_settings_that_are_not_safe_are_refused(arguments, environment, said):
    variables = {f"QUAYMASTER_HTTP__{name}": value for name, value in environment.items()}
    done = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=20, env={**os.environ, **variables}, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "plain-text" not in done.stderr


def test_shared_state_needs_a_shared_key():
    environment = {**os.environ, "QUAYMASTER_STATE_URL": "redis://:secret@127.0.0.1:1/0"}
    done = subprocess.run(COMMAND, capture_output=True, text=True, timeout=20, env=environment, check=False)
    assert done.returncode == 2
    assert "set http.sealing_keys" in done.stderr
    assert "secret" not in done.stderr


@pytest.fixture
def new_token() -> tuple[str, str]:
    """Returns a token that the command has made, and the table that it printed for the settings."""
    command = [sys.executable, "-m", "quaymaster", "tokens", "new", "nightly", "--scopes", "read,run"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.fullmatch(r"(\S+)\n\n.*?\n\n(\[\[.*)", printed, re.DOTALL).groups()


async def test_new_token_lets_in(new_token, tmp_path):
    token, table = new_token
    assert token not in table
    (tmp_path / "quaymaster.toml").write_text(table, encoding="utf-8")
    with launched(QUAYMASTER_SETTINGS=str(tmp_path / "quaymaster.toml")) as (_, url):
        async with connect(f"{url}/mcp", token=token) as client:
            assert (await client.call_tool("count_entities", {"blueprint": "service"})).is_error is False
        async with httpx2.AsyncClient() as client:
            refused = await client.post(f"{url}/mcp", headers={"Authorization": f"Bearer {token}x"})
    assert refused.status_code == 401


def test_unknown_scope_is_refused():
    command = [sys.executable, "-m", "quaymaster", "tokens", "new", "nightly", "--scopes", "admin"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "quaymaster: unknown scope 'admin'; there are: delete, read, run, write\n",
    )
