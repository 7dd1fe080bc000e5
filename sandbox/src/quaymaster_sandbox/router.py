"""Finds the route of a request.

Paths are matched segment by segment before they are decoded, because identifiers may hold a slash: `a%2Fb` is one
segment. Frameworks decode first.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from quaymaster_sandbox.errors import PortError, bad_request
from quaymaster_sandbox.http import Call, Response

Handler = Callable[[Call], Response]

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Route:
    """A method and a path template such as `/v1/blueprints/{identifier}`, and what answers them."""

    method: str
    path: str
    handler: Handler
    writes: bool = False
    public: bool = False
    """Whether the route takes requests without a token."""
    moderators: bool = False
    """Whether members are refused."""


@dataclass
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    """A set of routes; a literal segment is preferred to a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in route.path.split("/")[1:]:
                if segment.startswith("{"):
                    node.parameter = node.parameter or _Node()
                    node = node.parameter
                else:
                    node = node.literal.setdefault(segment, _Node())
            node.routes[route.method] = route

    def find(self, method: str, path: str, target: str) -> tuple[Route, Mapping[str, str]]:
        """Returns the route of a request and the decoded parameters of its path; Fastify's 404 if there is none."""
        if _BROKEN_ESCAPE.search(path):
            raise bad_request(f"'{path}' is not a valid url component")
        route = _search(self._root, path.split("/")[1:], method)
        if route is None:
            raise PortError(404, "not_found", f"Route {method}:{target} not found")
        names = zip(route.path.split("/"), path.split("/"), strict=True)
        try:
            return route, {name[1:-1]: unquote(value, errors="strict") for name, value in names if name[:1] == "{"}
        except UnicodeDecodeError:
            raise bad_request(f"'{path}' is not a valid url component") from None


def _search(node: _Node, segments: list[str], method: str) -> Route | None:
    if not segments:
        return node.routes.get(method)
    first, rest = segments[0], segments[1:]
    literal = node.literal.get(first)
    found = _search(literal, rest, method) if literal is not None else None
    if found is None and node.parameter is not None and first:
        found = _search(node.parameter, rest, method)
    return found
