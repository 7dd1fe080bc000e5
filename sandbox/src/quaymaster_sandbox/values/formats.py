"""The formats of text values that Port checks (Port: `configure-data-model/setup-blueprint/properties`)."""

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from quaymaster_sandbox.clock import parse_instant

_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#]+[^\s]*", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


def _is_url(text: str) -> bool:
    return _URL.fullmatch(text) is not None


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _is_instant(text: str) -> bool:
    return parse_instant(text) is not None


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


CHECKS: dict[str, Callable[[str], bool]] = {
    "url": _is_url,
    "email": _is_email,
    "idn-email": _is_email,
    "date-time": _is_instant,
    "timer": _is_instant,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
}
"""Formats that a value can fail; `user`, `team`, `markdown`, `yaml` and the others accept any text (a guess)."""
