"""Hostile identifiers: each reaches the route that was meant, whole, or nothing is sent."""

from urllib.parse import unquote

import anyio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.faults.sandbox import credentials

from quaymaster.errors import InputError
from quaymaster.policy import Policy
from quaymaster.port.transport import PortTransport

__all__ = ["try_identifiers"]

ROUTE = "/v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}"
_NASTY = [
    ".",
    "..",
    "",
    "/",
    "//",
    "%2e%2e",
    "..%2f",
    "a/../b",
    "?x=1",
    "#x",
    "%",
    "%00",
    "\\",
    "@host",
    ":80",
    " ",
    "\u202e",
]
IDENTIFIERS = st.text(max_size=40) | st.lists(st.sampled_from(_NASTY) | st.text(max_size=3), max_size=6).map("".join)


class Router:
    """An ASGI application that takes paths apart as Port's router does: at each `/`, then decoded."""

    def __init__(self) -> None:
        self.reached: list[str] | None = None

    async def __call__(self, scope, receive, send) -> None:
        segments = [unquote(it, errors="strict") for it in scope["raw_path"].decode("ascii").split("/")]
        if segments == ["", "v1", "auth", "access_token"]:
            body = b'{"accessToken":"t","expiresIn":10800}'
        else:
            self.reached, body = segments, b"{}"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


async def _mismatch(blueprint: str, entity: str) -> str | None:
    router = Router()
    transport = PortTransport("", credentials, policy=Policy(), timeout_s=10, app=router)
    expected: list[str] | None = ["", "v1", "blueprints", blueprint, "entities", entity]
    try:
        await transport.send("GET", ROUTE, {"blueprint_identifier": blueprint, "entity_identifier": entity})
    except InputError:
        expected = None
    return None if router.reached == expected else f"{(blueprint, entity)!r} reached {router.reached!r}"


def try_identifiers(pairs: int) -> list[str]:
    """Sends requests with so many pairs of identifiers, and returns those that reached another route than meant."""
    mismatches: list[str] = []

    @settings(
        max_examples=pairs, database=None, deadline=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(IDENTIFIERS, IDENTIFIERS)
    def attempt(blueprint: str, entity: str) -> None:
        mismatch = anyio.run(_mismatch, blueprint, entity)
        mismatches.extend([mismatch] if mismatch else [])

    attempt()
    return mismatches
