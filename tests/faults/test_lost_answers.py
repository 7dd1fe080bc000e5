"""Writes whose answer is lost, area by area: found again by reading, and made once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import anyio
import pytest
from tests.faults.faults import BY_NAME
from tests.faults.proxy import ChaosProxy, Phase, open_proxy
from tests.faults.sandbox import BLUEPRINT, SandboxServer, credentials

from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.bounds import Bounds
from quaymaster.port.errors import Outcome, PortError
from quaymaster.port.transport import PortTransport

WRITES: dict[str, Callable[[PortClient, str], Awaitable[object]]] = {
    "POST /v1/blueprints": lambda port, name: port.blueprints.create(
        {"identifier": name, "title": name, "schema": {"properties": {}, "required": []}}
    ),
    "POST entities": lambda port, name: port.entities.create(BLUEPRINT, {"identifier": name}),
    "POST entities/bulk": lambda port, name: port.entities.create_many(BLUEPRINT, [{"identifier": name}]),
    "POST scorecards": lambda port, name: port.scorecards.create(
        BLUEPRINT, {"identifier": name, "title": name, "rules": []}
    ),
    "POST /v1/actions": lambda port, name: port.actions.create(_action(name)),
    "POST runs": lambda port, name: port.runs.start("paint", {"color": name}),
    "POST /v1/teams": lambda port, name: port.organization.create_team({"name": name, "users": []}),
    "POST /v1/organization/secrets": lambda port, name: port.organization.create_secret(
        {"secretName": name, "secretValue": "x"}
    ),
    "POST /v1/users/invite": lambda port, name: port.organization.invite_user(f"{name}@example.com", notify=False),
    "POST /v1/pages": lambda port, name: port.pages.create({"identifier": name, "title": name, "type": "dashboard"}),
}


def _action(name: str) -> dict[str, object]:
    inputs = {"properties": {"color": {"type": "string", "title": "Color"}}}
    trigger = {"type": "self-service", "operation": "CREATE", "userInputs": inputs}
    return {"identifier": name, "trigger": trigger, "invocationMethod": {"type": "KAFKA"}}


def _is_write(method: str, path: str) -> bool:
    return method == "POST" and not path.endswith(("/search", "/access_token"))


@asynccontextmanager
async def _breaking(sandbox: SandboxServer, phase: Phase) -> AsyncIterator[tuple[PortClient, ChaosProxy]]:
    """Yields a client whose every POST, but for searches and the token, is broken off in a phase."""
    async with open_proxy(sandbox.address) as proxy:

        def plan(method: str, path: str):
            return (BY_NAME["reset"], phase) if _is_write(method, path) else None

        proxy.plan = plan
        transport = PortTransport(
            proxy.url, credentials, policy=Policy(), timeout_s=20, bounds=Bounds(settle_s=0.3, silence_s=2)
        )
        try:
            yield PortClient(transport, "lost"), proxy
        finally:
            await transport.aclose()


@pytest.fixture(scope="session")
async def harbour(sandbox: SandboxServer) -> SandboxServer:
    """Returns the sandbox with an action to run."""
    await sandbox.client.actions.create(_action("paint"))
    await anyio.sleep(2)  # Port tells the time to the second: see the matrix
    return sandbox


@pytest.mark.parametrize("write", WRITES)
async def test_write_that_was_made_is_done_and_made_once(harbour, write):
    async with _breaking(harbour, Phase.ANSWER_HEAD) as (port, proxy):
        await WRITES[write](port, f"lost-{uuid4()}")
    assert [times for (method, path), times in proxy.passed_on.items() if method == "POST" and "search" not in path][
        1:
    ] == [1]


@pytest.mark.parametrize("write", WRITES)
async def test_write_that_was_not_made_is_told_as_such(harbour, write):
    async with _breaking(harbour, Phase.REQUEST_HEAD) as (port, _proxy):
        with pytest.raises(PortError, match="the write was NOT DONE; it can be sent again") as caught:
            await WRITES[write](port, f"lost-{uuid4()}")
    assert caught.value.outcome is Outcome.NOT_DONE


async def test_creation_of_what_is_there_is_never_taken_for_ours(harbour):
    await harbour.client.entities.create(BLUEPRINT, {"identifier": "taken"})
    await anyio.sleep(2)  # Port tells the time to the second: see the matrix
    async with _breaking(harbour, Phase.ANSWER_HEAD) as (port, _proxy):
        with pytest.raises(PortError) as caught:
            await port.entities.create(BLUEPRINT, {"identifier": "taken"})
    assert caught.value.outcome is Outcome.NOT_DONE
