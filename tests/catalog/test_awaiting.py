"""What waits for a user: approvals that are asked of them, and of nobody else."""

from contextlib import asynccontextmanager

import pytest
from mcp.client import Client

from quaymaster import Credentials, PortClient
from quaymaster.application import Application
from quaymaster.host import load_host
from quaymaster.policy import Policy
from quaymaster.port.transport import PortTransport
from quaymaster.server.adapter import build_server
from quaymaster.settings import load_settings
from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import Sandbox
from quaymaster_sandbox.testing.port import ObservedPort

SERVICE = {"identifier": "service", "title": "Service", "schema": {"properties": {}, "required": []}}
ACTION = {
    "identifier": "restart",
    "title": "Restart",
    "trigger": {
        "type": "self-service",
        "operation": "DAY-2",
        "blueprintIdentifier": "service",
        "userInputs": {"properties": {}},
    },
    "invocationMethod": {"type": "KAFKA"},
    "requiredApproval": {"type": "ALL"},
}


class People:
    """An organisation of which the client of each name belongs to the user of that name."""

    def __init__(self):
        self.app = ObservedPort(create_app(Sandbox()))

    def transport(self, name):
        credentials = Credentials(name, name)
        return PortTransport("http://x", lambda: credentials, policy=Policy(), timeout_s=30, app=self.app)

    def port(self, name="sandbox"):
        return PortClient(self.transport(name), name)

    @asynccontextmanager
    async def ask_as(self, name):
        """Yields a function that calls a tool with a user's credential and returns the text of its answer."""
        settings = load_settings()
        clients = OneClient(self.port(name))
        async with Client(build_server(Application(settings, load_host(settings), clients), "0")) as client:

            async def ask(tool, **arguments):
                return (await client.call_tool(tool, arguments)).content[0].text

            yield ask


class OneClient:
    """The way to Port for one user."""

    def __init__(self, port):
        self.port = port

    def client(self, profile=None, limits=None):
        return self.port

    async def aclose(self):
        pass


@pytest.fixture
async def people():
    people = People()
    port = people.port()
    for name in ("ada", "bob", "mia"):
        await port.organization.invite_user(f"{name}@x.y", roles=["Member"], notify=False)
        client = {"organization_of": "sandbox", "client_id": name, "client_secret": name, "email": f"{name}@x.y"}
        await people.transport("sandbox").send("POST", "/__sandbox/clients", body=client)
    await port.blueprints.create(SERVICE)
    await port.entities.create("service", {"identifier": "cart", "title": "Cart"})
    await port.actions.create(ACTION)
    approvers = {"users": ["ada@x.y", "bob@x.y"], "roles": [], "teams": []}
    await port.permissions.update_of_action("restart", {"approve": approvers})
    return people


async def test_runs_wait_for_those_who_may_approve_them(people):
    run = await people.port("mia").runs.start("restart", {}, entity="cart")
    async with people.ask_as("ada") as ask:
        text = await ask("describe_user_details")
        assert text.split("\n")[0] == "ada@x.y (ada@x.y): Member, Invited; in no team; 1 run waits for their approval"
        assert f"\n{run.id} Restart on Cart, asked for by mia@x.y 20" in text
    async with people.ask_as("mia") as ask:
        assert "no run waits for their approval" in await ask("describe_user_details")


async def test_whoever_has_approved_is_not_waited_for(people):
    run = await people.port("mia").runs.start("restart", {}, entity="cart")
    await people.port("ada").runs.decide(run.id, "APPROVE")
    async with people.ask_as("ada") as ask:
        assert "no run waits for their approval" in await ask("describe_user_details")
        assert "1 run waits for their approval" in await ask("describe_user_details", user="bob@x.y")


async def test_runs_that_may_not_be_read_are_not_spoken_of(people):
    sandbox = people.app

    async def without_runs(scope, receive, send):
        if scope["path"] == "/v1/actions/runs":
            sandbox.fail_next(403, "missing_permissions", "", times=1)
        await sandbox(scope, receive, send)

    people.app = without_runs
    async with people.ask_as("ada") as ask:
        assert await ask("describe_user_details") == "ada@x.y (ada@x.y): Member, Invited; in no team"
