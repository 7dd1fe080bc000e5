"""A sandbox and a client that talks to it through its HTTP door, in this process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx2
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from quaymaster_sandbox.app import Application, create_app
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


class Clock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class Door:
    """The HTTP door of a sandbox: sends one request at a time and returns the answer."""

    def __init__(
        self,
        application: Application,
        portal: BlockingPortal,
        client_id: str = CLIENT_ID,
        secret: str = CLIENT_SECRET,
    ) -> None:
        transport = httpx2.ASGITransport(application)
        self._client = httpx2.AsyncClient(transport=transport, base_url="http://sandbox")
        self._portal = portal
        self._credentials = {"clientId": client_id, "clientSecret": secret}
        self.headers: dict[str, str] = {}

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self._portal.call(partial(self._client.request, method, path, headers=headers, **options))

    def log_in(self) -> "Door":
        answer = self.send("POST", "/v1/auth/access_token", json=self._credentials)
        self.headers["authorization"] = f"Bearer {answer.json()['accessToken']}"
        return self

    def ok(self, method: str, path: str, **options: Any) -> Any:
        """Returns the body of an answer that must be a success."""
        answer = self.send(method, path, **options)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json()

    def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Returns the status and the code of an answer that must be a refusal in Port's shape."""
        answer = self.send(method, path, **options)
        body = answer.json()
        assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
        assert body["ok"] is False
        assert isinstance(body["message"], str)
        return answer.status_code, body["error"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    sandbox = Sandbox(clock=clock, ids=Ids(1))
    yield sandbox
    sandbox.database.close()


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def door(sandbox: Sandbox, portal: BlockingPortal) -> Door:
    return Door(create_app(sandbox), portal).log_in()
