"""What a caller may see and run: asked when tools are listed, when one is called, and again by the transport."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal, TypeVar, get_args
from urllib.parse import unquote

__all__ = ["NO_LIMITS", "SCOPES", "Policy", "Scope", "is_read"]

Scope = Literal["read", "write", "run", "delete"]
"""What can be granted to a caller: to read, to make and change, to run actions, and to delete."""

SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
"""All of them."""

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

_DELETING_POST = "/v1/blueprints/{blueprint_identifier}/bulk/entities/delete"
"""The one route of Port's that takes POST and deletes."""

_START_OF_RUN = re.compile(r"/v1/(?:[^/]+/)*(?P<action>[^/]+)/runs")
"""Paths that start a run: of an action, also by the older routes under blueprints, or of a workflow."""

_RUNS = "/v1/actions/runs/"
"""What the routes of a run begin with: its status, its log and its approval."""

_INVOCATION_OF_AI = re.compile(r"/v1/(?:ai|agent/[^/]+)/invoke")
"""Paths that hand over to an agent of Port's, which can run any action (Port: POST /v1/ai/invoke)."""


_READ, _WRITE, _RUN, _DELETE = (frozenset[Scope]({it}) for it in get_args(Scope))

T = TypeVar("T")


def is_read(method: str, route: str) -> bool:
    """Returns whether a request changes nothing; `method` and `route` as `Policy.refusal_of_request` takes them."""
    return method in {"GET", "HEAD"} or (method == "POST" and route in _READ_POSTS)


@dataclass(frozen=True)
class Policy:
    """A set of limits; combining two can only tighten.

    Attributes:
        read_only: Hides every tool that is not marked read-only and refuses every request that could change Port.
        packs: Names of the packs whose tools, prompts and resources may be used; None for all, empty for none.
        allowed_actions: Identifiers of the self-service actions that may be run; None for all, empty for none.
        allow_tools: Groups of glob patterns; a tool must match a pattern of every group. No group allows all.
        deny_tools: Glob patterns; a tool that matches one is hidden and refused. Deny wins over allow.
        scopes: What the caller was granted; None for all.
    """

    read_only: bool = False
    packs: frozenset[str] | None = None
    allowed_actions: frozenset[str] | None = None
    allow_tools: tuple[tuple[str, ...], ...] = ()
    deny_tools: tuple[str, ...] = ()
    scopes: frozenset[Scope] | None = None

    def tightened_by(self, other: "Policy") -> "Policy":
        """Returns the policy that allows only what both allow."""
        return _combined(self, other)

    def offers_pack(self, pack: str) -> bool:
        """Returns whether anything of a pack may be used."""
        return self.packs is None or pack in self.packs

    def refusal_of_tool(self, name: str, scope: Scope, pack: str) -> str | None:
        """Returns why a tool is hidden and refused, or None if it is allowed.

        Args:
            name: The name that it is offered under.
            scope: What a caller needs to be granted for it; all but `read` can change Port.
            pack: The name of the pack that it is of.
        """
        if not self.offers_pack(pack):
            return f"tool {name!r} is of pack {pack!r}, which this server's settings do not offer here"
        if self.read_only and scope != "read":
            return f"tool {name!r} can change Port, and this server is read-only"
        if self.scopes is not None and scope not in self.scopes:
            return f"tool {name!r} needs the scope {scope!r}, which you were not granted"
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
        reads = is_read(method, route)
        if self.read_only and not reads:
            return f"{method} {route} can change Port, and this server is read-only"
        if self.scopes is not None and (missing := _needed(method, route, path or route) - self.scopes):
            return f"{method} {route} needs the scope {min(missing)!r}, which you were not granted"
        if reads or self.allowed_actions is None:
            return None
        return self._refusal_of_run(path or route, self.allowed_actions)

    @staticmethod
    def _refusal_of_run(path: str, allowed: frozenset[str]) -> str | None:
        if _INVOCATION_OF_AI.fullmatch(path):
            return "an agent could run any action, and this server's settings allow only some"
        run = _START_OF_RUN.fullmatch(path)
        if run and unquote(run["action"]) not in allowed:
            return f"action {unquote(run['action'])!r} is not among those that this server's settings allow to run"
        return None


NO_LIMITS = Policy()
"""What allows everything."""


@lru_cache(maxsize=1024)
def _combined(one: Policy, other: Policy) -> Policy:
    """Returns the policy that allows only what both allow; every request asks for a few of them, again and again."""
    return Policy(
        read_only=one.read_only or other.read_only,
        packs=_both(one.packs, other.packs),
        allowed_actions=_both(one.allowed_actions, other.allowed_actions),
        allow_tools=one.allow_tools + other.allow_tools,
        deny_tools=one.deny_tools + other.deny_tools,
        scopes=_both(one.scopes, other.scopes),
    )


def _both(one: frozenset[T] | None, other: frozenset[T] | None) -> frozenset[T] | None:
    """Returns what is in both sets; None stands for everything."""
    named = [it for it in (one, other) if it is not None]
    return frozenset.intersection(*named) if named else None


def _needed(method: str, route: str, path: str) -> frozenset[Scope]:
    """Returns the scopes that a request needs."""
    if is_read(method, route):
        return _READ
    if _INVOCATION_OF_AI.fullmatch(path):
        return SCOPES
    if _START_OF_RUN.fullmatch(path) or route.startswith(_RUNS):
        return _RUN
    return _DELETE if method == "DELETE" or route == _DELETING_POST else _WRITE
