"""A server with the builder pack on a sandbox, a way to see what Port has, and a reading of the answers."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from quaymaster.policy import Policy
from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.testing.port import ObservedPort
from quaymaster_sandbox.testing.quay import Quay, _SandboxClients

PLAN = re.compile(r"plan ([a-z2-7]{16})")
STAMPS = {"createdAt", "createdBy", "updatedAt", "updatedBy", "id"}


@pytest.fixture
def quay_settings(tmp_path: Path) -> Mapping[str, object]:
    """Keeps plans in the test's own folder, and takes a plan's id for consent, as nobody is there to be asked."""
    return {"builder": {"data_dir": tmp_path / "plans", "consent": "plan"}}


class Port:
    """Port behind the server: what it has, and changes that nobody planned."""

    def __init__(self, quay: Quay) -> None:
        self._call = quay._portal.call
        self._transport = _SandboxClients(ObservedPort(create_app(quay._sandbox)), Policy()).transport

    def send(self, method: str, route: str, *identifiers: str, body: object = None) -> Any:
        """Sends a request; each `{}` of the route is filled with an identifier."""
        named = {f"name{place}": it for place, it in enumerate(identifiers)}
        filled = route.format(*(f"{{{name}}}" for name in named))
        return self._call(partial(self._transport.send, method, filled, named, body=body))

    def state(self) -> Any:
        """Returns the whole model, every entity of it, the actions and the pages, without Port's stamps."""
        blueprints = self.send("GET", "/v1/blueprints")["blueprints"]
        listed = {it["identifier"]: it for it in blueprints}
        scorecards = {it["identifier"]: it for it in self.send("GET", "/v1/scorecards")["scorecards"]}
        entities = {
            name: sorted(
                self.send("GET", "/v1/blueprints/{}/entities", name)["entities"], key=lambda it: it["identifier"]
            )
            for name in listed
            if not name.startswith("_")
        }
        actions = {it["identifier"]: it for it in self.send("GET", "/v1/actions")["actions"]}
        pages = {it["identifier"]: it for it in self.send("GET", "/v1/pages")["pages"]}
        return _unstamped(
            {"blueprints": listed, "scorecards": scorecards, "entities": entities, "actions": actions, "pages": pages}
        )


def _unstamped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unstamped(it) for key, it in value.items() if key not in STAMPS}
    return [_unstamped(it) for it in value] if isinstance(value, list) else value


@pytest.fixture
def port(quay: Quay) -> Port:
    """Returns Port behind the server."""
    return Port(quay)


@pytest.fixture
def plan(quay: Quay) -> Callable[..., str]:
    """Returns a function that plans operations and returns the plan's id."""

    def make(*operations: Mapping[str, Any]) -> str:
        return id_in(quay.call("plan_changes", operations=list(operations)))

    return make


def id_in(answer: str) -> str:
    """Returns the plan's id in an answer's first line."""
    found = PLAN.match(answer)
    assert found, answer
    return found[1]
