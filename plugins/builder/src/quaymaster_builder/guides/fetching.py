"""Fetches a guide: every redirect checked like the first URL."""

from dataclasses import dataclass
from urllib.parse import urljoin

from quaymaster import QuaymasterError, inline
from quaymaster.port.wire import Answer
from quaymaster.web import Resolve, WebPolicy, ask_web, resolve

__all__ = ["Page", "fetch_guide"]

_MOST_BYTES = 2 << 20
_TIMEOUT_S = 15.0
_MOST_REDIRECTS = 3
_TYPES = ("text/html", "text/markdown", "text/plain")


@dataclass(frozen=True)
class Page:
    """A page that was fetched: where it was in the end, of which type, and its text."""

    url: str
    type: str
    text: str


async def fetch_guide(url: str, policy: WebPolicy, resolve: Resolve = resolve) -> Page:
    """Returns the page at a URL.

    Raises:
        InputError: The URL, or one that it redirects to, may not be fetched.
        QuaymasterError: The page cannot be had.
    """
    for _ in range(_MOST_REDIRECTS + 1):
        asked, answer = await ask_web(
            url,
            policy,
            accept="text/markdown, text/html",
            most_bytes=_MOST_BYTES,
            timeout_s=_TIMEOUT_S,
            resolve=resolve,
        )
        if not 300 <= answer.status < 400:
            return _read(asked, answer)
        try:
            url = urljoin(asked, answer.headers.get("location", ""))
        except ValueError as exc:
            raise QuaymasterError(f"{inline(asked)!r} redirects to what is no URL; nothing was read") from exc
    raise QuaymasterError(f"{inline(url)!r} redirects more than {_MOST_REDIRECTS} times; nothing was read")


def _read(url: str, answer: Answer) -> Page:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status != 200:
        raise QuaymasterError(f"cannot read {inline(url)!r}: the server answered {answer.status}")
    if kind not in _TYPES:
        raise QuaymasterError(f"cannot read {inline(url)!r}: it is no text but {inline(kind or 'of no type')!r}")
    return Page(url, kind, answer.body.decode("utf-8", errors="replace"))
