"""What the packs offer besides tools: prompts to start from and resources to read, with completions for both."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio

from quaymaster.calls import Call, Principal
from quaymaster.errors import InputError, QuaymasterError, nearest_first
from quaymaster.host import Host, OfferedCompleter, OfferedPrompt, OfferedResource, PackRecord
from quaymaster.lifespans import Lifespans
from quaymaster.port import PortClients
from quaymaster.results import clean, plain
from quaymaster.running import Run
from quaymaster.settings import Profile

__all__ = ["Document", "Library", "UnknownPromptError", "UnknownResourceError"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

_PROFILE = "profile"
_MOST_COMPLETIONS = 100
"""The most values that a completion may have (MCP: completion/complete)."""


class UnknownPromptError(InputError):
    """No prompt of that name is offered."""


class UnknownResourceError(InputError):
    """No resource has that address."""


@dataclass(frozen=True)
class Document:
    """What was read from a resource."""

    text: str
    mime_type: str


@dataclass(frozen=True)
class Library:
    """The prompts and resources of a host's packs, for one caller.

    Attributes:
        host: The packs.
        profiles: The organisations that the caller may work with, the default one first.
        principal: Who calls.
        clients_of: Returns the clients for a call to a profile, within the caller's limits.
        lifespans: What the packs have opened.
        timeout_s: How long one request may take, in seconds.
    """

    host: Host
    profiles: Mapping[str, Profile]
    principal: Principal
    clients_of: Callable[[Profile], PortClients]
    lifespans: Lifespans
    timeout_s: float

    @property
    def prompts(self) -> dict[str, OfferedPrompt]:
        """The prompts by name, in the order of the host's."""
        return {name: it for name, it in self.host.prompts.items() if self._offers(it.record)}

    @property
    def resources(self) -> dict[str, OfferedResource]:
        """The resources by address, in the order of the host's."""
        return {uri: it for uri, it in self.host.resources.items() if self._offers(it.record)}

    async def write_prompt(self, name: str, arguments: Mapping[str, str]) -> str:
        """Returns the text of a prompt.

        Raises:
            UnknownPromptError: There is no such prompt.
            InputError: An argument is unknown or missing.
            QuaymasterError: What it needs could not be read.
        """
        offered = self._prompt(name)
        takes = offered.arguments
        for unknown in arguments.keys() - takes.keys():
            choices = ", ".join(nearest_first(unknown, takes)) or "none"
            raise InputError(f"unknown argument {unknown!r}; prompt {name!r} takes: {choices}")
        for missing in [it for it, required in takes.items() if required and not arguments.get(it)]:
            raise InputError(f"missing argument {missing!r} of prompt {name!r}")
        given = {name: value for name, value in arguments.items() if value}
        filled = self._filled(name, offered.record, offered.injected, self._default(), given)
        return clean(str(await self._run(offered.record, offered.prompt.function(**given, **filled))))

    async def read_resource(self, uri: str) -> Document:
        """Returns the document at an address.

        Raises:
            UnknownResourceError: No resource has this address.
            InputError: The address names an organisation that there is none of.
            QuaymasterError: It could not be read.
        """
        for offered in self.resources.values():
            if (found := offered.resource.read_address(uri)) is not None:
                break
        else:
            known = ", ".join(self.resources) or "none"
            raise UnknownResourceError(f"unknown resource {uri!r}; there are: {known}")
        profile = self._profile(found.pop(_PROFILE, None))
        filled = self._filled(offered.resource.name, offered.record, offered.injected, profile, found)
        value = await self._run(offered.record, offered.resource.function(**found, **filled))
        text = value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False, indent=1)
        return Document(clean(text), offered.resource.mime_type)

    async def complete_prompt(self, name: str, argument: str, value: str, given: Mapping[str, str]) -> list[str]:
        """Returns what an argument of a prompt may be, best first; empty if the pack does not say.

        Raises:
            UnknownPromptError: There is no such prompt.
        """
        offered = self._prompt(name)
        return await self._complete(offered, offered.completers.get(argument), self._default(), value, given)

    async def complete_resource(self, template: str, argument: str, value: str, given: Mapping[str, str]) -> list[str]:
        """Returns what a placeholder of an address may be, best first; empty if the pack does not say.

        Raises:
            UnknownResourceError: There is no such template.
        """
        if template not in self.resources:
            raise UnknownResourceError(f"unknown resource template {template!r}")
        if argument == _PROFILE:
            return [name for name in self.profiles if name.startswith(value)]
        offered = self.resources[template]
        profile = self._profile(given.get(_PROFILE))
        return await self._complete(offered, offered.completers.get(argument), profile, value, given)

    async def _complete(
        self,
        offered: OfferedPrompt | OfferedResource,
        completer: OfferedCompleter | None,
        profile: Profile,
        value: str,
        given: Mapping[str, str],
    ) -> list[str]:
        if completer is None:
            return []
        others = {name: given.get(name, "") for name in completer.others}
        filled = self._filled("completion", offered.record, completer.injected, profile, others)
        found: Sequence[str] = await self._run(offered.record, completer.function(value=value, **others, **filled))
        return [clean(it) for it in found][:_MOST_COMPLETIONS]

    async def _run(self, record: PackRecord, working: Awaitable[T]) -> T:
        """Returns what a pack's function returns, in time; what it raises unexpectedly is for the log."""
        try:
            with anyio.fail_after(self.timeout_s):
                return await working
        except QuaymasterError:
            raise
        except TimeoutError as exc:
            raise QuaymasterError(f"this took longer than {self.timeout_s:g} s and was stopped") from exc
        except Exception as exc:  # a pack's function may raise anything; it is for the log, and no model's to read
            logger.exception("pack %s failed", record.candidate)
            raise record.candidate.error("this failed unexpectedly; the server's log has the cause") from exc

    def _filled(
        self,
        name: str,
        record: PackRecord,
        injected: Mapping[str, type],
        profile: Profile,
        arguments: Mapping[str, str],
    ) -> dict[str, Any]:
        call = Call(name, arguments, profile, self.principal, read_only=True)
        return Run(call, self.clients_of(profile), self.lifespans).fill(record, injected)

    def _prompt(self, name: str) -> OfferedPrompt:
        if name not in self.prompts:
            choices = ", ".join(nearest_first(name, self.prompts)) or "none"
            raise UnknownPromptError(f"unknown prompt {name!r}; there are: {choices}")
        return self.prompts[name]

    def _offers(self, record: PackRecord) -> bool:
        return self._default().policy.offers_pack(record.candidate.name)

    def _default(self) -> Profile:
        return next(iter(self.profiles.values()))

    def _profile(self, name: str | None) -> Profile:
        if name is None:
            return self._default()
        if name not in self.profiles:
            raise InputError(f"unknown profile {name!r}; choose from: {', '.join(nearest_first(name, self.profiles))}")
        return self.profiles[name]
