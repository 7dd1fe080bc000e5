"""Loads packs one at a time, so that a broken one loses only itself."""

import dataclasses
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, get_args, get_origin, get_type_hints

from quaymaster.calls import Call, Principal
from quaymaster.errors import QuaymasterError, SettingsError
from quaymaster.hookspecs import PackInfo, Subparsers
from quaymaster.host.discovery import find_candidates, screen, unknown_names
from quaymaster.host.guard import PackFailure, run_guarded
from quaymaster.host.hooks import Hooks
from quaymaster.host.lock import Lock, load_lock
from quaymaster.host.naming import Names, offered_name
from quaymaster.host.offering import OfferedPrompt, OfferedResource, offer_prompt, offer_resource
from quaymaster.host.pack_settings import load_pack_settings
from quaymaster.host.records import Candidate, OfferedMiddleware, OfferedTool, PackRecord, State
from quaymaster.inputs import ToolInput, split_parameters
from quaymaster.port import PortClient
from quaymaster.settings import Settings
from quaymaster.tools import Tool

__all__ = ["Host", "load_host"]

logger = logging.getLogger(__name__)

_QUIET = {State.LOADED, State.DISABLED}


def load_host(settings: Settings, candidates: Iterable[Candidate] | None = None, *, locked: bool = True) -> "Host":
    """Returns the host with every pack that may load and can; what fails is recorded and logged, never raised.

    The same packs give the same host, whatever order they come in.

    Args:
        settings: Which packs may load, and the packs' own settings.
        candidates: The packs to consider; None for all that are installed.
        locked: Holds back what `plugins.lock` does not trust, if there is one.

    Raises:
        SettingsError: The lock cannot be read.
    """
    found = find_candidates() if candidates is None else list(candidates)
    for warning in unknown_names(found, settings):
        logger.warning(warning)
    host = Host(settings, load_lock(settings) if locked else None)
    for record in screen(found, settings):
        host.add(record)
    host.tools = dict(sorted(host.tools.items()))
    host.prompts = dict(sorted(host.prompts.items()))
    host.resources = dict(sorted(host.resources.items()))
    return host


class Host:
    """The packs of this process.

    Attributes:
        records: One a pack, loaded or not, in the order of loading.
        tools: The tools on offer by name, sorted by name.
        aliases: The offered name of each tool, by its earlier names.
        middleware: What runs around every call, the outermost first.
        prompts: The prompts on offer by name, sorted by name.
        resources: The resources on offer by address, sorted by address.
    """

    def __init__(self, settings: Settings, lock: Lock | None = None) -> None:
        self.records: list[PackRecord] = []
        self.tools: dict[str, OfferedTool] = {}
        self.aliases: dict[str, str] = {}
        self.middleware: list[OfferedMiddleware] = []
        self.prompts: dict[str, OfferedPrompt] = {}
        self.resources: dict[str, OfferedResource] = {}
        self._settings = settings
        self._timeout_s = settings.plugins.load_timeout_s
        self._lock = lock
        self._names = Names()
        self._prompt_names = Names("prompt")
        self._hooks = Hooks()

    def add(self, record: PackRecord) -> None:
        """Loads a pack that has passed the screen; keeps the record either way."""
        self.records.append(record)
        if record.state is State.LOADED:
            self._load(record)
        if record.state not in _QUIET:
            logger.warning("pack %s: %s: %s", record.candidate, record.state, "; ".join(record.reasons))

    def first_result(self, hook: str, accept: Callable[[Any], bool], **arguments: Any) -> Any:
        """Returns the first answer that is not None to a hook, pack by pack; None if no pack has one.

        Raises:
            PluginError: A pack raised, or answered with something else than the hook asks for.
            QuaymasterError: A pack raised it: a failure that it expects and explains.
        """
        for record in self.implementers(hook):
            result = self._hooks.ask(record, hook, **arguments)
            if result is None:
                continue
            if not accept(result):
                raise record.candidate.error(f"hook {hook} returned a {type(result).__name__}")
            return result
        return None

    def register_commands(self, subparsers: Subparsers) -> None:
        """Lets the packs add their commands."""
        for record in self.implementers("register_commands"):
            self._collect(record, "register_commands", subparsers=subparsers)

    def allows(self, offered: OfferedTool, principal: Principal) -> bool:
        """Returns whether no pack objects to a caller's use of a tool; a pack that cannot say objects."""
        for record in self.implementers("allow_tool"):
            try:
                if self._hooks.ask(record, "allow_tool", tool=offered.tool, principal=principal) is False:
                    return False
            except QuaymasterError:
                logger.exception("tool %s is refused: the pack that was asked about it failed", offered.name)
                return False
        return True

    def ask(self, record: PackRecord, hook: str, **arguments: Any) -> Any:
        """Returns one pack's answer to a hook; None if it has none.

        Raises:
            PluginError: The pack raised.
            QuaymasterError: As for `first_result`.
        """
        return self._hooks.ask(record, hook, **arguments)

    def implementers(self, hook: str) -> list[PackRecord]:
        """Returns the serving packs that have a hook, in the order of loading."""
        return [record for record in self.records if hook in record.hooks and record.serves]

    def _load(self, record: PackRecord) -> None:
        candidate = record.candidate
        if self._lock is not None and (reason := self._lock.refusal_to_import(candidate)):
            return record.ends_as(State.UNTRUSTED, reason)
        try:
            record.module = run_guarded(candidate.entry_point.load, timeout_s=self._timeout_s)
        except PackFailure as exc:
            return record.ends_as(State.FAILED, f"importing it {exc}")
        if reason := self._hooks.add(record):
            return record.ends_as(State.FAILED, reason)
        info = self._collect(record, "pack_info")
        if isinstance(info, PackInfo):
            record.info = info
        try:
            self._read_settings(record)
        except SettingsError as exc:
            return self._take_back(record, State.MISCONFIGURED, str(exc))
        record.resource_type = _resource_type(self._hooks.implementation(record, "lifespan"))
        self._declare_tools(record, self._collect(record, "register_tools"))
        if self._lock is not None and (reason := self._lock.refusal_to_offer(record)):
            return self._take_back(record, State.UNTRUSTED, reason)
        self._offer_tools(record)
        self._offer_prompts(record, self._collect(record, "register_prompts"))
        self._offer_resources(record, self._collect(record, "register_resources"))
        self._add_middleware(record, self._collect(record, "register_middleware", settings=record.settings))
        return None

    def _take_back(self, record: PackRecord, state: State, reason: str) -> None:
        self._hooks.remove(record)
        record.ends_as(state, reason)

    def _read_settings(self, record: PackRecord) -> None:
        if record.info is not None and record.info.settings is not None:
            table = self._settings.table_of(record.candidate.name)
            record.settings = load_pack_settings(record.info.settings, record.candidate.name, table)

    def _collect(self, record: PackRecord, hook: str, **arguments: Any) -> Any:
        """Returns one pack's answer to a hook; an error is recorded, and the answer is None."""
        try:
            return self._hooks.ask(record, hook, timeout_s=self._timeout_s, **arguments)
        except QuaymasterError as exc:
            record.ends_as(State.PARTIAL, str(exc))
            return None

    def _declare_tools(self, record: PackRecord, tools: Any) -> None:
        for tool in _sequence(tools):
            try:
                if not isinstance(tool, Tool):
                    raise TypeError(f"register_tools returned a {type(tool).__name__}; decorate it with @tool")
                offered = dataclasses.replace(
                    tool,
                    name=offered_name(record.candidate, tool.name),
                    aliases=tuple(offered_name(record.candidate, alias) for alias in tool.aliases),
                )
                record.declared.append(OfferedTool(offered, ToolInput.of(tool, _injectable(record)), record))
            except Exception as exc:  # noqa: BLE001 - a stranger's annotations may raise anything when read
                record.ends_as(State.PARTIAL, str(exc))

    def _offer_tools(self, record: PackRecord) -> None:
        for offered in record.declared:
            try:
                self._names.take(record.candidate, [offered.name, *offered.tool.aliases])
            except ValueError as exc:
                record.ends_as(State.PARTIAL, str(exc))
                continue
            self.tools[offered.name] = offered
            self.aliases |= dict.fromkeys(offered.tool.aliases, offered.name)
            record.tools.append(offered.name)

    def _offer_prompts(self, record: PackRecord, prompts: Any) -> None:
        for prompt in _sequence(prompts):
            try:
                offered = offer_prompt(record, prompt, _injectable(record))
                self._prompt_names.take(record.candidate, [offered.prompt.name])
            except Exception as exc:  # noqa: BLE001 - as above
                record.ends_as(State.PARTIAL, str(exc))
                continue
            self.prompts[offered.prompt.name] = offered

    def _offer_resources(self, record: PackRecord, resources: Any) -> None:
        for resource in _sequence(resources):
            try:
                offered = offer_resource(record, resource, _injectable(record))
                if (other := self.resources.get(offered.resource.uri)) is not None:
                    raise ValueError(f"resource {offered.resource.uri!r} is taken by {other.record.candidate}")
            except Exception as exc:  # noqa: BLE001 - as above
                record.ends_as(State.PARTIAL, str(exc))
                continue
            self.resources[offered.resource.uri] = offered

    def _add_middleware(self, record: PackRecord, functions: Any) -> None:
        for function in _sequence(functions):
            try:
                injected, others = split_parameters(function, _injectable(record), skip=2)
                if others:
                    raise TypeError(f"parameter {next(iter(others))!r} is of no type that can be injected")
            except Exception as exc:  # noqa: BLE001 - as above
                record.ends_as(State.PARTIAL, f"middleware {getattr(function, '__name__', function)!r}: {exc}")
                continue
            self.middleware.append(OfferedMiddleware(function, injected, record))


def _injectable(record: PackRecord) -> set[type]:
    own = (type(record.settings) if record.settings is not None else None, record.resource_type)
    return {PortClient, Call, *filter(None, own)}


def _resource_type(lifespan: Callable[..., Any] | None) -> type | None:
    """Returns the type of what a pack's lifespan yields, from its annotation; None if it says none."""
    try:
        returned = get_type_hints(lifespan).get("return") if lifespan is not None else None
    except Exception:  # noqa: BLE001 - a stranger's annotations may raise anything when read
        return None
    if get_origin(returned) not in {AsyncIterator, AsyncGenerator, AbstractAsyncContextManager}:
        return None
    kind = get_args(returned)[0]
    return kind if kind is not type(None) else None


def _sequence(answer: Any) -> Iterable[Any]:
    return answer if isinstance(answer, list | tuple) else [] if answer is None else [answer]
