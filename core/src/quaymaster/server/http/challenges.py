"""What a client is told that has no token, or one for less than it wants (RFC 6750, section 3; RFC 9728, 5.1)."""

from collections.abc import Iterable

from starlette.responses import JSONResponse, Response

__all__ = ["ask_for_more", "ask_for_token"]


def ask_for_token(scopes: Iterable[str], metadata_url: str | None, *, was_refused: bool) -> Response:
    """Returns the answer to a request without a token that is good for the path.

    Args:
        scopes: What can be asked for there.
        metadata_url: Where the path's metadata is; None if no authorization server gives tokens for it.
        was_refused: There was a token.
    """
    error = "invalid_token" if was_refused else None
    return _answer(401, error, "this needs a token that is good for this path", scopes, metadata_url)


def ask_for_more(scopes: Iterable[str], metadata_url: str, tool: str, needed: str) -> Response:
    """Returns the answer to a call of a tool for which the token is not enough (MCP: authorization, step-up).

    Args:
        scopes: All that is needed: what was granted, and what the tool needs.
        metadata_url: Where the path's metadata is.
        tool: The tool's name.
        needed: What it needs.
    """
    return _answer(403, "insufficient_scope", f"tool {tool!r} needs the scope {needed!r}", scopes, metadata_url)


def _answer(
    status: int, error: str | None, description: str, scopes: Iterable[str], metadata_url: str | None
) -> Response:
    said = [] if error is None else [f'error="{error}"']
    said.append(f'scope="{" ".join(sorted(scopes))}"')
    if metadata_url is not None:
        said.append(f'resource_metadata="{metadata_url}"')
    told = {"error": error or "invalid_token", "error_description": description}
    return JSONResponse(told, status, {"WWW-Authenticate": f"Bearer {', '.join(said)}"})
