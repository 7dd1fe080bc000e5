"""Fetches a guide: its host resolved once, that address connected to, every redirect checked like the first URL."""

import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from anyio import getaddrinfo

from quaymaster import InputError, QuaymasterError, inline
from quaymaster.port.bounds import Bounds
from quaymaster.port.limits import GarbledError, OversizedError
from quaymaster.port.wire import Answer, BrokenError
from quaymaster_builder.guides.policy import GuidePolicy, check_url

__all__ = ["Page", "fetch_guide", "resolve"]

_MOST_BYTES = 2 << 20
_BOUNDS = Bounds(wire_bytes=_MOST_BYTES, answer_bytes=_MOST_BYTES)
_TIMEOUT_S = 15.0
_MOST_REDIRECTS = 3
_TYPES = ("text/html", "text/markdown", "text/plain")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True)
class Page:
    """A page that was fetched: where it was in the end, of which type, and its text."""

    url: str
    type: str
    text: str


async def resolve(host: str, port: int) -> list[str]:
    """Returns the IP addresses of a host, as the system knows them."""
    try:
        found = await getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        raise QuaymasterError(f"cannot find host {host!r}; nothing was fetched") from exc
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def fetch_guide(url: str, policy: GuidePolicy, resolve: Resolve = resolve) -> Page:
    """Returns the page at a URL.

    Raises:
        InputError: The URL, or one that it redirects to, may not be fetched.
        QuaymasterError: The page cannot be had.
    """
    for _ in range(_MOST_REDIRECTS + 1):
        asked, answer = await _ask(url, policy, resolve)
        if not 300 <= answer.status < 400:
            return _read(asked, answer)
        try:
            url = urljoin(asked, answer.headers.get("location", ""))
        except ValueError as exc:
            raise QuaymasterError(f"{inline(asked)!r} redirects to what is no URL; nothing was read") from exc
    raise QuaymasterError(f"{inline(url)!r} redirects more than {_MOST_REDIRECTS} times; nothing was read")


async def _ask(url: str, policy: GuidePolicy, resolve: Resolve) -> tuple[str, Answer]:
    from quaymaster.port.transport import fetch_page  # lazily: the HTTP library costs start-up

    asked, host, port = check_url(url, policy)
    addresses = await resolve(host, port)
    if not addresses or not all(map(policy.allows, addresses)):
        raise InputError(f"cannot read {inline(url)!r}: {host!r} is not at a public address. Nothing was fetched")
    try:
        return asked, await fetch_page(asked, addresses[0], bounds=_BOUNDS, timeout_s=_TIMEOUT_S)
    except (BrokenError, OversizedError, GarbledError) as exc:
        raise QuaymasterError(f"cannot read {inline(asked)!r}: {exc}") from exc


def _read(url: str, answer: Answer) -> Page:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status != 200:
        raise QuaymasterError(f"cannot read {inline(url)!r}: the server answered {answer.status}")
    if kind not in _TYPES:
        raise QuaymasterError(f"cannot read {inline(url)!r}: it is no text but {inline(kind or 'of no type')!r}")
    return Page(url, kind, answer.body.decode("utf-8", errors="replace"))
