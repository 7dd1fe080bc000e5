"""A resource: a document that a client reads by its address, such as `port://acme/blueprint/service`."""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import quote, unquote

from quaymaster.prompts import Completer

__all__ = ["Resource", "Resources", "resource"]

_Function: TypeAlias = Callable[..., Awaitable[object]]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TEMPLATE = re.compile(r"(?P<scheme>[a-z][a-z0-9-]*)://(?:[\w.-]+|\{\w+\})(?:/(?:[\w.-]+|\{\w+\}))*")


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource, or a family of them, as its pack declares it.

    Attributes:
        function: What reads it. Parameters of an injectable type are filled in; the others are the placeholders of the
            address, percent-decoded. It returns text, or a value that is shown as JSON.
        uri: The address. A placeholder stands for one segment; `{profile}` chooses the organisation that the injected
            client works for, and is no parameter.
        title: What a person sees in the client.
        description: The function's docstring.
        mime_type: What the text is.
        complete: What completes a placeholder, by its name.
    """

    function: _Function
    uri: str
    title: str
    description: str
    mime_type: str
    complete: Mapping[str, Completer] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The function's name."""
        return getattr(self.function, "__name__", self.uri)

    @property
    def scheme(self) -> str:
        """What stands before `://`."""
        return self.uri.partition(":")[0]

    @property
    def placeholders(self) -> list[str]:
        """The placeholders of the address, in order; a resource without any is a single document."""
        return _PLACEHOLDER.findall(self.uri)

    def read_address(self, uri: str) -> dict[str, str] | None:
        """Returns what the placeholders stand for in an address; None if it is none of this resource."""
        pattern = "".join(
            f"(?P<{part[1:-1]}>[^/?#]+)" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{\w+\})", self.uri)
        )
        match = re.fullmatch(pattern, uri)
        return None if match is None else {name: unquote(value) for name, value in match.groupdict().items()}

    def address(self, **values: str) -> str:
        """Returns the address with its placeholders filled in, each as one segment."""
        return _PLACEHOLDER.sub(lambda match: quote(values[match[1]], safe=""), self.uri)


Resources = Sequence[Resource]
"""What `register_resources` returns."""


def resource(
    uri: str,
    *,
    title: str | None = None,
    mime_type: str = "application/json",
    complete: Mapping[str, Completer] | None = None,
) -> Callable[[_Function], Resource]:
    """Makes a resource of an async function that reads it.

    Args:
        uri: The address, with a placeholder for each parameter: `acme://{profile}/rota/{team}`. Its scheme is the name
            of the pack.
        title: What a person sees; made from the function's name if not given.
        mime_type: What the text is.
        complete: What completes a placeholder, by its name.

    Raises:
        TypeError: The function is not async, has no docstring, or the address is none.
    """
    if not _TEMPLATE.fullmatch(uri):
        raise TypeError(f"{uri!r} is no address of resources; write it as 'acme://{{profile}}/rota/{{team}}'")

    def wrap(function: _Function) -> Resource:
        described = getattr(function, "__name__", repr(function))
        if not inspect.iscoroutinefunction(function):
            raise TypeError(f"resource {described!r} must be an async function: write `async def`")
        if not (description := inspect.getdoc(function)):
            raise TypeError(f"resource {described!r} needs a docstring: it is what a person reads")
        shown = title or described.replace("_", " ").capitalize()
        return Resource(function, uri, shown, " ".join(description.split()), mime_type, dict(complete or {}))

    return wrap
