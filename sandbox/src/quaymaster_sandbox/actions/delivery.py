"""Webhook calls on their way out (Port: `docs/…/webhook/signature-verification`). They never leave this machine."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from string import punctuation
from typing import Any
from urllib.parse import quote, urlsplit

from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.values.cells import to_json

_TIMEOUT_S = 5.0
_ANSWER_LIMIT_BYTES = 1024 * 1024
_NOWHERE = "invalid"
"""The top-level domain that resolves for nobody (RFC 6761); the sandbox asks no name server."""


@dataclass(frozen=True)
class Delivery:
    """One call, complete but for its signature; `secret` is the client secret that signs it."""

    run_id: str
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)
    secret: str = field(repr=False)
    automation_runs: int
    """How many automations have run in the chain that led here."""


@dataclass(frozen=True)
class Answer:
    """What came back: whether it is a success, and its body, or what went wrong, as text or JSON."""

    succeeded: bool
    content: Any


def is_loopback(url: str) -> bool:
    """Tells whether a URL leads to this machine, and nowhere else."""
    host = _host(url)
    return host == "localhost" or _is_address(host, "is_loopback")


def check_destination(url: str) -> None:
    """Refuses URLs that Port does not call: of nobody, or of a private network.

    Loopback, which Port refuses as private, is where the sandbox delivers to.
    """
    host = _host(url)
    if not host or host.rpartition(".")[2] == _NOWHERE:
        raise PortError(403, "not_resolvable_destination", f'The destination "{url}" cannot be resolved')
    if _is_address(host, "is_private") and not is_loopback(url):
        raise PortError(403, "private_destination", f'The destination "{url}" is in a private network')


def send(delivery: Delivery, at_ms: int) -> Answer:
    """Calls a URL of this machine, signed, and returns its answer; redirects are not followed."""
    content = b"" if delivery.body is None else to_json(delivery.body).encode()
    headers = {"content-type": "application/json", **delivery.headers, **_signature(delivery, content, at_ms)}
    try:
        parts = urlsplit(delivery.url)
        opener = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = opener(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
        try:
            target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            connection.request(delivery.method, quote(target, safe=punctuation), content, headers)
            response = connection.getresponse()
            return Answer(200 <= response.status < 300, _read(response.read(_ANSWER_LIMIT_BYTES)))
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as exc:  # ValueError: a header or URL that no request can have
        return Answer(succeeded=False, content=f"{delivery.url} was not reached: {exc}")


def _signature(delivery: Delivery, content: bytes, at_ms: int) -> dict[str, str]:
    signed = f"{at_ms}.".encode() + content
    digest = hmac.new(delivery.secret.encode(), signed, hashlib.sha256).digest()
    return {"x-port-timestamp": str(at_ms), "x-port-signature": f"v1,{base64.b64encode(digest).decode()}"}


def _read(content: bytes) -> Any:
    text = content.decode(errors="replace")
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str | list | dict) else text


def _host(url: str) -> str:
    """Returns the host of an HTTP URL; empty if the text is none."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _is_address(host: str, kind: str) -> bool:
    try:
        return bool(getattr(ip_address(host), kind))
    except ValueError:
        return False
