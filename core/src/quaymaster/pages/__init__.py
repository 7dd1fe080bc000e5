"""The pages that people see in their browsers: plain HTML that needs no script, and may load and embed nothing."""

import base64
import hashlib
from html import escape
from importlib.resources import files
from string import Template

from starlette.responses import HTMLResponse

__all__ = ["STYLE", "notice_page", "respond"]

STYLE = (files(__package__) / "page.css").read_text(encoding="utf-8")
"""What stands, to the letter, in the one `style` element of a page."""

_STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_NOTICE = Template((files(__package__) / "notice.html").read_text(encoding="utf-8"))


def respond(html: str, *, status: int = 200, form_action: str = "'none'") -> HTMLResponse:
    """Returns a page with headers that let it do nothing but be read, and its form be sent.

    Args:
        html: The page.
        status: The HTTP status.
        form_action: Where its form may lead, as a content security policy says it.
    """
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; form-action {form_action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # with no-referrer, browsers send our own form with `Origin: null`
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(html, status, headers)


def notice_page(title: str, text: str, status: int = 200) -> HTMLResponse:
    """Returns a page that says something and asks nothing."""
    return respond(_NOTICE.substitute(css=STYLE, title=escape(title), text=escape(text)), status=status)
