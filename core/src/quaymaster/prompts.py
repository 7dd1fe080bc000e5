"""A prompt: a text that a person picks in the client to start the model on a task."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Completer", "Prompt", "Prompts", "prompt"]

Completer: TypeAlias = Callable[..., Awaitable[Sequence[str]]]
"""An async function that completes what a person types: it takes `value`, the text so far, and may take the other
arguments by their names and what can be injected by type; it returns the values that fit, best first."""

_Function: TypeAlias = Callable[..., Awaitable[str]]


@dataclass(frozen=True, eq=False)
class Prompt:
    """A prompt as its pack declares it.

    Attributes:
        function: What writes the text. Parameters of an injectable type are filled in; the others are text that the
            person gives, those with a default if they like.
        name: Lower snake case.
        title: What a person sees in the client.
        description: One sentence for that person; the function's docstring.
        complete: What completes an argument, by its name.
    """

    function: _Function
    name: str
    title: str
    description: str
    complete: Mapping[str, Completer] = field(default_factory=dict)


Prompts = Sequence[Prompt]
"""What `register_prompts` returns."""


def prompt(
    *, name: str | None = None, title: str | None = None, complete: Mapping[str, Completer] | None = None
) -> Callable[[_Function], Prompt]:
    """Makes a prompt of an async function that returns the text; its docstring is what a person reads.

    Args:
        name: The prompt's name; the function's own if not given.
        title: What a person sees; made from the name if not given.
        complete: What completes an argument, by its name.

    Raises:
        TypeError: The function is not async, or has no docstring.
    """

    def wrap(function: _Function) -> Prompt:
        described = getattr(function, "__name__", repr(function))
        if not inspect.iscoroutinefunction(function):
            raise TypeError(f"prompt {described!r} must be an async function: write `async def`")
        if not (description := inspect.getdoc(function)):
            raise TypeError(f"prompt {described!r} needs a docstring: it is what a person reads")
        named = name or described
        return Prompt(function, named, title or _title(named), " ".join(description.split()), dict(complete or {}))

    return wrap


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
