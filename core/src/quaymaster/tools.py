"""A tool: a typed function with a name, a description and what it may do."""

import inspect
import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar, overload

from quaymaster.policy import Scope

__all__ = ["Tool", "Tools", "tool"]

P = ParamSpec("P")
R = TypeVar("R")

_AsyncFunction = Callable[P, Coroutine[Any, Any, R]]


@dataclass(frozen=True, eq=False)
class Tool(Generic[P, R]):
    """A tool as its pack declares it; called directly, it is just the function.

    The four hints are always sent to the client; unless a pack says otherwise, a tool counts as one that can destroy.

    Attributes:
        function: What runs. Parameters of an injectable type (`PortClient`, the pack's settings) are filled in by the
            core and hidden from the model; the others are the input schema.
        name: Lower snake case, `verb_noun`, stable for ever.
        title: What a person sees in the client.
        description: What the model reads; the function's docstring.
        read_only: It changes nothing in Port.
        destructive: It may remove or overwrite something. Without meaning if `read_only`.
        idempotent: Calling it again with the same arguments changes nothing more.
        aliases: Earlier names under which it can still be called; they are not listed.
        scope: What a caller of a shared server needs to be granted for it; `read` if and only if `read_only`.
        view: The address of the resource that shows its answers in clients that can (MCP Apps); None for text alone.
    """

    function: _AsyncFunction[P, R]
    name: str
    title: str
    description: str
    read_only: bool
    destructive: bool
    idempotent: bool
    aliases: tuple[str, ...]
    scope: Scope
    view: str | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R]:
        """Runs the function."""
        return self.function(*args, **kwargs)


Tools = Sequence[Tool[..., Any]]
"""What `register_tools` returns."""


@overload
def tool(function: _AsyncFunction[P, R], /) -> Tool[P, R]: ...
@overload
def tool(
    *,
    name: str | None = None,
    title: str | None = None,
    read_only: bool = False,
    destructive: bool = True,
    idempotent: bool = False,
    aliases: Sequence[str] = (),
    scope: Scope = "write",
    view: str | None = None,
) -> Callable[[_AsyncFunction[P, R]], Tool[P, R]]: ...
def tool(
    function: _AsyncFunction[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    title: str | None = None,
    read_only: bool = False,
    destructive: bool = True,
    idempotent: bool = False,
    aliases: Sequence[str] = (),
    scope: Scope = "write",
    view: str | None = None,
) -> Any:
    """Makes a tool of an async function; its docstring is what the model reads.

    Args:
        function: The function, when used as `@tool` without arguments.
        name: The tool's name; the function's own if not given.
        title: What a person sees; made from the name if not given ("List entities").
        read_only: It changes nothing in Port. Offered in read-only mode.
        destructive: It may remove or overwrite something.
        idempotent: Calling it again with the same arguments changes nothing more.
        aliases: Earlier names that still work.
        scope: What a caller of a shared server needs to be granted for it: `write`, `run` for a tool that runs actions,
            `delete` for one that deletes; `read` if `read_only`.
        view: The address of the resource that shows its answers (MCP Apps), `ui://quaymaster/scorecard`.

    Raises:
        TypeError: The function is not async, or has no docstring.
    """

    def wrap(wrapped: _AsyncFunction[P, R]) -> Tool[P, R]:
        described = getattr(wrapped, "__name__", repr(wrapped))
        if not inspect.iscoroutinefunction(wrapped):
            raise TypeError(f"tool {described!r} must be an async function: write `async def`")
        if not (description := inspect.getdoc(wrapped)):
            raise TypeError(f"tool {described!r} needs a docstring: it is what the model reads")
        tool_name = name or wrapped.__name__
        return Tool(
            function=wrapped,
            name=tool_name,
            title=title or tool_name.replace("_", " ").capitalize(),
            description=re.sub(r"(?<!\n)\n(?!\n)", " ", description),
            read_only=read_only,
            destructive=destructive and not read_only,
            idempotent=idempotent or read_only,
            aliases=tuple(aliases),
            scope="read" if read_only else scope,
            view=view,
        )

    return wrap if function is None else wrap(function)
