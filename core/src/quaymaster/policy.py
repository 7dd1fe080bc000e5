"""What a caller may see and run: asked when tools are listed, when one is called, and again by the transport."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import unquote

__all__ = ["Policy", "is_read"]

_READ_POSTS = frozenset(
    {
        "/v1/blueprints/{blueprint_identifier}/entities/search",
        "/v1/entities/aggregate",
        "/v1/entities/aggregate-over-time",
        "/v1/entities/properties-history",
        "/v1/entities/search",
    }
)
"""The routes of Port's that take POST and change nothing."""

_START_OF_RUN = re.compile(r"/v1/(?:[^/]+/)*(?P<action>[^/]+)/runs")
"""Paths that start a run: of an action, also by the older routes under blueprints, or of a workflow."""

_INVOCATION_OF_AI = re.compile(r"/v1/(?:ai|agent/[^/]+)/invoke")
"""Paths that hand over to an agent of Port's, which can run any action (Port: POST /v1/ai/invoke)."""


def is_read(method: str, route: str) -> bool:
    """Returns whether a request changes nothing; `method` and `route` as `Policy.refusal_of_request` takes them."""
    return method in {"GET", "HEAD"} or (method == "POST" and route in _READ_POSTS)


@dataclass(frozen=True)
class Policy:
    """A set of limits; combining two can only tighten.

    Attributes:
        read_only: Hides every tool that is not marked read-only and refuses every request that could change Port.
        allowed_actions: Identifiers of the self-service actions that may be run; None for all, empty for none.
        allow_tools: Groups of glob patterns; a tool must match a pattern of every group. No group allows all.
        deny_tools: Glob patterns; a tool that matches one is hidden and refused. Deny wins over allow.
    """

    read_only: bool = False
    allowed_actions: frozenset[str] | None = None
    allow_tools: tuple[tuple[str, ...], ...] = ()
    deny_tools: tuple[str, ...] = ()

    def tightened_by(self, other: "Policy") -> "Policy":
        """Returns the policy that allows only what both allow."""
        named = [actions for actions in (self.allowed_actions, other.allowed_actions) if actions is not None]
        return Policy(
            read_only=self.read_only or other.read_only,
            allowed_actions=frozenset.intersection(*named) if named else None,
            allow_tools=self.allow_tools + other.allow_tools,
            deny_tools=self.deny_tools + other.deny_tools,
        )

    def refusal_of_tool(self, name: str, *, read_only: bool) -> str | None:
        """Returns why a tool is hidden and refused, or None if it is allowed."""
        if self.read_only and not read_only:
            return f"tool {name!r} can change Port, and this server is read-only"
        if any(fnmatchcase(name, pattern) for pattern in self.deny_tools):
            return f"tool {name!r} is denied by this server's settings"
        if not all(any(fnmatchcase(name, pattern) for pattern in group) for group in self.allow_tools):
            return f"tool {name!r} is not among the tools that this server's settings allow"
        return None

    def refusal_of_request(self, method: str, route: str, path: str | None = None) -> str | None:
        """Returns why a request may not be sent, or None if it may.

        Args:
            method: The HTTP method, upper case.
            route: The route's template as in Port's OpenAPI, such as `/v1/blueprints/{identifier}`.
            path: What the template has become, percent-encoded; None if it has no placeholders.
        """
        if is_read(method, route):
            return None
        if self.read_only:
            return f"{method} {route} can change Port, and this server is read-only"
        return None if self.allowed_actions is None else self._refusal_of_run(path or route, self.allowed_actions)

    @staticmethod
    def _refusal_of_run(path: str, allowed: frozenset[str]) -> str | None:
        if _INVOCATION_OF_AI.fullmatch(path):
            return "an agent could run any action, and this server's settings allow only some"
        run = _START_OF_RUN.fullmatch(path)
        if run and unquote(run["action"]) not in allowed:
            return f"action {unquote(run['action'])!r} is not among those that this server's settings allow to run"
        return None
