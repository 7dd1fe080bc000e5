"""Browsers, told apart by a cookie: a page is answered by the one that it was shown to."""

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from quaymaster.approval.digests import digest

__all__ = ["Browsers"]

_MARK = re.compile(r"[A-Za-z0-9_-]{43}")


class Browsers:
    """Marks browsers; nothing of it is stored, and pages carry the digest alone.

    Args:
        origin: Where the pages are.
    """

    def __init__(self, origin: str) -> None:
        self._is_https = origin.startswith("https:")
        self._cookie = "__Host-quaymaster" if self._is_https else "quaymaster"

    def mark_of(self, request: Request) -> str:
        """Returns the mark of the browser that asks, or a new one."""
        mark = request.cookies.get(self._cookie, "")
        return mark if _MARK.fullmatch(mark) else secrets.token_urlsafe(32)

    def is_its(self, request: Request, marked: str) -> bool:
        """Tells whether a request comes from the browser with this digest of its mark."""
        return digest(request.cookies.get(self._cookie, "")) == marked

    def mark(self, response: Response, mark: str) -> Response:
        """Returns a response that leaves the mark; the browser also shows it when another site sends it here."""
        response.set_cookie(self._cookie, mark, path="/", secure=self._is_https, httponly=True, samesite="lax")
        return response
