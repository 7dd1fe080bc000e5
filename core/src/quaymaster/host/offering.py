"""Prompts and resources as the server offers them: their functions read, their names and addresses checked."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from quaymaster.host.naming import offered_name
from quaymaster.host.records import PackRecord
from quaymaster.inputs import split_parameters
from quaymaster.prompts import Completer, Prompt
from quaymaster.resources import Resource

__all__ = ["OfferedCompleter", "OfferedPrompt", "OfferedResource", "offer_prompt", "offer_resource"]

_PROFILE = "profile"
_VALUE = "value"
_PORT_SCHEME = "port"
_VIEWS = "ui://quaymaster/"
"""Where the views of the project's own packs are (MCP Apps)."""


@dataclass(frozen=True)
class OfferedCompleter:
    """What completes one argument.

    Attributes:
        function: The pack's function.
        injected: The type to fill in, by parameter name.
        others: The names of the other arguments that it looks at.
    """

    function: Completer
    injected: Mapping[str, type]
    others: Collection[str]


@dataclass(frozen=True)
class OfferedPrompt:
    """A prompt as the server offers it.

    Attributes:
        prompt: The pack's declaration, under the name that clients use.
        arguments: Whether each argument is required, by name.
        injected: The type to fill in, by parameter name.
        completers: What completes an argument, by its name.
        record: The pack that it comes from.
    """

    prompt: Prompt
    arguments: Mapping[str, bool]
    injected: Mapping[str, type]
    completers: Mapping[str, OfferedCompleter]
    record: PackRecord = field(repr=False)


@dataclass(frozen=True)
class OfferedResource:
    """A resource, or a family of them, as the server offers it.

    Attributes:
        resource: The pack's declaration.
        injected: The type to fill in, by parameter name.
        completers: What completes a placeholder, by its name.
        record: The pack that it comes from.
    """

    resource: Resource
    injected: Mapping[str, type]
    completers: Mapping[str, OfferedCompleter]
    record: PackRecord = field(repr=False)


def offer_prompt(record: PackRecord, prompt: Any, injectable: Collection[type]) -> OfferedPrompt:
    """Returns a prompt as the server offers it, prefixed as a tool of its pack would be.

    Raises:
        TypeError: It is none, or a parameter is of a type that nobody can give.
        ValueError: Its name is not usable.
    """
    if not isinstance(prompt, Prompt):
        raise TypeError(f"register_prompts returned a {type(prompt).__name__}; decorate it with @prompt")
    what = f"prompt {prompt.name!r}"
    injected, others = _parameters(prompt.function, injectable, what)
    arguments = {name: default is ... for name, (_, default) in others.items()}
    named = dataclasses.replace(prompt, name=offered_name(record.candidate, prompt.name, "prompt"))
    return OfferedPrompt(named, arguments, injected, _completers(prompt, list(arguments), injectable, what), record)


def offer_resource(record: PackRecord, resource: Any, injectable: Collection[type]) -> OfferedResource:
    """Returns a resource as the server offers it.

    Raises:
        TypeError: It is none, or its placeholders and the function's parameters are not the same.
        ValueError: Its address begins with another scheme than the pack may use.
    """
    if not isinstance(resource, Resource):
        raise TypeError(f"register_resources returned a {type(resource).__name__}; decorate it with @resource")
    what = f"resource {resource.uri!r}"
    schemes = {record.candidate.name} | ({_PORT_SCHEME} if record.candidate.is_first_party else set())
    is_own_view = record.candidate.is_first_party and resource.uri.startswith(_VIEWS)
    if resource.scheme not in schemes and not is_own_view:
        raise ValueError(f"{what} must begin with the pack's name: {record.candidate.name}://")
    injected, others = _parameters(resource.function, injectable, what)
    placeholders = [it for it in resource.placeholders if it != _PROFILE]
    if set(others) != set(placeholders):
        raise TypeError(f"{what}: its placeholders are {placeholders}, and its function takes {list(others)}")
    completers = _completers(resource, placeholders, injectable, what)
    return OfferedResource(resource, injected, completers, record)


def _parameters(function: Any, injectable: Collection[type], what: str) -> tuple[dict[str, type], dict[str, Any]]:
    """Returns the parameters to fill in, and those that a person gives, which must be text."""
    try:
        injected, others = split_parameters(function, injectable)
    except TypeError as exc:
        raise TypeError(f"{what}: {exc}") from exc
    for name, (annotation, _) in others.items():
        if annotation not in {str, str | None}:
            raise TypeError(f"{what}: parameter {name!r} must be `str`, or of a type that can be injected")
    return injected, others


def _completers(
    declared: Prompt | Resource, arguments: Collection[str], injectable: Collection[type], what: str
) -> dict[str, OfferedCompleter]:
    completers = {}
    for name, function in declared.complete.items():
        if name not in arguments:
            raise TypeError(f"{what}: it completes {name!r}, which it does not take")
        injected, others = _parameters(function, injectable, f"{what}, what completes {name!r}")
        unknown = set(others) - {_VALUE, *arguments}
        if _VALUE not in others or unknown:
            raise TypeError(f"{what}: what completes {name!r} takes `value: str` and may take {list(arguments)}")
        completers[name] = OfferedCompleter(function, injected, set(others) - {_VALUE})
    return completers
