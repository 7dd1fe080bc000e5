"""Which pages may be fetched: those of Port's documentation, over https, at public addresses."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from quaymaster import InputError, inline

__all__ = ["GuidePolicy", "check_url", "is_public"]

_LONGEST_URL = 2000
_PLAIN = re.compile(r"[!-~]+")
_PORTS = {"https": 443, "http": 80}
_UNICAST = IPv6Network("2000::/3")
"""The addresses of IPv6 that are given out for the public internet."""
_TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Addresses of IPv6 that stand for one of IPv4, which may be any."""
_PROTOCOLS = IPv4Network("192.0.0.0/24")
"""Addresses of protocols, some of which Python counts as public."""


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
class GuidePolicy:
    """What may be fetched.

    Attributes:
        hosts: The only hosts, in lower case.
        scheme: The only scheme.
        allows: Tells whether an address that a host has resolved to may be connected to.
    """

    hosts: frozenset[str]
    scheme: str = "https"
    allows: Callable[[str], bool] = is_public


def check_url(url: str, policy: GuidePolicy) -> tuple[str, str, int]:
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
    if "@" in parts.netloc or netloc not in policy.hosts or "%" in parts.netloc:
        raise _refused(url, f"only guides on {', '.join(sorted(policy.hosts))} can be read")
    query = f"?{parts.query}" if parts.query else ""
    return f"{policy.scheme}://{netloc}{parts.path or '/'}{query}", host, port or usual


def _refused(url: str, reason: str) -> InputError:
    return InputError(f"cannot read {inline(url)!r}: {reason}. Nothing was fetched")
