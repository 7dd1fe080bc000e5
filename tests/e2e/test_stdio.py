"""The server as a client launches it: a child process that speaks over standard input and output."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

SERVE = [sys.executable, "-m", "quaymaster", "serve"]
LOUD_PACK = """
import os, subprocess, sys
print("python noise at import")
os.write(1, b"raw noise at import\\n")
subprocess.run([sys.executable, "-c", "print('child noise at import')"], check=True)

from quaymaster import hookimpl, tool

@tool(read_only=True)
async def speak() -> str:
    "Speaks."
    print("python noise")
    os.write(1, b"raw noise\\n")
    return "said"

@hookimpl
def register_tools():
    return [speak]
"""


def launch(*arguments: str, **environment: str) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable, args=[*SERVE[1:], *arguments], env={"PYTHONWARNINGS": "ignore", **environment}
    )


@pytest.fixture
def loud_pack(tmp_path: Path) -> str:
    """A pack that is installed for a child process and prints wherever it can; the folder to put on its path."""
    (tmp_path / "loud_pack.py").write_text(LOUD_PACK, encoding="utf-8")
    metadata = tmp_path / "loud_tools-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: loud-tools\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text("[quaymaster.plugins]\nloud = loud_pack\n", encoding="utf-8")
    return str(tmp_path)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_client_lists_and_calls_over_stdio(mode):
    async with Client(launch("--sandbox", "--services", "60"), mode=mode) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        result = await client.call_tool("count_entities", {"blueprint": "service"})
    assert {"list_entities", "count_entities", "get_blueprint"} <= set(names)
    assert result.content[0].text.startswith("60 ")


async def test_lists_with_no_credentials_and_port_unreachable():
    async with Client(launch(PORT_BASE_URL="http://127.0.0.1:9")) as client:
        assert (await client.list_tools()).tools
        result = await client.call_tool("count_entities", {"blueprint": "service"})
    assert result.is_error
    assert result.content[0].text.startswith("no credentials for Port: set PORT_CLIENT_ID and PORT_CLIENT_SECRET")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_what_a_pack_prints_never_reaches_the_protocol(loud_pack, mode):
    async with Client(launch(PYTHONPATH=loud_pack), mode=mode) as client:
        result = await client.call_tool("loud_speak", {})
    assert result.content[0].text == "said"


def test_every_line_on_stdout_is_a_message(loud_pack):
    requests = [
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "loud_speak", "arguments": {}}},
    ]
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    environment = {**os.environ, "PYTHONPATH": loud_pack}
    server = subprocess.Popen(
        SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(lines)
        server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(2)]
        server.stdin.close()
        rest = server.stdout.read()
        assert server.stderr is not None
        noise = server.stderr.read()
    assert [answer["id"] for answer in answers] == [1, 2]
    assert rest == ""
    for kind in ("python noise at import", "raw noise at import", "child noise at import", "python noise", "raw noise"):
        assert kind in noise
    assert server.returncode == 0


def test_strict_refuses_to_serve_with_a_broken_pack(loud_pack):
    Path(loud_pack, "loud_pack.py").write_text("import no_such_module", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": loud_pack}
    done = subprocess.run([*SERVE, "--strict"], input="", capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "quaymaster: pack loud (loud-tools 1.0): failed: importing it raised "
        "ModuleNotFoundError: No module named 'no_such_module'",
        "quaymaster: --strict: not every pack could be loaded (see above)",
    ]


@pytest.mark.parametrize("arguments", [["--help"], ["plugins"], ["tools"], ["--version"]])
def test_commands_that_do_not_serve_never_import_the_sdk(arguments):
    program = f"import sys; from quaymaster.cli import main\ntry: main({arguments!r})\nexcept SystemExit: pass\n"
    program += "sys.exit('mcp' in sys.modules or 'httpx2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_start_waits_for_nothing_that_only_a_call_needs():
    program = "import sys; from quaymaster.host import load_host; from quaymaster.settings import load_settings\n"
    program += "print(*load_host(load_settings()).tools); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    tools, modules = map(str.split, done.stdout.splitlines())
    assert "scorecard_report" in tools
    assert not {"packaging", "jq", "quaymaster.catalog.catalog", "quaymaster.port.documents"} & set(modules)
