"""What a client reads to learn where it gets a token (RFC 9728, OAuth 2.0 Protected Resource Metadata)."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

__all__ = ["metadata_path", "metadata_route"]

_WELL_KNOWN = "/.well-known/oauth-protected-resource"


def metadata_path(path: str) -> str:
    """Returns where the metadata of the resource at a path is (RFC 9728, section 3.1)."""
    return f"{_WELL_KNOWN}{path}"


def metadata_route(path: str, origin: str, issuers: Sequence[str], scopes: Sequence[str]) -> Route:
    """Returns the route of the metadata of one resource.

    Args:
        path: The resource's path.
        origin: Where clients reach the server.
        issuers: The authorization servers.
        scopes: What can be asked for.
    """
    told = {
        "resource": f"{origin}{path}",
        "resource_name": "Quaymaster",
        "authorization_servers": list(issuers),
        "scopes_supported": list(scopes),
        "bearer_methods_supported": ["header"],
    }

    async def read_metadata(request: Request) -> Response:
        return JSONResponse(told)

    return Route(metadata_path(path), read_metadata, methods=["GET"])
