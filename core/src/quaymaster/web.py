"""Pages of the web that somebody names: asked for at public addresses only, whatever the name leads to.

A host is resolved once and the address that was checked is connected to, so that a name cannot come to mean another one
in between. No redirect is followed here: it is another URL, to be checked like the first.
"""

import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

from anyio import getaddrinfo

from quaymaster.errors import InputError, QuaymasterError
from quaymaster.port.bounds import Bounds
from quaymaster.port.limits import GarbledError, OversizedError
from quaymaster.port.wire import Answer, BrokenError
from quaymaster.results import inline

__all__ = ["Resolve", "WebPolicy", "ask_web", "check_url", "is_public", "resolve"]

_LONGEST_URL = 2000
_PLAIN = re.compile(r"[!-~]+")
_PORTS = {"https": 443, "http": 80}
_UNICAST = IPv6Network("2000::/3")
"""The addresses of IPv6 that are given out for the public internet."""
_TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Addresses of IPv6 that stand for one of IPv4, which may be any."""
_PROTOCOLS = IPv4Network("192.0.0.0/24")
"""Addresses of protocols, some of which Python counts as public."""

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the IP addresses of a host."""


def is_public(address: str) -> bool:
    """Tells whether an IP address is one of the public internet, and not one within a network or a machine."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        return parsed in _UNICAST and parsed.is_global and not any(parsed in tunnel for tunnel in _TUNNELS)
    return parsed.is_global and parsed not in _PROTOCOLS and not parsed.is_multicast and not parsed.is_reserved


@dataclass(frozen=True)
class WebPolicy:
    """What may be asked for.

    Attributes:
        hosts: The only hosts, in lower case, with their port if it is not the usual one; None for any.
        scheme: The only scheme.
        allows: Tells whether an address that a host has resolved to may be connected to.
    """

    hosts: frozenset[str] | None = None
    scheme: str = "https"
    allows: Callable[[str], bool] = is_public


def check_url(url: str, policy: WebPolicy) -> tuple[str, str, int]:
    """Returns a URL as it will be asked for, made anew from its parts, with its host and port.

    Raises:
        InputError: It is none that may be fetched; the text says why.
    """
    if not _PLAIN.fullmatch(url) or "\\" in url or len(url) > _LONGEST_URL:
        raise _refused(url, "it is not a plain URL")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as exc:
        raise _refused(url, "it is not a URL") from exc
    usual = _PORTS[policy.scheme]
    netloc = host if port in (None, usual) else f"{host}:{port}"
    if parts.scheme.lower() != policy.scheme:
        raise _refused(url, f"it is not {policy.scheme}")
    is_plain = host and not set("@%[") & set(parts.netloc)
    if policy.hosts is not None and not (is_plain and netloc in policy.hosts):
        raise _refused(url, f"only pages on {', '.join(sorted(policy.hosts))} can be read")
    if not is_plain:
        raise _refused(url, "it names no plain host")
    query = f"?{parts.query}" if parts.query else ""
    return f"{policy.scheme}://{netloc}{parts.path or '/'}{query}", host, port or usual


async def resolve(host: str, port: int) -> list[str]:
    """Returns the IP addresses of a host, as the system knows them."""
    try:
        found = await getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        raise QuaymasterError(f"cannot find host {host!r}; nothing was fetched") from exc
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def ask_web(
    url: str, policy: WebPolicy, *, accept: str, most_bytes: int, timeout_s: float, resolve: Resolve = resolve
) -> tuple[str, Answer]:
    """Returns what a web server answers to one GET, of whatever status, and the URL as it was asked for.

    Args:
        url: The URL.
        policy: What may be asked for.
        accept: The media types to ask for, as the Accept header has them.
        most_bytes: How large the answer may be.
        timeout_s: How long it may take in all, in seconds.
        resolve: Finds the addresses of the host.

    Raises:
        InputError: The URL may not be asked for; nothing was sent.
        QuaymasterError: There is no whole answer.
    """
    from quaymaster.port.transport import fetch_page  # lazily: the HTTP library costs start-up

    asked, host, port = check_url(url, policy)
    addresses = await resolve(host, port)
    if not addresses or not all(map(policy.allows, addresses)):
        raise InputError(f"cannot read {inline(url)!r}: {host!r} is not at a public address. Nothing was fetched")
    bounds = Bounds(wire_bytes=most_bytes, answer_bytes=most_bytes)
    try:
        return asked, await fetch_page(asked, addresses[0], accept=accept, bounds=bounds, timeout_s=timeout_s)
    except (BrokenError, OversizedError, GarbledError) as exc:
        raise QuaymasterError(f"cannot read {inline(asked)!r}: {exc}") from exc


def _refused(url: str, reason: str) -> InputError:
    return InputError(f"cannot read {inline(url)!r}: {reason}. Nothing was fetched")
