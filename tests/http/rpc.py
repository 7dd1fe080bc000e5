"""Bare requests of the protocol of 2026-07-28, for tests that make many."""

from collections.abc import Mapping
from typing import Any

import httpx2

__all__ = ["call", "names_of_tools", "request"]

_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}},
}


async def request(
    client: httpx2.AsyncClient, url: str, method: str, headers: Mapping[str, str] | None = None, **params: Any
) -> httpx2.Response:
    """Returns the answer to one request."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": _META}}
    sent = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": method,
        **({"Mcp-Name": params["name"]} if "name" in params else {}),
        **(headers or {}),
    }
    return await client.post(url, json=body, headers=sent)


async def call(
    client: httpx2.AsyncClient, url: str, tool: str, headers: Mapping[str, str] | None = None, **arguments: Any
) -> str:
    """Returns the text of a tool's answer, whether it is an error or not."""
    answer = await request(client, url, "tools/call", headers, name=tool, arguments=arguments)
    return str(answer.json()["result"]["content"][0]["text"])


async def names_of_tools(client: httpx2.AsyncClient, url: str, headers: Mapping[str, str] | None = None) -> list[str]:
    """Returns what a caller is offered."""
    result = (await request(client, url, "tools/list", headers)).json()["result"]
    assert result["cacheScope"] == "private"
    return [tool["name"] for tool in result["tools"]]
