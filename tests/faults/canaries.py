"""Canary secrets: planted wherever Port could hold or quote one, and looked for wherever words leave the client."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from quaymaster.auth import Credentials
from quaymaster.errors import QuaymasterError
from quaymaster.policy import Policy
from quaymaster.port.backoff import Backoff
from quaymaster.port.bounds import Bounds
from quaymaster.port.transport import PortTransport

__all__ = ["CANARIES", "LeakyPort", "heard_of"]

TOKEN, CLIENT_SECRET, STORED, SENT = CANARIES = (
    "canary-token-5f1d",
    "canary-client-secret-90ab",
    "canary-stored-77c2",
    "canary-sent-e3b0",
)

DOCUMENTS: Mapping[str, object] = {
    "/v1/blueprints/_user/entities": {"additionalData": {"credentials": {"clientId": "id", "clientSecret": STORED}}},
    "/v1/blueprints/_user/entities/bulk": {"entities": [{"additionalData": {"credentials": {"clientSecret": STORED}}}]},
    "/v1/apps": {"apps": [{"id": "app", "secret": STORED, "clientSecret": STORED}]},
    "/v1/apps/app/rotate-secret": {"ok": True, "secret": STORED},
    "/v1/webhooks": {"integrations": [{"webhookKey": STORED, "security": {"secret": STORED}}]},
    "/v1/integration": {"integrations": [{"spec": {"integrationSpec": {"token": STORED, "apiKey": STORED}}}]},
    "/v1/integration/x": {"integration": {"secrets": {"ANY": STORED}, "config": {"password": STORED}}},
    "/v1/organization/secrets": {"secrets": [{"secretName": "A", "secretValue": STORED}]},
    "/v1/audit-log": {"audits": [{"diff": {"before": {"security": {"secret": STORED}}}}]},
    "/v1/actions/runs/r": {"run": {"payload": {"headers": {"Authorization": STORED, "Cookie": STORED}}}},
}
"""Every kind of secret-bearing field, where Port has it."""


class LeakyPort:
    """A Port that shows secrets in its answers and quotes, in its refusals, all that it was sent."""

    async def __call__(self, scope, receive, send) -> None:
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        path = scope["path"]
        if path.endswith("/access_token"):
            status, answer = 200, {"ok": True, "accessToken": TOKEN, "expiresIn": 10_800}
        elif scope["method"] == "GET":
            status, answer = 200, {"ok": True, **DOCUMENTS[path]}
        else:
            quoted = f"{dict(scope['headers'])} {body!r} {CLIENT_SECRET}"
            status = int(scope["query_string"].removeprefix(b"status="))
            answer = {"ok": False, "error": "e", "message": quoted, "details": {"quoted": [quoted], **DOCUMENTS[path]}}
        headers = [(b"set-cookie", TOKEN.encode()), (b"x-trace-id", b"0" * 32)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


async def heard_of() -> list[str]:
    """Returns everything that is to be heard of a session with a leaky Port: answers, errors, reprs, and all logs."""
    bounds = Bounds(attempts=2, backoff=Backoff(first_s=0, longest_s=0))
    credentials = Credentials("id", CLIENT_SECRET)
    transport = PortTransport("", lambda: credentials, policy=Policy(), timeout_s=10, app=LeakyPort(), bounds=bounds)
    heard: list[str] = []
    with _all_logs() as logs:
        for path in DOCUMENTS:
            heard.append(json.dumps(await transport.send("GET", path)))
            for status in ("400", "401", "403", "409", "422", "429", "500", "503"):
                try:
                    await transport.send("POST", path, query={"status": status}, body={"secretValue": SENT})
                except QuaymasterError as exc:
                    heard.append(_all_of(exc))
        heard += [repr(transport), repr(vars(transport)), repr(credentials)]
    return heard + logs


def _all_of(error: BaseException | None) -> str:
    """Returns the text, the repr and the attributes of an error, and of those that led to it."""
    if error is None:
        return ""
    own = f"{error} {error!r} {vars(error)}"
    return own + _all_of(error.__cause__) + _all_of(None if error.__suppress_context__ else error.__context__)


@contextmanager
def _all_logs() -> Iterator[list[str]]:
    """Yields the list that every line of every log is put into."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    root, listener = logging.getLogger(), Listener()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.removeHandler(listener)
