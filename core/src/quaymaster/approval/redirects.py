"""Where an authorization may send a person back to: the redirect URIs of clients."""

from urllib.parse import SplitResult, urlsplit

__all__ = ["describe_redirect", "is_redirect", "is_same_redirect", "source_of"]

_LONGEST = 500
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_NO_APPLICATIONS = {
    "about", "blob", "chrome", "content", "data", "file", "filesystem", "ftp", "jar", "javascript", "mailto",
    "resource", "vbscript", "view-source", "ws", "wss",
}  # fmt: skip
"""Schemes that a browser, and not an application of the person's, acts on."""


def is_redirect(uri: str) -> bool:
    """Tells whether a URI can be one: https, http on loopback alone, or an application's own scheme (RFC 8252)."""
    if not uri.isascii() or not uri.isprintable() or set(' "<>\\^`{|}#') & set(uri) or len(uri) > _LONGEST:
        return False
    parts = _split(uri)
    if parts is None or "@" in parts.netloc or not parts.scheme or parts.scheme in _NO_APPLICATIONS:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.hostname) and (parts.scheme == "https" or parts.hostname in _LOOPBACK)
    return bool(parts.netloc or parts.path.strip("/"))


def is_same_redirect(registered: str, given: str) -> bool:
    """Tells whether a URI is one that is registered: to the letter, but any port on loopback (RFC 8252)."""
    if registered == given:
        return True
    one, other = _split(registered), _split(given)
    if one is None or other is None or not is_redirect(given) or one.scheme != "http" or one.hostname not in _LOOPBACK:
        return False
    return one._replace(netloc=str(one.hostname)) == other._replace(netloc=str(other.hostname))


def describe_redirect(uri: str) -> str:
    """Returns where a person is sent to, in words: the host, or that it is a program of this computer."""
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"}:
        return f"the application for {parts.scheme}: links on your computer"
    return f"a program on your computer ({parts.netloc})" if parts.hostname in _LOOPBACK else parts.netloc


def source_of(uri: str) -> str:
    """Returns what a redirect there is in a content security policy: an origin, or the scheme of an application."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return None
    return parts
